// Generated from sql/recurrence/recurrences.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type RecurrenceFrequency = 'daily' | 'monthly' | 'weekly'

type WorkspaceStatus = 'active' | 'closed' | 'closing'

export type FindRecurrenceParams = {
  workspaceId: string
  from: string
  postId: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type FindRecurrenceResult = {
  rule: unknown
  workspaceStatus: WorkspaceStatus
  isApproved: boolean
  isCampaignArchived: boolean
  made: unknown
}

/**
 * By which rule a post repeats, NULL for none; whether its content may be scheduled; and what has been made of it for the
 * days from :from on, in their order.
 */
export const findRecurrence = new PreparedQuery<FindRecurrenceParams, FindRecurrenceResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 951, b: 963 }, { a: 1033, b: 1045 }, { a: 1201, b: 1213 }, { a: 1266, b: 1278 }, { a: 1349, b: 1361 }, { a: 1417, b: 1429 }] },
    { name: 'from', required: true, locs: [{ a: 1113, b: 1118 }] },
    { name: 'postId', required: true, locs: [{ a: 1444, b: 1451 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 1460, b: 1477 }, { a: 1517, b: 1534 }] },
  ],
  statement: `select
  case
    when r.post_id is not null then jsonb_build_object(
      'authorId', r.user_id, 'frequency', r.frequency, 'interval', r.interval, 'weekdays', r.weekdays,
      'monthDays', r.month_days, 'time', to_char(r.local_time, 'HH24:MI'), 'fold', r.fold, 'timeZone', r.time_zone,
      'startsOn', r.starts_on, 'endsOn', r.ends_on, 'createdAt', r.created_at, 'updatedAt', r.updated_at
    )
  end as "rule",
  w.status as "workspaceStatus",
  (w.approval_policy = 'off' or p.approved_revision is not distinct from p.content_revision) as "isApproved",
  (c.status is not distinct from 'archived') as "isCampaignArchived",
  coalesce(
    (
      select
        jsonb_agg(
          jsonb_build_object(
            'date', o.occurs_on, 'postId', o.post_id, 'status', m.status, 'scheduledAt', m.scheduled_at
          )
          order by o.occurs_on
        )
      from
        post_occurrences o
        left join posts m on m.workspace_id = :workspaceId!
          and m.id = o.post_id
      where
        o.workspace_id = :workspaceId!
        and o.recurring_post_id = p.id
        and o.occurs_on >= :from!::date
    ),
    '[]'
  ) as "made"
from
  posts p
  join workspaces w on w.id = :workspaceId!
  left join post_recurrences r on r.workspace_id = :workspaceId!
    and r.post_id = p.id
  left join campaigns c on c.workspace_id = :workspaceId!
    and c.id = p.campaign_id
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))`,
})

export type LockRecurringPostParams = {
  workspaceId: string
  postId: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type LockRecurringPostResult = {
  id: string
}

/** Holds a post until the transaction ends: whoever makes or takes back its copies takes turns here. */
export const lockRecurringPost = new PreparedQuery<LockRecurringPostParams, LockRecurringPostResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 50, b: 62 }] },
    { name: 'postId', required: true, locs: [{ a: 77, b: 84 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 93, b: 110 }, { a: 150, b: 167 }] },
  ],
  statement: `select p.id
from posts p
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
for no key update`,
})

export type UpdateTakenOccurrencesParams = {
  actor: string
  workspaceId: string
  postId: string
  visibleAccountIds?: readonly string[] | null | undefined
  now: string
}

export type UpdateTakenOccurrencesResult = {
  id: string
}

/**
 * Takes copies of a post back that are still to come, and that nobody has changed or noted something about since they were
 * made: inserted and then scheduled, which is version 2. One that a zone's new rules have moved is left as well.
 */
export const updateTakenOccurrences = new PreparedQuery<UpdateTakenOccurrencesParams, UpdateTakenOccurrencesResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 72, b: 78 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 396, b: 408 }, { a: 470, b: 482 }, { a: 763, b: 775 }] },
    { name: 'postId', required: true, locs: [{ a: 438, b: 445 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 514, b: 531 }, { a: 571, b: 588 }] },
    { name: 'now', required: true, locs: [{ a: 652, b: 656 }] },
  ],
  statement: `with
  actor as materialized (
    select
      set_config('app.actor', :actor!, true) as value,
      set_config('app.reason', 'The rule that it came from is another now.', true) as reason
  )
update posts p
set
  status = 'draft',
  scheduled_at = null,
  scheduled_local = null,
  scheduled_fold = null,
  time_zone = null
from
  actor
  cross join post_occurrences o
where
  o.workspace_id = :workspaceId!
  and o.recurring_post_id = :postId!
  and p.workspace_id = :workspaceId!
  and p.id = o.post_id
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
  and p.status = 'scheduled'
  and p.scheduled_at > :now!
  and p.version = 2
  and not exists (
    select
    from post_notes n
    where
      n.workspace_id = :workspaceId!
      and n.post_id = p.id
  )
returning p.id`,
})

export type UpsertRecurrenceParams = {
  actor: string
  workspaceId: string
  userId: string
  frequency: RecurrenceFrequency
  interval: number
  weekdays: readonly number[]
  monthDays: readonly number[]
  time: string
  fold: number
  timeZone: string
  startsOn: string
  endsOn?: string | null | undefined
  now: string
  postId: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type UpsertRecurrenceResult = {
  authorId: string
  createdAt: string
  updatedAt: string
}

/** The rule by which a post repeats from now on, instead of the one it had. No row when the post is gone. */
export const upsertRecurrence = new PreparedQuery<UpsertRecurrenceParams, UpsertRecurrenceResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 274, b: 286 }, { a: 545, b: 557 }] },
    { name: 'userId', required: true, locs: [{ a: 295, b: 302 }] },
    { name: 'frequency', required: true, locs: [{ a: 305, b: 315 }] },
    { name: 'interval', required: true, locs: [{ a: 340, b: 349 }] },
    { name: 'weekdays', required: true, locs: [{ a: 362, b: 371 }] },
    { name: 'monthDays', required: true, locs: [{ a: 383, b: 393 }] },
    { name: 'time', required: true, locs: [{ a: 403, b: 408 }] },
    { name: 'fold', required: true, locs: [{ a: 417, b: 422 }] },
    { name: 'timeZone', required: true, locs: [{ a: 435, b: 444 }] },
    { name: 'startsOn', required: true, locs: [{ a: 447, b: 456 }] },
    { name: 'endsOn', required: false, locs: [{ a: 465, b: 471 }] },
    { name: 'now', required: true, locs: [{ a: 480, b: 484 }] },
    { name: 'postId', required: true, locs: [{ a: 572, b: 579 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 588, b: 605 }, { a: 645, b: 662 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
insert into post_recurrences (
  workspace_id, post_id, user_id, frequency, "interval", weekdays, month_days, local_time, fold, time_zone, starts_on,
  ends_on, look_at
)
select
  :workspaceId!, p.id, :userId!, :frequency!::recurrence_frequency, :interval!::smallint, :weekdays!::int[],
  :monthDays!::int[], :time!::time, :fold!::smallint, :timeZone!, :startsOn!::date, :endsOn::date, :now!
from
  actor
  cross join posts p
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
on conflict (workspace_id, post_id) do update
set
  frequency = excluded.frequency,
  "interval" = excluded."interval",
  weekdays = excluded.weekdays,
  month_days = excluded.month_days,
  local_time = excluded.local_time,
  fold = excluded.fold,
  time_zone = excluded.time_zone,
  starts_on = excluded.starts_on,
  ends_on = excluded.ends_on,
  look_at = excluded.look_at
returning
  user_id as "authorId",
  created_at as "createdAt",
  updated_at as "updatedAt"`,
})

export type DeleteRecurrenceParams = {
  actor: string
  workspaceId: string
  postId: string
}

export type DeleteRecurrenceResult = {
  postId: string
}

/** The post repeats no more. No row when it did not. */
export const deleteRecurrence = new PreparedQuery<DeleteRecurrenceParams, DeleteRecurrenceResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 162, b: 174 }] },
    { name: 'postId', required: true, locs: [{ a: 194, b: 201 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
delete from post_recurrences r
using actor
where
  r.workspace_id = :workspaceId!
  and r.post_id = :postId!
returning r.post_id as "postId"`,
})

export type DeleteTakenOccurrencesParams = {
  actor: string
  workspaceId: string
  postId: string
  takenPostIds: readonly string[]
  visibleAccountIds?: readonly string[] | null | undefined
}

export type DeleteTakenOccurrencesResult = void

/** Deletes copies that have been taken back in this transaction: the days that they stood for are free again. */
export const deleteTakenOccurrences = new PreparedQuery<DeleteTakenOccurrencesParams, DeleteTakenOccurrencesResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 181, b: 193 }, { a: 347, b: 359 }] },
    { name: 'postId', required: true, locs: [{ a: 227, b: 234 }] },
    { name: 'takenPostIds', required: true, locs: [{ a: 262, b: 275 }, { a: 378, b: 391 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 434, b: 451 }, { a: 491, b: 508 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  freed_days as (
    delete from post_occurrences o
    where
      o.workspace_id = :workspaceId!
      and o.recurring_post_id = :postId!
      and o.post_id = any(:takenPostIds!::uuid[])
  )
delete from posts p
using actor
where
  p.workspace_id = :workspaceId!
  and p.id = any(:takenPostIds!::uuid[])
  and p.status = 'draft'
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))`,
})
