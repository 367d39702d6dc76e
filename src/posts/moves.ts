import type { MemberContext } from '../context.ts'
import { once } from '../idempotency/service.ts'
import { ProblemError } from '../problem.ts'
import { instantOf } from '../scheduling/zones.ts'
import { findNextSlot } from '../slots/service.ts'
import { movePost } from './moves.sql.ts'
import { lockPost } from './posts.sql.ts'
import { Post, type PostSchedule, type PostStatus, type PostSubmission } from './schema.ts'
import { getPost } from './service.ts'

/**
 * How people move a post from status to status. Each move is a row in the post's history, with who and why. Every action
 * says from where it moves; the database knows the legal moves too, and refuses all others whoever asks.
 */

const dayMs = 24 * 60 * 60 * 1000
/** Longer ahead than anybody plans. */
const maxAheadMs = 2 * 366 * dayMs

/** Where each action takes a post from. */
export const sources = {
  submit: ['draft', 'changes_requested'],
  approve: ['in_review'],
  reject: ['in_review'],
  schedule: ['draft', 'approved', 'scheduled', 'failed', 'missed'],
  unschedule: ['scheduled', 'failed', 'missed'],
  archive: ['published', 'failed', 'missed'],
} as const satisfies Record<string, readonly PostStatus[]>

/** Gives a post to those who approve; any one of them where the workspace has no policy. */
export async function submitPost(ctx: MemberContext, id: string, { note }: PostSubmission): Promise<Post> {
  return await act(ctx, id, async (acting, post) => {
    demandSource(post, 'submit', 'in_review')
    demandReady(post)
    return await move(acting, post, { ...unscheduled, status: 'in_review', reason: note })
  })
}

/**
 * Says when a post is to be published. A scheduled one gets another time. A wall time is kept as it was asked for, so
 * that the instant can follow when the rules of its zone change.
 */
export async function schedulePost(ctx: MemberContext, id: string, time: PostSchedule): Promise<Post> {
  if ('slot' in time) return await scheduleInNextSlot(ctx, id)
  return await act(ctx, id, async (acting, post) => {
    const scheduledAt = 'at' in time ? new Date(time.at) : instantOf(time)
    demandFuture(ctx, scheduledAt, 'at' in time ? '/at' : '/localTime')
    demandSource(post, 'schedule', 'scheduled')
    demandReady(post)
    const { localTime, timeZone, fold } = 'at' in time ? noWallTime : time
    demandOtherTime(post, scheduledAt, timeZone)
    const columns = { scheduledAt: scheduledAt.toISOString(), localTime, timeZone, fold }
    return await move(acting, post, { ...columns, status: 'scheduled' })
  })
}

/** One that stands in a slot moves to an earlier one that has become free. */
async function scheduleInNextSlot(ctx: MemberContext, id: string): Promise<Post> {
  return await actInTurn(ctx, id, async (acting, post) => {
    demandSource(post, 'schedule', 'scheduled')
    demandReady(post)
    const { slotAt: at, localTime, timeZone } = await findNextSlot(acting, id)
    demandOtherTime(post, at, timeZone)
    const slotAt = at.toISOString()
    return await move(acting, post, { scheduledAt: slotAt, slotAt, localTime, timeZone, fold: 0, status: 'scheduled' })
  })
}

/** Takes a post back before it is published. What has been approved, and is not otherwise, stays approved. */
export async function unschedulePost(ctx: MemberContext, id: string): Promise<Post> {
  return await act(ctx, id, async (acting, post) => {
    const isApproved = post.status === 'scheduled' && post.approvedRevision === post.contentRevision
    const status = isApproved ? 'approved' : 'draft'
    demandSource(post, 'unschedule', status)
    return await move(acting, post, { ...unscheduled, status })
  })
}

/** Puts away a post that nothing happens to any more; it keeps its times. */
export async function archivePost(ctx: MemberContext, id: string): Promise<Post> {
  return await act(ctx, id, async (acting, post) => {
    demandSource(post, 'archive', 'archived')
    const { scheduledAt, localTime, timeZone, fold } = post
    return await move(acting, post, { scheduledAt, localTime, timeZone, fold, status: 'archived' })
  })
}

export type Action = (acting: MemberContext, post: Post) => Promise<Partial<Post> | undefined>

/**
 * Reads the post, and lets an action judge it and move it over the version that was read. When another change came in
 * between, the action takes its turn and judges what it then finds: so of two equal actions at once one moves the post,
 * and the other is told that it is not where it was. `refuse` throws why an action in its turn does nothing.
 */
export async function act(
  ctx: MemberContext,
  id: string,
  action: Action,
  refuse: () => Promise<never> = neverUnmoved,
): Promise<Post> {
  return await once(ctx, Post, async () => {
    const moved = await actOnce(ctx, id, action)
    if (moved !== undefined) return moved
    return (await inTurn(ctx, id, action)) ?? (await refuse())
  })
}

/** The same, for an action that holds more than the post: it always takes its turn at the post first. */
async function actInTurn(ctx: MemberContext, id: string, action: Action): Promise<Post> {
  return await once(ctx, Post, async () => (await inTurn(ctx, id, action)) ?? (await neverUnmoved()))
}

async function inTurn(ctx: MemberContext, id: string, action: Action): Promise<Post | undefined> {
  return await ctx.db.transaction(async (db) => {
    await db.maybeOne(lockPost, { id })
    return await actOnce({ ...ctx, db }, id, action)
  })
}

const neverUnmoved = () => Promise.reject(new Error('a post that was held did not move'))

async function actOnce(ctx: MemberContext, id: string, action: Action): Promise<Post | undefined> {
  const post = await getPost(ctx, id)
  const moved = await action(ctx, post)
  return moved && { ...post, ...moved }
}

type Move = Pick<Post, 'status' | 'scheduledAt' | 'localTime' | 'timeZone' | 'fold'> & {
  /** The slot that it takes; it leaves the one that it had. */
  readonly slotAt?: string
  readonly reason?: string | undefined
}

const noWallTime = { localTime: null, timeZone: null, fold: null }
const unscheduled = { scheduledAt: null, ...noWallTime }

const move = async (ctx: MemberContext, post: Post, { reason, slotAt, ...columns }: Move) =>
  await ctx.db.maybeOne(movePost, {
    ...columns,
    slotAt: slotAt ?? null,
    id: post.id,
    version: post.version,
    reason: reason ?? null,
    post,
    now: ctx.now().toISOString(),
  })

/** Throws post/illegal-move when the action does not begin where the post stands. */
export function demandSource({ status }: Post, action: keyof typeof sources, to: PostStatus): void {
  const from: readonly PostStatus[] = sources[action]
  if (from.includes(status)) return
  const detail = `It does not move from ${status} to ${to}: ${action} takes it from ${from.join(', ')}.`
  throw new ProblemError('post/illegal-move', { detail })
}

function demandReady({ problems }: Post): void {
  if (problems.length > 0) throw new ProblemError('post/not-ready', { errors: problems })
}

function demandOtherTime(post: Post, at: Date, timeZone: string | null): void {
  if (post.status !== 'scheduled' || post.scheduledAt === null || +new Date(post.scheduledAt) !== +at) return
  if (post.timeZone !== timeZone) return
  throw new ProblemError('post/illegal-move', { detail: 'It is scheduled for that time already.' })
}

function demandFuture(ctx: MemberContext, at: Date, pointer: string): void {
  const aheadMs = at.getTime() - ctx.now().getTime()
  if (aheadMs > 0 && aheadMs <= maxAheadMs) return
  const detail = aheadMs > 0 ? 'must lie within two years' : 'must lie in the future'
  throw new ProblemError('request/invalid', { errors: [{ pointer, code: 'value/out-of-range', detail }] })
}
