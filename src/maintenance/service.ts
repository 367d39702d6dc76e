import type { Db } from '../db/database.ts'
import { deleteExpiredIdempotencyRecords, ensurePartitions } from './maintenance.jobs.sql.ts'

/** What a job may reach; its statements run as the jobs role. */
export type JobContext = { readonly db: Db; readonly now: () => Date }

const batch = 1_000
const maxBatches = 50

/** Makes the partitions of the coming months. */
export async function makePartitions({ db }: JobContext): Promise<{ made: number }> {
  return await db.one(ensurePartitions)
}

/** Deletes idempotency records past their 24 hours, at most 50,000 a run. */
export async function purgeIdempotencyRecords({ db, now }: JobContext): Promise<{ deleted: number }> {
  let deleted = 0
  for (let round = 0; round < maxBatches; round += 1) {
    const rows = await db.many(deleteExpiredIdempotencyRecords, { now: now().toISOString(), limit: batch })
    deleted += rows.length
    if (rows.length < batch) break
  }
  return { deleted }
}
