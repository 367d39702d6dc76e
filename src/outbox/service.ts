import type { JobContext } from '../context.ts'
import { ServerError } from '../db/errors.ts'
import type { LogFields } from '../log.ts'
import {
  type ClaimOutboxResult,
  claimOutbox,
  finishAbandonedOutbox,
  finishOutbox,
  releaseOutbox,
} from './outbox.jobs.sql.ts'

/** One row that this worker has for the length of its lease. */
export type OutboxRow = ClaimOutboxResult

/**
 * Does what a row stands for. It may have been done before, by a worker that died before it could say so, and it may be
 * done again after this. Throws to be tried again later; an `OutboxError` says which code the row keeps.
 */
export type OutboxHandler = (ctx: JobContext, row: OutboxRow) => Promise<void>

type OutboxErrorOptions = {
  readonly cause?: unknown
  /** No attempt can succeed: the row is dead at once. */
  readonly isPermanent?: boolean
  /** Not to be tried again before this many milliseconds, by the word of whoever refused. */
  readonly retryAfterMs?: number | undefined
}

/** A failure with a code of at most 100 characters that may be stored and logged: never a text from outside. */
export class OutboxError extends Error {
  override readonly name = 'OutboxError'
  readonly code: string
  readonly isPermanent: boolean
  readonly retryAfterMs: number

  constructor(code: string, { cause, isPermanent = false, retryAfterMs = 0 }: OutboxErrorOptions = {}) {
    super(code, { cause })
    this.code = code
    this.isPermanent = isPermanent
    this.retryAfterMs = retryAfterMs
  }
}

export type OutboxHandlers = Readonly<Record<string, OutboxHandler>>

type Outcome = 'done' | 'failed' | 'dead' | 'lost'

/** Longer than any handler takes: each call to the outside has a timeout well below. */
const defaultLeaseSeconds = 60
/** A Worker has six connections to the outside at once, of which the database's is one. */
const batch = 5
const maxAttempts = 10
/** The waits grow from five seconds to an hour; together they outlast an outage of three hours. */
const firstDelayMs = 5_000
const delayGrowth = 3
const maxDelayMs = 60 * 60 * 1000
/** What claimOutbox lets another kind of row wait for: after it there may be one more. */
const awaitedKind = 'mail/email-change-requested'
/** One run of a cron or a queue's message ends in time for the next. */
const maxRunMs = 45_000

/**
 * Does all rows that are due, a few at a time, until none is left or the run's time is up. A failed row is due again after
 * a delay that grows, and dead after ten attempts. `lost` counts rows that were done, or failed, when the lease had ended
 * or the row was superseded: what became of them is for whoever has them now to say.
 */
export async function drainOutbox(
  ctx: JobContext,
  handlers: OutboxHandlers,
  { leaseSeconds = defaultLeaseSeconds }: { readonly leaseSeconds?: number } = {},
): Promise<Record<Outcome, number>> {
  const endsAtMs = ctx.now().getTime() + maxRunMs
  const count = { done: 0, failed: 0, dead: await buryAbandoned(ctx), lost: 0 }
  while (ctx.now().getTime() < endsAtMs) {
    const now = ctx.now().toISOString()
    const rows = await ctx.db.many(claimOutbox, { now, maxAttempts, limit: batch, leaseSeconds })
    // One that throws has lost the database; the others are waited for all the same, or they would go on unseen.
    const settled = await Promise.allSettled(rows.map(async (row) => await attempt(ctx, handlers, row)))
    for (const each of settled) {
      if (each.status === 'rejected') throw each.reason
      count[each.value] += 1
    }
    if (rows.length < batch && !rows.some(({ kind }) => kind === awaitedKind)) break
  }
  return count
}

/** Ends rows that took their worker with them at the last attempt. */
async function buryAbandoned(ctx: JobContext): Promise<number> {
  const abandoned = await ctx.db.many(finishAbandonedOutbox, { now: ctx.now().toISOString(), maxAttempts })
  for (const { id, kind } of abandoned) ctx.log('error', 'outbox row dead', { outboxId: id, kind, code: 'abandoned' })
  return abandoned.length
}

async function attempt(ctx: JobContext, handlers: OutboxHandlers, row: OutboxRow): Promise<Outcome> {
  const { id, kind, fence, attempts } = row
  try {
    const handler = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined
    if (handler === undefined) throw new OutboxError('unknown-kind')
    await handler(ctx, row)
  } catch (error) {
    return await release(ctx, row, error)
  }
  const finished = await ctx.db.maybeOne(finishOutbox, { id, fence, now: ctx.now().toISOString() })
  if (finished !== undefined) return 'done'
  ctx.log('warn', 'outbox row lost', { outboxId: id, kind, attempt: attempts })
  return 'lost'
}

async function release(ctx: JobContext, row: OutboxRow, error: unknown): Promise<Outcome> {
  const { id, kind, fence, attempts } = row
  const { code, isPermanent, retryAfterMs } = error instanceof OutboxError ? error : new OutboxError('failed')
  const nowMs = ctx.now().getTime()
  const released = await ctx.db.maybeOne(releaseOutbox, {
    id,
    fence,
    now: new Date(nowMs).toISOString(),
    dueAt: new Date(nowMs + Math.max(delayMs(attempts), Math.min(retryAfterMs, maxDelayMs))).toISOString(),
    error: code,
    maxAttempts,
    isPermanent,
  })
  const fields = { outboxId: id, kind, attempt: attempts, code, ...whatWentWrong(error) }
  if (released === undefined) ctx.log('warn', 'outbox row lost', fields)
  else if (released.status === 'dead') ctx.log('error', 'outbox row dead', fields)
  else ctx.log('warn', 'outbox row failed', fields)
  if (released === undefined) return 'lost'
  return released.status === 'dead' ? 'dead' : 'failed'
}

const delayMs = (attempts: number): number => Math.min(firstDelayMs * delayGrowth ** (attempts - 1), maxDelayMs)

/** What the log may know of a failure: where it was, never its words, which may quote an address. */
function whatWentWrong(error: unknown): LogFields {
  const first = error instanceof OutboxError ? error.cause : error
  if (!(first instanceof Error)) return {}
  const { name, message, stack = '' } = first
  const frames = stack.slice(stack.indexOf(message) + message.length).match(/^ +at .+$/gm)
  return {
    error: name,
    ...(first instanceof ServerError && { sqlstate: first.sqlstate, constraint: first.constraint }),
    stack: frames?.join('\n'),
  }
}
