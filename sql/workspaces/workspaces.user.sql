/* The user's membership of a workspace in whatever state, and whether this session lacks a factor that it demands. */
/* @name findMembership */
select
  m.role,
  w.status,
  (w.requires_second_factor and s.second_factor_at is null) as "lacksFactor!"
from
  workspace_members m
  join workspaces w on w.id = m.workspace_id
  join user_sessions s on s.user_id = m.user_id
    and s.id = :sessionId!
where
  m.user_id = :userId!
  and m.workspace_id = :wantedWorkspaceId!;

/* The workspaces that the user is a member of, newest first; those closed for good are not among them. */
/* @name listMyWorkspaces */
select
  w.id,
  w.name,
  w.plan,
  w.status,
  w.requires_second_factor as "requiresSecondFactor",
  w.version,
  w.created_at as "createdAt",
  w.updated_at as "updatedAt",
  m.role,
  m.version as "membershipVersion",
  w.closing_at + make_interval(days => :graceDays!::int) as "closesAt"
from
  workspace_members m
  join workspaces w on w.id = m.workspace_id
where
  m.user_id = :userId!
  and w.status <> 'closed'
  and (:beforeId::uuid is null or m.workspace_id < :beforeId)
order by m.workspace_id desc
limit :limit!;

/* Holds the user until the transaction ends, so that workspaces made at the same moment are counted. */
/* @name lockOwner */
select u.id
from users u
where
  u.id = :userId!
  and u.status = 'active'
for no key update;

/*
A workspace with the user as its owner and, when the request has an Idempotency-Key, the record of its answer. No
row for who owns :maxOwned free ones already.
*/
/* @name insertWorkspace */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  owned_workspaces as (
    select count(*)::int as workspaces
    from
      workspace_members m
      join workspaces w on w.id = m.workspace_id
    where
      m.user_id = :userId!
      and m.role = 'owner'
      and w.plan = 'free'
      and w.status <> 'closed'
  ),
  inserted_workspace as (
    insert into workspaces (id, name, created_by)
    select :id!, :name!, :userId!
    from
      actor
      cross join owned_workspaces o
    where o.workspaces < :maxOwned!::int
    returning id, name, plan, status, requires_second_factor, version, created_at, updated_at
  ),
  inserted_member as (
    insert into workspace_members (workspace_id, user_id, role)
    select w.id, :userId!, 'owner'
    from inserted_workspace w
    returning role, version
  ),
  created_workspace as (
    select
      w.id,
      w.name,
      w.plan,
      w.status,
      w.requires_second_factor as "requiresSecondFactor",
      w.version,
      w.created_at as "createdAt",
      w.updated_at as "updatedAt",
      m.role,
      m.version as "membershipVersion"
    from
      inserted_workspace w
      cross join inserted_member m
  ),
  recorded_answer as (
    insert into idempotency_keys (principal_id, key, route, fingerprint, status, response, created_at, expires_at)
    select
      :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201, to_jsonb(made), :now!,
      :now!::timestamptz + interval '24 hours'
    from created_workspace made
    where :idempotencyKey::text is not null
  )
select
  w.id as "id!",
  w.name as "name!",
  w.plan as "plan!",
  w.status as "status!",
  w."requiresSecondFactor" as "requiresSecondFactor!",
  w.version as "version!",
  w."createdAt" as "createdAt!",
  w."updatedAt" as "updatedAt!",
  w.role as "role!",
  w."membershipVersion" as "membershipVersion!"
from created_workspace w;

/*
Saves a workspace of which the user is an owner, and whose closing began after :graceStartedAt; in a session that has
proved a second factor, where the workspace demands one. The workspace is held before the membership, as around a change
of members, or the two could wait for each other.
*/
/* @name restoreWorkspace */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_workspace as (
    select w.id
    from
      workspaces w
      join workspace_members m on m.workspace_id = w.id
    where
      w.id = :wantedWorkspaceId!
      and m.user_id = :userId!
    for no key update of w
  ),
  held_owner as materialized (
    select m.workspace_id, m.role, m.version
    from
      held_workspace w
      join workspace_members m on m.workspace_id = w.id
    where
      m.user_id = :userId!
      and m.role = 'owner'
    for share of m
  ),
  restored_workspace as (
    update workspaces w
    set
      status = 'active',
      closing_at = null
    from
      actor
      cross join held_owner m
      join user_sessions s on s.user_id = :userId!
        and s.id = :sessionId!
    where
      w.id = m.workspace_id
      and w.status = 'closing'
      and w.closing_at > :graceStartedAt!
      and (not w.requires_second_factor or s.second_factor_at is not null)
    returning
      w.id,
      w.name,
      w.plan,
      w.status,
      w.requires_second_factor as "requiresSecondFactor",
      w.version,
      w.created_at as "createdAt",
      w.updated_at as "updatedAt",
      m.role,
      m.version as "membershipVersion"
  ),
  recorded_answer as (
    insert into idempotency_keys (principal_id, key, route, fingerprint, status, response, created_at, expires_at)
    select
      :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 200, to_jsonb(saved), :now!,
      :now!::timestamptz + interval '24 hours'
    from restored_workspace saved
    where :idempotencyKey::text is not null
  )
select
  w.id as "id!",
  w.name as "name!",
  w.plan as "plan!",
  w.status as "status!",
  w."requiresSecondFactor" as "requiresSecondFactor!",
  w.version as "version!",
  w."createdAt" as "createdAt!",
  w."updatedAt" as "updatedAt!",
  w.role as "role!",
  w."membershipVersion" as "membershipVersion!"
from restored_workspace w;
