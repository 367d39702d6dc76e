import type { JobContext } from '../context.ts'
import { violatedConstraint } from '../db/errors.ts'
import { listWallTimes, updateScheduledInstant } from './wall-times.jobs.sql.ts'
import { instantOf, UnknownTimeZone } from './zones.ts'

const batchRows = 500
/** A run that sees no end leaves the rest to the next day's. */
const maxBatches = 2_000
/** Of so many the log line says which they were; the trail has all. */
const maxNamed = 50

type Report = { readonly looked: number; readonly moved: number; readonly unknownZones: number; readonly posts: string }

/**
 * Posts that were scheduled by wall time stay at that wall time: where the rules of a zone have changed since, the instant
 * moves. Posts that were given an instant never do. One that changes meanwhile is left alone, as it was converted just now;
 * one in a zone that this runtime does not know stays where it is, and is counted.
 */
export async function followZones(ctx: Pick<JobContext, 'db' | 'now'>): Promise<Report> {
  const report = { looked: 0, moved: 0, unknownZones: 0 }
  const posts: string[] = []
  for await (const row of wallTimes(ctx)) {
    report.looked += 1
    const outcome = await followZone(ctx, row)
    if (outcome === 'unknown') report.unknownZones += 1
    if (outcome !== 'moved') continue
    report.moved += 1
    if (posts.length < maxNamed) posts.push(row.id)
  }
  return { ...report, posts: posts.join(' ') }
}

async function* wallTimes({ db, now }: Pick<JobContext, 'db' | 'now'>): AsyncGenerator<WallTimeRow> {
  let after: WallTimeRow | undefined
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const place = { afterWorkspaceId: after?.workspaceId ?? null, afterId: after?.id ?? null }
    const rows = await db.many(listWallTimes, { now: now().toISOString(), ...place, limit: batchRows })
    yield* rows
    after = rows.at(-1)
    if (rows.length < batchRows) return
  }
}

type WallTimeRow = {
  readonly workspaceId: string
  readonly id: string
  readonly scheduledAt: string
  readonly localTime: string
  readonly timeZone: string
  readonly fold: number | null
}

async function followZone(
  { db }: Pick<JobContext, 'db'>,
  { workspaceId, id, scheduledAt: readAt, localTime, timeZone, fold }: WallTimeRow,
): Promise<'moved' | 'stays' | 'unknown'> {
  let at: Date
  try {
    at = instantOf({ localTime, timeZone, fold: fold === 1 ? 1 : 0 })
  } catch (error) {
    if (error instanceof UnknownTimeZone) return 'unknown'
    throw error
  }
  if (at.getTime() === Date.parse(readAt)) return 'stays'
  const values = { movedWorkspaceId: workspaceId, id, readAt, localTime, timeZone, scheduledAt: at.toISOString() }
  try {
    return (await db.maybeOne(updateScheduledInstant, values)) === undefined ? 'stays' : 'moved'
  } catch (error) {
    // Another post took that slot in the same moment; the next run finds it taken.
    if (violatedConstraint(error) === 'posts_slot_key') return 'stays'
    throw error
  }
}
