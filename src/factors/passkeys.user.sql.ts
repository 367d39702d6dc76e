// Generated from sql/factors/passkeys.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type ListPasskeysParams = {
  userId: string
  beforeId?: string | null | undefined
  limit: number
}

export type ListPasskeysResult = {
  id: string
  device: string | null
  transports: string[]
  isBackedUp: boolean
  lastUsedAt: string | null
  createdAt: string
}

/** The user's passkeys, newest first. */
export const listPasskeys = new PreparedQuery<ListPasskeysParams, ListPasskeysResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 182, b: 189 }] },
    { name: 'beforeId', required: false, locs: [{ a: 198, b: 206 }, { a: 232, b: 240 }] },
    { name: 'limit', required: true, locs: [{ a: 268, b: 274 }] },
  ],
  statement: `select
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
limit :limit!`,
})

export type InsertPasskeyChallengeParams = {
  sessionId: string
  userId: string
  now: string
  id: string
  challengeDigest: string
  expiresAt: string
  maxPasskeys: number
}

export type InsertPasskeyChallengeResult = {
  credentialId: string | null
  transports: string[] | null
}

/**
 * Asks the session to register a passkey, in place of what it was asked before, and gives the credentials that the user
 * has: a row without one when there are none. No row when the session is over.
 */
export const insertPasskeyChallenge = new PreparedQuery<InsertPasskeyChallengeParams, InsertPasskeyChallengeResult>({
  params: [
    { name: 'sessionId', required: true, locs: [{ a: 113, b: 123 }, { a: 372, b: 382 }] },
    { name: 'userId', required: true, locs: [{ a: 147, b: 154 }, { a: 406, b: 413 }] },
    { name: 'now', required: true, locs: [{ a: 217, b: 221 }, { a: 257, b: 261 }] },
    { name: 'id', required: true, locs: [{ a: 589, b: 592 }] },
    { name: 'challengeDigest', required: true, locs: [{ a: 643, b: 659 }] },
    { name: 'expiresAt', required: true, locs: [{ a: 670, b: 680 }] },
    { name: 'maxPasskeys', required: true, locs: [{ a: 894, b: 906 }] },
  ],
  statement: `with
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
  p.credential_id as "credentialId",
  p.transports as "transports"
from
  inserted_challenge c
  left join user_passkeys p on p.user_id = c.user_id
limit :maxPasskeys!`,
})

export type InsertPasskeyParams = {
  actor: string
  sessionId: string
  userId: string
  now: string
  challengeDigest: string
  id: string
  credentialId: string
  publicKey: string
  signCount: number
  transports: readonly string[]
  isBackedUp: boolean
  aaguid: string
  device?: string | null | undefined
  recoveryDigests: readonly string[]
  outboxId: string
}

export type InsertPasskeyResult = {
  id: string
  createdAt: string
  workspaceId: string | null
  hasNewCodes: boolean
}

/**
 * The passkey that answers a challenge of this very session, which is used up by it. Recovery codes come with the first
 * factor, or when none is left. No row when the challenge is unknown, too old or somebody else's, or the session is over;
 * a credential that is known violates user_passkeys_credential_key.
 */
export const insertPasskey = new PreparedQuery<InsertPasskeyParams, InsertPasskeyResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'sessionId', required: true, locs: [{ a: 203, b: 213 }] },
    { name: 'userId', required: true, locs: [{ a: 237, b: 244 }, { a: 617, b: 624 }] },
    { name: 'now', required: true, locs: [{ a: 307, b: 311 }, { a: 347, b: 351 }, { a: 681, b: 685 }, { a: 1547, b: 1551 }, { a: 1572, b: 1576 }, { a: 1846, b: 1850 }] },
    { name: 'challengeDigest', required: true, locs: [{ a: 524, b: 540 }] },
    { name: 'id', required: true, locs: [{ a: 908, b: 911 }] },
    { name: 'credentialId', required: true, locs: [{ a: 925, b: 938 }] },
    { name: 'publicKey', required: true, locs: [{ a: 948, b: 958 }] },
    { name: 'signCount', required: true, locs: [{ a: 969, b: 979 }] },
    { name: 'transports', required: true, locs: [{ a: 982, b: 993 }] },
    { name: 'isBackedUp', required: true, locs: [{ a: 1004, b: 1015 }] },
    { name: 'aaguid', required: true, locs: [{ a: 1024, b: 1031 }] },
    { name: 'device', required: false, locs: [{ a: 1034, b: 1040 }] },
    { name: 'recoveryDigests', required: true, locs: [{ a: 1291, b: 1307 }] },
    { name: 'outboxId', required: true, locs: [{ a: 1802, b: 1811 }] },
  ],
  statement: `with
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
  p.id as "id",
  p.created_at as "createdAt",
  s.workspace_id as "workspaceId",
  exists (select 1 from inserted_codes) as "hasNewCodes"
from
  inserted_passkey p
  join proved_session s on s.user_id = p.user_id`,
})

export type DeletePasskeyParams = {
  actor: string
  userId: string
  now: string
  sessionId: string
  id: string
  outboxId: string
}

export type DeletePasskeyResult = {
  sessionId: string | null
  workspaceId: string | null
}

/**
 * Takes one of the user's passkeys away, on behalf of a live session that has proved a second factor. Without another
 * factor the recovery codes go too, and no session counts as one with a second factor any more; those sessions come back.
 * The user's live sessions are held first, as in deleteTotp.
 */
export const deletePasskey = new PreparedQuery<DeletePasskeyParams, DeletePasskeyResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userId', required: true, locs: [{ a: 218, b: 225 }, { a: 709, b: 716 }] },
    { name: 'now', required: true, locs: [{ a: 288, b: 292 }, { a: 328, b: 332 }, { a: 1286, b: 1290 }] },
    { name: 'sessionId', required: true, locs: [{ a: 497, b: 507 }] },
    { name: 'id', required: true, locs: [{ a: 682, b: 685 }] },
    { name: 'outboxId', required: true, locs: [{ a: 1240, b: 1249 }] },
  ],
  statement: `with
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
  s.id as "sessionId",
  s.workspace_id as "workspaceId"
from
  deleted_passkey d
  left join lowered_sessions s on s.user_id = d.user_id`,
})
