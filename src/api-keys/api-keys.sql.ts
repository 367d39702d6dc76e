// Generated from sql/api-keys/api-keys.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type ListApiKeysParams = {
  workspaceId: string
  beforeId?: string | null | undefined
  limit: number
}

export type ListApiKeysResult = {
  id: string
  name: string
  hint: string
  scopes: string[]
  accountIds: string[] | null
  userId: string
  expiresAt: string | null
  lastUsedAt: string | null
  createdAt: string
}

/** The workspace's keys that still work, or have run out without being revoked, newest first. */
export const listApiKeys = new PreparedQuery<ListApiKeysParams, ListApiKeysResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 478, b: 490 }] },
    { name: 'beforeId', required: false, locs: [{ a: 526, b: 534 }, { a: 560, b: 568 }] },
    { name: 'limit', required: true, locs: [{ a: 596, b: 602 }] },
  ],
  statement: `select
  k.id,
  k.name,
  k.hint,
  k.scopes,
  case
    when k.is_limited_to_accounts then
      array(
        select a.account_id
        from api_key_accounts a
        where
          a.workspace_id = k.workspace_id
          and a.api_key_id = k.id
        order by a.account_id
      )
  end as "accountIds",
  k.user_id as "userId",
  k.expires_at as "expiresAt",
  k.last_used_at as "lastUsedAt",
  k.created_at as "createdAt"
from api_keys k
where
  k.workspace_id = :workspaceId!
  and k.revoked_at is null
  and (:beforeId::uuid is null or k.id < :beforeId)
order by k.id desc
limit :limit!`,
})

export type InsertApiKeyParams = {
  actor: string
  workspaceId: string
  userId: string
  id: string
  name: string
  hint: string
  scopes: readonly string[]
  accountIds?: readonly string[] | null | undefined
  expiresAt?: string | null | undefined
  newDigest: string
}

export type InsertApiKeyResult = {
  createdAt: string
}

/**
 * A key with its secret's digest and the accounts that it is limited to. No row when its maker has not proved an e-mail
 * address. An account that is not the workspace's violates api_key_accounts_account_fkey.
 */
export const insertApiKey = new PreparedQuery<InsertApiKeyParams, InsertApiKeyResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 263, b: 275 }, { a: 501, b: 513 }, { a: 791, b: 803 }, { a: 948, b: 960 }] },
    { name: 'userId', required: true, locs: [{ a: 299, b: 306 }] },
    { name: 'id', required: true, locs: [{ a: 516, b: 519 }, { a: 806, b: 809 }, { a: 963, b: 966 }] },
    { name: 'name', required: true, locs: [{ a: 528, b: 533 }] },
    { name: 'hint', required: true, locs: [{ a: 536, b: 541 }] },
    { name: 'scopes', required: true, locs: [{ a: 544, b: 551 }] },
    { name: 'accountIds', required: false, locs: [{ a: 562, b: 572 }, { a: 1028, b: 1038 }] },
    { name: 'expiresAt', required: false, locs: [{ a: 595, b: 604 }] },
    { name: 'newDigest', required: true, locs: [{ a: 770, b: 780 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  verified_maker as (
    select u.id
    from
      actor
      cross join workspace_members m
      join users u on u.id = m.user_id
    where
      m.workspace_id = :workspaceId!
      and m.user_id = :userId!
      and u.email_verified_at is not null
  ),
  inserted_key as (
    insert into api_keys (workspace_id, id, user_id, name, hint, scopes, is_limited_to_accounts, expires_at)
    select
      :workspaceId!, :id!, m.id, :name!, :hint!, :scopes!::text[], :accountIds::uuid[] is not null, :expiresAt
    from verified_maker m
    returning created_at
  ),
  inserted_digest as (
    insert into api_key_digests (digest, workspace_id, api_key_id)
    select decode(:newDigest!, 'hex'), :workspaceId!, :id!
    from verified_maker
  ),
  inserted_accounts as (
    insert into api_key_accounts (workspace_id, api_key_id, account_id)
    select :workspaceId!, :id!, a.id
    from
      verified_maker
      cross join unnest(:accountIds::uuid[]) a (id)
    group by a.id
  )
select k.created_at as "createdAt"
from inserted_key k`,
})

export type RotateApiKeyParams = {
  actor: string
  hint: string
  workspaceId: string
  id: string
  now: string
  overlapEndsAt: string
  newDigest: string
}

export type RotateApiKeyResult = {
  id: string
  name: string
  scopes: string[]
  accountIds: string[] | null
  userId: string
  expiresAt: string | null
  lastUsedAt: string | null
  createdAt: string
  changedDigests: string[] | null
}

/**
 * Another secret for a key. The one before it goes on working until `overlapEndsAt`, an even older one keeps its own end;
 * none outlives that. Answers the digests that have changed, so that caches forget them. No row when there is no such key.
 */
export const rotateApiKey = new PreparedQuery<RotateApiKeyParams, RotateApiKeyResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'hint', required: true, locs: [{ a: 151, b: 156 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 206, b: 218 }] },
    { name: 'id', required: true, locs: [{ a: 237, b: 240 }] },
    { name: 'now', required: true, locs: [{ a: 307, b: 311 }] },
    { name: 'overlapEndsAt', required: true, locs: [{ a: 563, b: 577 }] },
    { name: 'newDigest', required: true, locs: [{ a: 830, b: 840 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  rotated_key as (
    update api_keys k
    set hint = :hint!
    from actor
    where
      k.workspace_id = :workspaceId!
      and k.id = :id!
      and k.revoked_at is null
      and coalesce(k.expires_at > :now!, true)
    returning
      k.workspace_id, k.id, k.name, k.scopes, k.user_id, k.expires_at, k.last_used_at, k.created_at,
      k.is_limited_to_accounts
  ),
  ending_digests as (
    update api_key_digests d
    set expires_at = least(d.expires_at, :overlapEndsAt!::timestamptz)
    from rotated_key k
    where
      d.workspace_id = k.workspace_id
      and d.api_key_id = k.id
    returning d.digest
  ),
  inserted_digest as (
    insert into api_key_digests (digest, workspace_id, api_key_id)
    select decode(:newDigest!, 'hex'), k.workspace_id, k.id
    from rotated_key k
  )
select
  k.id as "id",
  k.name as "name",
  k.scopes as "scopes",
  case
    when k.is_limited_to_accounts then
      array(
        select a.account_id
        from api_key_accounts a
        where
          a.workspace_id = k.workspace_id
          and a.api_key_id = k.id
        order by a.account_id
      )
  end as "accountIds",
  k.user_id as "userId",
  k.expires_at as "expiresAt",
  k.last_used_at as "lastUsedAt",
  k.created_at as "createdAt",
  (select array_agg(encode(e.digest, 'hex')) from ending_digests e) as "changedDigests"
from rotated_key k`,
})

export type RevokeApiKeyParams = {
  actor: string
  now: string
  workspaceId: string
  id: string
}

export type RevokeApiKeyResult = {
  digests: string[]
}

/** Ends a key. Answers the digests of its secrets, so that caches forget them; no row when there is no such live key. */
export const revokeApiKey = new PreparedQuery<RevokeApiKeyParams, RevokeApiKeyResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 157, b: 161 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 211, b: 223 }] },
    { name: 'id', required: true, locs: [{ a: 242, b: 245 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  revoked_key as (
    update api_keys k
    set revoked_at = :now!
    from actor
    where
      k.workspace_id = :workspaceId!
      and k.id = :id!
      and k.revoked_at is null
    returning k.workspace_id, k.id
  )
select
  array(
    select encode(d.digest, 'hex')
    from api_key_digests d
    where
      d.workspace_id = k.workspace_id
      and d.api_key_id = k.id
  ) as "digests"
from revoked_key k`,
})
