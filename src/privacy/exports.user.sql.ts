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
  linkSessionId?: string | null | undefined
}

export type FindLinkedExportResult = {
  id: string
  objectKey: string
  expiresAt: string
  createdAt: string
}

/**
 * What a signed link leads to (or will), as long as the export is kept, its person is there, and the session lives that
 * the link was made in (:linkSessionId, NULL: none). Where a workspace of the person demands a second factor, only for a
 * session that has proved one.
 */
export const findLinkedExport = new PreparedQuery<FindLinkedExportParams, FindLinkedExportResult>({
  params: [
    { name: 'linkedExportId', required: true, locs: [{ a: 219, b: 234 }] },
    { name: 'now', required: true, locs: [{ a: 290, b: 294 }, { a: 795, b: 799 }, { a: 835, b: 839 }] },
    { name: 'linkSessionId', required: false, locs: [{ a: 719, b: 732 }, { a: 1019, b: 1032 }] },
  ],
  statement: `with
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
  x.object_key as "objectKey",
  x.expires_at as "expiresAt",
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
  )`,
})

export type FindUnprovedWorkspaceParams = {
  userId: string
  sessionId: string
}

export type FindUnprovedWorkspaceResult = {
  workspaceId: string
}

/** A workspace of the person that demands a second factor, when this session has not proved one. */
export const findUnprovedWorkspace = new PreparedQuery<FindUnprovedWorkspaceParams, FindUnprovedWorkspaceResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 179, b: 186 }] },
    { name: 'sessionId', required: true, locs: [{ a: 201, b: 211 }] },
  ],
  statement: `select m.workspace_id as "workspaceId"
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
limit 1`,
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
  sessionId: string
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
 * A new export with the work that makes it. No row while one is under way, when :maxExports were asked for since :since,
 * or when a workspace of the person demands a second factor that this session has not proved.
 */
export const insertExport = new PreparedQuery<InsertExportParams, InsertExportResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userId', required: true, locs: [{ a: 198, b: 205 }, { a: 409, b: 416 }, { a: 679, b: 686 }, { a: 1131, b: 1138 }] },
    { name: 'since', required: true, locs: [{ a: 232, b: 238 }] },
    { name: 'id', required: true, locs: [{ a: 566, b: 569 }] },
    { name: 'sessionId', required: true, locs: [{ a: 707, b: 717 }] },
    { name: 'maxExports', required: true, locs: [{ a: 745, b: 756 }] },
    { name: 'outboxId', required: true, locs: [{ a: 1101, b: 1110 }] },
    { name: 'now', required: true, locs: [{ a: 1147, b: 1151 }] },
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
  x.id as "id",
  x.status as "status",
  x.created_at as "createdAt"
from inserted_export x`,
})
