/*
By which rule a post repeats, NULL for none; whether its content may be scheduled; and what has been made of it for the
days from :from on, in their order.
*/
/* @name findRecurrence */
select
  case
    when r.post_id is not null then jsonb_build_object(
      'authorId', r.user_id, 'frequency', r.frequency, 'interval', r.interval, 'weekdays', r.weekdays,
      'monthDays', r.month_days, 'time', to_char(r.local_time, 'HH24:MI'), 'fold', r.fold, 'timeZone', r.time_zone,
      'startsOn', r.starts_on, 'endsOn', r.ends_on, 'createdAt', r.created_at, 'updatedAt', r.updated_at
    )
  end as "rule?",
  w.status as "workspaceStatus",
  (w.approval_policy = 'off' or p.approved_revision is not distinct from p.content_revision) as "isApproved!",
  (c.status is not distinct from 'archived') as "isCampaignArchived!",
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
  ) as "made!"
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
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]));

/* Holds a post until the transaction ends: whoever makes or takes back its copies takes turns here. */
/* @name lockRecurringPost */
select p.id
from posts p
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
for no key update;

/*
Takes copies of a post back that are still to come, and that nobody has changed or noted something about since they were
made: inserted and then scheduled, which is version 2. One that a zone's new rules have moved is left as well.
*/
/* @name updateTakenOccurrences */
with
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
returning p.id;

/* The rule by which a post repeats from now on, instead of the one it had. No row when the post is gone. */
/* @name upsertRecurrence */
with
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
  updated_at as "updatedAt";

/* The post repeats no more. No row when it did not. */
/* @name deleteRecurrence */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
delete from post_recurrences r
using actor
where
  r.workspace_id = :workspaceId!
  and r.post_id = :postId!
returning r.post_id as "postId";

/* Deletes copies that have been taken back in this transaction: the days that they stood for are free again. */
/* @name deleteTakenOccurrences */
with
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
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]));
