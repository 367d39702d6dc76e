/*
The account that an e-mail address belongs to, by its blind index under every live index key, and what it can prove
itself with beside the password. At most one: an address is unique under each key version.
*/
/* @name findAccountByEmail */
select
  u.id,
  u.status,
  u.password_hash as "passwordHash",
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
  exists (select 1 from user_totp t where t.user_id = u.id and t.confirmed_at is not null) as "hasTotp!",
  exists (select 1 from user_passkeys p where p.user_id = u.id) as "hasPasskey!",
  exists (select 1 from user_recovery_codes c where c.user_id = u.id and c.used_at is null) as "hasRecoveryCode!"
from
  users u
  join encryption_keys k on k.id = u.data_key_id
where
  u.id = (
    select e.user_id
    from
      user_email_index e
      join unnest(:keyVersions!::int[], :digests!::text[]) d (key_version, digest)
        on e.key_version = d.key_version
        and e.digest = decode(d.digest, 'hex')
    limit 1
  );

/*
Everything that a new account consists of, or nothing: the person with a data key, the blind index of the address, a
personal workspace with its owner, the first session, and the mail that asks to confirm the address. A known address
violates user_email_index_pkey. The MAC is the outer hash of the session's first refresh token.
*/
/* @name registerAccount */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inserted_user as (
    insert into users (id, email_ciphertext, name_ciphertext, password_hash, locale, time_zone, data_key_id)
    select :userId!, :emailCiphertext!, :nameCiphertext!, :passwordHash!, :locale!, :timeZone!, :dataKeyId!
    from actor
    returning version, created_at, updated_at
  ),
  inserted_data_key as (
    insert into encryption_keys (id, purpose, key_version, user_id, kek_version, wrapped_key, not_before)
    select :dataKeyId!, 'user_data', 1, :userId!, :kekVersion!, :wrappedKey!, :now!
    from actor
  ),
  inserted_email_index as (
    insert into user_email_index (key_version, digest, user_id)
    select d.key_version, decode(d.digest, 'hex'), :userId!
    from
      actor
      cross join unnest(:keyVersions!::int[], :digests!::text[]) d (key_version, digest)
  ),
  inserted_workspace as (
    insert into workspaces (id, name, created_by)
    select :newWorkspaceId!, :workspaceName!, :userId!
    from actor
  ),
  inserted_member as (
    insert into workspace_members (workspace_id, user_id, role)
    select :newWorkspaceId!, :userId!, 'owner'
    from actor
  ),
  inserted_session as (
    insert into user_sessions (
      id, user_id, workspace_id, last_seen_at, device, place, address_prefix, proved_at, idle_expires_at,
      absolute_expires_at
    )
    select
      :sessionId!, :userId!, :newWorkspaceId!, :now!, :device, :place, :address, :now!, :idleExpiresAt!,
      :absoluteExpiresAt!
    from actor
    returning secret
  ),
  requested_mail as (
    insert into outbox (id, kind, user_id, due_at)
    values (:outboxId!, 'mail/verify-email', :userId!, :now!)
  )
select
  u.version as "version!",
  u.created_at as "createdAt!",
  u.updated_at as "updatedAt!",
  encode(sha256(s.secret || decode(:innerMac!, 'hex')), 'hex') as "mac!"
from
  inserted_user u
  cross join inserted_session s;

/* Tells the owner of an address that somebody tried to register with it; at most once since :countedSince!. */
/* @name insertAddressRegistered */
insert into outbox (id, kind, user_id, due_at)
select :outboxId!, 'mail/address-registered', u.id, :now!
from users u
where
  u.status = 'active'
  and u.id = (
    select e.user_id
    from
      user_email_index e
      join unnest(:keyVersions!::int[], :digests!::text[]) d (key_version, digest)
        on e.key_version = d.key_version
        and e.digest = decode(d.digest, 'hex')
    limit 1
  )
  and not exists (
    select 1
    from outbox o
    where
      o.user_id = u.id
      and o.kind = 'mail/address-registered'
      and o.due_at > :countedSince!
  );

/* A new hash of the same password, made when it was presented; nothing when the password has changed meanwhile. */
/* @name updatePasswordHash */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update users u
set password_hash = :newHash!
from actor
where
  u.id = :userId!
  and u.password_hash = :oldHash!
returning u.id;
