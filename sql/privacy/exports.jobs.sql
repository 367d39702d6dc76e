/* An export that is still to be made. */
/* @name findExportToMake */
select
  x.id,
  x.user_id as "userId",
  x.created_at as "createdAt"
from data_exports x
where
  x.id = :id!
  and x.status = 'pending';

/* Until when an archive can be had, as long as it is there. */
/* @name findReadyExport */
select x.expires_at as "expiresAt!"
from data_exports x
where
  x.id = :id!
  and x.status = 'ready'
  and x.expires_at > :now!;

/* Exports whose time is over, oldest first. */
/* @name listExpiredExports */
select
  x.id,
  x.user_id as "userId"
from data_exports x
where
  x.status = 'ready'
  and x.expires_at <= :now!
order by x.expires_at
limit :limit!;

/* Of these exports those whose objects stay: with the object that is kept, or NULL while it is being made. */
/* @name listKeptExports */
select
  x.id,
  x.object_key as "objectKey"
from
  unnest(:ids!::uuid[]) i (id)
  join data_exports x on x.id = i.id
where x.status in ('pending', 'ready');

/*
The archive is there: says where, and tells the person, who is held first, as by whoever ends what is under way for
them. No row when the export was made or given up meanwhile.
*/
/* @name finishExport */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_person as materialized (
    select u.id
    from
      data_exports x
      join users u on u.id = x.user_id
    where x.id = :id!
    for key share of u
  ),
  finished_export as (
    update data_exports x
    set
      status = 'ready',
      object_key = :objectKey!,
      bytes = :bytes!,
      sha256 = decode(:sha256!, 'hex'),
      expires_at = :expiresAt!,
      finished_at = :now!
    from
      actor
      cross join held_person p
    where
      x.id = :id!
      and x.user_id = p.id
      and x.status = 'pending'
    returning x.id, x.user_id
  ),
  inserted_mail as (
    insert into outbox (id, kind, user_id, subject_id, due_at)
    select :outboxId!, 'mail/export-ready', f.user_id, f.id, :now!
    from finished_export f
  )
select f.id as "id!"
from finished_export f;

/* The archive is deleted. */
/* @name updateExportExpired */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update data_exports x
set
  status = 'expired',
  object_key = null
from actor
where
  x.id = :id!
  and x.status = 'ready'
returning x.id;

/* Gives up exports that nobody could make in time, so that the person may ask again. */
/* @name updateStuckExports */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update data_exports x
set
  status = 'failed',
  finished_at = :now!
from actor
where
  x.status = 'pending'
  and x.created_at < :askedBefore!
returning
  x.id,
  x.user_id as "userId";
