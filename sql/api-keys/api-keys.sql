/* The workspace's keys that still work, or have run out without being revoked, newest first. */
/* @name listApiKeys */
select
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
limit :limit!;

/*
A key with its secret's digest and the accounts that it is limited to. No row when its maker's role, which is held, may
not, or the maker has not proved an e-mail address. An account that is not the workspace's violates
api_key_accounts_account_fkey.
*/
/* @name insertApiKey */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_caller as materialized (
    select c.user_id
    from workspace_members c
    where
      c.workspace_id = :workspaceId!
      and c.user_id = :userId!
      and c.role::text = any(:permittedRoles!::text[])
    for share
  ),
  verified_maker as (
    select u.id
    from
      actor
      cross join held_caller c
      join users u on u.id = c.user_id
    where u.email_verified_at is not null
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
select k.created_at as "createdAt!"
from inserted_key k;

/*
Another secret for a key. The one before it goes on working until `overlapEndsAt`, an even older one keeps its own end;
none outlives that. Answers the digests that have changed, so that caches forget them. No row when the caller's role,
which is held, may not, or there is no such key.
*/
/* @name rotateApiKey */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_caller as materialized (
    select c.user_id
    from workspace_members c
    where
      c.workspace_id = :workspaceId!
      and c.user_id = :userId!
      and c.role::text = any(:permittedRoles!::text[])
    for share
  ),
  rotated_key as (
    update api_keys k
    set hint = :hint!
    from
      actor
      cross join held_caller
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
  k.id as "id!",
  k.name as "name!",
  k.scopes as "scopes!",
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
  k.user_id as "userId!",
  k.expires_at as "expiresAt",
  k.last_used_at as "lastUsedAt",
  k.created_at as "createdAt!",
  (select array_agg(encode(e.digest, 'hex')) from ending_digests e) as "changedDigests"
from rotated_key k;

/*
Ends a key. Answers the digests of its secrets, so that caches forget them. No row when the caller's role, which is
held, may not, or there is no such live key.
*/
/* @name revokeApiKey */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_caller as materialized (
    select c.user_id
    from workspace_members c
    where
      c.workspace_id = :workspaceId!
      and c.user_id = :userId!
      and c.role::text = any(:permittedRoles!::text[])
    for share
  ),
  revoked_key as (
    update api_keys k
    set revoked_at = :now!
    from
      actor
      cross join held_caller
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
  ) as "digests!"
from revoked_key k;
