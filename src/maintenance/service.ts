import type { JobContext } from '../context.ts'
import {
  deleteEndedSessions,
  deleteExpiredAccountTokens,
  deleteExpiredAuthChallenges,
  deleteExpiredAuthThrottles,
  deleteExpiredIdempotencyRecords,
  deleteFinishedOutbox,
  ensurePartitions,
  revokeExpiredInvitations,
} from './maintenance.jobs.sql.ts'

type Housekeeping = Pick<JobContext, 'db' | 'now'>

const limit = 1_000
const maxBatches = 50
const dayMs = 24 * 60 * 60 * 1000
const keptDays = { doneOutbox: 7, deadOutbox: 30, endedSession: 90 } as const

/** Makes the partitions of the coming months. */
export async function makePartitions({ db }: Pick<JobContext, 'db'>): Promise<{ made: number }> {
  return await db.one(ensurePartitions)
}

/** Deletes idempotency records past their 24 hours. */
export const purgeIdempotencyRecords = async ({ db, now }: Housekeeping) => ({
  deleted: await inBatches(() => db.many(deleteExpiredIdempotencyRecords, { now: now().toISOString(), limit })),
})

/** Deletes what the outbox finished more than 7 days ago; what died stays for 30, to be looked into. */
export async function purgeOutbox({ db, now }: Housekeeping): Promise<{ deleted: number }> {
  const bounds = { doneBefore: before(now(), keptDays.doneOutbox), deadBefore: before(now(), keptDays.deadOutbox) }
  return { deleted: await inBatches(() => db.many(deleteFinishedOutbox, { ...bounds, limit })) }
}

/** Deletes tokens of mails past their time. */
export const purgeAccountTokens = async ({ db, now }: Housekeeping) => ({
  deleted: await inBatches(() => db.many(deleteExpiredAccountTokens, { now: now().toISOString(), limit })),
})

/** Deletes questions that nobody answered in time. */
export const purgeAuthChallenges = async ({ db, now }: Housekeeping) => ({
  deleted: await inBatches(() => db.many(deleteExpiredAuthChallenges, { now: now().toISOString(), limit })),
})

/** Deletes counters of attempts whose time is over. */
export const purgeAuthThrottles = async ({ db, now }: Housekeeping) => ({
  deleted: await inBatches(() => db.many(deleteExpiredAuthThrottles, { now: now().toISOString(), limit })),
})

/** Withdraws invitations past their time, which forgets the invited addresses. */
export const revokeInvitations = async ({ db, now }: Housekeeping) => ({
  revoked: await inBatches(() => db.many(revokeExpiredInvitations, { now: now().toISOString(), limit })),
})

/** Deletes sessions 90 days past their end. */
export async function purgeSessions({ db, now }: Housekeeping): Promise<{ deleted: number }> {
  const endedBefore = before(now(), keptDays.endedSession)
  const run = () => db.many(deleteEndedSessions, { now: now().toISOString(), endedBefore, limit })
  return { deleted: await inBatches(run) }
}

const before = (now: Date, days: number): string => new Date(now.getTime() - days * dayMs).toISOString()

/** Runs a statement until it finds no full batch, at most 50,000 rows a run: the next run goes on. */
async function inBatches(run: () => Promise<readonly unknown[]>): Promise<number> {
  let count = 0
  for (let round = 0; round < maxBatches; round += 1) {
    const rows = await run()
    count += rows.length
    if (rows.length < limit) break
  }
  return count
}
