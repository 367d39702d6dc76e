// Generated from sql/factors/access.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindFactorAccessParams = {
  provedSince: string
  sessionId: string
  userId: string
  now: string
}

export type FindFactorAccessResult = {
  id: string
  emailCiphertext: string | null
  nameCiphertext: string | null
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
  isFresh: boolean
  hasSecondFactor: boolean
  hasTotp: boolean
  hasPasskey: boolean
}

/**
 * What decides whether this session may change its user's factors: how lately it was proved, with a second factor or
 * without, and which factors there are. With the columns of the account that setting one up needs. No row for a session
 * that is over: an isolate goes on believing one for some seconds, and a factor stays for good.
 */
export const findFactorAccess = new PreparedQuery<FindFactorAccessParams, FindFactorAccessResult>({
  params: [
    { name: 'provedSince', required: true, locs: [{ a: 205, b: 217 }] },
    { name: 'sessionId', required: true, locs: [{ a: 626, b: 636 }] },
    { name: 'userId', required: true, locs: [{ a: 656, b: 663 }] },
    { name: 'now', required: true, locs: [{ a: 718, b: 722 }, { a: 754, b: 758 }] },
  ],
  statement: `select
  u.id,
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey",
  (s.proved_at > :provedSince!) as "isFresh",
  (s.second_factor_at is not null) as "hasSecondFactor",
  exists (select 1 from user_totp t where t.user_id = u.id and t.confirmed_at is not null) as "hasTotp",
  exists (select 1 from user_passkeys p where p.user_id = u.id) as "hasPasskey"
from
  user_sessions s
  join users u on u.id = s.user_id
    and u.status = 'active'
  join encryption_keys k on k.id = u.data_key_id
where
  s.id = :sessionId!
  and s.user_id = :userId!
  and s.revoked_at is null
  and s.idle_expires_at > :now!
  and s.absolute_expires_at > :now!`,
})
