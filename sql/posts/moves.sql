/*
Moves a post, or gives a scheduled one another time, over the version that was read and judged: no row when there is
another by now. The trigger check_status_move refuses what is no legal move, or has not been approved where that is
demanded. :post is the post as it was read; with an Idempotency-Key the record of the answer is that, and what changed.
*/
/* @name movePost */
with
  actor as materialized (
    select
      set_config('app.actor', :actor!, true) as value,
      set_config('app.reason', coalesce(:reason::text, ''), true) as reason
  ),
  moved_post as (
    update posts p
    set
      status = :status!::post_status,
      scheduled_at = :scheduledAt::timestamptz,
      scheduled_local = :localTime::timestamp,
      scheduled_fold = :fold::smallint,
      slot_at = :slotAt::timestamptz,
      time_zone = :timeZone,
      archived_at = case when :status!::post_status = 'archived' then :now!::timestamptz end
    from actor
    where
      p.workspace_id = :workspaceId!
      and p.id = :id!
      and p.version = :version!
      and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
    returning
      p.status,
      p.scheduled_at as "scheduledAt",
      to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') as "localTime",
      p.scheduled_fold as "fold",
      p.time_zone as "timeZone",
      p.approved_revision as "approvedRevision",
      p.version,
      p.updated_at as "updatedAt"
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 200,
      :post!::jsonb || to_jsonb(m), :now!, :now!::timestamptz + interval '24 hours'
    from moved_post m
    where :idempotencyKey::text is not null
  )
select
  m.status as "status!",
  m."scheduledAt",
  m."localTime",
  m."fold",
  m."timeZone",
  m."approvedRevision",
  m.version as "version!",
  m."updatedAt" as "updatedAt!"
from moved_post m;
