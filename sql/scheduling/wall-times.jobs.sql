/* Scheduled posts whose wall time was asked for and lies ahead, in the order of their keys. */
/* @name listWallTimes */
select
  p.workspace_id as "workspaceId",
  p.id,
  p.scheduled_at as "scheduledAt!",
  to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') as "localTime!",
  p.scheduled_fold as "fold",
  p.time_zone as "timeZone!"
from posts p
where
  p.status = 'scheduled'
  and p.scheduled_local is not null
  and p.scheduled_at > :now!
  and (
    :afterWorkspaceId::uuid is null
    or (p.workspace_id, p.id) > (:afterWorkspaceId::uuid, :afterId::uuid)
  )
order by
  p.workspace_id,
  p.id
limit :limit!;

/*
Gives a post the instant that its wall time now is: only while it is scheduled for what was read. It keeps its slot,
which moves with it, unless another post has taken that instant.
*/
/* @name updateScheduledInstant */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update posts p
set
  scheduled_at = :scheduledAt!,
  slot_at = case
    when p.slot_at is not null
    and not exists (
      select
      from posts o
      where
        o.workspace_id = p.workspace_id
        and o.account_id = p.account_id
        and o.slot_at = :scheduledAt!
        and o.id <> p.id
    ) then :scheduledAt!::timestamptz
  end
from actor
where
  p.workspace_id = :movedWorkspaceId!
  and p.id = :id!
  and p.status = 'scheduled'
  and p.scheduled_at = :readAt!
  and to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') = :localTime!
  and p.time_zone = :timeZone!
returning p.id;
