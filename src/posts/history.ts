import type { MemberContext } from '../context.ts'
import { type Page, pageOf } from '../paging.ts'
import { listPostMoves } from './history.sql.ts'
import type { PostMove, PostMoveQuery } from './schema.ts'
import { getPost } from './service.ts'

/** Each status that a post, which must exist, has had: newest first. */
export async function listPostMovesPage(
  ctx: MemberContext,
  postId: string,
  { limit, cursor }: PostMoveQuery,
): Promise<Page<PostMove>> {
  const rows = await ctx.db.many(listPostMoves, { postId, beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  if (rows.length === 0) await getPost(ctx, postId)
  return pageOf(rows, limit, ({ id }) => [id])
}
