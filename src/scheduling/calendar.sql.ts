// Generated from sql/scheduling/calendar.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type PostKind = 'carousel' | 'image' | 'reel' | 'story'

type PostStatus = 'approved' | 'archived' | 'changes_requested' | 'draft' | 'failed' | 'in_review' | 'missed' | 'published' | 'publishing' | 'scheduled' | 'unconfirmed'

export type ListCalendarPostsParams = {
  workspaceId: string
  visibleAccountIds?: readonly string[] | null | undefined
  from: string
  to: string
  status?: PostStatus | null | undefined
  accountId?: string | null | undefined
  campaignId?: string | null | undefined
  afterTime?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListCalendarPostsResult = {
  id: string
  kind: PostKind
  status: PostStatus
  caption: string | null
  accountId: string | null
  campaignId: string | null
  scheduledAt: string | null
  publishedAt: string | null
  standsAt: string
  cursorTime: string
}

/**
 * Posts that stand in a calendar between two instants, :to exclusively, in the order of time: at the time at which they
 * went live, or else at which they are to. A filter that is null does not filter. The page begins behind :afterTime and
 * :afterId, which has microseconds.
 */
export const listCalendarPosts = new PreparedQuery<ListCalendarPostsParams, ListCalendarPostsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 345, b: 357 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 366, b: 383 }, { a: 423, b: 440 }] },
    { name: 'from', required: true, locs: [{ a: 502, b: 507 }] },
    { name: 'to', required: true, locs: [{ a: 571, b: 574 }] },
    { name: 'status', required: false, locs: [{ a: 596, b: 602 }, { a: 639, b: 645 }] },
    { name: 'accountId', required: false, locs: [{ a: 655, b: 664 }, { a: 698, b: 707 }] },
    { name: 'campaignId', required: false, locs: [{ a: 717, b: 727 }, { a: 762, b: 772 }] },
    { name: 'afterTime', required: false, locs: [{ a: 787, b: 796 }, { a: 878, b: 887 }] },
    { name: 'afterId', required: false, locs: [{ a: 903, b: 910 }] },
    { name: 'limit', required: true, locs: [{ a: 989, b: 995 }] },
  ],
  statement: `select
  p.id,
  p.kind,
  p.status,
  p.caption,
  p.account_id as "accountId",
  p.campaign_id as "campaignId",
  p.scheduled_at as "scheduledAt",
  p.published_at as "publishedAt",
  coalesce(p.published_at, p.scheduled_at) as "standsAt",
  coalesce(p.published_at, p.scheduled_at)::text as "cursorTime"
from posts p
where
  p.workspace_id = :workspaceId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
  and coalesce(p.published_at, p.scheduled_at) >= :from!::timestamptz
  and coalesce(p.published_at, p.scheduled_at) < :to!::timestamptz
  and (:status::post_status is null or p.status = :status)
  and (:accountId::uuid is null or p.account_id = :accountId)
  and (:campaignId::uuid is null or p.campaign_id = :campaignId)
  and (
    :afterTime::timestamptz is null
    or (coalesce(p.published_at, p.scheduled_at), p.id) > (:afterTime::timestamptz, :afterId::uuid)
  )
order by
  coalesce(p.published_at, p.scheduled_at),
  p.id
limit :limit!`,
})
