// Generated from sql/users/users.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type WorkspaceRole = 'admin' | 'analyst' | 'client' | 'editor' | 'owner'

export type FindUserParams = {
  claimedWorkspaceId?: string | null | undefined
  userId: string
}

export type FindUserResult = {
  id: string
  emailCiphertext: string | null
  nameCiphertext: string | null
  emailVerifiedAt: string | null
  locale: string
  timeZone: string
  version: number
  createdAt: string
  updatedAt: string
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
  workspaceId: string | null
  workspaceName: string | null
  role: WorkspaceRole | null
  membershipVersion: number | null
}

/** The user, and the workspace that the token is for with what the user is there. */
export const findUser = new PreparedQuery<FindUserParams, FindUserResult>({
  params: [
    { name: 'claimedWorkspaceId', required: false, locs: [{ a: 685, b: 703 }] },
    { name: 'userId', required: true, locs: [{ a: 726, b: 733 }] },
  ],
  statement: `select
  u.id,
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.email_verified_at as "emailVerifiedAt",
  u.locale,
  u.time_zone as "timeZone",
  u.version,
  u.created_at as "createdAt",
  u.updated_at as "updatedAt",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey",
  w.id as "workspaceId",
  w.name as "workspaceName",
  m.role as "role",
  m.version as "membershipVersion"
from
  users u
  join encryption_keys k on k.id = u.data_key_id
  left join (
    workspace_members m
    join workspaces w on w.id = m.workspace_id
      and w.status = 'active'
  ) on m.user_id = u.id
    and m.workspace_id = :claimedWorkspaceId::uuid
where
  u.id = :userId!
  and u.status = 'active'`,
})

export type FindTimeZoneParams = {
  userId: string
}

export type FindTimeZoneResult = {
  timeZone: string
}

/** The zone that a person lives by. */
export const findTimeZone = new PreparedQuery<FindTimeZoneParams, FindTimeZoneResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 59, b: 66 }] },
  ],
  statement: `select u.time_zone as "timeZone"
from users u
where u.id = :userId!`,
})

export type UpdateUserParams = {
  actor: string
  nameCiphertext?: string | null | undefined
  locale?: string | null | undefined
  timeZone?: string | null | undefined
  userId: string
  dataKeyId: string
  versions?: readonly number[] | null | undefined
  claimedWorkspaceId?: string | null | undefined
}

export type UpdateUserResult = {
  id: string
  emailCiphertext: string | null
  nameCiphertext: string | null
  emailVerifiedAt: string | null
  locale: string
  timeZone: string
  version: number
  createdAt: string
  updatedAt: string
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
  workspaceId: string | null
  workspaceName: string | null
  role: WorkspaceRole | null
  membershipVersion: number | null
}

/**
 * Parameters that are null leave their column as it is. No row when none of the versions is the current one, nor when the
 * row has another data key by now: the ciphertext would not fit, and the new key is not to be seen by this statement.
 */
export const updateUser = new PreparedQuery<UpdateUserParams, UpdateUserResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'nameCiphertext', required: false, locs: [{ a: 175, b: 189 }] },
    { name: 'locale', required: false, locs: [{ a: 236, b: 242 }] },
    { name: 'timeZone', required: false, locs: [{ a: 283, b: 291 }] },
    { name: 'userId', required: true, locs: [{ a: 345, b: 352 }] },
    { name: 'dataKeyId', required: true, locs: [{ a: 410, b: 420 }] },
    { name: 'versions', required: false, locs: [{ a: 433, b: 441 }, { a: 477, b: 485 }] },
    { name: 'claimedWorkspaceId', required: false, locs: [{ a: 1393, b: 1411 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  updated_user as (
    update users u
    set
      name_ciphertext = coalesce(:nameCiphertext, u.name_ciphertext),
      locale = coalesce(:locale, u.locale),
      time_zone = coalesce(:timeZone, u.time_zone)
    from actor
    where
      u.id = :userId!
      and u.status = 'active'
      and u.data_key_id = :dataKeyId!
      and (:versions::int[] is null or u.version = any(:versions::int[]))
    returning
      u.id, u.email_ciphertext, u.name_ciphertext, u.email_verified_at, u.locale, u.time_zone, u.version,
      u.created_at, u.updated_at, u.data_key_id
  )
select
  u.id as "id",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.email_verified_at as "emailVerifiedAt",
  u.locale as "locale",
  u.time_zone as "timeZone",
  u.version as "version",
  u.created_at as "createdAt",
  u.updated_at as "updatedAt",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey",
  w.id as "workspaceId",
  w.name as "workspaceName",
  m.role as "role",
  m.version as "membershipVersion"
from
  updated_user u
  join encryption_keys k on k.id = u.data_key_id
  left join (
    workspace_members m
    join workspaces w on w.id = m.workspace_id
      and w.status = 'active'
  ) on m.user_id = u.id
    and m.workspace_id = :claimedWorkspaceId::uuid`,
})
