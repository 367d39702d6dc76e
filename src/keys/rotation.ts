import type { JobContext } from '../context.ts'
import { databaseFailure } from '../db/errors.ts'
import { countKeysUnderOtherKek, listKeysUnderOtherKek, updateWrappedKeys } from './key-encryption.jobs.sql.ts'
import { globalOwner } from './service.ts'

/**
 * Rotations run online, a batch at a time, and keep their state in the rows alone: one that was killed at any line is
 * continued by the next, and two at once do each other no harm, since every change names what it replaces.
 */

/** What a rotation may reach. */
export type RotationContext = Pick<JobContext, 'db' | 'now' | 'makeId' | 'keyring'> & {
  /** Rows at once. */
  readonly batch: number
  readonly pause: (ms: number) => Promise<void>
  readonly report: (progress: Progress) => void
}

/** How far a stage is; `total` was counted when it began. */
export type Progress = { readonly stage: string; readonly done: number; readonly total: number }

/** A rotation that cannot be finished; what is done stays done. */
export class RotationError extends Error {
  override readonly name = 'RotationError'
}

/** What a rotation of the key-encryption key would do. */
export async function planKeyEncryption(ctx: RotationContext): Promise<string[]> {
  const { kekVersion } = ctx.keyring
  const { count } = await ctx.db.one(countKeysUnderOtherKek, { kekVersion })
  return [`wrap ${count} keys under key-encryption key ${kekVersion}`]
}

/** Wraps every key under the current key-encryption key. What the keys encrypt is not touched. */
export async function rotateKeyEncryption(ctx: RotationContext): Promise<string[]> {
  const { kekVersion } = ctx.keyring
  const moved = await sweep(ctx, {
    stage: 'keys',
    total: (await ctx.db.one(countKeysUnderOtherKek, { kekVersion })).count,
    list: async (afterId) => await ctx.db.many(listKeysUnderOtherKek, { kekVersion, afterId, limit: ctx.batch }),
    prepare: async ({ id, owner, kekVersion: version, wrappedKey }) => {
      const wrapped = { id, owner: owner ?? globalOwner, kekVersion: version, wrappedKey }
      return { id, oldWrappedKey: wrappedKey, newWrappedKey: (await ctx.keyring.rewrap(wrapped)).wrappedKey }
    },
    move: async (keys) =>
      await ctx.db.many(updateWrappedKeys, {
        kekVersion,
        ids: keys.map(({ id }) => id),
        oldWrappedKeys: keys.map(({ oldWrappedKey }) => oldWrappedKey),
        newWrappedKeys: keys.map(({ newWrappedKey }) => newWrappedKey),
      }),
  })
  return [`wrapped ${moved} keys under key-encryption key ${kekVersion}`]
}

type Sweep<Row, Prepared> = {
  readonly stage: string
  readonly total: number
  /** What is still due, after this id. */
  readonly list: (afterId: string | null) => Promise<readonly Row[]>
  /** Opens and closes the values of a row; a row for which this throws is left as it is. */
  readonly prepare: (row: Row) => Promise<Prepared>
  /** Writes what was prepared, but for rows that have changed meanwhile; answers those it wrote. */
  readonly move: (prepared: readonly Prepared[]) => Promise<readonly unknown[]>
}

const maxIdlePasses = 20

/**
 * Passes over all that is due until a whole pass finds nothing more, and answers how many rows it moved. A row that lost a
 * race against a request comes up again in the next pass. Throws at its end when there are rows that cannot be read.
 */
export async function sweep<Row extends { readonly id: string }, Prepared>(
  ctx: RotationContext,
  { stage, total, list, prepare, move }: Sweep<Row, Prepared>,
): Promise<number> {
  const unreadable = new Map<string, string>()
  const open = async (row: Row): Promise<Prepared[]> => {
    try {
      return [await prepare(row)]
    } catch (error) {
      unreadable.set(row.id, error instanceof Error ? error.message : String(error))
      return []
    }
  }
  let done = 0
  for (let idlePasses = 0; idlePasses < maxIdlePasses; ) {
    const [before, unreadableBefore] = [done, unreadable.size]
    let due = 0
    for await (const rows of batches(ctx, list)) {
      due += rows.length
      const prepared = (await Promise.all(rows.filter(({ id }) => !unreadable.has(id)).map(open))).flat()
      if (prepared.length > 0) done += (await patiently(ctx, async () => await move(prepared))).length
      ctx.report({ stage, done, total: Math.max(total, done) })
    }
    if (due <= unreadable.size) return finished(stage, done, unreadable)
    if (done === before && unreadable.size === unreadableBefore) idlePasses += 1
  }
  throw new RotationError(`${stage}: rows keep changing under the rotation; run it again`)
}

function finished(stage: string, done: number, unreadable: ReadonlyMap<string, string>): number {
  const [first] = unreadable
  if (first === undefined) return done
  const [id, reason] = first
  throw new RotationError(`${stage}: ${unreadable.size} cannot be read, the first is ${id}: ${reason}`)
}

async function* batches<Row extends { readonly id: string }>(
  ctx: RotationContext,
  list: (afterId: string | null) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let afterId: string | null = null
  for (;;) {
    const after: string | null = afterId
    const rows: readonly Row[] = await patiently(ctx, async () => await list(after))
    if (rows.length === 0) return
    yield rows
    if (rows.length < ctx.batch) return
    afterId = rows.at(-1)?.id ?? null
  }
}

const maxAttempts = 6

/** Tries again what failed for a lock, a restart or a lost connection: every change may be made twice. */
export async function patiently<T>(ctx: RotationContext, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error) || attempt === maxAttempts) throw error
      await ctx.pause(250 * 2 ** attempt)
    }
  }
}

/** A login that is refused (SQLSTATE class 28) will be refused again. */
function isPassing(error: unknown): boolean {
  const failure = databaseFailure(error)
  return failure?.kind === 'unavailable' && !failure.reason.startsWith('28')
}
