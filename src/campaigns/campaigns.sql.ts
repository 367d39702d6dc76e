// Generated from sql/campaigns/campaigns.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type CampaignObjective = 'awareness' | 'engagement' | 'leads' | 'other' | 'sales' | 'traffic'

type CampaignStatus = 'active' | 'archived' | 'completed' | 'draft'

export type FindCampaignParams = {
  workspaceId: string
  id: string
}

export type FindCampaignResult = {
  id: string
  userId: string
  name: string
  objective: CampaignObjective
  budgetMinor: number | null
  currency: string | null
  startsOn: string | null
  endsOn: string | null
  status: CampaignStatus
  utm: unknown
  version: number
  createdAt: string
  updatedAt: string
}

export const findCampaign = new PreparedQuery<FindCampaignParams, FindCampaignResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 305, b: 317 }] },
    { name: 'id', required: true, locs: [{ a: 332, b: 335 }] },
  ],
  statement: `select
  c.id,
  c.user_id as "userId",
  c.name,
  c.objective,
  c.budget_minor as "budgetMinor",
  c.currency,
  c.starts_on as "startsOn",
  c.ends_on as "endsOn",
  c.status,
  c.utm,
  c.version,
  c.created_at as "createdAt",
  c.updated_at as "updatedAt"
from campaigns c
where
  c.workspace_id = :workspaceId!
  and c.id = :id!`,
})

export type ListCampaignsParams = {
  workspaceId: string
  status?: CampaignStatus | null | undefined
  objective?: CampaignObjective | null | undefined
  beforeId?: string | null | undefined
  limit: number
}

export type ListCampaignsResult = {
  id: string
  userId: string
  name: string
  objective: CampaignObjective
  budgetMinor: number | null
  currency: string | null
  startsOn: string | null
  endsOn: string | null
  status: CampaignStatus
  utm: unknown
  version: number
  createdAt: string
  updatedAt: string
}

/** Newest first; a filter that is null does not filter. */
export const listCampaigns = new PreparedQuery<ListCampaignsParams, ListCampaignsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 305, b: 317 }] },
    { name: 'status', required: false, locs: [{ a: 326, b: 332 }, { a: 373, b: 379 }] },
    { name: 'objective', required: false, locs: [{ a: 389, b: 398 }, { a: 445, b: 454 }] },
    { name: 'beforeId', required: false, locs: [{ a: 464, b: 472 }, { a: 498, b: 506 }] },
    { name: 'limit', required: true, locs: [{ a: 534, b: 540 }] },
  ],
  statement: `select
  c.id,
  c.user_id as "userId",
  c.name,
  c.objective,
  c.budget_minor as "budgetMinor",
  c.currency,
  c.starts_on as "startsOn",
  c.ends_on as "endsOn",
  c.status,
  c.utm,
  c.version,
  c.created_at as "createdAt",
  c.updated_at as "updatedAt"
from campaigns c
where
  c.workspace_id = :workspaceId!
  and (:status::campaign_status is null or c.status = :status)
  and (:objective::campaign_objective is null or c.objective = :objective)
  and (:beforeId::uuid is null or c.id < :beforeId)
order by c.id desc
limit :limit!`,
})

export type InsertCampaignParams = {
  actor: string
  workspaceId: string
  id: string
  userId: string
  name: string
  objective: CampaignObjective
  budgetMinor?: number | null | undefined
  currency?: string | null | undefined
  startsOn?: string | null | undefined
  endsOn?: string | null | undefined
  utm: unknown
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
  now: string
}

export type InsertCampaignResult = {
  id: string
  userId: string
  name: string
  objective: CampaignObjective
  budgetMinor: number | null
  currency: string | null
  startsOn: string | null
  endsOn: string | null
  status: CampaignStatus
  utm: unknown
  version: number
  createdAt: string
  updatedAt: string
}

/** The campaign and, when the request has an Idempotency-Key, the record of its answer: both or none. */
export const insertCampaign = new PreparedQuery<InsertCampaignParams, InsertCampaignResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 257, b: 269 }, { a: 857, b: 869 }] },
    { name: 'id', required: true, locs: [{ a: 272, b: 275 }] },
    { name: 'userId', required: true, locs: [{ a: 278, b: 285 }] },
    { name: 'name', required: true, locs: [{ a: 288, b: 293 }] },
    { name: 'objective', required: true, locs: [{ a: 296, b: 306 }] },
    { name: 'budgetMinor', required: false, locs: [{ a: 309, b: 320 }] },
    { name: 'currency', required: false, locs: [{ a: 323, b: 331 }] },
    { name: 'startsOn', required: false, locs: [{ a: 334, b: 342 }] },
    { name: 'endsOn', required: false, locs: [{ a: 345, b: 351 }] },
    { name: 'utm', required: true, isJson: true, locs: [{ a: 354, b: 358 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 872, b: 892 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 895, b: 909 }, { a: 1067, b: 1081 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 912, b: 928 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 931, b: 953 }] },
    { name: 'now', required: true, locs: [{ a: 980, b: 984 }, { a: 987, b: 991 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inserted_campaign as (
    insert into campaigns (workspace_id, id, user_id, name, objective, budget_minor, currency, starts_on, ends_on, utm)
    select
      :workspaceId!, :id!, :userId!, :name!, :objective!, :budgetMinor, :currency, :startsOn, :endsOn, :utm!
    from actor
    returning
      id,
      user_id as "userId",
      name,
      objective,
      budget_minor as "budgetMinor",
      currency,
      starts_on as "startsOn",
      ends_on as "endsOn",
      status,
      utm,
      version,
      created_at as "createdAt",
      updated_at as "updatedAt"
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201,
      to_jsonb(c), :now!, :now!::timestamptz + interval '24 hours'
    from inserted_campaign c
    where :idempotencyKey::text is not null
  )
select
  c.id as "id",
  c."userId" as "userId",
  c.name as "name",
  c.objective as "objective",
  c."budgetMinor",
  c.currency,
  c."startsOn",
  c."endsOn",
  c.status as "status",
  c.utm as "utm",
  c.version as "version",
  c."createdAt" as "createdAt",
  c."updatedAt" as "updatedAt"
from inserted_campaign c`,
})

export type UpdateCampaignParams = {
  actor: string
  name?: string | null | undefined
  objective?: CampaignObjective | null | undefined
  status?: CampaignStatus | null | undefined
  changed: readonly string[]
  budgetMinor?: number | null | undefined
  currency?: string | null | undefined
  startsOn?: string | null | undefined
  endsOn?: string | null | undefined
  utm?: unknown
  workspaceId: string
  id: string
  versions?: readonly number[] | null | undefined
}

export type UpdateCampaignResult = {
  id: string
  userId: string
  name: string
  objective: CampaignObjective
  budgetMinor: number | null
  currency: string | null
  startsOn: string | null
  endsOn: string | null
  status: CampaignStatus
  utm: unknown
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * Sets the columns named in :changed, to NULL where their parameter is. No row when the campaign does not exist or none
 * of :versions (NULL: any) is its current one.
 */
export const updateCampaign = new PreparedQuery<UpdateCampaignParams, UpdateCampaignResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'name', required: false, locs: [{ a: 135, b: 139 }] },
    { name: 'objective', required: false, locs: [{ a: 174, b: 183 }] },
    { name: 'status', required: false, locs: [{ a: 220, b: 226 }, { a: 266, b: 272 }] },
    { name: 'changed', required: true, locs: [{ a: 370, b: 378 }, { a: 472, b: 480 }, { a: 568, b: 576 }, { a: 661, b: 669 }] },
    { name: 'budgetMinor', required: false, locs: [{ a: 394, b: 405 }] },
    { name: 'currency', required: false, locs: [{ a: 496, b: 504 }] },
    { name: 'startsOn', required: false, locs: [{ a: 592, b: 600 }] },
    { name: 'endsOn', required: false, locs: [{ a: 685, b: 691 }] },
    { name: 'utm', required: false, isJson: true, locs: [{ a: 730, b: 733 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 779, b: 791 }] },
    { name: 'id', required: true, locs: [{ a: 806, b: 809 }] },
    { name: 'versions', required: false, locs: [{ a: 818, b: 826 }, { a: 862, b: 870 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update campaigns c
set
  name = coalesce(:name, c.name),
  objective = coalesce(:objective, c.objective),
  status = coalesce(:status, c.status),
  archived_at = case when :status::campaign_status is null then c.archived_at end,
  budget_minor = case when 'budgetMinor' = any(:changed!::text[]) then :budgetMinor else c.budget_minor end,
  currency = case when 'currency' = any(:changed!::text[]) then :currency else c.currency end,
  starts_on = case when 'startsOn' = any(:changed!::text[]) then :startsOn else c.starts_on end,
  ends_on = case when 'endsOn' = any(:changed!::text[]) then :endsOn else c.ends_on end,
  utm = coalesce(:utm, c.utm)
from actor
where
  c.workspace_id = :workspaceId!
  and c.id = :id!
  and (:versions::int[] is null or c.version = any(:versions::int[]))
returning
  c.id,
  c.user_id as "userId",
  c.name,
  c.objective,
  c.budget_minor as "budgetMinor",
  c.currency,
  c.starts_on as "startsOn",
  c.ends_on as "endsOn",
  c.status,
  c.utm,
  c.version,
  c.created_at as "createdAt",
  c.updated_at as "updatedAt"`,
})

export type DeleteCampaignParams = {
  actor: string
  workspaceId: string
  id: string
  versions?: readonly number[] | null | undefined
}

export type DeleteCampaignResult = {
  id: string
}

/** Posts that point to it make the foreign key posts_campaign_fkey refuse. */
export const deleteCampaign = new PreparedQuery<DeleteCampaignParams, DeleteCampaignResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 155, b: 167 }] },
    { name: 'id', required: true, locs: [{ a: 182, b: 185 }] },
    { name: 'versions', required: false, locs: [{ a: 194, b: 202 }, { a: 238, b: 246 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
delete from campaigns c
using actor
where
  c.workspace_id = :workspaceId!
  and c.id = :id!
  and (:versions::int[] is null or c.version = any(:versions::int[]))
returning c.id`,
})
