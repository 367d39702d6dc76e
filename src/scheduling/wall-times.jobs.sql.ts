// Generated from sql/scheduling/wall-times.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type ListWallTimesParams = {
  now: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListWallTimesResult = {
  workspaceId: string
  id: string
  scheduledAt: string
  localTime: string
  fold: number | null
  timeZone: string
}

/** Scheduled posts whose wall time was asked for and lies ahead, in the order of their keys. */
export const listWallTimes = new PreparedQuery<ListWallTimesParams, ListWallTimesResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 318, b: 322 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 336, b: 352 }, { a: 401, b: 417 }] },
    { name: 'afterId', required: false, locs: [{ a: 426, b: 433 }] },
    { name: 'limit', required: true, locs: [{ a: 486, b: 492 }] },
  ],
  statement: `select
  p.workspace_id as "workspaceId",
  p.id,
  p.scheduled_at as "scheduledAt",
  to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') as "localTime",
  p.scheduled_fold as "fold",
  p.time_zone as "timeZone"
from posts p
where
  p.status = 'scheduled'
  and p.scheduled_local is not null
  and p.scheduled_at > :now!
  and (
    :afterWorkspaceId::uuid is null
    or (p.workspace_id, p.id) > (:afterWorkspaceId::uuid, :afterId::uuid)
  )
order by
  p.workspace_id,
  p.id
limit :limit!`,
})

export type UpdateScheduledInstantParams = {
  actor: string
  scheduledAt: string
  movedWorkspaceId: string
  id: string
  readAt: string
  localTime: string
  timeZone: string
}

export type UpdateScheduledInstantResult = {
  id: string
}

/**
 * Gives a post the instant that its wall time now is: only while it is scheduled for what was read. It keeps its slot,
 * which moves with it, unless another post has taken that instant.
 */
export const updateScheduledInstant = new PreparedQuery<UpdateScheduledInstantParams, UpdateScheduledInstantResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'scheduledAt', required: true, locs: [{ a: 130, b: 142 }, { a: 362, b: 374 }, { a: 412, b: 424 }] },
    { name: 'movedWorkspaceId', required: true, locs: [{ a: 481, b: 498 }] },
    { name: 'id', required: true, locs: [{ a: 513, b: 516 }] },
    { name: 'readAt', required: true, locs: [{ a: 570, b: 577 }] },
    { name: 'localTime', required: true, locs: [{ a: 641, b: 651 }] },
    { name: 'timeZone', required: true, locs: [{ a: 673, b: 682 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update posts p
set
  scheduled_at = :scheduledAt!,
  slot_at = case
    when p.slot_at is not null
    and not exists (
      select
      from posts o
      where
        o.workspace_id = p.workspace_id
        and o.account_id = p.account_id
        and o.slot_at = :scheduledAt!
        and o.id <> p.id
    ) then :scheduledAt!::timestamptz
  end
from actor
where
  p.workspace_id = :movedWorkspaceId!
  and p.id = :id!
  and p.status = 'scheduled'
  and p.scheduled_at = :readAt!
  and to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') = :localTime!
  and p.time_zone = :timeZone!
returning p.id`,
})
