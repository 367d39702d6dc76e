/* Each status that a post has had, newest first. No rows also when the post does not exist. */
/* @name listPostMoves */
select
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
limit :limit!;
