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
  goals: unknown
  archivedAt: string | null
  version: number
  createdAt: string
  updatedAt: string
}

export const findCampaign = new PreparedQuery<FindCampaignParams, FindCampaignResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 349, b: 361 }] },
    { name: 'id', required: true, locs: [{ a: 376, b: 379 }] },
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
  c.goals,
  c.archived_at as "archivedAt",
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
  activeFrom?: string | null | undefined
  activeTo?: string | null | undefined
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
  goals: unknown
  archivedAt: string | null
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * Newest first; a filter that is null does not filter. Those of activeFrom and activeTo have at least one of these days,
 * both included; a campaign without a start or an end has no bound there.
 */
export const listCampaigns = new PreparedQuery<ListCampaignsParams, ListCampaignsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 349, b: 361 }] },
    { name: 'status', required: false, locs: [{ a: 370, b: 376 }, { a: 417, b: 423 }] },
    { name: 'objective', required: false, locs: [{ a: 433, b: 442 }, { a: 489, b: 498 }] },
    { name: 'activeFrom', required: false, locs: [{ a: 508, b: 518 }, { a: 571, b: 581 }] },
    { name: 'activeTo', required: false, locs: [{ a: 591, b: 599 }, { a: 656, b: 664 }] },
    { name: 'beforeId', required: false, locs: [{ a: 674, b: 682 }, { a: 708, b: 716 }] },
    { name: 'limit', required: true, locs: [{ a: 744, b: 750 }] },
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
  c.goals,
  c.archived_at as "archivedAt",
  c.version,
  c.created_at as "createdAt",
  c.updated_at as "updatedAt"
from campaigns c
where
  c.workspace_id = :workspaceId!
  and (:status::campaign_status is null or c.status = :status)
  and (:objective::campaign_objective is null or c.objective = :objective)
  and (:activeFrom::date is null or c.ends_on is null or c.ends_on >= :activeFrom)
  and (:activeTo::date is null or c.starts_on is null or c.starts_on <= :activeTo)
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
  goals: unknown
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
  goals: unknown
  archivedAt: string | null
  version: number
  createdAt: string
  updatedAt: string
}

/** The campaign and, when the request has an Idempotency-Key, the record of its answer: both or none. */
export const insertCampaign = new PreparedQuery<InsertCampaignParams, InsertCampaignResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 276, b: 288 }, { a: 933, b: 945 }] },
    { name: 'id', required: true, locs: [{ a: 291, b: 294 }] },
    { name: 'userId', required: true, locs: [{ a: 297, b: 304 }] },
    { name: 'name', required: true, locs: [{ a: 307, b: 312 }] },
    { name: 'objective', required: true, locs: [{ a: 315, b: 325 }] },
    { name: 'budgetMinor', required: false, locs: [{ a: 328, b: 339 }] },
    { name: 'currency', required: false, locs: [{ a: 342, b: 350 }] },
    { name: 'startsOn', required: false, locs: [{ a: 353, b: 361 }] },
    { name: 'endsOn', required: false, locs: [{ a: 364, b: 370 }] },
    { name: 'utm', required: true, isJson: true, locs: [{ a: 373, b: 377 }] },
    { name: 'goals', required: true, isJson: true, locs: [{ a: 380, b: 386 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 948, b: 968 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 971, b: 985 }, { a: 1143, b: 1157 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 988, b: 1004 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 1007, b: 1029 }] },
    { name: 'now', required: true, locs: [{ a: 1056, b: 1060 }, { a: 1063, b: 1067 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inserted_campaign as (
    insert into campaigns (
      workspace_id, id, user_id, name, objective, budget_minor, currency, starts_on, ends_on, utm, goals
    )
    select
      :workspaceId!, :id!, :userId!, :name!, :objective!, :budgetMinor, :currency, :startsOn, :endsOn, :utm!, :goals!
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
      goals,
      archived_at as "archivedAt",
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
  c.goals as "goals",
  c."archivedAt",
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
  goals?: unknown
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
  goals: unknown
  archivedAt: string | null
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * Sets the columns named in :changed, to NULL where their parameter is. No row when the campaign does not exist or none
 * of :versions (NULL: any) is its current one. An archived one does not change: the trigger refuse_archived refuses.
 */
export const updateCampaign = new PreparedQuery<UpdateCampaignParams, UpdateCampaignResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'name', required: false, locs: [{ a: 135, b: 139 }] },
    { name: 'objective', required: false, locs: [{ a: 174, b: 183 }] },
    { name: 'status', required: false, locs: [{ a: 220, b: 226 }] },
    { name: 'changed', required: true, locs: [{ a: 287, b: 295 }, { a: 389, b: 397 }, { a: 485, b: 493 }, { a: 578, b: 586 }] },
    { name: 'budgetMinor', required: false, locs: [{ a: 311, b: 322 }] },
    { name: 'currency', required: false, locs: [{ a: 413, b: 421 }] },
    { name: 'startsOn', required: false, locs: [{ a: 509, b: 517 }] },
    { name: 'endsOn', required: false, locs: [{ a: 602, b: 608 }] },
    { name: 'utm', required: false, isJson: true, locs: [{ a: 647, b: 650 }] },
    { name: 'goals', required: false, isJson: true, locs: [{ a: 680, b: 685 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 733, b: 745 }] },
    { name: 'id', required: true, locs: [{ a: 760, b: 763 }] },
    { name: 'versions', required: false, locs: [{ a: 772, b: 780 }, { a: 816, b: 824 }] },
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
  budget_minor = case when 'budgetMinor' = any(:changed!::text[]) then :budgetMinor else c.budget_minor end,
  currency = case when 'currency' = any(:changed!::text[]) then :currency else c.currency end,
  starts_on = case when 'startsOn' = any(:changed!::text[]) then :startsOn else c.starts_on end,
  ends_on = case when 'endsOn' = any(:changed!::text[]) then :endsOn else c.ends_on end,
  utm = coalesce(:utm, c.utm),
  goals = coalesce(:goals, c.goals)
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
  c.goals,
  c.archived_at as "archivedAt",
  c.version,
  c.created_at as "createdAt",
  c.updated_at as "updatedAt"`,
})

export type ArchiveCampaignParams = {
  actor: string
  now: string
  workspaceId: string
  id: string
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
}

export type ArchiveCampaignResult = {
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
  goals: unknown
  archivedAt: string | null
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * Archives a campaign and, when the request has an Idempotency-Key, records the answer. No row when it does not exist or
 * is archived: of two at once the second waits, and then finds it so.
 */
export const archiveCampaign = new PreparedQuery<ArchiveCampaignParams, ArchiveCampaignResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 198, b: 202 }, { a: 1007, b: 1011 }, { a: 1014, b: 1018 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 252, b: 264 }, { a: 881, b: 893 }] },
    { name: 'id', required: true, locs: [{ a: 283, b: 286 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 896, b: 916 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 919, b: 933 }, { a: 1097, b: 1111 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 936, b: 952 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 955, b: 977 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  archived_campaign as (
    update campaigns c
    set
      status = 'archived',
      archived_at = :now!
    from actor
    where
      c.workspace_id = :workspaceId!
      and c.id = :id!
      and c.status <> 'archived'
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
      c.goals,
      c.archived_at as "archivedAt",
      c.version,
      c.created_at as "createdAt",
      c.updated_at as "updatedAt"
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 200,
      to_jsonb(done), :now!, :now!::timestamptz + interval '24 hours'
    from archived_campaign done
    where :idempotencyKey::text is not null
  )
select
  done.id as "id",
  done."userId" as "userId",
  done.name as "name",
  done.objective as "objective",
  done."budgetMinor",
  done.currency,
  done."startsOn",
  done."endsOn",
  done.status as "status",
  done.utm as "utm",
  done.goals as "goals",
  done."archivedAt",
  done.version as "version",
  done."createdAt" as "createdAt",
  done."updatedAt" as "updatedAt"
from archived_campaign done`,
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

/** Posts and spend that point to it make the foreign keys posts_campaign_fkey and campaign_spend_campaign_fkey refuse. */
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
