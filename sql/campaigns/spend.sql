/*
The latest day first, and within a day the latest entry. One row for each entry; a campaign without any has one row
whose id is NULL, one that does not exist has none. The totals are those of all entries, each currency on its own.
*/
/* @name listCampaignSpend */
select
  coalesce(
    (
      select jsonb_agg(jsonb_build_object('currency', t.currency, 'amountMinor', t.amount) order by t.currency)
      from (
        select
          e.currency,
          sum(e.amount_minor) as amount
        from campaign_spend e
        where
          e.workspace_id = :workspaceId!
          and e.campaign_id = :campaignId!
        group by e.currency
      ) t
    ),
    '[]'
  ) as "totals!",
  s.id as "id?",
  s.user_id as "userId?",
  s.amount_minor as "amountMinor?",
  s.currency as "currency?",
  s.spent_on as "spentOn?",
  s.note as "note?",
  s.corrects_id as "corrects?",
  s.created_at as "createdAt?"
from
  campaigns c
  left join lateral (
    select p.id, p.user_id, p.amount_minor, p.currency, p.spent_on, p.note, p.corrects_id, p.created_at
    from campaign_spend p
    where
      p.workspace_id = :workspaceId!
      and p.campaign_id = :campaignId!
      and (:beforeDay::date is null or (p.spent_on, p.id) < (:beforeDay::date, :beforeId::uuid))
    order by
      p.spent_on desc,
      p.id desc
    limit :limit!
  ) s on true
where
  c.workspace_id = :workspaceId!
  and c.id = :campaignId!
order by
  s.spent_on desc,
  s.id desc;

/*
An entry and, when the request has an Idempotency-Key, the record of its answer: both or none. What may not be entered
is refused by constraints and by the trigger check_entry, which lets the entries of one campaign in one by one.
*/
/* @name insertCampaignSpend */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inserted_entry as (
    insert into campaign_spend (
      workspace_id, id, campaign_id, user_id, amount_minor, currency, spent_on, note, corrects_id
    )
    select
      :workspaceId!, :id!, :campaignId!, :userId!, :amountMinor!, :currency!, :spentOn!, :note, :corrects
    from actor
    returning
      id,
      user_id as "userId",
      amount_minor as "amountMinor",
      currency,
      spent_on as "spentOn",
      note,
      corrects_id as "corrects",
      created_at as "createdAt"
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201,
      to_jsonb(e), :now!, :now!::timestamptz + interval '24 hours'
    from inserted_entry e
    where :idempotencyKey::text is not null
  )
select
  e.id as "id!",
  e."userId" as "userId!",
  e."amountMinor" as "amountMinor!",
  e.currency as "currency!",
  e."spentOn" as "spentOn!",
  e.note,
  e.corrects,
  e."createdAt" as "createdAt!"
from inserted_entry e;
