import type { MemberContext } from '../context.ts'
import { demandPermission } from '../members/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError } from '../problem.ts'
import { insertPostApproval, listPostApprovals } from './approvals.sql.ts'
import { type Action, act, demandSource } from './moves.ts'
import type { NewApproval, NewRejection, Post, PostApproval, PostApprovalQuery } from './schema.ts'
import { getPost } from './service.ts'

/**
 * What people say of a post in review. An approval is of its content as it is; when that changes, it is void. Who has to
 * approve is the workspace's policy: anybody who may, or all of a list (of whom those count who still may; an empty list
 * is anybody). What is missing is looked at with each approval, also of somebody who has approved before.
 */

type Word = {
  readonly decision: 'approved' | 'rejected'
  readonly reason?: string | undefined
  readonly contentRevision?: number | undefined
}

export async function approvePost(ctx: MemberContext, id: string, { note, ...seen }: NewApproval): Promise<Post> {
  return await say(ctx, id, { ...seen, decision: 'approved', reason: note })
}

/** Sends a post back to those who write it. */
export async function rejectPost(ctx: MemberContext, id: string, rejection: NewRejection): Promise<Post> {
  return await say(ctx, id, { ...rejection, decision: 'rejected' })
}

async function say(ctx: MemberContext, id: string, { decision, reason, contentRevision }: Word): Promise<Post> {
  const [action, to] =
    decision === 'approved' ? (['approve', 'approved'] as const) : (['reject', 'changes_requested'] as const)
  const speak: Action = async (acting, post) => {
    demandSource(post, action, to)
    if (contentRevision !== undefined && contentRevision !== post.contentRevision)
      throw new ProblemError('request/version-stale', { detail: `Its contentRevision is ${post.contentRevision}.` })
    return await acting.db.maybeOne(insertPostApproval, {
      id,
      approvalId: ctx.makeId(),
      userId: ctx.userId,
      decision,
      reason: reason ?? null,
      contentRevision: post.contentRevision,
      version: post.version,
      post,
      now: ctx.now().toISOString(),
    })
  }
  return await act(ctx, id, speak, async () => {
    await demandPermission(ctx, 'posts:approve')
    throw new ProblemError('post/already-approved')
  })
}

/** What people have said of a post, which must exist; newest first. */
export async function listPostApprovalsPage(
  ctx: MemberContext,
  postId: string,
  { limit, cursor }: PostApprovalQuery,
): Promise<Page<PostApproval>> {
  const rows = await ctx.db.many(listPostApprovals, { postId, beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  if (rows.length === 0) await getPost(ctx, postId)
  return pageOf(rows, limit, ({ id }) => [id])
}
