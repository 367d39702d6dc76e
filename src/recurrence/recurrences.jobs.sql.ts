// Generated from sql/recurrence/recurrences.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type ClaimDueRecurrencesParams = {
  actor: string
  now: string
  limit: number
  lookAgainAt: string
}

export type ClaimDueRecurrencesResult = {
  workspaceId: string
  postId: string
}

/**
 * Rules that are to be looked at, the longest due first. Each is put off until :lookAgainAt, so that nobody else has it
 * meanwhile, and one whose worker dies comes again.
 */
export const claimDueRecurrences = new PreparedQuery<ClaimDueRecurrencesParams, ClaimDueRecurrencesResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 206, b: 210 }] },
    { name: 'limit', required: true, locs: [{ a: 245, b: 251 }] },
    { name: 'lookAgainAt', required: true, locs: [{ a: 331, b: 343 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  due as (
    select
      r.workspace_id,
      r.post_id
    from post_recurrences r
    where r.look_at <= :now!
    order by r.look_at
    limit :limit!
    for no key update skip locked
  )
update post_recurrences r
set look_at = :lookAgainAt!
from
  actor
  cross join due d
where
  r.workspace_id = d.workspace_id
  and r.post_id = d.post_id
returning
  r.workspace_id as "workspaceId",
  r.post_id as "postId"`,
})

export type InsertOccurrencesParams = {
  actor: string
  reason: string
  dates: readonly string[]
  postIds: readonly string[]
  localTimes: readonly string[]
  recurringWorkspaceId: string
  recurringPostId: string
}

export type InsertOccurrencesResult = {
  id: string
}

/**
 * Copies of a post as it is now, one for each of :dates that has none: drafts by whoever made it repeat, to be scheduled
 * in the same transaction. :postIds and :localTimes are in the order of :dates. Returns which were made.
 */
export const insertOccurrences = new PreparedQuery<InsertOccurrencesParams, InsertOccurrencesResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 72, b: 78 }] },
    { name: 'reason', required: true, locs: [{ a: 128, b: 135 }] },
    { name: 'dates', required: true, locs: [{ a: 425, b: 431 }] },
    { name: 'postIds', required: true, locs: [{ a: 442, b: 450 }] },
    { name: 'localTimes', required: true, locs: [{ a: 461, b: 472 }] },
    { name: 'recurringWorkspaceId', required: true, locs: [{ a: 592, b: 613 }] },
    { name: 'recurringPostId', required: true, locs: [{ a: 639, b: 655 }] },
  ],
  statement: `with
  actor as materialized (
    select
      set_config('app.actor', :actor!, true) as value,
      set_config('app.reason', :reason!, true) as reason
  ),
  new_occurrences as (
    insert into post_occurrences (workspace_id, recurring_post_id, occurs_on, post_id, local_time, time_zone)
    select r.workspace_id, r.post_id, n.occurs_on, n.post_id, n.local_time, r.time_zone
    from
      actor
      cross join unnest(:dates!::date[], :postIds!::uuid[], :localTimes!::text[]::timestamp[])
        as n (occurs_on, post_id, local_time)
      join post_recurrences r on r.workspace_id = :recurringWorkspaceId!
        and r.post_id = :recurringPostId!
    on conflict (workspace_id, recurring_post_id, occurs_on) do nothing
    returning workspace_id, recurring_post_id, post_id
  ),
  new_posts as (
    insert into posts (
      workspace_id, id, user_id, account_id, campaign_id, kind, caption, options, cover_media_id, tags,
      content_fingerprint
    )
    select
      p.workspace_id, n.post_id, r.user_id, p.account_id, p.campaign_id, p.kind, p.caption, p.options,
      p.cover_media_id, p.tags, p.content_fingerprint
    from
      new_occurrences n
      join posts p on p.workspace_id = n.workspace_id
        and p.id = n.recurring_post_id
      join post_recurrences r on r.workspace_id = n.workspace_id
        and r.post_id = n.recurring_post_id
    returning id
  ),
  new_media as (
    insert into post_media (workspace_id, post_id, "position", media_id, alt_text, user_tags, product_tags)
    select m.workspace_id, n.post_id, m.position, m.media_id, m.alt_text, m.user_tags, m.product_tags
    from
      new_occurrences n
      join post_media m on m.workspace_id = n.workspace_id
        and m.post_id = n.recurring_post_id
  )
select p.id
from new_posts p`,
})

export type UpdateScheduledOccurrencesParams = {
  actor: string
  reason: string
  postIds: readonly string[]
  scheduledAts: readonly string[]
  localTimes: readonly string[]
  recurringWorkspaceId: string
  recurringPostId: string
}

export type UpdateScheduledOccurrencesResult = void

/**
 * Schedules new copies: :postIds, :scheduledAts and :localTimes are parallel. A copy of approved content is approved, as
 * it is what was approved; where the workspace approves first, that of any other is refused by check_status_move.
 */
export const updateScheduledOccurrences = new PreparedQuery<UpdateScheduledOccurrencesParams, UpdateScheduledOccurrencesResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 72, b: 78 }] },
    { name: 'reason', required: true, locs: [{ a: 128, b: 135 }] },
    { name: 'postIds', required: true, locs: [{ a: 456, b: 464 }] },
    { name: 'scheduledAts', required: true, locs: [{ a: 475, b: 488 }] },
    { name: 'localTimes', required: true, locs: [{ a: 506, b: 517 }] },
    { name: 'recurringWorkspaceId', required: true, locs: [{ a: 627, b: 648 }, { a: 723, b: 744 }, { a: 804, b: 825 }] },
    { name: 'recurringPostId', required: true, locs: [{ a: 670, b: 686 }, { a: 761, b: 777 }] },
  ],
  statement: `with
  actor as materialized (
    select
      set_config('app.actor', :actor!, true) as value,
      set_config('app.reason', :reason!, true) as reason
  )
update posts p
set
  status = 'scheduled',
  scheduled_at = n.scheduled_at,
  scheduled_local = n.local_time,
  scheduled_fold = r.fold,
  time_zone = r.time_zone,
  approved_revision = case when t.approved_revision = t.content_revision then p.content_revision end
from
  actor
  cross join unnest(:postIds!::uuid[], :scheduledAts!::timestamptz[], :localTimes!::text[]::timestamp[])
    as n (id, scheduled_at, local_time)
  join post_recurrences r on r.workspace_id = :recurringWorkspaceId!
    and r.post_id = :recurringPostId!
  join posts t on t.workspace_id = :recurringWorkspaceId!
    and t.id = :recurringPostId!
where
  p.workspace_id = :recurringWorkspaceId!
  and p.id = n.id
  and p.status = 'draft'`,
})

export type UpdateNextLookParams = {
  actor: string
  lookAt?: string | null | undefined
  recurringWorkspaceId: string
  recurringPostId: string
}

export type UpdateNextLookResult = void

/** When the rule is looked at next, if ever. */
export const updateNextLook = new PreparedQuery<UpdateNextLookParams, UpdateNextLookResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'lookAt', required: false, locs: [{ a: 134, b: 140 }] },
    { name: 'recurringWorkspaceId', required: true, locs: [{ a: 191, b: 212 }] },
    { name: 'recurringPostId', required: true, locs: [{ a: 232, b: 248 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update post_recurrences r
set look_at = :lookAt::timestamptz
from actor
where
  r.workspace_id = :recurringWorkspaceId!
  and r.post_id = :recurringPostId!`,
})
