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
}

/** What was answered to this principal's earlier request with the same key, as long as it is kept. */
export const findIdempotencyRecord = new PreparedQuery<FindIdempotencyRecordParams, FindIdempotencyRecordResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 86, b: 98 }] },
    { name: 'idempotencyPrincipal', required: true, locs: [{ a: 123, b: 144 }] },
    { name: 'idempotencyKey', required: true, locs: [{ a: 160, b: 175 }] },
    { name: 'now', required: true, locs: [{ a: 198, b: 202 }] },
  ],
  statement: `select
  i.fingerprint,
  i.response
from idempotency_keys i
where
  i.workspace_id = :workspaceId!
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.expires_at > :now!`,
})
