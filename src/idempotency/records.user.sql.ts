// Generated from sql/idempotency/records.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindUserIdempotencyRecordParams = {
  idempotencyPrincipal: string
  idempotencyKey: string
  now: string
}

export type FindUserIdempotencyRecordResult = {
  fingerprint: string
  response: unknown
  isUnderWay: boolean
  leaseLeftSeconds: number | null
}

/**
 * What was answered to this principal's earlier request with the same key outside any workspace. A statement of this class
 * that makes such a record leaves workspace_id out:
 *
 * recorded_answer as (
 * insert into idempotency_keys (principal_id, key, route, fingerprint, status, response, created_at, expires_at)
 * select
 * :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201, to_jsonb(c), :now!,
 * :now!::timestamptz + interval '24 hours'
 * from inserted_thing c
 * where :idempotencyKey::text is not null
 * )
 */
export const findUserIdempotencyRecord = new PreparedQuery<FindUserIdempotencyRecordParams, FindUserIdempotencyRecordResult>({
  params: [
    { name: 'idempotencyPrincipal', required: true, locs: [{ a: 236, b: 257 }] },
    { name: 'idempotencyKey', required: true, locs: [{ a: 273, b: 288 }] },
    { name: 'now', required: true, locs: [{ a: 311, b: 315 }] },
  ],
  statement: `select
  i.fingerprint,
  i.response,
  (i.status is null) as "isUnderWay",
  ceil(extract(epoch from i.leased_until - now()))::integer as "leaseLeftSeconds"
from idempotency_keys i
where
  i.workspace_id is null
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.expires_at > :now!`,
})

export type ClaimUserIdempotencyRecordParams = {
  idempotencyPrincipal: string
  idempotencyKey: string
  idempotencyRoute: string
  idempotencyFingerprint: string
  leaseSeconds: number
  now: string
  idempotencyFingerprints: readonly string[]
}

export type ClaimUserIdempotencyRecordResult = {
  fence: number
}

/**
 * Takes the request for `leaseSeconds`, by the clock of the database: first of all, or from one who began the same request
 * and whose lease has run out. Each one who takes it raises the fence. No row when there is an answer already, when the
 * lease of another lives, or when the key belongs to another request.
 */
export const claimUserIdempotencyRecord = new PreparedQuery<ClaimUserIdempotencyRecordParams, ClaimUserIdempotencyRecordResult>({
  params: [
    { name: 'idempotencyPrincipal', required: true, locs: [{ a: 127, b: 148 }] },
    { name: 'idempotencyKey', required: true, locs: [{ a: 151, b: 166 }] },
    { name: 'idempotencyRoute', required: true, locs: [{ a: 169, b: 186 }] },
    { name: 'idempotencyFingerprint', required: true, locs: [{ a: 189, b: 212 }] },
    { name: 'leaseSeconds', required: true, locs: [{ a: 247, b: 260 }] },
    { name: 'now', required: true, locs: [{ a: 276, b: 280 }, { a: 283, b: 287 }] },
    { name: 'idempotencyFingerprints', required: true, locs: [{ a: 586, b: 610 }] },
  ],
  statement: `insert into idempotency_keys (
  principal_id, key, route, fingerprint, leased_until, fence, created_at, expires_at
)
select
  :idempotencyPrincipal!, :idempotencyKey!, :idempotencyRoute!, :idempotencyFingerprint!,
  now() + make_interval(secs => :leaseSeconds!::integer), 1, :now!, :now!::timestamptz + interval '24 hours'
on conflict (workspace_id, principal_id, key) do update
set
  leased_until = excluded.leased_until,
  fence = idempotency_keys.fence + 1
where
  idempotency_keys.status is null
  and idempotency_keys.leased_until < now()
  and idempotency_keys.fingerprint = any(:idempotencyFingerprints!::text[])
returning fence`,
})

export type FinishUserIdempotencyRecordParams = {
  answerStatus: number
  answer: unknown
  idempotencyPrincipal: string
  idempotencyKey: string
  fence: number
}

export type FinishUserIdempotencyRecordResult = {
  fence: number
}

/** Stores the answer; no row when another one has taken the request over since. */
export const finishUserIdempotencyRecord = new PreparedQuery<FinishUserIdempotencyRecordParams, FinishUserIdempotencyRecordResult>({
  params: [
    { name: 'answerStatus', required: true, locs: [{ a: 41, b: 54 }] },
    { name: 'answer', required: true, isJson: true, locs: [{ a: 70, b: 77 }] },
    { name: 'idempotencyPrincipal', required: true, locs: [{ a: 156, b: 177 }] },
    { name: 'idempotencyKey', required: true, locs: [{ a: 193, b: 208 }] },
    { name: 'fence', required: true, locs: [{ a: 226, b: 232 }] },
  ],
  statement: `update idempotency_keys i
set
  status = :answerStatus!,
  response = :answer!,
  leased_until = null
where
  i.workspace_id is null
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.fence = :fence!
  and i.status is null
returning i.fence`,
})

export type ReleaseUserIdempotencyRecordParams = {
  idempotencyPrincipal: string
  idempotencyKey: string
  fence: number
}

export type ReleaseUserIdempotencyRecordResult = {
  fence: number
}

/** Gives the key back after a refusal; nothing when another one has taken the request over since. */
export const releaseUserIdempotencyRecord = new PreparedQuery<ReleaseUserIdempotencyRecordParams, ReleaseUserIdempotencyRecordResult>({
  params: [
    { name: 'idempotencyPrincipal', required: true, locs: [{ a: 85, b: 106 }] },
    { name: 'idempotencyKey', required: true, locs: [{ a: 122, b: 137 }] },
    { name: 'fence', required: true, locs: [{ a: 155, b: 161 }] },
  ],
  statement: `delete from idempotency_keys i
where
  i.workspace_id is null
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.fence = :fence!
  and i.status is null
returning i.fence`,
})
