/*
Posts that stand in a calendar between two instants, :to exclusively, in the order of time: at the time at which they
went live, or else at which they are to. A filter that is null does not filter. The page begins behind :afterTime and
:afterId, which has microseconds.
*/
/* @name listCalendarPosts */
select
  p.id,
  p.kind,
  p.status,
  p.caption,
  p.account_id as "accountId",
  p.campaign_id as "campaignId",
  p.scheduled_at as "scheduledAt",
  p.published_at as "publishedAt",
  coalesce(p.published_at, p.scheduled_at) as "standsAt!",
  coalesce(p.published_at, p.scheduled_at)::text as "cursorTime!"
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
limit :limit!;
