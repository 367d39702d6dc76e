/* A transaction id of this moment, and the oldest that is still running. */
/* @name findRunningTransactions */
select
  pg_current_xact_id()::text as "current!",
  pg_snapshot_xmin(pg_current_snapshot())::text as "oldest!";

/*
Blind index keys, newest first, with how many seconds of the database's clock are left until every isolate knows a key
that is new, or has forgotten one that is retired.
*/
/* @name listIndexKeys */
select
  k.id,
  k.key_version as "keyVersion",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey!",
  k.status,
  greatest(extract(epoch from k.not_before - now()), 0)::float8 as "knownInSeconds!",
  greatest(
    extract(epoch from k.retired_at + make_interval(secs => :settleSeconds!::float8) - now()), 0
  )::float8 as "forgottenInSeconds"
from encryption_keys k
where
  k.purpose = 'blind_index'
  and k.status <> 'destroyed'
order by k.key_version desc
limit :limit!;

/* People whom the index key of this version does not find yet, by id. */
/* @name listUsersWithoutIndex */
select
  u.id,
  u.email_ciphertext as "emailCiphertext!",
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
limit :limit!;

/* Open invitations whose address another index key finds, by id. */
/* @name listInvitationsUnderOtherIndex */
select
  i.id,
  i.workspace_id as "workspaceId",
  i.email_ciphertext as "emailCiphertext!",
  i.index_key_version as "indexKeyVersion!",
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
limit :limit!;

/* What the index key of this version does not find yet, and rows of retired keys. */
/* @name countIndexWork */
select
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
  )::int as "users!",
  (
    select count(*)
    from workspace_invitations i
    where i.index_key_version <> :keyVersion!
  )::int as "invitations!",
  (
    select count(*)
    from user_email_index e
    where e.key_version < :keyVersion!
  )::int as "olderRows!";

/*
The next index key, live beside the current one. Its first use is the moment from which every isolate knows it. No row
when another rotation has begun.
*/
/* @name insertNextIndexKey */
with
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
returning id;

/* Makes addresses found under an index key, but for those that have been changed since they were read. */
/* @name insertIndexedAddresses */
with
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
returning user_id as "userId";

/* Makes the address of an open invitation found under another index key. Nothing when it has been answered. */
/* @name updateInvitationIndex */
with
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
returning i.id;

/*
Withdraws an open invitation whose address the workspace has invited again, by an isolate that knew the newer index key
alone: the newer invitation stays.
*/
/* @name updateDuplicateInvitation */
with
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
returning i.id;

/*
Retires the index keys before the current one, once the current one finds everybody. From here on nothing is looked for
under them. No row while somebody is missing.
*/
/* @name updateSucceededIndexKeys */
with
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
returning k.id;

/* Deletes rows of retired index keys, of people whom the current one finds. */
/* @name deleteRetiredIndexRows */
with
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
returning e.user_id as "userId";
