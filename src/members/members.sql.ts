// Generated from sql/members/members.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type WorkspaceRole = 'admin' | 'analyst' | 'client' | 'editor' | 'owner'

export type FindCallerParams = {
  workspaceId: string
  userId: string
}

export type FindCallerResult = {
  role: WorkspaceRole
}

/** What the caller is in the workspace by now. */
export const findCaller = new PreparedQuery<FindCallerParams, FindCallerResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 64, b: 76 }] },
    { name: 'userId', required: true, locs: [{ a: 96, b: 103 }] },
  ],
  statement: `select c.role
from workspace_members c
where
  c.workspace_id = :workspaceId!
  and c.user_id = :userId!`,
})

export type FindMemberParams = {
  workspaceId: string
  memberId: string
  userId: string
}

export type FindMemberResult = {
  callerRole: WorkspaceRole
  role: WorkspaceRole | null
  version: number | null
}

/** The caller's role, and the member that the caller means, if there is one. */
export const findMember = new PreparedQuery<FindMemberParams, FindMemberResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 157, b: 169 }, { a: 227, b: 239 }] },
    { name: 'memberId', required: true, locs: [{ a: 191, b: 200 }] },
    { name: 'userId', required: true, locs: [{ a: 259, b: 266 }] },
  ],
  statement: `select
  c.role as "callerRole",
  m.role as "role",
  m.version as "version"
from
  workspace_members c
  left join workspace_members m on m.workspace_id = :workspaceId!
    and m.user_id = :memberId!
where
  c.workspace_id = :workspaceId!
  and c.user_id = :userId!`,
})

export type ListMembersParams = {
  workspaceId: string
  beforeId?: string | null | undefined
  limit: number
}

export type ListMembersResult = {
  id: string
  role: WorkspaceRole
  version: number
  joinedAt: string
  emailCiphertext: string | null
  nameCiphertext: string | null
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
}

/** Members by user id, latest first, with the keys that open their names and addresses. */
export const listMembers = new PreparedQuery<ListMembersParams, ListMembersResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 388, b: 400 }] },
    { name: 'beforeId', required: false, locs: [{ a: 409, b: 417 }, { a: 448, b: 456 }] },
    { name: 'limit', required: true, locs: [{ a: 489, b: 495 }] },
  ],
  statement: `select
  m.user_id as "id",
  m.role,
  m.version,
  m.joined_at as "joinedAt",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  workspace_members m
  join users u on u.id = m.user_id
  join encryption_keys k on k.id = u.data_key_id
where
  m.workspace_id = :workspaceId!
  and (:beforeId::uuid is null or m.user_id < :beforeId)
order by m.user_id desc
limit :limit!`,
})

export type LockMemberParams = {
  workspaceId: string
  memberId: string
}

export type LockMemberResult = {
  id: string
}

/**
 * Holds the workspace and then the member until the transaction ends: of members who change, leave or join at the same
 * moment, one comes first. What the member grants, in a statement that holds the same row, has either been committed, so
 * that the next statement sees it, or finds the member as that one leaves it.
 */
export const lockMember = new PreparedQuery<LockMemberParams, LockMemberResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 82, b: 94 }, { a: 227, b: 239 }] },
    { name: 'memberId', required: true, locs: [{ a: 259, b: 268 }] },
  ],
  statement: `with
  held_workspace as (
    select w.id
    from workspaces w
    where w.id = :workspaceId!
    for no key update
  )
select m.user_id as "id"
from
  held_workspace
  cross join workspace_members m
where
  m.workspace_id = :workspaceId!
  and m.user_id = :memberId!
for no key update of m`,
})

export type UpdateMemberParams = {
  actor: string
  workspaceId: string
  userId: string
  permittedRoles: readonly string[]
  role: WorkspaceRole
  memberId: string
  versions?: readonly number[] | null | undefined
  now: string
  invitingRoles: readonly string[]
  approvingRoles: readonly string[]
}

export type UpdateMemberResult = {
  id: string
  role: WorkspaceRole
  version: number
  joinedAt: string
  emailCiphertext: string | null
  nameCiphertext: string | null
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
  sessionIds: string[]
}

/**
 * Gives a member another role, which raises the version of the person too, since GET /v1/me shows it; open invitations
 * that this member could no longer send end, and who may no longer approve posts is no approver any more. Only an owner
 * makes an owner or changes one. The trigger workspace_members_last_owner refuses to leave others without an owner. Comes
 * after lockMember, in its transaction. No row when the caller's role, which is held, may not, when there is no such
 * member, or when none of :versions (NULL: any) is the current one. The sessions are the member's live ones.
 */
export const updateMember = new PreparedQuery<UpdateMemberParams, UpdateMemberResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 218, b: 230 }, { a: 513, b: 525 }, { a: 1062, b: 1074 }, { a: 1402, b: 1414 }, { a: 1662, b: 1674 }] },
    { name: 'userId', required: true, locs: [{ a: 254, b: 261 }] },
    { name: 'permittedRoles', required: true, locs: [{ a: 292, b: 307 }] },
    { name: 'role', required: true, locs: [{ a: 405, b: 410 }, { a: 614, b: 619 }] },
    { name: 'memberId', required: true, locs: [{ a: 549, b: 558 }] },
    { name: 'versions', required: false, locs: [{ a: 661, b: 669 }, { a: 705, b: 713 }] },
    { name: 'now', required: true, locs: [{ a: 997, b: 1001 }, { a: 2105, b: 2109 }] },
    { name: 'invitingRoles', required: true, locs: [{ a: 1205, b: 1219 }] },
    { name: 'approvingRoles', required: true, locs: [{ a: 1481, b: 1496 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_caller as materialized (
    select c.user_id, c.role
    from workspace_members c
    where
      c.workspace_id = :workspaceId!
      and c.user_id = :userId!
      and c.role::text = any(:permittedRoles!::text[])
    for share
  ),
  updated_member as (
    update workspace_members m
    set role = :role!::workspace_role
    from
      actor
      cross join held_caller c
    where
      m.workspace_id = :workspaceId!
      and m.user_id = :memberId!
      and (c.role = 'owner' or (m.role <> 'owner' and :role!::workspace_role <> 'owner'))
      and (:versions::int[] is null or m.version = any(:versions::int[]))
    returning m.user_id, m.role, m.version, m.joined_at
  ),
  touched_user as (
    update users u
    set version = u.version + 1
    from updated_member m
    where u.id = m.user_id
  ),
  revoked_invitations as (
    update workspace_invitations i
    set revoked_at = :now!
    from updated_member m
    where
      i.workspace_id = :workspaceId!
      and i.user_id = m.user_id
      and i.accepted_at is null
      and i.revoked_at is null
      and (not m.role::text = any(:invitingRoles!::text[]) or (i.role = 'owner' and m.role <> 'owner'))
  ),
  dropped_approver as (
    delete from workspace_approvers a
    using updated_member m
    where
      a.workspace_id = :workspaceId!
      and a.user_id = m.user_id
      and not m.role::text = any(:approvingRoles!::text[])
    returning a.user_id
  ),
  touched_workspace as (
    update workspaces w
    set version = w.version + 1
    from dropped_approver a
    where w.id = :workspaceId!
  )
select
  m.user_id as "id",
  m.role as "role",
  m.version as "version",
  m.joined_at as "joinedAt",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey",
  array(
    select s.id
    from user_sessions s
    where
      s.user_id = m.user_id
      and s.revoked_at is null
      and s.idle_expires_at > :now!
  ) as "sessionIds"
from
  updated_member m
  join users u on u.id = m.user_id
  join encryption_keys k on k.id = u.data_key_id`,
})

export type DeleteMemberParams = {
  actor: string
  workspaceId: string
  userId: string
  memberId: string
  permittedRoles: readonly string[]
  versions?: readonly number[] | null | undefined
  now: string
}

export type DeleteMemberResult = {
  id: string
  sessionIds: string[]
}

/**
 * Ends a membership, and with it the member's API keys and open invitations in the workspace; one that nobody is left
 * in begins to close. Only an owner removes an owner; whoever goes of their own accord may, in any role. The trigger
 * workspace_members_last_owner refuses to leave others without an owner. Comes after lockMember, in its transaction, so
 * that it sees who has just left or joined. No row as in updateMember. The sessions are the member's live ones.
 */
export const deleteMember = new PreparedQuery<DeleteMemberParams, DeleteMemberResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 218, b: 230 }, { a: 426, b: 438 }, { a: 985, b: 997 }, { a: 1215, b: 1227 }, { a: 1486, b: 1498 }, { a: 1644, b: 1656 }] },
    { name: 'userId', required: true, locs: [{ a: 254, b: 261 }] },
    { name: 'memberId', required: true, locs: [{ a: 462, b: 471 }] },
    { name: 'permittedRoles', required: true, locs: [{ a: 546, b: 561 }] },
    { name: 'versions', required: false, locs: [{ a: 636, b: 644 }, { a: 680, b: 688 }] },
    { name: 'now', required: true, locs: [{ a: 920, b: 924 }, { a: 1150, b: 1154 }, { a: 1431, b: 1435 }, { a: 1884, b: 1888 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_caller as materialized (
    select c.user_id, c.role
    from workspace_members c
    where
      c.workspace_id = :workspaceId!
      and c.user_id = :userId!
    for share
  ),
  deleted_member as (
    delete from workspace_members m
    using
      actor
      cross join held_caller c
    where
      m.workspace_id = :workspaceId!
      and m.user_id = :memberId!
      and (
        m.user_id = c.user_id
        or (c.role::text = any(:permittedRoles!::text[]) and (c.role = 'owner' or m.role <> 'owner'))
      )
      and (:versions::int[] is null or m.version = any(:versions::int[]))
    returning m.user_id
  ),
  touched_user as (
    update users u
    set version = u.version + 1
    from deleted_member d
    where u.id = d.user_id
  ),
  revoked_keys as (
    update api_keys k
    set revoked_at = :now!
    from deleted_member d
    where
      k.workspace_id = :workspaceId!
      and k.user_id = d.user_id
      and k.revoked_at is null
  ),
  revoked_invitations as (
    update workspace_invitations i
    set revoked_at = :now!
    from deleted_member d
    where
      i.workspace_id = :workspaceId!
      and i.user_id = d.user_id
      and i.accepted_at is null
      and i.revoked_at is null
  ),
  closing_workspace as (
    update workspaces w
    set
      status = 'closing',
      closing_at = :now!
    from deleted_member d
    where
      w.id = :workspaceId!
      and w.status = 'active'
      and not exists (
        select 1
        from workspace_members m
        where
          m.workspace_id = :workspaceId!
          and m.user_id <> d.user_id
      )
  )
select
  d.user_id as "id",
  array(
    select s.id
    from user_sessions s
    where
      s.user_id = d.user_id
      and s.revoked_at is null
      and s.idle_expires_at > :now!
  ) as "sessionIds"
from deleted_member d`,
})
