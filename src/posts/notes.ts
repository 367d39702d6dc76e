import type { MemberContext } from '../context.ts'
import { once } from '../idempotency/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError } from '../problem.ts'
import { insertPostNote, listPostNotes } from './notes.sql.ts'
import { type NewPostNote, PostNote, type PostNoteQuery } from './schema.ts'
import { getPost } from './service.ts'

/** What the team says about a post among themselves. */

export async function addPostNote(ctx: MemberContext, postId: string, { text }: NewPostNote): Promise<PostNote> {
  return await once(ctx, PostNote, async () => {
    const values = { id: ctx.makeId(), postId, text, userId: ctx.userId, now: ctx.now().toISOString() }
    const note = await ctx.db.maybeOne(insertPostNote, values)
    if (note === undefined) throw new ProblemError('post/not-found')
    return note
  })
}

/** The notes of a post, which must exist; newest first. */
export async function listPostNotesPage(
  ctx: MemberContext,
  postId: string,
  { limit, cursor }: PostNoteQuery,
): Promise<Page<PostNote>> {
  const rows = await ctx.db.many(listPostNotes, { postId, beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  if (rows.length === 0) await getPost(ctx, postId)
  return pageOf(rows, limit, ({ id }) => [id])
}
