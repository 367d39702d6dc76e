import { findRunningTransactions, type ListIndexKeysResult, listIndexKeys } from './index-keys.jobs.sql.ts'
import { patiently, type RotationContext, RotationError } from './rotation.ts'

/** What the rotation of the index key waits for, and how long. */

/** What the rotation of the index key needs to know of the Workers. */
export type IndexRotationContext = RotationContext & {
  /** How long an isolate may go on with the keys that it knows: the Workers' KEY_CACHE_SECONDS. */
  readonly keyCacheSeconds: number
}

/** An isolate keeps its keys for this long, and a request that has read them a while longer. */
export const settleSeconds = ({ keyCacheSeconds }: IndexRotationContext): number =>
  keyCacheSeconds + Math.max(1, keyCacheSeconds / 2)

const maxKeys = 100

/** The index keys, newest first. */
export const readKeys = async (ctx: IndexRotationContext): Promise<ListIndexKeysResult[]> =>
  await patiently(
    ctx,
    async () => await ctx.db.many(listIndexKeys, { settleSeconds: settleSeconds(ctx), limit: maxKeys }),
  )

const longestPauseMs = 1_000

/** By the database's clock, which also wrote the instants: a run on another machine goes on with the same wait. */
export async function waitFor(
  ctx: IndexRotationContext,
  stage: string,
  secondsLeft: (keys: readonly ListIndexKeysResult[]) => number,
): Promise<ListIndexKeysResult[]> {
  let total = 0
  for (;;) {
    const keys = await readKeys(ctx)
    const left = secondsLeft(keys)
    total = Math.max(total, Math.ceil(left))
    if (total > 0) ctx.report({ stage, done: total - Math.ceil(left), total })
    if (left <= 0) return keys
    await ctx.pause(Math.min(longestPauseMs, Math.ceil(left * 1000)))
  }
}

const maxTransactionPauses = 600

/** Who began to write before the key's first use may have left out the new key, and must be seen before nobody is missed. */
export async function waitForRunningTransactions(ctx: IndexRotationContext): Promise<void> {
  const { current } = await ctx.db.one(findRunningTransactions)
  for (let pauses = 0; pauses < maxTransactionPauses; pauses += 1) {
    const { oldest } = await ctx.db.one(findRunningTransactions)
    if (BigInt(oldest) > BigInt(current)) return
    await ctx.pause(100)
  }
  throw new RotationError('a transaction has been running for a minute; run this again when it has ended')
}
