// Generated from sql/media/media.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type MediaStatus = 'pending' | 'processing' | 'ready' | 'rejected'

export type FindMediaFileParams = {
  workspaceId: string
  id: string
}

export type FindMediaFileResult = {
  id: string
  userId: string
  fileName: string
  status: MediaStatus
  contentType: string
  bytes: number
  sha256: string | null
  width: number | null
  height: number | null
  durationMs: number | null
  traits: unknown
  rejectionCode: string | null
  uploadExpiresAt: string | null
  objectKey: string | null
  version: number
  createdAt: string
  updatedAt: string
  declaredContentType: string
  declaredBytes: number
  declaredSha256: string | null
}

/** A file, with the type and size of what is stored of it. */
export const findMediaFile = new PreparedQuery<FindMediaFileParams, FindMediaFileResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 776, b: 788 }] },
    { name: 'id', required: true, locs: [{ a: 803, b: 806 }] },
  ],
  statement: `select
  f.id,
  f.user_id as "userId",
  f.file_name as "fileName",
  f.status,
  coalesce(o.content_type, f.declared_content_type) as "contentType",
  coalesce(o.bytes, f.declared_bytes) as "bytes",
  encode(o.sha256, 'hex') as "sha256",
  f.width,
  f.height,
  f.duration_ms as "durationMs",
  f.traits,
  f.rejection_code as "rejectionCode",
  f.upload_expires_at as "uploadExpiresAt",
  o.object_key as "objectKey",
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
  and f.id = :id!`,
})

export type FindMediaUsageParams = {
  workspaceId: string
}

export type FindMediaUsageResult = {
  usedBytes: number
  reservedBytes: number
  limitBytes: number
}

/** What the workspace keeps, and what its plan allows. */
export const findMediaUsage = new PreparedQuery<FindMediaUsageParams, FindMediaUsageResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 254, b: 266 }] },
  ],
  statement: `select
  coalesce(u.used_bytes, 0) as "usedBytes",
  coalesce(u.reserved_bytes, 0) as "reservedBytes",
  q.bytes as "limitBytes"
from
  workspaces w
  join media_quotas q on q.plan = w.plan
  left join media_usage u on u.workspace_id = w.id
where w.id = :workspaceId!`,
})

export type FindSameSourceParams = {
  workspaceId: string
  declaredSha256: string
  declaredContentType: string
}

export type FindSameSourceResult = {
  id: string
}

/**
 * The latest ready file of the workspace that was made from the same bytes of the same type, so that they need not be
 * converted again.
 */
export const findSameSource = new PreparedQuery<FindSameSourceParams, FindSameSourceResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 140, b: 152 }] },
    { name: 'declaredSha256', required: true, locs: [{ a: 187, b: 202 }] },
    { name: 'declaredContentType', required: true, locs: [{ a: 244, b: 264 }] },
  ],
  statement: `select f.id
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
limit 1`,
})

export type ListMediaFilesParams = {
  workspaceId: string
  status?: MediaStatus | null | undefined
  kind?: string | null | undefined
  beforeId?: string | null | undefined
  limit: number
}

export type ListMediaFilesResult = {
  id: string
  userId: string
  fileName: string
  status: MediaStatus
  contentType: string
  bytes: number
  sha256: string | null
  width: number | null
  height: number | null
  durationMs: number | null
  traits: unknown
  rejectionCode: string | null
  uploadExpiresAt: string | null
  objectKey: string | null
  version: number
  createdAt: string
  updatedAt: string
}

/** Newest first; a filter that is null does not filter. :kind is the first part of the type: image or video. */
export const listMediaFiles = new PreparedQuery<ListMediaFilesParams, ListMediaFilesResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 629, b: 641 }] },
    { name: 'status', required: false, locs: [{ a: 650, b: 656 }, { a: 694, b: 700 }] },
    { name: 'kind', required: false, locs: [{ a: 710, b: 714 }, { a: 779, b: 783 }] },
    { name: 'beforeId', required: false, locs: [{ a: 793, b: 801 }, { a: 827, b: 835 }] },
    { name: 'limit', required: true, locs: [{ a: 863, b: 869 }] },
  ],
  statement: `select
  f.id,
  f.user_id as "userId",
  f.file_name as "fileName",
  f.status,
  coalesce(o.content_type, f.declared_content_type) as "contentType",
  coalesce(o.bytes, f.declared_bytes) as "bytes",
  encode(o.sha256, 'hex') as "sha256",
  f.width,
  f.height,
  f.duration_ms as "durationMs",
  f.traits,
  f.rejection_code as "rejectionCode",
  f.upload_expires_at as "uploadExpiresAt",
  o.object_key as "objectKey",
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
limit :limit!`,
})

export type InsertMediaFileParams = {
  actor: string
  workspaceId: string
  id: string
  userId: string
  fileName: string
  contentType: string
  bytes: number
  sha256: string
  uploadExpiresAt: string
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
  now: string
}

export type InsertMediaFileResult = {
  id: string
  userId: string
  fileName: string
  status: MediaStatus
  contentType: string
  bytes: number
  declaredSha256: string
  uploadExpiresAt: string
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * An upload is open, and its size reserved by a trigger, which refuses what the quota does not hold (media_usage_quota).
 * With an Idempotency-Key also the record of its answer: both or none.
 */
export const insertMediaFile = new PreparedQuery<InsertMediaFileParams, InsertMediaFileResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 287, b: 299 }, { a: 957, b: 969 }] },
    { name: 'id', required: true, locs: [{ a: 302, b: 305 }] },
    { name: 'userId', required: true, locs: [{ a: 308, b: 315 }] },
    { name: 'fileName', required: true, locs: [{ a: 318, b: 327 }] },
    { name: 'contentType', required: true, locs: [{ a: 330, b: 342 }] },
    { name: 'bytes', required: true, locs: [{ a: 345, b: 351 }] },
    { name: 'sha256', required: true, locs: [{ a: 361, b: 368 }] },
    { name: 'uploadExpiresAt', required: true, locs: [{ a: 379, b: 395 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 972, b: 992 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 995, b: 1009 }, { a: 1163, b: 1177 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 1012, b: 1028 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 1031, b: 1053 }] },
    { name: 'now', required: true, locs: [{ a: 1080, b: 1084 }, { a: 1087, b: 1091 }] },
  ],
  statement: `with
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
  f.id as "id",
  f."userId" as "userId",
  f."fileName" as "fileName",
  f.status as "status",
  f."contentType" as "contentType",
  f.bytes as "bytes",
  f."declaredSha256" as "declaredSha256",
  f."uploadExpiresAt" as "uploadExpiresAt",
  f.version as "version",
  f."createdAt" as "createdAt",
  f."updatedAt" as "updatedAt"
from inserted_file f`,
})

export type InsertFetchedFileParams = {
  actor: string
  workspaceId: string
  id: string
  userId: string
  fileName: string
  maxBytes: number
  uploadExpiresAt: string
}

export type InsertFetchedFileResult = {
  id: string
  version: number
}

/** A file that the server is about to fetch; :maxBytes, the most that it can become, is reserved as for an upload. */
export const insertFetchedFile = new PreparedQuery<InsertFetchedFileParams, InsertFetchedFileResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 236, b: 248 }] },
    { name: 'id', required: true, locs: [{ a: 251, b: 254 }] },
    { name: 'userId', required: true, locs: [{ a: 257, b: 264 }] },
    { name: 'fileName', required: true, locs: [{ a: 267, b: 276 }] },
    { name: 'maxBytes', required: true, locs: [{ a: 307, b: 316 }] },
    { name: 'uploadExpiresAt', required: true, locs: [{ a: 333, b: 349 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
insert into media_files (
  workspace_id, id, user_id, file_name, declared_content_type, declared_bytes, status, upload_expires_at
)
select
  :workspaceId!, :id!, :userId!, :fileName!, 'application/octet-stream', :maxBytes!, 'processing', :uploadExpiresAt!
from actor
returning id, version`,
})

export type UpdateReadyFileParams = {
  actor: string
  workspaceId: string
  id: string
  sha256: string
  bytes: number
  contentType: string
  objectKey: string
  uploadId: string
  foundContentType?: string | null | undefined
  foundBytes?: number | null | undefined
  width?: number | null | undefined
  height?: number | null | undefined
  durationMs?: number | null | undefined
  traits: unknown
  outboxId: string
  now: string
  hasLeavings: boolean
}

export type UpdateReadyFileResult = {
  id: string
  userId: string
  fileName: string
  status: MediaStatus
  contentType: string
  bytes: number
  sha256: string
  width: number | null
  height: number | null
  durationMs: number | null
  traits: unknown
  rejectionCode: string | null
  uploadExpiresAt: string | null
  objectKey: string
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * The file is ready: it refers to the object of these bytes, which is the one that is there, else a new one at
 * :objectKey, as where the store has lost its bytes. What is there stays locked until the end, so that nobody can delete
 * it before the file refers to it. Whatever lies below the file's upload and is not its object is left to a worker. No
 * row when the file is no longer open.
 */
export const updateReadyFile = new PreparedQuery<UpdateReadyFileParams, UpdateReadyFileResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 213, b: 225 }, { a: 464, b: 476 }, { a: 1421, b: 1433 }, { a: 1783, b: 1795 }] },
    { name: 'id', required: true, locs: [{ a: 244, b: 247 }] },
    { name: 'sha256', required: true, locs: [{ a: 486, b: 493 }] },
    { name: 'bytes', required: true, locs: [{ a: 504, b: 510 }] },
    { name: 'contentType', required: true, locs: [{ a: 513, b: 525 }] },
    { name: 'objectKey', required: true, locs: [{ a: 528, b: 538 }, { a: 1903, b: 1913 }] },
    { name: 'uploadId', required: true, locs: [{ a: 541, b: 550 }] },
    { name: 'foundContentType', required: false, locs: [{ a: 1116, b: 1132 }] },
    { name: 'foundBytes', required: false, locs: [{ a: 1193, b: 1203 }] },
    { name: 'width', required: false, locs: [{ a: 1239, b: 1244 }] },
    { name: 'height', required: false, locs: [{ a: 1262, b: 1268 }] },
    { name: 'durationMs', required: false, locs: [{ a: 1291, b: 1301 }] },
    { name: 'traits', required: true, isJson: true, locs: [{ a: 1319, b: 1326 }] },
    { name: 'outboxId', required: true, locs: [{ a: 1749, b: 1758 }] },
    { name: 'now', required: true, locs: [{ a: 1804, b: 1808 }] },
    { name: 'hasLeavings', required: true, locs: [{ a: 1924, b: 1936 }] },
  ],
  statement: `with
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
  r.id as "id",
  r.user_id as "userId",
  r.file_name as "fileName",
  r.status as "status",
  s.content_type as "contentType",
  s.bytes as "bytes",
  encode(s.sha256, 'hex') as "sha256",
  r.width,
  r.height,
  r.duration_ms as "durationMs",
  r.traits,
  r.rejection_code as "rejectionCode",
  r.upload_expires_at as "uploadExpiresAt",
  s.object_key as "objectKey",
  r.version as "version",
  r.created_at as "createdAt",
  r.updated_at as "updatedAt"
from
  ready_file r
  cross join stored_object s`,
})

export type UpdateReusingFileParams = {
  actor: string
  workspaceId: string
  id: string
  sameSourceId: string
  outboxId: string
  now: string
}

export type UpdateReusingFileResult = {
  id: string
}

/**
 * The file is ready as another one is that was made from the same bytes, and refers to the same object. Its own upload
 * is left to a worker. No row when it is no longer open, or the other one is gone. Where its object goes at the same time,
 * the foreign key (media_files_object_fkey) refuses.
 */
export const updateReusingFile = new PreparedQuery<UpdateReusingFileParams, UpdateReusingFileResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 352, b: 364 }, { a: 463, b: 475 }, { a: 696, b: 708 }] },
    { name: 'id', required: true, locs: [{ a: 383, b: 386 }] },
    { name: 'sameSourceId', required: true, locs: [{ a: 494, b: 507 }] },
    { name: 'outboxId', required: true, locs: [{ a: 662, b: 671 }] },
    { name: 'now', required: true, locs: [{ a: 717, b: 721 }] },
  ],
  statement: `with
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
select r.id as "id"
from ready_file r`,
})

export type UpdateRejectedFileParams = {
  actor: string
  rejectionCode: string
  workspaceId: string
  id: string
  outboxId: string
  now: string
}

export type UpdateRejectedFileResult = {
  id: string
}

/** The file is refused for good, and its upload left to a worker. No row when it is not open. */
export const updateRejectedFile = new PreparedQuery<UpdateRejectedFileParams, UpdateRejectedFileResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'rejectionCode', required: true, locs: [{ a: 199, b: 213 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 263, b: 275 }, { a: 505, b: 517 }] },
    { name: 'id', required: true, locs: [{ a: 294, b: 297 }] },
    { name: 'outboxId', required: true, locs: [{ a: 471, b: 480 }] },
    { name: 'now', required: true, locs: [{ a: 526, b: 530 }] },
  ],
  statement: `with
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
select r.id as "id"
from rejected_file r`,
})

export type DeleteMediaFileParams = {
  actor: string
  workspaceId: string
  id: string
  outboxId: string
  now: string
}

export type DeleteMediaFileResult = {
  id: string
}

/**
 * Deletes a file, which a post that shows it refuses (post_media_media_fkey). The upload whose bytes it referred to is
 * left to a worker: they go with the last file that refers to them.
 */
export const deleteMediaFile = new PreparedQuery<DeleteMediaFileParams, DeleteMediaFileResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 194, b: 206 }, { a: 398, b: 410 }, { a: 530, b: 542 }] },
    { name: 'id', required: true, locs: [{ a: 225, b: 228 }] },
    { name: 'outboxId', required: true, locs: [{ a: 364, b: 373 }] },
    { name: 'now', required: true, locs: [{ a: 442, b: 446 }] },
  ],
  statement: `with
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
select d.id as "id"
from deleted_file d`,
})
