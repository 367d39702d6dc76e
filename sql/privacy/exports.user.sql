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

/* What a signed link leads to (or will), as long as the export is kept and its person is there. */
/* @name findLinkedExport */
select
  x.id,
  x.object_key as "objectKey!",
  x.expires_at as "expiresAt!",
  x.created_at as "createdAt"
from
  data_exports x
  join users u on u.id = x.user_id
    and u.status = 'active'
where
  x.id = :linkedExportId!
  and x.status = 'ready'
  and x.expires_at > :now!;

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
A new export with the work that makes it. No row while one is under way, or when :maxExports were asked for since
:since.
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
  inserted_export as (
    insert into data_exports (id, user_id)
    select :id!, :userId!
    from
      actor
      cross join recent_exports r
    where r.asked < :maxExports!
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
