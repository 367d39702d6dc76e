/*
A challenge with what an answer is looked at with: the account, the secret of the authenticator app, the passkey that
the answer names. No row when the challenge is unknown, too old, has been answered too often, or was asked under another
password.
*/
/* @name findSecondFactorChallenge */
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
  auth_challenges c
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
    and p.credential_id = :credentialId!
where
  c.digest = decode(:challengeDigest!, 'hex')
  and c.purpose = 'second_factor'
  and c.attempts < :maxAnswers!
  and c.expires_at > :now!;

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
Counts an answer that was wrong. No row when the challenge is gone by now, is too old, or has been answered too often.
*/
/* @name claimWrongAnswer */
update auth_challenges c
set attempts = c.attempts + 1
where
  c.digest = decode(:challengeDigest!, 'hex')
  and c.purpose = 'second_factor'
  and c.attempts < :maxAnswers!
  and c.expires_at > :now!
returning c.user_id as "userId";
