import type { z } from 'zod'
import type { MemberContext, UserContext } from '../context.ts'
import { databaseFailure } from '../db/errors.ts'
import { ProblemError } from '../problem.ts'
import {
  claimIdempotencyRecord,
  findIdempotencyRecord,
  finishIdempotencyRecord,
  releaseIdempotencyRecord,
} from './records.sql.ts'
import {
  claimUserIdempotencyRecord,
  findUserIdempotencyRecord,
  finishUserIdempotencyRecord,
  releaseUserIdempotencyRecord,
} from './records.user.sql.ts'

/** Who sends a request with an Idempotency-Key: a member at work in a workspace, or a person outside any. */
type Sender = MemberContext | UserContext

/**
 * Runs the statement of a POST whose effect is only in the database. That statement also inserts the record of its
 * answer, so of equal requests at once one takes effect and the others fail on the record's key. Whenever the effect
 * did not happen (a violated constraint, a refusing trigger, no row), the record is read, in a new statement, before
 * anything is refused: the same request gets the recorded row, another one under the same key is refused.
 *
 * `row` is the schema that the answer is rendered from; the recorded JSON passes through it.
 */
export async function once<Row>(ctx: Sender, row: z.ZodType<Row>, effect: () => Promise<Row>): Promise<Row> {
  if (ctx.fingerprints === undefined) return await effect()
  try {
    return await effect()
  } catch (refusal) {
    if (!(refusal instanceof ProblemError) && databaseFailure(refusal)?.kind !== 'constraint') throw refusal
    const record = await ctx.db.maybeOne(statementsFor(ctx).find, { now: ctx.now().toISOString() })
    if (record === undefined) throw refusal
    if (!ctx.fingerprints.includes(record.fingerprint)) throw new ProblemError('idempotency/key-reused')
    ctx.note({ replayed: true })
    return row.parse(record.response)
  }
}

/** How an effect outside the database is guarded. */
export type Lease<Answer> = {
  /** What the answer is rendered from; the recorded JSON passes through it. */
  readonly answer: z.ZodType<Answer>
  /** The HTTP status that the answer has. */
  readonly status: number
  /** Longer than the effect can take: each of its calls to the outside has a timeout. */
  readonly leaseSeconds: number
}

/**
 * Runs a POST whose effect lies outside the database. A record that says "under way" commits first; of equal requests at
 * once one has the lease and runs, the others get 409 until its answer is stored, and the same answer from then on. A
 * worker that dies leaves its lease to run out, and the next equal request runs the effect again: so the effect must
 * find what an earlier attempt has done. `fence` grows with each attempt. Whoever lost the lease meanwhile stores
 * nothing, and answers what the other one did. A refusal gives the key back, as if the request had not been; after any
 * other failure nobody knows what happened, and the lease stays.
 */
export async function leased<Answer>(
  ctx: Sender,
  { answer, status, leaseSeconds }: Lease<Answer>,
  effect: (attempt: { readonly fence: number }) => Promise<Answer>,
): Promise<Answer> {
  if (ctx.fingerprints === undefined) return await effect({ fence: 1 })
  const { claim, finish, release } = statementsFor(ctx)
  const claimed = await ctx.db.maybeOne(claim, { leaseSeconds, now: ctx.now().toISOString() })
  if (claimed === undefined) return await recordedAnswer(ctx, answer)
  try {
    const made = answer.parse(await effect(claimed))
    const finished = await ctx.db.maybeOne(finish, { ...claimed, answerStatus: status, answer: made })
    return finished === undefined ? await recordedAnswer(ctx, answer) : made
  } catch (refusal) {
    if (isRefusal(refusal)) await ctx.db.maybeOne(release, claimed)
    throw refusal
  }
}

/** What another one has answered; 409 while nothing is stored. */
async function recordedAnswer<Answer>(ctx: Sender, answer: z.ZodType<Answer>): Promise<Answer> {
  const record = await ctx.db.maybeOne(statementsFor(ctx).find, { now: ctx.now().toISOString() })
  if (record !== undefined && !ctx.fingerprints?.includes(record.fingerprint))
    throw new ProblemError('idempotency/key-reused')
  // Without a record the one who had the lease was refused a moment ago.
  if (record === undefined || record.isUnderWay) {
    const seconds = Math.max(1, record?.leaseLeftSeconds ?? 1)
    throw new ProblemError('idempotency/in-progress', { headers: { 'Retry-After': String(seconds) } })
  }
  ctx.note({ replayed: true })
  return answer.parse(record.response)
}

const isRefusal = (error: unknown): boolean =>
  error instanceof ProblemError ? error.status < 500 : databaseFailure(error)?.kind === 'constraint'

/** The keys of one principal inside a workspace and outside do not meet. */
const statementsFor = (ctx: Sender) =>
  'workspaceId' in ctx
    ? {
        find: findIdempotencyRecord,
        claim: claimIdempotencyRecord,
        finish: finishIdempotencyRecord,
        release: releaseIdempotencyRecord,
      }
    : {
        find: findUserIdempotencyRecord,
        claim: claimUserIdempotencyRecord,
        finish: finishUserIdempotencyRecord,
        release: releaseUserIdempotencyRecord,
      }
