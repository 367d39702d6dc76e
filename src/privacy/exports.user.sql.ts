// Generated from sql/privacy/exports.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type DataExportStatus = 'expired' | 'failed' | 'pending' | 'ready'

export type FindExportParams = {
  userId: string
  id: string
}

export type FindExportResult = {
  id: string
  status: DataExportStatus
  bytes: number | null
  sha256: string | null
  createdAt: string
  finishedAt: string | null
  expiresAt: string | null
}

/** One of the person's exports. */
export const findExport = new PreparedQuery<FindExportParams, FindExportResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 211, b: 218 }] },
    { name: 'id', required: true, locs: [{ a: 233, b: 236 }] },
  ],
  statement: `select
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
  and x.id = :id!`,
})

export type FindPendingExportParams = {
  userId: string
}

export type FindPendingExportResult = {
  id: string
  status: DataExportStatus
  bytes: number | null
  sha256: string | null
  createdAt: string
  finishedAt: string | null
  expiresAt: string | null
}

/** The export that is under way; at most one. */
export const findPendingExport = new PreparedQuery<FindPendingExportParams, FindPendingExportResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 211, b: 218 }] },
  ],
  statement: `select
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
  and x.status = 'pending'`,
})

export type FindLinkedExportParams = {
  linkedExportId: string
  now: string
}

export type FindLinkedExportResult = {
  id: string
  objectKey: string
  expiresAt: string
  createdAt: string
}

/** What a signed link leads to (or will), as long as the export is kept and its person is there. */
export const findLinkedExport = new PreparedQuery<FindLinkedExportParams, FindLinkedExportResult>({
  params: [
    { name: 'linkedExportId', required: true, locs: [{ a: 207, b: 222 }] },
    { name: 'now', required: true, locs: [{ a: 270, b: 274 }] },
  ],
  statement: `select
  x.id,
  x.object_key as "objectKey",
  x.expires_at as "expiresAt",
  x.created_at as "createdAt"
from
  data_exports x
  join users u on u.id = x.user_id
    and u.status = 'active'
where
  x.id = :linkedExportId!
  and x.status = 'ready'
  and x.expires_at > :now!`,
})

export type ListExportsParams = {
  userId: string
  beforeId?: string | null | undefined
  limit: number
}

export type ListExportsResult = {
  id: string
  status: DataExportStatus
  bytes: number | null
  sha256: string | null
  createdAt: string
  finishedAt: string | null
  expiresAt: string | null
}

/** The person's exports, newest first. */
export const listExports = new PreparedQuery<ListExportsParams, ListExportsResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 211, b: 218 }] },
    { name: 'beforeId', required: false, locs: [{ a: 227, b: 235 }, { a: 261, b: 269 }] },
    { name: 'limit', required: true, locs: [{ a: 297, b: 303 }] },
  ],
  statement: `select
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
limit :limit!`,
})

export type InsertExportParams = {
  actor: string
  userId: string
  since: string
  id: string
  maxExports: number
  outboxId: string
  now: string
}

export type InsertExportResult = {
  id: string
  status: DataExportStatus
  createdAt: string
}

/**
 * A new export with the work that makes it. No row while one is under way, or when :maxExports were asked for since
 * :since.
 */
export const insertExport = new PreparedQuery<InsertExportParams, InsertExportResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userId', required: true, locs: [{ a: 198, b: 205 }, { a: 328, b: 335 }, { a: 654, b: 661 }] },
    { name: 'since', required: true, locs: [{ a: 232, b: 238 }] },
    { name: 'id', required: true, locs: [{ a: 322, b: 325 }] },
    { name: 'maxExports', required: true, locs: [{ a: 412, b: 423 }] },
    { name: 'outboxId', required: true, locs: [{ a: 624, b: 633 }] },
    { name: 'now', required: true, locs: [{ a: 670, b: 674 }] },
  ],
  statement: `with
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
  x.id as "id",
  x.status as "status",
  x.created_at as "createdAt"
from inserted_export x`,
})
