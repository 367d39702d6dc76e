// Generated from sql/privacy/exports.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindExportToMakeParams = {
  id: string
}

export type FindExportToMakeResult = {
  id: string
  userId: string
  createdAt: string
}

/** An export that is still to be made. */
export const findExportToMake = new PreparedQuery<FindExportToMakeParams, FindExportToMakeResult>({
  params: [
    { name: 'id', required: true, locs: [{ a: 105, b: 108 }] },
  ],
  statement: `select
  x.id,
  x.user_id as "userId",
  x.created_at as "createdAt"
from data_exports x
where
  x.id = :id!
  and x.status = 'pending'`,
})

export type FindReadyExportParams = {
  id: string
  now: string
}

export type FindReadyExportResult = {
  expiresAt: string
}

/** Until when an archive can be had, as long as it is there. */
export const findReadyExport = new PreparedQuery<FindReadyExportParams, FindReadyExportResult>({
  params: [
    { name: 'id', required: true, locs: [{ a: 70, b: 73 }] },
    { name: 'now', required: true, locs: [{ a: 121, b: 125 }] },
  ],
  statement: `select x.expires_at as "expiresAt"
from data_exports x
where
  x.id = :id!
  and x.status = 'ready'
  and x.expires_at > :now!`,
})

export type ListExpiredExportsParams = {
  now: string
  limit: number
}

export type ListExpiredExportsResult = {
  id: string
  userId: string
}

/** Exports whose time is over, oldest first. */
export const listExpiredExports = new PreparedQuery<ListExpiredExportsParams, ListExpiredExportsResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 108, b: 112 }] },
    { name: 'limit', required: true, locs: [{ a: 142, b: 148 }] },
  ],
  statement: `select
  x.id,
  x.user_id as "userId"
from data_exports x
where
  x.status = 'ready'
  and x.expires_at <= :now!
order by x.expires_at
limit :limit!`,
})

export type ListKeptExportsParams = {
  ids: readonly string[]
}

export type ListKeptExportsResult = {
  id: string
  objectKey: string | null
}

/** Of these exports those whose objects stay: with the object that is kept, or NULL while it is being made. */
export const listKeptExports = new PreparedQuery<ListKeptExportsParams, ListKeptExportsResult>({
  params: [
    { name: 'ids', required: true, locs: [{ a: 59, b: 63 }] },
  ],
  statement: `select
  x.id,
  x.object_key as "objectKey"
from
  unnest(:ids!::uuid[]) i (id)
  join data_exports x on x.id = i.id
where x.status in ('pending', 'ready')`,
})

export type FinishExportParams = {
  actor: string
  id: string
  objectKey: string
  bytes: number
  sha256: string
  expiresAt: string
  now: string
  outboxId: string
}

export type FinishExportResult = {
  id: string
}

/**
 * The archive is there: says where, and tells the person, who is held first, as by whoever ends what is under way for
 * them. No row when the export was made or given up meanwhile.
 */
export const finishExport = new PreparedQuery<FinishExportParams, FinishExportResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'id', required: true, locs: [{ a: 229, b: 232 }, { a: 571, b: 574 }] },
    { name: 'objectKey', required: true, locs: [{ a: 362, b: 372 }] },
    { name: 'bytes', required: true, locs: [{ a: 389, b: 395 }] },
    { name: 'sha256', required: true, locs: [{ a: 420, b: 427 }] },
    { name: 'expiresAt', required: true, locs: [{ a: 457, b: 467 }] },
    { name: 'now', required: true, locs: [{ a: 490, b: 494 }, { a: 814, b: 818 }] },
    { name: 'outboxId', required: true, locs: [{ a: 764, b: 773 }] },
  ],
  statement: `with
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
select f.id as "id"
from finished_export f`,
})

export type UpdateExportExpiredParams = {
  actor: string
  id: string
}

export type UpdateExportExpiredResult = {
  id: string
}

/** The archive is deleted. */
export const updateExportExpired = new PreparedQuery<UpdateExportExpiredParams, UpdateExportExpiredResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'id', required: true, locs: [{ a: 188, b: 191 }] },
  ],
  statement: `with
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
returning x.id`,
})

export type UpdateStuckExportsParams = {
  actor: string
  now: string
  askedBefore: string
}

export type UpdateStuckExportsResult = {
  id: string
  userId: string
}

/** Gives up exports that nobody could make in time, so that the person may ask again. */
export const updateStuckExports = new PreparedQuery<UpdateStuckExportsParams, UpdateStuckExportsResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 157, b: 161 }] },
    { name: 'askedBefore', required: true, locs: [{ a: 224, b: 236 }] },
  ],
  statement: `with
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
  x.user_id as "userId"`,
})
