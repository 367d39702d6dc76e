/* A request on record, for the list outside the database. */
/* @name findErasureRequest */
select
  r.id,
  r.user_id as "userId",
  r.requested_at as "requestedAt",
  r.erased_at as "erasedAt!",
  r.backups_expire_at as "backupsExpireAt"
from erasure_requests r
where
  r.id = :id!
  and r.erased_at is not null;

/* Says that the list outside the database knows. */
/* @name updateErasureRecorded */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update erasure_requests r
set recorded_at = :now!
from actor
where
  r.id = :id!
  and r.recorded_at is null
returning r.id;

/*
Before somebody is erased again in a restored database: where they would leave others without an owner, the one among
these with the highest role, and of several the one who is there longest, becomes it. What was arranged after the backup
is lost, and the erasure is not to wait for it.
*/
/* @name updateHeirs */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  heirs as (
    select distinct on (o.workspace_id)
      o.workspace_id,
      o.user_id
    from
      workspace_members m
      join workspaces w on w.id = m.workspace_id
        and w.status = 'active'
      join workspace_members o on o.workspace_id = m.workspace_id
        and o.user_id <> m.user_id
    where
      m.user_id = :userId!
      and m.role = 'owner'
      and not exists (
        select
        from workspace_members x
        where
          x.workspace_id = m.workspace_id
          and x.user_id <> m.user_id
          and x.role = 'owner'
      )
    order by
      o.workspace_id,
      o.role,
      o.joined_at,
      o.user_id
  )
update workspace_members m
set role = 'owner'
from
  actor
  cross join heirs h
where
  m.workspace_id = h.workspace_id
  and m.user_id = h.user_id
returning
  m.workspace_id as "workspaceId",
  m.user_id as "userId";
