/* One of the person's exports. */
/* @name findExport */
select
  x.id,
  x.status,
  x.bytes,
  encode(x.sha256, 'hex') as "sha256",
  x.created_at as "createdAt",
  x.finished_at as "finishedAt",
  x.expires_at as "expiresAt"
from data_exports x
where
  x.user_id = :userId!
  and x.id = :id!;

/* The export that is under way; at most one. */
/* @name findPendingExport */
select
  x.id,
  x.status,
  x.bytes,
  encode(x.sha256, 'hex') as "sha256",
  x.created_at as "createdAt",
  x.finished_at as "finishedAt",
  x.expires_at as "expiresAt"
from data_exports x
where
  x.user_id = :userId!
  and x.status = 'pending';

/*
What a signed link leads to (or will), as long as the export is kept, its person is there, and the session lives that
the link was made in (:linkSessionId, NULL: none). Where a workspace of the person demands a second factor, only for a
session that has proved one.
*/
/* @name findLinkedExport */
with
  linked_export as (
    select x.id, x.user_id, x.object_key, x.expires_at, x.created_at
    from
      data_exports x
      join users u on u.id = x.user_id
        and u.status = 'active'
    where
      x.id = :linkedExportId!
      and x.status = 'ready'
      and x.expires_at > :now!
  ),
  guarded_person as (
    select m.user_id
    from
      linked_export x
      join workspace_members m on m.user_id = x.user_id
      join workspaces w on w.id = m.workspace_id
    where
      w.requires_second_factor
      and w.status <> 'closed'
  ),
  live_session as (
    select s.id, s.second_factor_at
    from
      linked_export x
      join user_sessions s on s.user_id = x.user_id
    where
      s.id = :linkSessionId
      and s.revoked_at is null
      and s.idle_expires_at > :now!
      and s.absolute_expires_at > :now!
  )
select
  x.id,
  x.object_key as "objectKey!",
  x.expires_at as "expiresAt!",
  x.created_at as "createdAt"
from
  linked_export x
  left join live_session s on true
where
  (:linkSessionId::uuid is null or s.id is not null)
  and (
    s.second_factor_at is not null
    or not exists (
      select
      from guarded_person
    )
  );

/* A workspace of the person that demands a second factor, when this session has not proved one. */
/* @name findUnprovedWorkspace */
select m.workspace_id as "workspaceId"
from
  user_sessions s
  join workspace_members m on m.user_id = s.user_id
  join workspaces w on w.id = m.workspace_id
where
  s.user_id = :userId!
  and s.id = :sessionId!
  and s.second_factor_at is null
  and w.requires_second_factor
  and w.status <> 'closed'
limit 1;

/* The person's exports, newest first. */
/* @name listExports */
select
  x.id,
  x.status,
  x.bytes,
  encode(x.sha256, 'hex') as "sha256",
  x.created_at as "createdAt",
  x.finished_at as "finishedAt",
  x.expires_at as "expiresAt"
from data_exports x
where
  x.user_id = :userId!
  and (:beforeId::uuid is null or x.id < :beforeId)
order by x.id desc
limit :limit!;

/*
A new export with the work that makes it. No row while one is under way, when :maxExports were asked for since :since,
or when a workspace of the person demands a second factor that this session has not proved.
*/
/* @name insertExport */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  recent_exports as (
    select count(*) as asked
    from data_exports x
    where
      x.user_id = :userId!
      and x.created_at > :since!
  ),
  guarded_workspaces as (
    select m.workspace_id
    from
      workspace_members m
      join workspaces w on w.id = m.workspace_id
    where
      m.user_id = :userId!
      and w.requires_second_factor
      and w.status <> 'closed'
  ),
  inserted_export as (
    insert into data_exports (id, user_id)
    select :id!, s.user_id
    from
      actor
      cross join recent_exports r
      join user_sessions s on s.user_id = :userId!
        and s.id = :sessionId!
    where
      r.asked < :maxExports!
      and (
        s.second_factor_at is not null
        or not exists (
          select
          from guarded_workspaces
        )
      )
    on conflict (user_id) where status = 'pending' do nothing
    returning id, status, created_at
  ),
  inserted_work as (
    insert into outbox (id, kind, user_id, subject_id, due_at)
    select :outboxId!, 'privacy/export', :userId!, x.id, :now!
    from inserted_export x
  )
select
  x.id as "id!",
  x.status as "status!",
  x.created_at as "createdAt!"
from inserted_export x;
