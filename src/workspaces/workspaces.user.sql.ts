// Generated from sql/workspaces/workspaces.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type WorkspacePlan = 'enterprise' | 'free' | 'pro'

type WorkspaceRole = 'admin' | 'analyst' | 'client' | 'editor' | 'owner'

type WorkspaceStatus = 'active' | 'closed' | 'closing'

export type FindMembershipParams = {
  sessionId: string
  userId: string
  wantedWorkspaceId: string
}

export type FindMembershipResult = {
  role: WorkspaceRole
  status: WorkspaceStatus
  lacksFactor: boolean
}

/** The user's membership of a workspace in whatever state, and whether this session lacks a factor that it demands. */
export const findMembership = new PreparedQuery<FindMembershipParams, FindMembershipResult>({
  params: [
    { name: 'sessionId', required: true, locs: [{ a: 241, b: 251 }] },
    { name: 'userId', required: true, locs: [{ a: 273, b: 280 }] },
    { name: 'wantedWorkspaceId', required: true, locs: [{ a: 305, b: 323 }] },
  ],
  statement: `select
  m.role,
  w.status,
  (w.requires_second_factor and s.second_factor_at is null) as "lacksFactor"
from
  workspace_members m
  join workspaces w on w.id = m.workspace_id
  join user_sessions s on s.user_id = m.user_id
    and s.id = :sessionId!
where
  m.user_id = :userId!
  and m.workspace_id = :wantedWorkspaceId!`,
})

export type ListMyWorkspacesParams = {
  graceDays: number
  userId: string
  beforeId?: string | null | undefined
  limit: number
}

export type ListMyWorkspacesResult = {
  id: string
  name: string
  plan: WorkspacePlan
  status: WorkspaceStatus
  requiresSecondFactor: boolean
  version: number
  createdAt: string
  updatedAt: string
  role: WorkspaceRole
  membershipVersion: number
  closesAt: string | null
}

/** The workspaces that the user is a member of, newest first; those closed for good are not among them. */
export const listMyWorkspaces = new PreparedQuery<ListMyWorkspacesParams, ListMyWorkspacesResult>({
  params: [
    { name: 'graceDays', required: true, locs: [{ a: 261, b: 271 }] },
    { name: 'userId', required: true, locs: [{ a: 385, b: 392 }] },
    { name: 'beforeId', required: false, locs: [{ a: 428, b: 436 }, { a: 472, b: 480 }] },
    { name: 'limit', required: true, locs: [{ a: 518, b: 524 }] },
  ],
  statement: `select
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
limit :limit!`,
})

export type LockOwnerParams = {
  userId: string
}

export type LockOwnerResult = {
  id: string
}

/** Holds the user until the transaction ends, so that workspaces made at the same moment are counted. */
export const lockOwner = new PreparedQuery<LockOwnerParams, LockOwnerResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 40, b: 47 }] },
  ],
  statement: `select u.id
from users u
where
  u.id = :userId!
  and u.status = 'active'
for no key update`,
})

export type InsertWorkspaceParams = {
  actor: string
  userId: string
  id: string
  name: string
  maxOwned: number
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
  now: string
}

export type InsertWorkspaceResult = {
  id: string
  name: string
  plan: WorkspacePlan
  status: WorkspaceStatus
  requiresSecondFactor: boolean
  version: number
  createdAt: string
  updatedAt: string
  role: WorkspaceRole
  membershipVersion: number
}

/**
 * A workspace with the user as its owner and, when the request has an Idempotency-Key, the record of its answer. No
 * row for who owns :maxOwned free ones already.
 */
export const insertWorkspace = new PreparedQuery<InsertWorkspaceParams, InsertWorkspaceResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userId', required: true, locs: [{ a: 270, b: 277 }, { a: 469, b: 476 }, { a: 779, b: 786 }] },
    { name: 'id', required: true, locs: [{ a: 455, b: 458 }] },
    { name: 'name', required: true, locs: [{ a: 461, b: 466 }] },
    { name: 'maxOwned', required: true, locs: [{ a: 560, b: 569 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 1381, b: 1401 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 1404, b: 1418 }, { a: 1582, b: 1596 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 1421, b: 1437 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 1440, b: 1462 }] },
    { name: 'now', required: true, locs: [{ a: 1486, b: 1490 }, { a: 1499, b: 1503 }] },
  ],
  statement: `with
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
  w.id as "id",
  w.name as "name",
  w.plan as "plan",
  w.status as "status",
  w."requiresSecondFactor" as "requiresSecondFactor",
  w.version as "version",
  w."createdAt" as "createdAt",
  w."updatedAt" as "updatedAt",
  w.role as "role",
  w."membershipVersion" as "membershipVersion"
from created_workspace w`,
})

export type RestoreWorkspaceParams = {
  actor: string
  wantedWorkspaceId: string
  userId: string
  sessionId: string
  graceStartedAt: string
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
  now: string
}

export type RestoreWorkspaceResult = {
  id: string
  name: string
  plan: WorkspacePlan
  status: WorkspaceStatus
  requiresSecondFactor: boolean
  version: number
  createdAt: string
  updatedAt: string
  role: WorkspaceRole
  membershipVersion: number
}

/**
 * Saves a workspace of which the user is an owner, and whose closing began after :graceStartedAt; in a session that has
 * proved a second factor, where the workspace demands one. The workspace is held before the membership, as around a change
 * of members, or the two could wait for each other.
 */
export const restoreWorkspace = new PreparedQuery<RestoreWorkspaceParams, RestoreWorkspaceResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'wantedWorkspaceId', required: true, locs: [{ a: 240, b: 258 }] },
    { name: 'userId', required: true, locs: [{ a: 282, b: 289 }, { a: 515, b: 522 }, { a: 775, b: 782 }] },
    { name: 'sessionId', required: true, locs: [{ a: 803, b: 813 }] },
    { name: 'graceStartedAt', required: true, locs: [{ a: 909, b: 924 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 1429, b: 1449 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 1452, b: 1466 }, { a: 1633, b: 1647 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 1469, b: 1485 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 1488, b: 1510 }] },
    { name: 'now', required: true, locs: [{ a: 1535, b: 1539 }, { a: 1548, b: 1552 }] },
  ],
  statement: `with
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
  w.id as "id",
  w.name as "name",
  w.plan as "plan",
  w.status as "status",
  w."requiresSecondFactor" as "requiresSecondFactor",
  w.version as "version",
  w."createdAt" as "createdAt",
  w."updatedAt" as "updatedAt",
  w.role as "role",
  w."membershipVersion" as "membershipVersion"
from restored_workspace w`,
})
