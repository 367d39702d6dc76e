import type { LogFields } from '../log.ts'
import { type JobContext, makePartitions, purgeIdempotencyRecords } from '../maintenance/service.ts'

type Job = (ctx: JobContext) => Promise<LogFields>

/** What runs when: the schedules stand in wrangler.toml too, where the platform reads them. */
export const crons: Readonly<Record<string, Readonly<Record<string, Job>>>> = {
  '* * * * *': { 'purge-idempotency-records': purgeIdempotencyRecords },
  '23 3 * * *': { 'make-partitions': makePartitions },
}
