// Generated from sql/slots/slots.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindPostingSlotsParams = {
  workspaceId: string
  accountId: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type FindPostingSlotsResult = {
  timeZone: string | null
  slots: unknown
}

/** An account has no slots until somebody gives it some. */
export const findPostingSlots = new PreparedQuery<FindPostingSlotsParams, FindPostingSlotsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 145, b: 157 }, { a: 208, b: 220 }] },
    { name: 'accountId', required: true, locs: [{ a: 235, b: 245 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 254, b: 271 }, { a: 303, b: 320 }] },
  ],
  statement: `select
  s.time_zone as "timeZone",
  coalesce(s.slots, '[]') as "slots"
from instagram_accounts a
left join posting_slots s on s.workspace_id = :workspaceId! and s.account_id = a.id
where
  a.workspace_id = :workspaceId!
  and a.id = :accountId!
  and (:visibleAccountIds::uuid[] is null or a.id = any(:visibleAccountIds::uuid[]))`,
})

export type UpsertPostingSlotsParams = {
  actor: string
  timeZone: string
  slots: unknown
  workspaceId: string
  accountId: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type UpsertPostingSlotsResult = {
  timeZone: string
  slots: unknown
}

/** No row when there is no such account. */
export const upsertPostingSlots = new PreparedQuery<UpsertPostingSlotsParams, UpsertPostingSlotsResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'timeZone', required: true, locs: [{ a: 194, b: 203 }] },
    { name: 'slots', required: true, isJson: true, locs: [{ a: 206, b: 212 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 279, b: 291 }] },
    { name: 'accountId', required: true, locs: [{ a: 306, b: 316 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 325, b: 342 }, { a: 374, b: 391 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
insert into posting_slots (workspace_id, account_id, time_zone, slots)
select a.workspace_id, a.id, :timeZone!, :slots!::jsonb
from instagram_accounts a, actor
where
  a.workspace_id = :workspaceId!
  and a.id = :accountId!
  and (:visibleAccountIds::uuid[] is null or a.id = any(:visibleAccountIds::uuid[]))
on conflict (workspace_id, account_id) do update set
  time_zone = excluded.time_zone,
  slots = excluded.slots
returning time_zone as "timeZone", slots`,
})

export type LockPostingSlotsParams = {
  workspaceId: string
  postId: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type LockPostingSlotsResult = {
  timeZone: string
  slots: unknown
}

/** The slots of a post's account, held to the end of the transaction: whoever takes one takes turns here. */
export const lockPostingSlots = new PreparedQuery<LockPostingSlotsParams, LockPostingSlotsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 100, b: 112 }, { a: 171, b: 183 }] },
    { name: 'postId', required: true, locs: [{ a: 198, b: 205 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 214, b: 231 }, { a: 271, b: 288 }] },
  ],
  statement: `select
  s.time_zone as "timeZone",
  s.slots
from posts p
join posting_slots s on s.workspace_id = :workspaceId! and s.account_id = p.account_id
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
for update of s`,
})

export type FindFreeTimeParams = {
  times: readonly string[]
  workspaceId: string
  postId: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type FindFreeTimeResult = {
  position: number
}

/**
 * The first of :times, which are in order, at which no other post of the same account stands that is scheduled or on its
 * way out, in a slot or not. No row when there is none.
 */
export const findFreeTime = new PreparedQuery<FindFreeTimeParams, FindFreeTimeResult>({
  params: [
    { name: 'times', required: true, locs: [{ a: 62, b: 68 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 158, b: 170 }, { a: 367, b: 379 }] },
    { name: 'postId', required: true, locs: [{ a: 185, b: 192 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 201, b: 218 }, { a: 258, b: 275 }] },
  ],
  statement: `select t.position::int as "position"
from posts p
join unnest(:times!::timestamptz[]) with ordinality as t (value, position) on true
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
  and not exists (
    select
    from posts o
    where
      o.workspace_id = :workspaceId!
      and o.account_id = p.account_id
      and o.scheduled_at = t.value
      and o.status in ('scheduled', 'publishing', 'unconfirmed')
      and o.id <> p.id
  )
order by t.position
limit 1`,
})
