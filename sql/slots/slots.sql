/* An account has no slots until somebody gives it some. */
/* @name findPostingSlots */
select
  s.time_zone as "timeZone?",
  coalesce(s.slots, '[]') as "slots!"
from instagram_accounts a
left join posting_slots s on s.workspace_id = :workspaceId! and s.account_id = a.id
where
  a.workspace_id = :workspaceId!
  and a.id = :accountId!
  and (:visibleAccountIds::uuid[] is null or a.id = any(:visibleAccountIds::uuid[]));

/* No row when there is no such account. */
/* @name upsertPostingSlots */
with
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
returning time_zone as "timeZone", slots;

/* The slots of a post's account, held to the end of the transaction: whoever takes one takes turns here. */
/* @name lockPostingSlots */
select
  s.time_zone as "timeZone",
  s.slots
from posts p
join posting_slots s on s.workspace_id = :workspaceId! and s.account_id = p.account_id
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
for update of s;

/*
The first of :times, which are in order, at which no other post of the same account stands that is scheduled or on its
way out, in a slot or not. No row when there is none.
*/
/* @name findFreeTime */
select t.position::int as "position!"
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
limit 1;
