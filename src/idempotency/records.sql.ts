// Generated from sql/idempotency/records.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindIdempotencyRecordParams = {
  workspaceId: string
  idempotencyPrincipal: string
  idempotencyKey: string
  now: string
}

export type FindIdempotencyRecordResult = {
  fingerprint: string
  response: unknown
  isUnderWay: boolean
  leaseLeftSeconds: number | null
}

/**
 * What was answered to this principal's earlier request with the same key, as long as it is kept; or that its effect is
 * still under way, and for how long whoever began it has it.
 */
export const findIdempotencyRecord = new PreparedQuery<FindIdempotencyRecordParams, FindIdempotencyRecordResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 207, b: 219 }] },
    { name: 'idempotencyPrincipal', required: true, locs: [{ a: 244, b: 265 }] },
    { name: 'idempotencyKey', required: true, locs: [{ a: 281, b: 296 }] },
    { name: 'now', required: true, locs: [{ a: 319, b: 323 }] },
  ],
  statement: `select
  i.fingerprint,
  i.response,
  (i.status is null) as "isUnderWay",
  ceil(extract(epoch from i.leased_until - now()))::integer as "leaseLeftSeconds"
from idempotency_keys i
where
  i.workspace_id = :workspaceId!
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.expires_at > :now!`,
})

export type ClaimIdempotencyRecordParams = {
  workspaceId: string
  idempotencyPrincipal: string
  idempotencyKey: string
  idempotencyRoute: string
  idempotencyFingerprint: string
  leaseSeconds: number
  now: string
  idempotencyFingerprints: readonly string[]
}

export type ClaimIdempotencyRecordResult = {
  fence: number
}

/**
 * Takes the request for `leaseSeconds`, by the clock of the database: first of all, or from one who began the same request
 * and whose lease has run out. Each one who takes it raises the fence. No row when there is an answer already, when the
 * lease of another lives, or when the key belongs to another request.
 */
export const claimIdempotencyRecord = new PreparedQuery<ClaimIdempotencyRecordParams, ClaimIdempotencyRecordResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 141, b: 153 }] },
    { name: 'idempotencyPrincipal', required: true, locs: [{ a: 156, b: 177 }] },
    { name: 'idempotencyKey', required: true, locs: [{ a: 180, b: 195 }] },
    { name: 'idempotencyRoute', required: true, locs: [{ a: 198, b: 215 }] },
    { name: 'idempotencyFingerprint', required: true, locs: [{ a: 218, b: 241 }] },
    { name: 'leaseSeconds', required: true, locs: [{ a: 276, b: 289 }] },
    { name: 'now', required: true, locs: [{ a: 305, b: 309 }, { a: 312, b: 316 }] },
    { name: 'idempotencyFingerprints', required: true, locs: [{ a: 615, b: 639 }] },
  ],
  statement: `insert into idempotency_keys (
  workspace_id, principal_id, key, route, fingerprint, leased_until, fence, created_at, expires_at
)
select
  :workspaceId!, :idempotencyPrincipal!, :idempotencyKey!, :idempotencyRoute!, :idempotencyFingerprint!,
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

export type FinishIdempotencyRecordParams = {
  answerStatus: number
  answer: unknown
  workspaceId: string
  idempotencyPrincipal: string
  idempotencyKey: string
  fence: number
}

export type FinishIdempotencyRecordResult = {
  fence: number
}

/** Stores the answer; no row when another one has taken the request over since. */
export const finishIdempotencyRecord = new PreparedQuery<FinishIdempotencyRecordParams, FinishIdempotencyRecordResult>({
  params: [
    { name: 'answerStatus', required: true, locs: [{ a: 41, b: 54 }] },
    { name: 'answer', required: true, isJson: true, locs: [{ a: 70, b: 77 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 127, b: 139 }] },
    { name: 'idempotencyPrincipal', required: true, locs: [{ a: 164, b: 185 }] },
    { name: 'idempotencyKey', required: true, locs: [{ a: 201, b: 216 }] },
    { name: 'fence', required: true, locs: [{ a: 234, b: 240 }] },
  ],
  statement: `update idempotency_keys i
set
  status = :answerStatus!,
  response = :answer!,
  leased_until = null
where
  i.workspace_id = :workspaceId!
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.fence = :fence!
  and i.status is null
returning i.fence`,
})

export type ReleaseIdempotencyRecordParams = {
  workspaceId: string
  idempotencyPrincipal: string
  idempotencyKey: string
  fence: number
}

export type ReleaseIdempotencyRecordResult = {
  fence: number
}

/** Gives the key back after a refusal; nothing when another one has taken the request over since. */
export const releaseIdempotencyRecord = new PreparedQuery<ReleaseIdempotencyRecordParams, ReleaseIdempotencyRecordResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 56, b: 68 }] },
    { name: 'idempotencyPrincipal', required: true, locs: [{ a: 93, b: 114 }] },
    { name: 'idempotencyKey', required: true, locs: [{ a: 130, b: 145 }] },
    { name: 'fence', required: true, locs: [{ a: 163, b: 169 }] },
  ],
  statement: `delete from idempotency_keys i
where
  i.workspace_id = :workspaceId!
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.fence = :fence!
  and i.status is null
returning i.fence`,
})
