// Generated from sql/keys/index-keys.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type EncryptionKeyStatus = 'active' | 'destroyed' | 'retired' | 'retiring'

export type FindRunningTransactionsParams = void

export type FindRunningTransactionsResult = {
  current: string
  oldest: string
}

/** A transaction id of this moment, and the oldest that is still running. */
export const findRunningTransactions = new PreparedQuery<FindRunningTransactionsParams, FindRunningTransactionsResult>({
  params: [],
  statement: `select
  pg_current_xact_id()::text as "current",
  pg_snapshot_xmin(pg_current_snapshot())::text as "oldest"`,
})

export type ListIndexKeysParams = {
  settleSeconds: number
  limit: number
}

export type ListIndexKeysResult = {
  id: string
  keyVersion: number
  kekVersion: number
  wrappedKey: string
  status: EncryptionKeyStatus
  knownInSeconds: number
  forgottenInSeconds: number | null
}

/**
 * Blind index keys, newest first, with how many seconds of the database's clock are left until every isolate knows a key
 * that is new, or has forgotten one that is retired.
 */
export const listIndexKeys = new PreparedQuery<ListIndexKeysParams, ListIndexKeysResult>({
  params: [
    { name: 'settleSeconds', required: true, locs: [{ a: 283, b: 297 }] },
    { name: 'limit', required: true, locs: [{ a: 477, b: 483 }] },
  ],
  statement: `select
  k.id,
  k.key_version as "keyVersion",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey",
  k.status,
  greatest(extract(epoch from k.not_before - now()), 0)::float8 as "knownInSeconds",
  greatest(
    extract(epoch from k.retired_at + make_interval(secs => :settleSeconds!::float8) - now()), 0
  )::float8 as "forgottenInSeconds"
from encryption_keys k
where
  k.purpose = 'blind_index'
  and k.status <> 'destroyed'
order by k.key_version desc
limit :limit!`,
})

export type ListUsersWithoutIndexParams = {
  afterId?: string | null | undefined
  keyVersion: number
  limit: number
}

export type ListUsersWithoutIndexResult = {
  id: string
  emailCiphertext: string
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
}

/** People whom the index key of this version does not find yet, by id. */
export const listUsersWithoutIndex = new PreparedQuery<ListUsersWithoutIndexParams, ListUsersWithoutIndexResult>({
  params: [
    { name: 'afterId', required: false, locs: [{ a: 256, b: 263 }, { a: 289, b: 296 }] },
    { name: 'keyVersion', required: true, locs: [{ a: 418, b: 429 }] },
    { name: 'limit', required: true, locs: [{ a: 455, b: 461 }] },
  ],
  statement: `select
  u.id,
  u.email_ciphertext as "emailCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  users u
  join encryption_keys k on k.id = u.data_key_id
where
  u.email_ciphertext is not null
  and (:afterId::uuid is null or u.id > :afterId)
  and not exists (
    select 1
    from user_email_index e
    where
      e.user_id = u.id
      and e.key_version = :keyVersion!
  )
order by u.id
limit :limit!`,
})

export type ListInvitationsUnderOtherIndexParams = {
  keyVersion: number
  afterId?: string | null | undefined
  limit: number
}

export type ListInvitationsUnderOtherIndexResult = {
  id: string
  workspaceId: string
  emailCiphertext: string
  indexKeyVersion: number
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
}

/** Open invitations whose address another index key finds, by id. */
export const listInvitationsUnderOtherIndex = new PreparedQuery<ListInvitationsUnderOtherIndexParams, ListInvitationsUnderOtherIndexResult>({
  params: [
    { name: 'keyVersion', required: true, locs: [{ a: 336, b: 347 }] },
    { name: 'afterId', required: false, locs: [{ a: 356, b: 363 }, { a: 389, b: 396 }] },
    { name: 'limit', required: true, locs: [{ a: 419, b: 425 }] },
  ],
  statement: `select
  i.id,
  i.workspace_id as "workspaceId",
  i.email_ciphertext as "emailCiphertext",
  i.index_key_version as "indexKeyVersion",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  workspace_invitations i
  join encryption_keys k on k.id = i.data_key_id
where
  i.index_key_version <> :keyVersion!
  and (:afterId::uuid is null or i.id > :afterId)
order by i.id
limit :limit!`,
})

export type CountIndexWorkParams = {
  keyVersion: number
}

export type CountIndexWorkResult = {
  users: number
  invitations: number
  olderRows: number
}

/** What the index key of this version does not find yet, and rows of retired keys. */
export const countIndexWork = new PreparedQuery<CountIndexWorkParams, CountIndexWorkResult>({
  params: [
    { name: 'keyVersion', required: true, locs: [{ a: 238, b: 249 }, { a: 370, b: 381 }, { a: 488, b: 499 }] },
  ],
  statement: `select
  (
    select count(*)
    from users u
    where
      u.email_ciphertext is not null
      and not exists (
        select 1
        from user_email_index e
        where
          e.user_id = u.id
          and e.key_version = :keyVersion!
      )
  )::int as "users",
  (
    select count(*)
    from workspace_invitations i
    where i.index_key_version <> :keyVersion!
  )::int as "invitations",
  (
    select count(*)
    from user_email_index e
    where e.key_version < :keyVersion!
  )::int as "olderRows"`,
})

export type InsertNextIndexKeyParams = {
  actor: string
  oldId: string
  id: string
  kekVersion: number
  wrappedKey: string
  settleSeconds: number
}

export type InsertNextIndexKeyResult = {
  id: string
}

/**
 * The next index key, live beside the current one. Its first use is the moment from which every isolate knows it. No row
 * when another rotation has begun.
 */
export const insertNextIndexKey = new PreparedQuery<InsertNextIndexKeyParams, InsertNextIndexKeyResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'oldId', required: true, locs: [{ a: 210, b: 216 }] },
    { name: 'id', required: true, locs: [{ a: 418, b: 421 }] },
    { name: 'kekVersion', required: true, locs: [{ a: 464, b: 475 }] },
    { name: 'wrappedKey', required: true, locs: [{ a: 480, b: 491 }] },
    { name: 'settleSeconds', required: true, locs: [{ a: 526, b: 540 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  retiring_key as (
    update encryption_keys k
    set status = 'retiring'
    from actor
    where
      k.id = :oldId!
      and k.purpose = 'blind_index'
      and k.status = 'active'
    returning k.key_version
  )
insert into encryption_keys (id, purpose, key_version, kek_version, wrapped_key, not_before)
select
  :id!,
  'blind_index',
  r.key_version + 1,
  :kekVersion!,
  :wrappedKey!,
  now() + make_interval(secs => :settleSeconds!::float8)
from retiring_key r
returning id`,
})

export type InsertIndexedAddressesParams = {
  actor: string
  userIds: readonly string[]
  emailCiphertexts: readonly string[]
  digests: readonly string[]
  keyVersion: number
}

export type InsertIndexedAddressesResult = {
  userId: string
}

/** Makes addresses found under an index key, but for those that have been changed since they were read. */
export const insertIndexedAddresses = new PreparedQuery<InsertIndexedAddressesParams, InsertIndexedAddressesResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userIds', required: true, locs: [{ a: 188, b: 196 }] },
    { name: 'emailCiphertexts', required: true, locs: [{ a: 207, b: 224 }] },
    { name: 'digests', required: true, locs: [{ a: 235, b: 243 }] },
    { name: 'keyVersion', required: true, locs: [{ a: 513, b: 524 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  unchanged_user as (
    select u.id, r.digest
    from
      actor
      cross join unnest(:userIds!::uuid[], :emailCiphertexts!::text[], :digests!::text[]) r (
        user_id, email_ciphertext, digest
      )
      join users u on u.id = r.user_id
    where u.email_ciphertext = r.email_ciphertext
    order by u.id
    for no key update of u
  )
insert into user_email_index (key_version, digest, user_id)
select :keyVersion!, decode(u.digest, 'hex'), u.id
from unchanged_user u
on conflict do nothing
returning user_id as "userId"`,
})

export type UpdateInvitationIndexParams = {
  actor: string
  keyVersion: number
  digest: string
  invitingWorkspaceId: string
  id: string
  oldKeyVersion: number
}

export type UpdateInvitationIndexResult = {
  id: string
}

/** Makes the address of an open invitation found under another index key. Nothing when it has been answered. */
export const updateInvitationIndex = new PreparedQuery<UpdateInvitationIndexParams, UpdateInvitationIndexResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'keyVersion', required: true, locs: [{ a: 151, b: 162 }] },
    { name: 'digest', required: true, locs: [{ a: 189, b: 196 }] },
    { name: 'invitingWorkspaceId', required: true, locs: [{ a: 242, b: 262 }] },
    { name: 'id', required: true, locs: [{ a: 277, b: 280 }] },
    { name: 'oldKeyVersion', required: true, locs: [{ a: 310, b: 324 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update workspace_invitations i
set
  index_key_version = :keyVersion!,
  email_digest = decode(:digest!, 'hex')
from actor
where
  i.workspace_id = :invitingWorkspaceId!
  and i.id = :id!
  and i.index_key_version = :oldKeyVersion!
returning i.id`,
})

export type UpdateDuplicateInvitationParams = {
  actor: string
  now: string
  invitingWorkspaceId: string
  id: string
  oldKeyVersion: number
  keyVersion: number
  digest: string
}

export type UpdateDuplicateInvitationResult = {
  id: string
}

/**
 * Withdraws an open invitation whose address the workspace has invited again, by an isolate that knew the newer index key
 * alone: the newer invitation stays.
 */
export const updateDuplicateInvitation = new PreparedQuery<UpdateDuplicateInvitationParams, UpdateDuplicateInvitationResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 142, b: 146 }] },
    { name: 'invitingWorkspaceId', required: true, locs: [{ a: 184, b: 204 }, { a: 362, b: 382 }] },
    { name: 'id', required: true, locs: [{ a: 219, b: 222 }] },
    { name: 'oldKeyVersion', required: true, locs: [{ a: 252, b: 266 }] },
    { name: 'keyVersion', required: true, locs: [{ a: 416, b: 427 }] },
    { name: 'digest', required: true, locs: [{ a: 463, b: 470 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update workspace_invitations i
set revoked_at = :now!
from actor
where
  i.workspace_id = :invitingWorkspaceId!
  and i.id = :id!
  and i.index_key_version = :oldKeyVersion!
  and exists (
    select 1
    from workspace_invitations o
    where
      o.workspace_id = :invitingWorkspaceId!
      and o.index_key_version = :keyVersion!
      and o.email_digest = decode(:digest!, 'hex')
      and o.accepted_at is null
      and o.revoked_at is null
  )
returning i.id`,
})

export type UpdateSucceededIndexKeysParams = {
  actor: string
  keyVersion: number
}

export type UpdateSucceededIndexKeysResult = {
  id: string
}

/**
 * Retires the index keys before the current one, once the current one finds everybody. From here on nothing is looked for
 * under them. No row while somebody is missing.
 */
export const updateSucceededIndexKeys = new PreparedQuery<UpdateSucceededIndexKeysParams, UpdateSucceededIndexKeysResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'keyVersion', required: true, locs: [{ a: 261, b: 272 }, { a: 513, b: 524 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update encryption_keys k
set
  status = 'retired',
  retired_at = now()
from actor
where
  k.purpose = 'blind_index'
  and k.status = 'retiring'
  and k.key_version < :keyVersion!
  and not exists (
    select 1
    from users u
    where
      u.email_ciphertext is not null
      and not exists (
        select 1
        from user_email_index e
        where
          e.user_id = u.id
          and e.key_version = :keyVersion!
      )
  )
returning k.id`,
})

export type DeleteRetiredIndexRowsParams = {
  actor: string
  keyVersion: number
  limit: number
}

export type DeleteRetiredIndexRowsResult = {
  userId: string
}

/** Deletes rows of retired index keys, of people whom the current one finds. */
export const deleteRetiredIndexRows = new PreparedQuery<DeleteRetiredIndexRowsParams, DeleteRetiredIndexRowsResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'keyVersion', required: true, locs: [{ a: 348, b: 359 }, { a: 505, b: 516 }] },
    { name: 'limit', required: true, locs: [{ a: 536, b: 542 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  retired_row as (
    select e.key_version, e.digest
    from
      user_email_index e
      join encryption_keys k on k.purpose = 'blind_index'
        and k.key_version = e.key_version
        and k.status = 'retired'
    where
      e.key_version < :keyVersion!
      and exists (
        select 1
        from user_email_index c
        where
          c.user_id = e.user_id
          and c.key_version = :keyVersion!
      )
    limit :limit!
  )
delete from user_email_index e
using
  actor
  cross join retired_row r
where
  e.key_version = r.key_version
  and e.digest = r.digest
returning e.user_id as "userId"`,
})
