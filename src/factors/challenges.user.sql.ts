// Generated from sql/factors/challenges.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindSecondFactorChallengeParams = {
  credentialId: string
  challengeDigest: string
  maxAnswers: number
  now: string
}

export type FindSecondFactorChallengeResult = {
  wantedWorkspaceId: string | null
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
  passwordHash: string | null
  secretCiphertext: string | null
  secretKeyId: string | null
  secretKekVersion: number | null
  secretWrappedKey: string | null
  passkeyId: string | null
  publicKey: string | null
  signCount: number | null
}

/**
 * A challenge with what an answer is looked at with: the account, the secret of the authenticator app, the passkey that
 * the answer names. No row when the challenge is unknown, too old, has been answered too often, or was asked under another
 * password.
 */
export const findSecondFactorChallenge = new PreparedQuery<FindSecondFactorChallengeParams, FindSecondFactorChallengeResult>({
  params: [
    { name: 'credentialId', required: true, locs: [{ a: 1093, b: 1106 }] },
    { name: 'challengeDigest', required: true, locs: [{ a: 1134, b: 1150 }] },
    { name: 'maxAnswers', required: true, locs: [{ a: 1213, b: 1224 }] },
    { name: 'now', required: true, locs: [{ a: 1247, b: 1251 }] },
  ],
  statement: `select
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
  t.secret_ciphertext as "secretCiphertext",
  tk.id as "secretKeyId",
  tk.kek_version as "secretKekVersion",
  tk.wrapped_key as "secretWrappedKey",
  p.id as "passkeyId",
  encode(p.public_key, 'hex') as "publicKey",
  p.sign_count as "signCount"
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
  and c.expires_at > :now!`,
})

export type InsertSecondFactorChallengeParams = {
  id: string
  wantedWorkspaceId?: string | null | undefined
  challengeDigest: string
  passwordHash: string
  expiresAt: string
  userId: string
  maxPasskeys: number
}

export type InsertSecondFactorChallengeResult = {
  credentialId: string | null
  transports: string[] | null
}

/**
 * Asks for the second step of a login, and gives the passkeys that may answer: a row without one when there are none. No
 * row when the workspace asked for is not the user's.
 */
export const insertSecondFactorChallenge = new PreparedQuery<InsertSecondFactorChallengeParams, InsertSecondFactorChallengeResult>({
  params: [
    { name: 'id', required: true, locs: [{ a: 159, b: 162 }] },
    { name: 'wantedWorkspaceId', required: false, locs: [{ a: 188, b: 205 }, { a: 362, b: 379 }, { a: 652, b: 669 }] },
    { name: 'challengeDigest', required: true, locs: [{ a: 221, b: 237 }] },
    { name: 'passwordHash', required: true, locs: [{ a: 258, b: 271 }] },
    { name: 'expiresAt', required: true, locs: [{ a: 281, b: 291 }] },
    { name: 'userId', required: true, locs: [{ a: 333, b: 340 }] },
    { name: 'maxPasskeys', required: true, locs: [{ a: 877, b: 889 }] },
  ],
  statement: `with
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
  p.credential_id as "credentialId",
  p.transports as "transports"
from
  inserted_challenge c
  left join user_passkeys p on p.user_id = c.user_id
limit :maxPasskeys!`,
})

export type ClaimWrongAnswerParams = {
  challengeDigest: string
  maxAnswers: number
  now: string
}

export type ClaimWrongAnswerResult = {
  userId: string
}

/** Counts an answer that was wrong. No row when the challenge is gone by now, is too old, or has been answered too often. */
export const claimWrongAnswer = new PreparedQuery<ClaimWrongAnswerParams, ClaimWrongAnswerResult>({
  params: [
    { name: 'challengeDigest', required: true, locs: [{ a: 81, b: 97 }] },
    { name: 'maxAnswers', required: true, locs: [{ a: 160, b: 171 }] },
    { name: 'now', required: true, locs: [{ a: 194, b: 198 }] },
  ],
  statement: `update auth_challenges c
set attempts = c.attempts + 1
where
  c.digest = decode(:challengeDigest!, 'hex')
  and c.purpose = 'second_factor'
  and c.attempts < :maxAnswers!
  and c.expires_at > :now!
returning c.user_id as "userId"`,
})
