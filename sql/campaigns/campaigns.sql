/* @name findCampaign */
select
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
  and c.id = :id!;

/*
Newest first; a filter that is null does not filter. Those of activeFrom and activeTo have at least one of these days,
both included; a campaign without a start or an end has no bound there.
*/
/* @name listCampaigns */
select
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
limit :limit!;

/* The campaign and, when the request has an Idempotency-Key, the record of its answer: both or none. */
/* @name insertCampaign */
with
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
  c.id as "id!",
  c."userId" as "userId!",
  c.name as "name!",
  c.objective as "objective!",
  c."budgetMinor",
  c.currency,
  c."startsOn",
  c."endsOn",
  c.status as "status!",
  c.utm as "utm!",
  c.goals as "goals!",
  c."archivedAt",
  c.version as "version!",
  c."createdAt" as "createdAt!",
  c."updatedAt" as "updatedAt!"
from inserted_campaign c;

/*
Sets the columns named in :changed, to NULL where their parameter is. No row when the campaign does not exist or none
of :versions (NULL: any) is its current one. An archived one does not change: the trigger refuse_archived refuses.
*/
/* @name updateCampaign */
with
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
  c.updated_at as "updatedAt";

/*
Archives a campaign and, when the request has an Idempotency-Key, records the answer. No row when it does not exist or
is archived: of two at once the second waits, and then finds it so.
*/
/* @name archiveCampaign */
with
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
  done.id as "id!",
  done."userId" as "userId!",
  done.name as "name!",
  done.objective as "objective!",
  done."budgetMinor",
  done.currency,
  done."startsOn",
  done."endsOn",
  done.status as "status!",
  done.utm as "utm!",
  done.goals as "goals!",
  done."archivedAt",
  done.version as "version!",
  done."createdAt" as "createdAt!",
  done."updatedAt" as "updatedAt!"
from archived_campaign done;

/*
Posts and spend that point to it make the foreign keys posts_campaign_fkey and campaign_spend_campaign_fkey refuse.
*/
/* @name deleteCampaign */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
delete from campaigns c
using actor
where
  c.workspace_id = :workspaceId!
  and c.id = :id!
  and (:versions::int[] is null or c.version = any(:versions::int[]))
returning c.id;
