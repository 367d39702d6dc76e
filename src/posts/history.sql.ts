// Generated from sql/posts/history.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type ActorKind = 'anonymous' | 'api_key' | 'job' | 'migration' | 'user' | 'webhook'

type PostStatus = 'approved' | 'archived' | 'changes_requested' | 'draft' | 'failed' | 'in_review' | 'missed' | 'published' | 'publishing' | 'scheduled' | 'unconfirmed'

export type ListPostMovesParams = {
  workspaceId: string
  postId: string
  visibleAccountIds?: readonly string[] | null | undefined
  beforeId?: string | null | undefined
  limit: number
}

export type ListPostMovesResult = {
  id: string
  from: PostStatus | null
  to: PostStatus
  actorKind: ActorKind
  actorId: string | null
  userId: string | null
  reason: string | null
  at: string
}

/** Each status that a post has had, newest first. No rows also when the post does not exist. */
export const listPostMoves = new PreparedQuery<ListPostMovesParams, ListPostMovesResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 247, b: 259 }, { a: 311, b: 323 }] },
    { name: 'postId', required: true, locs: [{ a: 338, b: 345 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 354, b: 371 }, { a: 411, b: 428 }] },
    { name: 'beforeId', required: false, locs: [{ a: 447, b: 455 }, { a: 481, b: 489 }] },
    { name: 'limit', required: true, locs: [{ a: 517, b: 523 }] },
  ],
  statement: `select
  h.id,
  h.from_status as "from",
  h.to_status as "to",
  h.actor_kind as "actorKind",
  h.actor_id as "actorId",
  h.user_id as "userId",
  h.reason,
  h.created_at as "at"
from
  posts p
  join post_status_history h on h.workspace_id = :workspaceId!
    and h.post_id = p.id
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
  and (:beforeId::uuid is null or h.id < :beforeId)
order by h.id desc
limit :limit!`,
})
