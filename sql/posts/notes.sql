/* Newest first. No rows also when the post does not exist. */
/* @name listPostNotes */
select
  n.id,
  n.user_id as "authorId",
  n.text,
  n.created_at as "createdAt"
from
  posts p
  join post_notes n on n.workspace_id = :workspaceId!
    and n.post_id = p.id
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
  and (:beforeId::uuid is null or n.id < :beforeId)
order by n.id desc
limit :limit!;

/* No row when the post does not exist. With an Idempotency-Key also the record of the answer. */
/* @name insertPostNote */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inserted_note as (
    insert into post_notes (workspace_id, id, post_id, user_id, text)
    select :workspaceId!, :id!, p.id, :userId!, :text!
    from
      actor
      cross join posts p
    where
      p.workspace_id = :workspaceId!
      and p.id = :postId!
      and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
    returning id, user_id as "authorId", text, created_at as "createdAt"
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201,
      to_jsonb(n), :now!, :now!::timestamptz + interval '24 hours'
    from inserted_note n
    where :idempotencyKey::text is not null
  )
select n.id, n."authorId", n.text, n."createdAt"
from inserted_note n;
