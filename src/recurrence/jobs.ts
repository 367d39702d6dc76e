import type { JobContext } from '../context.ts'
import { violatedConstraint } from '../db/errors.ts'
import type { Post } from '../posts/schema.ts'
import { getPost } from '../posts/service.ts'
import { UnknownTimeZone } from '../scheduling/zones.ts'
import { type Occurrence, occurrencesAfter, type Rule } from './dates.ts'
import {
  claimDueRecurrences,
  insertOccurrences,
  updateNextLook,
  updateScheduledOccurrences,
} from './recurrences.jobs.sql.ts'
import { lockRecurringPost } from './recurrences.sql.ts'
import { obstaclesOf, readPlan, takenOf } from './service.ts'

/** So far ahead the copies of a recurring post stand in the calendar. */
const horizonMs = 14 * 24 * 60 * 60 * 1000
/** A rule that waits, or whose worker died, is looked at again after this. */
const lookAgainMs = 10 * 60 * 1000
const batchRules = 20
/** One run ends in time for the next. */
const maxRunMs = 40_000

type Outcome = { readonly made: number } | 'waiting'
type Report = { looked: number; made: number; waiting: number; failed: number }

/**
 * Makes the copies of recurring posts that are due within the horizon, scheduled for their wall time. A post that cannot
 * be scheduled as it is waits, and is looked at again and again while the day lies ahead.
 */
export async function makeOccurrences(ctx: JobContext): Promise<Report> {
  const report = { looked: 0, made: 0, waiting: 0, failed: 0 }
  const endsAtMs = ctx.now().getTime() + maxRunMs
  while (ctx.now().getTime() < endsAtMs) {
    const nowMs = ctx.now().getTime()
    const times = { now: new Date(nowMs).toISOString(), lookAgainAt: new Date(nowMs + lookAgainMs).toISOString() }
    const rules = await ctx.db.many(claimDueRecurrences, { ...times, limit: batchRules })
    for (const rule of rules) count(report, await attempt(ctx, rule))
    if (rules.length < batchRules) break
  }
  return report
}

function count(report: Report, outcome: Outcome | 'failed'): void {
  report.looked += 1
  if (typeof outcome === 'object') report.made += outcome.made
  else report[outcome] += 1
}

type RuleKey = { readonly workspaceId: string; readonly postId: string }

/** One rule that fails keeps no other from its turn. */
async function attempt(ctx: JobContext, key: RuleKey): Promise<Outcome | 'failed'> {
  try {
    return await makeFor(ctx, key)
  } catch (error) {
    // What the post shows or belongs to has changed since it was read; or nobody knows its zone any more.
    const isWaiting = violatedConstraint(error) !== undefined || error instanceof UnknownTimeZone
    ctx.log(isWaiting ? 'warn' : 'error', 'copies of a recurring post failed', { ...key, error: String(error) })
    return isWaiting ? 'waiting' : 'failed'
  }
}

async function makeFor(ctx: JobContext, { workspaceId, postId }: RuleKey): Promise<Outcome> {
  return await ctx.db.transaction(async (db) => {
    const tenant = { db: db.with({ workspaceId }), now: ctx.now }
    if ((await tenant.db.maybeOne(lockRecurringPost, { postId })) === undefined) return nothing
    const post = await getPost(tenant, postId)
    const plan = await readPlan(tenant, postId)
    if (plan.rule === null) return nothing
    const key = { recurringWorkspaceId: workspaceId, recurringPostId: postId }
    if (plan.workspaceStatus === 'closed') {
      await db.maybeOne(updateNextLook, { ...key, lookAt: null })
      return nothing
    }
    const { due, lookAt } = ahead(plan.rule, ctx.now())
    const takenBy = takenOf(post, plan)
    const open = due.filter((occurrence) => takenBy(occurrence) === undefined)
    const isWaiting = plan.workspaceStatus === 'closing' || obstaclesOf(post, plan).length > 0
    if (open.length > 0 && isWaiting) return 'waiting'
    // A day for which the post itself stands wants a copy once somebody moves the post: so that is looked at soon again.
    const isOwnDue = due.some((occurrence) => takenBy(occurrence)?.postId === postId)
    if (!isOwnDue) await db.maybeOne(updateNextLook, { ...key, lookAt: lookAt?.toISOString() ?? null })
    return open.length > 0 ? { made: await makeCopies({ ...ctx, db }, post, key, open) } : nothing
  })
}

const nothing = { made: 0 }

type Key = { readonly recurringWorkspaceId: string; readonly recurringPostId: string }

async function makeCopies(ctx: JobContext, post: Post, key: Key, open: readonly Occurrence[]): Promise<number> {
  const isOfApproved = post.approvedRevision === post.contentRevision
  const reason = `Repeats post ${post.id}${isOfApproved ? ', whose content has been approved' : ''}.`
  const copies = {
    postIds: open.map(() => ctx.makeId()),
    localTimes: open.map(({ localTime }) => localTime),
  }
  const dates = open.map(({ date }) => date)
  const scheduledAts = open.map(({ at }) => at.toISOString())
  const made = await ctx.db.many(insertOccurrences, { ...key, ...copies, reason, dates })
  await ctx.db.many(updateScheduledOccurrences, { ...key, ...copies, reason, scheduledAts })
  return made.length
}

/** The occurrences up to the horizon, and when the next one comes up to it, if any. */
function ahead(rule: Rule, now: Date): { due: Occurrence[]; lookAt: Date | undefined } {
  const due: Occurrence[] = []
  for (const occurrence of occurrencesAfter(rule, now)) {
    const enters = occurrence.at.getTime() - horizonMs
    if (enters > now.getTime()) return { due, lookAt: new Date(enters) }
    due.push(occurrence)
  }
  return { due, lookAt: undefined }
}
