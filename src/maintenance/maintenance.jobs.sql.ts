// Generated from sql/maintenance/maintenance.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type EnsurePartitionsParams = void

export type EnsurePartitionsResult = {
  made: number
}

/** Makes the partitions of the coming months; answers how many were missing. */
export const ensurePartitions = new PreparedQuery<EnsurePartitionsParams, EnsurePartitionsResult>({
  params: [],
  statement: `select ensure_all_partitions(3) as "made"`,
})

export type DeleteExpiredIdempotencyRecordsParams = {
  now: string
  limit: number
}

export type DeleteExpiredIdempotencyRecordsResult = {
  key: string
}

/** Deletes idempotency records past their time, a batch at once so that no lock is held for long. */
export const deleteExpiredIdempotencyRecords = new PreparedQuery<DeleteExpiredIdempotencyRecordsParams, DeleteExpiredIdempotencyRecordsResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 178, b: 182 }] },
    { name: 'limit', required: true, locs: [{ a: 216, b: 222 }] },
  ],
  statement: `delete from idempotency_keys i
where (i.workspace_id, i.principal_id, i.key) in (
  select e.workspace_id, e.principal_id, e.key
  from idempotency_keys e
  where e.expires_at < :now!
  order by e.expires_at
  limit :limit!
)
returning i.key`,
})
