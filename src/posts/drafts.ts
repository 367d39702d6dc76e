import { z } from 'zod'
import type { MemberContext } from '../context.ts'
import { databaseFailure } from '../db/errors.ts'
import { once } from '../idempotency/service.ts'
import type { Draft } from './content.ts'
import { insertPosts } from './posts.sql.ts'
import { asPost, asRow, storedOptions } from './problems.ts'
import { type Post, PostProblem, PostRow } from './schema.ts'

/** How new posts come into being: any number by one statement, which also records what the request is answered. */

/** One of many bodies that no post was made of: which, and why. */
const Refused = z.object({ index: z.int(), errors: z.array(PostProblem) })
export type Refused = z.infer<typeof Refused>

const Recorded = z.object({ posts: z.array(PostRow), refused: z.array(Refused) })

type Plan = { readonly drafts: readonly Draft[]; readonly refused: readonly Refused[] }

/** Inserts what `plan` makes of the request, in its order. An equal request gets the recorded posts and refusals. */
export async function insertDrafts(
  ctx: MemberContext,
  answerStatus: number,
  plan: () => Promise<Plan>,
): Promise<{ posts: Post[]; refused: Refused[] }> {
  const { posts, refused } = await once(ctx, Recorded, async () => {
    return await againWhenGone(async () => {
      const { drafts, refused } = await plan()
      const rows = drafts.map((draft) => ({ ...draft, id: ctx.makeId(), options: storedOptions(draft.options) }))
      const values = { posts: rows, refused, answerStatus, userId: ctx.userId, now: ctx.now().toISOString() }
      const made = await ctx.db.many(insertPosts, values)
      return { posts: made.map(asRow), refused: [...refused] }
    })
  })
  return { posts: posts.map(asPost), refused }
}

/**
 * Runs what reads and then writes. When something that was read has been deleted in between, which a foreign key tells,
 * it runs once more: the reading then misses it, and says where the body names it.
 */
export async function againWhenGone<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const failure = databaseFailure(error)
    if (failure?.kind !== 'constraint' || failure.sqlstate !== '23503') throw error
    return await work()
  }
}
