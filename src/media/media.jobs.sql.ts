// Generated from sql/media/media.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindMediaSweepParams = void

export type FindMediaSweepResult = {
  afterKey: string
}

/** Up to where the store was last compared with the database; empty: from the beginning. */
export const findMediaSweep = new PreparedQuery<FindMediaSweepParams, FindMediaSweepResult>({
  params: [],
  statement: `select w.after_key as "afterKey"
from media_sweeps w
where w.name = 'objects'`,
})

export type ListKeptUploadsParams = {
  objectKeys: readonly string[]
  workspaceIds: readonly string[]
  uploadIds: readonly string[]
}

export type ListKeptUploadsResult = {
  objectKey: string
}

/**
 * Which of these uploads' keys must stay: those of objects, and all of an upload whose file is still open. What is not
 * named here can never be referred to again.
 */
export const listKeptUploads = new PreparedQuery<ListKeptUploadsParams, ListKeptUploadsResult>({
  params: [
    { name: 'objectKeys', required: true, locs: [{ a: 47, b: 58 }] },
    { name: 'workspaceIds', required: true, locs: [{ a: 69, b: 82 }] },
    { name: 'uploadIds', required: true, locs: [{ a: 93, b: 103 }] },
  ],
  statement: `select k.object_key as "objectKey"
from unnest(:objectKeys!::text[], :workspaceIds!::uuid[], :uploadIds!::uuid[]) k (object_key, workspace_id, upload_id)
where
  exists (
    select
    from media_objects o
    where o.object_key = k.object_key
  )
  or exists (
    select
    from media_files f
    where
      f.workspace_id = k.workspace_id
      and f.id = k.upload_id
      and f.status in ('pending', 'processing')
  )`,
})

export type ListMismarkedObjectsParams = {
  afterKey: string
  untilKey?: string | null | undefined
  createdBefore: string
  listedKeys: readonly string[]
  limit: number
}

export type ListMismarkedObjectsResult = {
  objectKey: string
  missingSince: string | null
}

/**
 * Objects between two keys, in the order of their bytes (:untilKey NULL: to the end), that are not as they are marked:
 * neither missing nor among :listedKeys, or both.
 */
export const listMismarkedObjects = new PreparedQuery<ListMismarkedObjectsParams, ListMismarkedObjectsResult>({
  params: [
    { name: 'afterKey', required: true, locs: [{ a: 130, b: 139 }] },
    { name: 'untilKey', required: false, locs: [{ a: 148, b: 156 }, { a: 203, b: 211 }] },
    { name: 'createdBefore', required: true, locs: [{ a: 235, b: 249 }] },
    { name: 'listedKeys', required: true, locs: [{ a: 309, b: 320 }] },
    { name: 'limit', required: true, locs: [{ a: 372, b: 378 }] },
  ],
  statement: `select
  o.object_key as "objectKey",
  o.missing_since as "missingSince"
from media_objects o
where
  o.object_key collate "C" > :afterKey!
  and (:untilKey::text is null or o.object_key collate "C" <= :untilKey)
  and o.created_at < :createdBefore!
  and (o.missing_since is not null) = (o.object_key = any(:listedKeys!::text[]))
order by o.object_key collate "C"
limit :limit!`,
})

export type UpdateAbandonedFilesParams = {
  actor: string
  expiredBefore: string
  limit: number
  now: string
}

export type UpdateAbandonedFilesResult = {
  id: string
}

/** Uploads that nobody finished, but that a post shows. */
export const updateAbandonedFiles = new PreparedQuery<UpdateAbandonedFilesParams, UpdateAbandonedFilesResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'expiredBefore', required: true, locs: [{ a: 265, b: 279 }] },
    { name: 'limit', required: true, locs: [{ a: 680, b: 686 }] },
    { name: 'now', required: true, locs: [{ a: 1164, b: 1168 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  abandoned as (
    select
      f.workspace_id,
      f.id
    from media_files f
    where
      f.status in ('pending', 'processing')
      and f.upload_expires_at < :expiredBefore!
      and (
        exists (
          select
          from post_media m
          where
            m.workspace_id = f.workspace_id
            and m.media_id = f.id
        )
        or exists (
          select
          from posts p
          where
            p.workspace_id = f.workspace_id
            and p.cover_media_id = f.id
        )
      )
    order by f.upload_expires_at
    limit :limit!
    for no key update skip locked
  ),
  rejected_file as (
    update media_files f
    set
      status = 'rejected',
      rejection_code = 'media/abandoned'
    from
      actor
      cross join abandoned a
    where
      f.workspace_id = a.workspace_id
      and f.id = a.id
    returning f.workspace_id, f.id
  ),
  inserted_work as (
    insert into outbox (id, kind, workspace_id, subject_id, due_at)
    select uuid_v7(), 'media/clear-upload', r.workspace_id, r.id, :now!
    from rejected_file r
  )
select r.id as "id"
from rejected_file r`,
})

export type UpdateMediaSweepParams = {
  afterKey: string
}

export type UpdateMediaSweepResult = void

export const updateMediaSweep = new PreparedQuery<UpdateMediaSweepParams, UpdateMediaSweepResult>({
  params: [
    { name: 'afterKey', required: true, locs: [{ a: 38, b: 47 }] },
  ],
  statement: `update media_sweeps w
set after_key = :afterKey!
where w.name = 'objects'`,
})

export type UpdateMismarkedObjectsParams = {
  actor: string
  now: string
  objectKeys: readonly string[]
}

export type UpdateMismarkedObjectsResult = {
  objectKey: string
}

/** Marks objects that the store does not have, and takes the mark from those that it has. */
export const updateMismarkedObjects = new PreparedQuery<UpdateMismarkedObjectsParams, UpdateMismarkedObjectsResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 176, b: 180 }] },
    { name: 'objectKeys', required: true, locs: [{ a: 235, b: 246 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update media_objects o
set missing_since = case when o.missing_since is null then :now!::timestamptz end
from actor
where o.object_key = any(:objectKeys!::text[])
returning o.object_key as "objectKey"`,
})

export type DeleteUnreferredObjectsParams = {
  actor: string
  ownerWorkspaceId: string
  uploadId: string
}

export type DeleteUnreferredObjectsResult = {
  objectKey: string
}

/**
 * Deletes objects of one upload that no file refers to; a file that begins to refer to one at the same time wins, by its
 * foreign key (media_files_object_fkey).
 */
export const deleteUnreferredObjects = new PreparedQuery<DeleteUnreferredObjectsParams, DeleteUnreferredObjectsResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'ownerWorkspaceId', required: true, locs: [{ a: 159, b: 176 }] },
    { name: 'uploadId', required: true, locs: [{ a: 198, b: 207 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
delete from media_objects o
using actor
where
  o.workspace_id = :ownerWorkspaceId!
  and o.upload_id = :uploadId!
  and not exists (
    select
    from media_files f
    where
      f.workspace_id = o.workspace_id
      and f.sha256 = o.sha256
  )
returning o.object_key as "objectKey"`,
})

export type DeleteAbandonedFilesParams = {
  actor: string
  expiredBefore: string
  limit: number
  now: string
}

export type DeleteAbandonedFilesResult = {
  id: string
}

/**
 * Uploads that nobody finished; those that a post shows are refused instead, by updateAbandonedFiles. A post that
 * begins to show one at the same time wins, by its foreign key (post_media_media_fkey, posts_cover_media_fkey).
 */
export const deleteAbandonedFiles = new PreparedQuery<DeleteAbandonedFilesParams, DeleteAbandonedFilesResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'expiredBefore', required: true, locs: [{ a: 265, b: 279 }] },
    { name: 'limit', required: true, locs: [{ a: 645, b: 651 }] },
    { name: 'now', required: true, locs: [{ a: 1051, b: 1055 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  abandoned as (
    select
      f.workspace_id,
      f.id
    from media_files f
    where
      f.status in ('pending', 'processing')
      and f.upload_expires_at < :expiredBefore!
      and not exists (
        select
        from post_media m
        where
          m.workspace_id = f.workspace_id
          and m.media_id = f.id
      )
      and not exists (
        select
        from posts p
        where
          p.workspace_id = f.workspace_id
          and p.cover_media_id = f.id
      )
    order by f.upload_expires_at
    limit :limit!
    for update skip locked
  ),
  deleted_file as (
    delete from media_files f
    using
      actor
      cross join abandoned a
    where
      f.workspace_id = a.workspace_id
      and f.id = a.id
    returning f.workspace_id, f.id
  ),
  inserted_work as (
    insert into outbox (id, kind, workspace_id, subject_id, due_at)
    select uuid_v7(), 'media/clear-upload', d.workspace_id, d.id, :now!
    from deleted_file d
  )
select d.id as "id"
from deleted_file d`,
})
