/* The user's passkeys, newest first. */
/* @name listPasskeys */
select
  p.id,
  p.device,
  p.transports,
  p.is_backed_up as "isBackedUp",
  p.last_used_at as "lastUsedAt",
  p.created_at as "createdAt"
from user_passkeys p
where
  p.user_id = :userId!
  and (:beforeId::uuid is null or p.id < :beforeId)
order by p.id desc
limit :limit!;

/*
Asks the session to register a passkey, in place of what it was asked before, and gives the credentials that the user
has: a row without one when there are none. No row when the session is over.
*/
/* @name insertPasskeyChallenge */
with
  live_session as materialized (
    select s.id, s.user_id
    from user_sessions s
    where
      s.id = :sessionId!
      and s.user_id = :userId!
      and s.revoked_at is null
      and s.idle_expires_at > :now!
      and s.absolute_expires_at > :now!
    for share
  ),
  deleted_challenge as (
    delete from auth_challenges c
    where
      c.session_id = :sessionId!
      and c.user_id = :userId!
      and c.purpose = 'passkey_registration'
  ),
  inserted_challenge as (
    insert into auth_challenges (id, purpose, user_id, session_id, digest, expires_at)
    select :id!, 'passkey_registration', s.user_id, s.id, decode(:challengeDigest!, 'hex'), :expiresAt!
    from live_session s
    returning user_id
  )
select
  p.credential_id as "credentialId?",
  p.transports as "transports?"
from
  inserted_challenge c
  left join user_passkeys p on p.user_id = c.user_id
limit :maxPasskeys!;

/*
The passkey that answers a challenge of this very session, which is used up by it. Recovery codes come with the first
factor, or when none is left. No row when the challenge is unknown, too old or somebody else's, or the session is over;
a credential that is known violates user_passkeys_credential_key.
*/
/* @name insertPasskey */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  live_session as materialized (
    select s.id, s.user_id
    from user_sessions s
    where
      s.id = :sessionId!
      and s.user_id = :userId!
      and s.revoked_at is null
      and s.idle_expires_at > :now!
      and s.absolute_expires_at > :now!
    for no key update
  ),
  used_challenge as (
    delete from auth_challenges c
    using
      actor
      cross join live_session s
    where
      c.digest = decode(:challengeDigest!, 'hex')
      and c.purpose = 'passkey_registration'
      and c.user_id = :userId!
      and c.session_id = s.id
      and c.expires_at > :now!
    returning c.user_id, c.session_id
  ),
  inserted_passkey as (
    insert into user_passkeys (
      id, user_id, credential_id, public_key, sign_count, transports, is_backed_up, aaguid, device
    )
    select
      :id!, c.user_id, :credentialId!, decode(:publicKey!, 'hex'), :signCount!, :transports!::text[], :isBackedUp!,
      :aaguid!, :device
    from used_challenge c
    returning id, user_id, created_at
  ),
  inserted_codes as (
    insert into user_recovery_codes (user_id, digest)
    select p.user_id, decode(d.digest, 'hex')
    from
      inserted_passkey p
      cross join unnest(:recoveryDigests!::text[]) d (digest)
    where not exists (select 1 from user_recovery_codes c where c.user_id = p.user_id and c.used_at is null)
    returning user_id
  ),
  proved_session as (
    update user_sessions s
    set
      second_factor_at = :now!,
      proved_at = :now!
    from used_challenge c
    where
      s.id = c.session_id
      and s.user_id = c.user_id
    returning s.user_id, s.workspace_id
  ),
  inserted_notice as (
    insert into outbox (id, kind, user_id, due_at)
    select :outboxId!, 'mail/factor-added', p.user_id, :now!
    from inserted_passkey p
  )
select
  p.id as "id!",
  p.created_at as "createdAt!",
  s.workspace_id as "workspaceId",
  exists (select 1 from inserted_codes) as "hasNewCodes!"
from
  inserted_passkey p
  join proved_session s on s.user_id = p.user_id;

/*
Takes one of the user's passkeys away, on behalf of a live session that has proved a second factor. Without another
factor the recovery codes go too, and no session counts as one with a second factor any more; those sessions come back.
The user's live sessions are held first, as in deleteTotp.
*/
/* @name deletePasskey */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_sessions as materialized (
    select s.id, s.second_factor_at
    from user_sessions s
    where
      s.user_id = :userId!
      and s.revoked_at is null
      and s.idle_expires_at > :now!
      and s.absolute_expires_at > :now!
    order by s.id
    for no key update
  ),
  proved_session as materialized (
    select count(*) as sessions
    from held_sessions s
    having bool_or(s.id = :sessionId! and s.second_factor_at is not null)
  ),
  deleted_passkey as (
    delete from user_passkeys p
    using
      actor
      cross join proved_session
    where
      p.id = :id!
      and p.user_id = :userId!
    returning p.id, p.user_id
  ),
  left_alone as (
    select d.user_id
    from deleted_passkey d
    where
      not exists (select 1 from user_passkeys p where p.user_id = d.user_id and p.id <> d.id)
      and not exists (select 1 from user_totp t where t.user_id = d.user_id and t.confirmed_at is not null)
  ),
  deleted_codes as (
    delete from user_recovery_codes c
    using left_alone a
    where c.user_id = a.user_id
  ),
  inserted_notice as (
    insert into outbox (id, kind, user_id, due_at)
    select :outboxId!, 'mail/factor-removed', d.user_id, :now!
    from deleted_passkey d
  ),
  lowered_sessions as (
    update user_sessions s
    set second_factor_at = null
    from left_alone a
    where
      s.user_id = a.user_id
      and s.second_factor_at is not null
      and s.revoked_at is null
    returning s.id, s.user_id, s.workspace_id
  )
select
  s.id as "sessionId?",
  s.workspace_id as "workspaceId?"
from
  deleted_passkey d
  left join lowered_sessions s on s.user_id = d.user_id;
