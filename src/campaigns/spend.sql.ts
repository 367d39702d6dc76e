// Generated from sql/campaigns/spend.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type ListCampaignSpendParams = {
  workspaceId: string
  campaignId: string
  beforeDay?: string | null | undefined
  beforeId?: string | null | undefined
  limit: number
}

export type ListCampaignSpendResult = {
  totals: unknown
  id: string | null
  userId: string | null
  amountMinor: number | null
  currency: string | null
  spentOn: string | null
  note: string | null
  corrects: string | null
  createdAt: string | null
}

/**
 * The latest day first, and within a day the latest entry. One row for each entry; a campaign without any has one row
 * whose id is NULL, one that does not exist has none. The totals are those of all entries, each currency on its own.
 */
export const listCampaignSpend = new PreparedQuery<ListCampaignSpendParams, ListCampaignSpendResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 298, b: 310 }, { a: 842, b: 854 }, { a: 1101, b: 1113 }] },
    { name: 'campaignId', required: true, locs: [{ a: 342, b: 353 }, { a: 882, b: 893 }, { a: 1128, b: 1139 }] },
    { name: 'beforeDay', required: false, locs: [{ a: 906, b: 915 }, { a: 956, b: 965 }] },
    { name: 'beforeId', required: false, locs: [{ a: 974, b: 982 }] },
    { name: 'limit', required: true, locs: [{ a: 1054, b: 1060 }] },
  ],
  statement: `select
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
  ) as "totals",
  s.id as "id",
  s.user_id as "userId",
  s.amount_minor as "amountMinor",
  s.currency as "currency",
  s.spent_on as "spentOn",
  s.note as "note",
  s.corrects_id as "corrects",
  s.created_at as "createdAt"
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
  s.id desc`,
})

export type InsertCampaignSpendParams = {
  actor: string
  workspaceId: string
  id: string
  campaignId: string
  userId: string
  amountMinor: number
  currency: string
  spentOn: string
  note?: string | null | undefined
  corrects?: string | null | undefined
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
  now: string
}

export type InsertCampaignSpendResult = {
  id: string
  userId: string
  amountMinor: number
  currency: string
  spentOn: string
  note: string | null
  corrects: string | null
  createdAt: string
}

/**
 * An entry and, when the request has an Idempotency-Key, the record of its answer: both or none. What may not be entered
 * is refused by constraints and by the trigger check_entry, which lets the entries of one campaign in one by one.
 */
export const insertCampaignSpend = new PreparedQuery<InsertCampaignSpendParams, InsertCampaignSpendResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 271, b: 283 }, { a: 782, b: 794 }] },
    { name: 'id', required: true, locs: [{ a: 286, b: 289 }] },
    { name: 'campaignId', required: true, locs: [{ a: 292, b: 303 }] },
    { name: 'userId', required: true, locs: [{ a: 306, b: 313 }] },
    { name: 'amountMinor', required: true, locs: [{ a: 316, b: 328 }] },
    { name: 'currency', required: true, locs: [{ a: 331, b: 340 }] },
    { name: 'spentOn', required: true, locs: [{ a: 343, b: 351 }] },
    { name: 'note', required: false, locs: [{ a: 354, b: 358 }] },
    { name: 'corrects', required: false, locs: [{ a: 361, b: 369 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 797, b: 817 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 820, b: 834 }, { a: 989, b: 1003 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 837, b: 853 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 856, b: 878 }] },
    { name: 'now', required: true, locs: [{ a: 905, b: 909 }, { a: 912, b: 916 }] },
  ],
  statement: `with
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
  e.id as "id",
  e."userId" as "userId",
  e."amountMinor" as "amountMinor",
  e.currency as "currency",
  e."spentOn" as "spentOn",
  e.note,
  e.corrects,
  e."createdAt" as "createdAt"
from inserted_entry e`,
})
