/* A file, with the type and size of what is stored of it. */
/* @name findMediaFile */
select
  f.id,
  f.user_id as "userId",
  f.file_name as "fileName",
  f.status,
  coalesce(o.content_type, f.declared_content_type) as "contentType!",
  coalesce(o.bytes, f.declared_bytes) as "bytes!",
  encode(o.sha256, 'hex') as "sha256?",
  f.width,
  f.height,
  f.duration_ms as "durationMs",
  f.traits,
  f.rejection_code as "rejectionCode",
  f.upload_expires_at as "uploadExpiresAt",
  o.object_key as "objectKey?",
  f.version,
  f.created_at as "createdAt",
  f.updated_at as "updatedAt",
  f.declared_content_type as "declaredContentType",
  f.declared_bytes as "declaredBytes",
  encode(f.declared_sha256, 'hex') as "declaredSha256"
from
  media_files f
  left join media_objects o on o.workspace_id = f.workspace_id and o.sha256 = f.sha256
where
  f.workspace_id = :workspaceId!
  and f.id = :id!;

/* What the workspace keeps, and what its plan allows. */
/* @name findMediaUsage */
select
  coalesce(u.used_bytes, 0) as "usedBytes!",
  coalesce(u.reserved_bytes, 0) as "reservedBytes!",
  q.bytes as "limitBytes"
from
  workspaces w
  join media_quotas q on q.plan = w.plan
  left join media_usage u on u.workspace_id = w.id
where w.id = :workspaceId!;

/*
The latest ready file of the workspace that was made from the same bytes of the same type, so that they need not be
converted again.
*/
/* @name findSameSource */
select f.id
from
  media_files f
  join media_objects o on o.workspace_id = f.workspace_id and o.sha256 = f.sha256
where
  f.workspace_id = :workspaceId!
  and f.declared_sha256 = decode(:declaredSha256!, 'hex')
  and f.declared_content_type = :declaredContentType!
  and f.status = 'ready'
  and f.traits is not null
  and o.missing_since is null
order by f.id desc
limit 1;

/* Newest first; a filter that is null does not filter. :kind is the first part of the type: image or video. */
/* @name listMediaFiles */
select
  f.id,
  f.user_id as "userId",
  f.file_name as "fileName",
  f.status,
  coalesce(o.content_type, f.declared_content_type) as "contentType!",
  coalesce(o.bytes, f.declared_bytes) as "bytes!",
  encode(o.sha256, 'hex') as "sha256?",
  f.width,
  f.height,
  f.duration_ms as "durationMs",
  f.traits,
  f.rejection_code as "rejectionCode",
  f.upload_expires_at as "uploadExpiresAt",
  o.object_key as "objectKey?",
  f.version,
  f.created_at as "createdAt",
  f.updated_at as "updatedAt"
from
  media_files f
  left join media_objects o on o.workspace_id = f.workspace_id and o.sha256 = f.sha256
where
  f.workspace_id = :workspaceId!
  and (:status::media_status is null or f.status = :status)
  and (:kind::text is null or split_part(f.declared_content_type, '/', 1) = :kind)
  and (:beforeId::uuid is null or f.id < :beforeId)
order by f.id desc
limit :limit!;

/*
An upload is open, and its size reserved by a trigger, which refuses what the quota does not hold (media_usage_quota).
With an Idempotency-Key also the record of its answer: both or none.
*/
/* @name insertMediaFile */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inserted_file as (
    insert into media_files (
      workspace_id, id, user_id, file_name, declared_content_type, declared_bytes, declared_sha256, upload_expires_at
    )
    select
      :workspaceId!, :id!, :userId!, :fileName!, :contentType!, :bytes!, decode(:sha256!, 'hex'), :uploadExpiresAt!
    from actor
    returning
      id,
      user_id as "userId",
      file_name as "fileName",
      status,
      declared_content_type as "contentType",
      declared_bytes as "bytes",
      encode(declared_sha256, 'hex') as "declaredSha256",
      upload_expires_at as "uploadExpiresAt",
      version,
      created_at as "createdAt",
      updated_at as "updatedAt"
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201,
      to_jsonb(f), :now!, :now!::timestamptz + interval '24 hours'
    from inserted_file f
    where :idempotencyKey::text is not null
  )
select
  f.id as "id!",
  f."userId" as "userId!",
  f."fileName" as "fileName!",
  f.status as "status!",
  f."contentType" as "contentType!",
  f.bytes as "bytes!",
  f."declaredSha256" as "declaredSha256!",
  f."uploadExpiresAt" as "uploadExpiresAt!",
  f.version as "version!",
  f."createdAt" as "createdAt!",
  f."updatedAt" as "updatedAt!"
from inserted_file f;

/* A file that the server is about to fetch; :maxBytes, the most that it can become, is reserved as for an upload. */
/* @name insertFetchedFile */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
insert into media_files (
  workspace_id, id, user_id, file_name, declared_content_type, declared_bytes, status, upload_expires_at
)
select
  :workspaceId!, :id!, :userId!, :fileName!, 'application/octet-stream', :maxBytes!, 'processing', :uploadExpiresAt!
from actor
returning id, version;

/*
The file is ready: it refers to the object of these bytes, which is the one that is there, else a new one at
:objectKey, as where the store has lost its bytes. What is there stays locked until the end, so that nobody can delete
it before the file refers to it. Whatever lies below the file's upload and is not its object is left to a worker. No
row when the file is no longer open.
*/
/* @name updateReadyFile */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  open_file as (
    select f.id
    from
      actor
      cross join media_files f
    where
      f.workspace_id = :workspaceId!
      and f.id = :id!
      and f.status in ('pending', 'processing')
    for no key update of f
  ),
  stored_object as (
    insert into media_objects (workspace_id, sha256, bytes, content_type, object_key, upload_id)
    select
      :workspaceId!, decode(:sha256!, 'hex'), :bytes!, :contentType!, :objectKey!, :uploadId!
    from open_file
    on conflict (workspace_id, sha256) do update
    set
      object_key =
        case when media_objects.missing_since is null then media_objects.object_key else excluded.object_key end,
      upload_id =
        case when media_objects.missing_since is null then media_objects.upload_id else excluded.upload_id end,
      missing_since = null
    returning sha256, bytes, content_type, object_key
  ),
  ready_file as (
    update media_files f
    set
      status = 'ready',
      sha256 = s.sha256,
      declared_content_type = coalesce(:foundContentType, f.declared_content_type),
      declared_bytes = coalesce(:foundBytes, f.declared_bytes),
      width = :width,
      height = :height,
      duration_ms = :durationMs,
      traits = :traits!
    from
      open_file o
      cross join stored_object s
    where
      f.workspace_id = :workspaceId!
      and f.id = o.id
    returning
      f.id, f.user_id, f.file_name, f.status, f.width, f.height, f.duration_ms, f.traits, f.rejection_code,
      f.upload_expires_at, f.version, f.created_at, f.updated_at
  ),
  inserted_work as (
    insert into outbox (id, kind, workspace_id, subject_id, due_at)
    select :outboxId!, 'media/clear-upload', :workspaceId!, r.id, :now!
    from
      ready_file r
      cross join stored_object s
    where
      s.object_key <> :objectKey!
      or :hasLeavings!::boolean
  )
select
  r.id as "id!",
  r.user_id as "userId!",
  r.file_name as "fileName!",
  r.status as "status!",
  s.content_type as "contentType!",
  s.bytes as "bytes!",
  encode(s.sha256, 'hex') as "sha256!",
  r.width,
  r.height,
  r.duration_ms as "durationMs",
  r.traits,
  r.rejection_code as "rejectionCode",
  r.upload_expires_at as "uploadExpiresAt",
  s.object_key as "objectKey!",
  r.version as "version!",
  r.created_at as "createdAt!",
  r.updated_at as "updatedAt!"
from
  ready_file r
  cross join stored_object s;

/*
The file is ready as another one is that was made from the same bytes, and refers to the same object. Its own upload
is left to a worker. No row when it is no longer open, or the other one is gone. Where its object goes at the same time,
the foreign key (media_files_object_fkey) refuses.
*/
/* @name updateReusingFile */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  ready_file as (
    update media_files f
    set
      status = 'ready',
      sha256 = s.sha256,
      width = s.width,
      height = s.height,
      traits = s.traits
    from
      actor
      cross join media_files s
    where
      f.workspace_id = :workspaceId!
      and f.id = :id!
      and f.status in ('pending', 'processing')
      and s.workspace_id = :workspaceId!
      and s.id = :sameSourceId!
      and s.status = 'ready'
    returning f.id
  ),
  inserted_work as (
    insert into outbox (id, kind, workspace_id, subject_id, due_at)
    select :outboxId!, 'media/clear-upload', :workspaceId!, r.id, :now!
    from ready_file r
  )
select r.id as "id!"
from ready_file r;

/* The file is refused for good, and its upload left to a worker. No row when it is not open. */
/* @name updateRejectedFile */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  rejected_file as (
    update media_files f
    set
      status = 'rejected',
      rejection_code = :rejectionCode!
    from actor
    where
      f.workspace_id = :workspaceId!
      and f.id = :id!
      and f.status in ('pending', 'processing')
    returning f.id
  ),
  inserted_work as (
    insert into outbox (id, kind, workspace_id, subject_id, due_at)
    select :outboxId!, 'media/clear-upload', :workspaceId!, r.id, :now!
    from rejected_file r
  )
select r.id as "id!"
from rejected_file r;

/*
Deletes a file, which a post that shows it refuses (post_media_media_fkey). The upload whose bytes it referred to is
left to a worker: they go with the last file that refers to them.
*/
/* @name deleteMediaFile */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  deleted_file as (
    delete from media_files f
    using actor
    where
      f.workspace_id = :workspaceId!
      and f.id = :id!
    returning f.id, f.sha256
  ),
  inserted_work as (
    insert into outbox (id, kind, workspace_id, subject_id, due_at)
    select :outboxId!, 'media/clear-upload', :workspaceId!, coalesce(o.upload_id, d.id), :now!
    from
      deleted_file d
      left join media_objects o on o.workspace_id = :workspaceId!
        and o.sha256 = d.sha256
  )
select d.id as "id!"
from deleted_file d;
