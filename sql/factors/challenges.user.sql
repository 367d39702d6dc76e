/*
Asks for the second step of a login, and gives the passkeys that may answer: a row without one when there are none. No
row when the workspace asked for is not the user's.
*/
/* @name insertSecondFactorChallenge */
with
  inserted_challenge as (
    insert into auth_challenges (id, purpose, user_id, workspace_id, digest, password_fingerprint, expires_at)
    select
      :id!, 'second_factor', u.id, :wantedWorkspaceId::uuid, decode(:challengeDigest!, 'hex'),
      md5(:passwordHash!::text), :expiresAt!
    from users u
    where
      u.id = :userId!
      and (
        :wantedWorkspaceId::uuid is null
        or exists (
          select 1
          from
            workspace_members m
            join workspaces w on w.id = m.workspace_id
              and w.status = 'active'
          where
            m.user_id = u.id
            and m.workspace_id = :wantedWorkspaceId
        )
      )
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
Counts an answer before it is looked at, and gives what to look at it with: the account, the secret of the
authenticator app, the passkey that the answer names. No row when the challenge is unknown, too old, has been answered
too often, or was asked under another password.
*/
/* @name claimSecondFactorAnswer */
with
  counted_challenge as (
    update auth_challenges c
    set attempts = c.attempts + 1
    where
      c.digest = decode(:challengeDigest!, 'hex')
      and c.purpose = 'second_factor'
      and c.attempts < :maxAnswers!
      and c.expires_at > :now!
    returning c.user_id, c.workspace_id, c.password_fingerprint
  )
select
  c.workspace_id as "wantedWorkspaceId",
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
  u.password_hash as "passwordHash",
  t.secret_ciphertext as "secretCiphertext?",
  tk.id as "secretKeyId?",
  tk.kek_version as "secretKekVersion?",
  tk.wrapped_key as "secretWrappedKey?",
  p.id as "passkeyId?",
  encode(p.public_key, 'hex') as "publicKey?",
  p.sign_count as "signCount?"
from
  counted_challenge c
  join users u on u.id = c.user_id
    and u.status = 'active'
    and md5(u.password_hash) = c.password_fingerprint
  join encryption_keys k on k.id = u.data_key_id
  left join (
    user_totp t
    join encryption_keys tk on tk.id = t.data_key_id
  ) on t.user_id = c.user_id
    and t.confirmed_at is not null
  left join user_passkeys p on p.user_id = c.user_id
    and p.credential_id = :credentialId!;

/* Uses up the challenge and the code's time step, or nothing: no row when one of them is gone. */
/* @name proveTotp */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  used_challenge as (
    delete from auth_challenges c
    where c.digest = decode(:challengeDigest!, 'hex')
    returning c.user_id
  )
update user_totp t
set last_step = :step!
from
  actor
  cross join used_challenge c
where
  t.user_id = c.user_id
  and t.user_id = :userId!
  and t.confirmed_at is not null
  and t.last_step < :step!
returning t.user_id as "userId";

/* Uses up the challenge and the recovery code. The transaction around it takes it back when there is no row. */
/* @name proveRecoveryCode */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  used_challenge as (
    delete from auth_challenges c
    where c.digest = decode(:challengeDigest!, 'hex')
    returning c.user_id
  ),
  used_code as (
    update user_recovery_codes r
    set used_at = :now!
    from
      actor
      cross join used_challenge c
    where
      r.user_id = c.user_id
      and r.user_id = :userId!
      and r.digest = decode(:recoveryDigest!, 'hex')
      and r.used_at is null
    returning r.user_id
  )
insert into outbox (id, kind, user_id, due_at)
select :outboxId!, 'mail/recovery-code-used', r.user_id, :now!
from used_code r
returning user_id as "userId";

/*
Uses up the challenge and the counter of the passkey's answer: a counter that does not rise belongs to a copy, unless
the authenticator has none (always zero). The transaction around it takes it back when there is no row.
*/
/* @name provePasskey */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  used_challenge as (
    delete from auth_challenges c
    where c.digest = decode(:challengeDigest!, 'hex')
    returning c.user_id
  )
update user_passkeys p
set
  sign_count = :signCount!,
  is_backed_up = :isBackedUp!,
  last_used_at = :now!
from
  actor
  cross join used_challenge c
where
  p.user_id = c.user_id
  and p.user_id = :userId!
  and p.id = :passkeyId!
  and (p.sign_count < :signCount! or (p.sign_count = 0 and :signCount! = 0))
returning p.user_id as "userId";
