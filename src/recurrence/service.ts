import { z } from 'zod'
import type { MemberContext } from '../context.ts'
import type { Post, PostProblem } from '../posts/schema.ts'
import { getPost } from '../posts/service.ts'
import { ProblemError } from '../problem.ts'
import { dateOf, todayIn, UnknownTimeZone } from '../scheduling/zones.ts'
import { type Occurrence, occurrencesAfter, type Rule } from './dates.ts'
import {
  deleteRecurrence,
  deleteTakenOccurrences,
  findRecurrence,
  lockRecurringPost,
  updateTakenOccurrences,
  upsertRecurrence,
} from './recurrences.sql.ts'
import {
  MadeOccurrence,
  type NewPostRecurrence,
  type PostOccurrence,
  type PostRecurrence,
  RecurrenceRule,
} from './schema.ts'

/**
 * Posts that repeat. A rule says on which days and at what wall time; a job makes a copy of the post for each of them, some
 * days ahead, which from then on is a post like any other. Another rule, or none, takes back the copies that are still to
 * come and that nobody has touched. A day has one copy at most, ever: one that somebody deletes is not made again.
 */

const dayMs = 24 * 60 * 60 * 1000
const shownOccurrences = 10

export async function getRecurrence(ctx: MemberContext, postId: string): Promise<PostRecurrence> {
  const post = await getPost(ctx, postId)
  const plan = await readPlan(ctx, postId)
  if (plan.rule === null) throw new ProblemError('recurrence/not-found')
  return shown(ctx, post, { ...plan, rule: plan.rule })
}

/** Makes a post repeat, or by another rule. What could not be scheduled now is refused. */
export async function replaceRecurrence(
  ctx: MemberContext,
  postId: string,
  wish: NewPostRecurrence,
): Promise<PostRecurrence> {
  const post = await getPost(ctx, postId)
  const plan = await readPlan(ctx, postId)
  const rule = ruleOf(ctx, wish)
  demandRepeatable(post, plan)
  if (occurrencesAfter(rule, ctx.now()).next().done)
    throw new ProblemError('request/invalid', {
      errors: [{ pointer: '/endsOn', code: 'value/out-of-range', detail: 'must leave a day ahead' }],
    })
  if (plan.rule !== null && isSame(plan.rule, rule)) return shown(ctx, post, { ...plan, rule: plan.rule })
  const { taken, ...origin } = await ctx.db.transaction(async (db) => {
    const taken = await takeBack({ ...ctx, db }, postId)
    const values = { ...rule, postId, userId: ctx.userId, now: ctx.now().toISOString() }
    return { ...(await db.one(upsertRecurrence, values)), taken }
  })
  const made = plan.made.filter(({ postId: copyId }) => copyId === null || !taken.includes(copyId))
  return shown(ctx, post, { ...plan, made, rule: { ...rule, ...origin } })
}

export async function removeRecurrence(ctx: MemberContext, postId: string): Promise<void> {
  await ctx.db.transaction(async (db) => {
    await takeBack({ ...ctx, db }, postId)
    const removed = await db.maybeOne(deleteRecurrence, { postId })
    if (removed === undefined) throw new ProblemError('recurrence/not-found')
  })
}

/** Holds the post, and deletes its coming copies that nobody has touched: which they were. */
async function takeBack({ db, now }: Pick<MemberContext, 'db' | 'now'>, postId: string): Promise<string[]> {
  if ((await db.maybeOne(lockRecurringPost, { postId })) === undefined) throw new ProblemError('post/not-found')
  const taken = await db.many(updateTakenOccurrences, { postId, now: now().toISOString() })
  const takenPostIds = taken.map(({ id }) => id)
  // No post goes from scheduled to deleted in one step.
  if (takenPostIds.length > 0) await db.many(deleteTakenOccurrences, { postId, takenPostIds })
  return takenPostIds
}

export type Plan = {
  readonly rule: RecurrenceRule | null
  readonly workspaceStatus: 'active' | 'closing' | 'closed'
  readonly isApproved: boolean
  readonly isCampaignArchived: boolean
  readonly made: readonly MadeOccurrence[]
}

const Made = z.array(MadeOccurrence)

/** The rule of a post, which exists, and what has been made from yesterday on. */
export async function readPlan({ db, now }: Pick<MemberContext, 'db' | 'now'>, postId: string): Promise<Plan> {
  // Wherever the zone is, its today is not before the yesterday of UTC.
  const from = dateOf(new Date(now().getTime() - dayMs).toISOString())
  const { rule, made, ...facts } = await db.one(findRecurrence, { postId, from })
  return { ...facts, rule: RecurrenceRule.nullable().parse(rule), made: Made.parse(made) }
}

/** What keeps copies of a post from being scheduled. */
export function obstaclesOf(post: Post, { isApproved, isCampaignArchived }: Plan): PostProblem[] {
  const obstacles = [...post.problems]
  if (post.status === 'archived') obstacles.push({ pointer: '/status', code: 'post/archived', detail: 'is archived' })
  if (!isApproved)
    obstacles.push({
      pointer: '/status',
      code: 'post/approval-required',
      detail: 'its content has to be approved first',
    })
  if (isCampaignArchived)
    obstacles.push({ pointer: '/campaignId', code: 'campaign/archived', detail: 'is of an archived campaign' })
  return obstacles
}

function demandRepeatable(post: Post, { isApproved, isCampaignArchived }: Plan): void {
  if (post.status === 'archived') throw new ProblemError('post/not-editable', { detail: 'It is archived.' })
  if (post.problems.length > 0) throw new ProblemError('post/not-ready', { errors: post.problems })
  if (!isApproved) throw new ProblemError('post/approval-required')
  if (isCampaignArchived) throw new ProblemError('campaign/archived')
}

function ruleOf({ now }: MemberContext, wish: NewPostRecurrence): Omit<RecurrenceRule, keyof Origin> {
  const { startsOn = todayIn(wish.timeZone, now()), ...rule } = wish
  return { weekdays: [], monthDays: [], ...rule, startsOn }
}

type Origin = Pick<RecurrenceRule, 'authorId' | 'createdAt' | 'updatedAt'>

const isSame = (one: Rule, other: Rule): boolean => wordsOf(one) === wordsOf(other)

const wordsOf = ({ frequency, interval, weekdays, monthDays, time, timeZone, fold, startsOn, endsOn }: Rule): string =>
  JSON.stringify([frequency, interval, weekdays, monthDays, time, timeZone, fold, startsOn, endsOn])

function shown(ctx: MemberContext, post: Post, plan: Plan & { readonly rule: RecurrenceRule }): PostRecurrence {
  const { rule } = plan
  const problems = obstaclesOf(post, plan)
  const upcoming: PostOccurrence[] = []
  try {
    const takenDays = takenOf(post, plan)
    for (const occurrence of occurrencesAfter(rule, ctx.now())) {
      upcoming.push(asAnswered(occurrence, takenDays(occurrence)))
      if (upcoming.length === shownOccurrences) break
    }
  } catch (error) {
    if (!(error instanceof UnknownTimeZone)) throw error
    problems.push({ pointer: '/recurrence/timeZone', code: 'time-zone/unknown', detail: 'is not known any more' })
  }
  const goesOn = upcoming.length > 0 ? 'active' : 'ended'
  return { ...rule, state: problems.length > 0 ? 'waiting' : goesOn, problems, upcoming }
}

/** What stands for an occurrence already: a copy, or the post itself where it is out, or to go out, at that instant. */
export function takenOf(post: Post, { made }: Plan): (occurrence: Occurrence) => MadeOccurrence | undefined {
  const byDate = new Map(made.map((copy) => [copy.date, copy]))
  const own = ownStatuses.has(post.status) && post.scheduledAt !== null ? Date.parse(post.scheduledAt) : undefined
  const { id: postId, status, scheduledAt } = post
  return ({ date, at }) => (at.getTime() === own ? { date, postId, status, scheduledAt } : byDate.get(date))
}

const ownStatuses: ReadonlySet<string> = new Set(['scheduled', 'publishing', 'unconfirmed', 'published'])

function asAnswered({ date, localTime, at }: Occurrence, taken: MadeOccurrence | undefined): PostOccurrence {
  if (taken === undefined)
    return { date, localTime, state: 'planned', postId: null, status: null, scheduledAt: at.toISOString() }
  const { postId, status, scheduledAt } = taken
  return { date, localTime, state: postId === null ? 'skipped' : 'made', postId, status, scheduledAt }
}
