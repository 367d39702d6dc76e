import type { z } from 'zod'
import type { MemberContext } from '../context.ts'
import { databaseFailure } from '../db/errors.ts'
import { ProblemError } from '../problem.ts'
import { findIdempotencyRecord } from './records.sql.ts'

/**
 * Runs the statement of a POST whose effect is only in the database. That statement also inserts the record of its
 * answer, so of equal requests at once one takes effect and the others fail on the record's key. Whenever the effect
 * did not happen (a violated constraint, a refusing trigger, no row), the record is read, in a new statement, before
 * anything is refused: the same request gets the recorded row, another one under the same key is refused.
 *
 * `row` is the schema that the answer is rendered from; the recorded JSON passes through it.
 */
export async function once<Row>(ctx: MemberContext, row: z.ZodType<Row>, effect: () => Promise<Row>): Promise<Row> {
  if (ctx.fingerprint === undefined) return await effect()
  try {
    return await effect()
  } catch (refusal) {
    if (!(refusal instanceof ProblemError) && databaseFailure(refusal)?.kind !== 'constraint') throw refusal
    const record = await ctx.db.maybeOne(findIdempotencyRecord, { now: ctx.now().toISOString() })
    if (record === undefined) throw refusal
    if (record.fingerprint !== ctx.fingerprint) throw new ProblemError('idempotency/key-reused')
    ctx.note({ replayed: true })
    return row.parse(record.response)
  }
}
