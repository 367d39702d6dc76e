// Generated from sql/workspaces/workspaces.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type WorkspacePlan = 'enterprise' | 'free' | 'pro'

type WorkspaceRole = 'admin' | 'analyst' | 'client' | 'editor' | 'owner'

type WorkspaceStatus = 'active' | 'closed' | 'closing'

export type FindWorkspaceParams = {
  workspaceId: string
}

export type FindWorkspaceResult = {
  id: string
  name: string
  plan: WorkspacePlan
  status: WorkspaceStatus
  requiresSecondFactor: boolean
  version: number
  createdAt: string
  updatedAt: string
}

export const findWorkspace = new PreparedQuery<FindWorkspaceParams, FindWorkspaceResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 206, b: 218 }] },
  ],
  statement: `select
  w.id,
  w.name,
  w.plan,
  w.status,
  w.requires_second_factor as "requiresSecondFactor",
  w.version,
  w.created_at as "createdAt",
  w.updated_at as "updatedAt"
from workspaces w
where w.id = :workspaceId!`,
})

export type FindWorkspaceChangerParams = {
  workspaceId: string
  userId: string
  sessionId: string
}

export type FindWorkspaceChangerResult = {
  version: number
  role: WorkspaceRole
  hasProvedFactor: boolean
}

/** Who the caller is in the workspace, while that is active, and whether the session has proved a second factor. */
export const findWorkspaceChanger = new PreparedQuery<FindWorkspaceChangerParams, FindWorkspaceChangerResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 151, b: 163 }, { a: 284, b: 296 }] },
    { name: 'userId', required: true, locs: [{ a: 185, b: 192 }] },
    { name: 'sessionId', required: true, locs: [{ a: 257, b: 267 }] },
  ],
  statement: `select
  w.version,
  m.role,
  s.second_factor_at is not null as "hasProvedFactor"
from
  workspaces w
  join workspace_members m on m.workspace_id = :workspaceId!
    and m.user_id = :userId!
  join user_sessions s on s.user_id = m.user_id
    and s.id = :sessionId!
where
  w.id = :workspaceId!
  and w.status = 'active'`,
})

export type UpdateWorkspaceParams = {
  actor: string
  sessionId: string
  workspaceId: string
  userId: string
  name?: string | null | undefined
  requiresSecondFactor?: boolean | null | undefined
  versions?: readonly number[] | null | undefined
}

export type UpdateWorkspaceResult = {
  id: string
  name: string
  plan: WorkspacePlan
  status: WorkspaceStatus
  requiresSecondFactor: boolean
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * Sets what is not null. Only an owner may say whether a second factor is required, and only a session that has proved
 * one may require it: whoever demands it can meet it. A new name raises the version of each member too, since
 * GET /v1/me shows it. No row when the caller may not, when none of :versions (NULL:
 * any) is the current one, and when the workspace is closing.
 */
export const updateWorkspace = new PreparedQuery<UpdateWorkspaceParams, UpdateWorkspaceResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'sessionId', required: true, locs: [{ a: 280, b: 290 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 325, b: 337 }, { a: 630, b: 642 }] },
    { name: 'userId', required: true, locs: [{ a: 361, b: 368 }] },
    { name: 'name', required: false, locs: [{ a: 454, b: 458 }] },
    { name: 'requiresSecondFactor', required: false, locs: [{ a: 510, b: 530 }, { a: 685, b: 705 }, { a: 756, b: 776 }] },
    { name: 'versions', required: false, locs: [{ a: 827, b: 835 }, { a: 871, b: 879 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  changer as (
    select m.role, s.second_factor_at is not null as has_proved
    from
      workspace_members m
      join user_sessions s on s.user_id = m.user_id
        and s.id = :sessionId!
    where
      m.workspace_id = :workspaceId!
      and m.user_id = :userId!
  ),
  updated_workspace as (
    update workspaces w
    set
      name = coalesce(:name, w.name),
      requires_second_factor = coalesce(:requiresSecondFactor, w.requires_second_factor)
    from
      actor
      cross join changer c
    where
      w.id = :workspaceId!
      and w.status = 'active'
      and (:requiresSecondFactor::boolean is null or c.role = 'owner')
      and (:requiresSecondFactor::boolean is not true or c.has_proved)
      and (:versions::int[] is null or w.version = any(:versions::int[]))
    returning w.id, w.name, w.plan, w.status, w.requires_second_factor, w.version, w.created_at, w.updated_at
  ),
  touched_users as (
    update users u
    set version = u.version + 1
    from
      updated_workspace w
      join workspace_members m on m.workspace_id = w.id
      join workspaces b on b.id = w.id
        and b.name <> w.name
    where u.id = m.user_id
  )
select
  w.id as "id",
  w.name as "name",
  w.plan as "plan",
  w.status as "status",
  w.requires_second_factor as "requiresSecondFactor",
  w.version as "version",
  w.created_at as "createdAt",
  w.updated_at as "updatedAt"
from updated_workspace w`,
})

export type CloseWorkspaceParams = {
  actor: string
  now: string
  workspaceId: string
  userId: string
  versions?: readonly number[] | null | undefined
  outboxIds: readonly string[]
}

export type CloseWorkspaceResult = {
  id: string
}

/**
 * Begins the workspace's days of grace, for an owner, and tells its owners by mail, the caller first, as many as there
 * are :outboxIds. No row when the caller is no owner, the workspace is closing already, or none of :versions is
 * current.
 */
export const closeWorkspace = new PreparedQuery<CloseWorkspaceParams, CloseWorkspaceResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 197, b: 201 }, { a: 896, b: 900 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 284, b: 296 }, { a: 355, b: 367 }, { a: 712, b: 724 }] },
    { name: 'userId', required: true, locs: [{ a: 391, b: 398 }, { a: 614, b: 621 }] },
    { name: 'versions', required: false, locs: [{ a: 438, b: 446 }, { a: 482, b: 490 }] },
    { name: 'outboxIds', required: true, locs: [{ a: 981, b: 991 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  closing_workspace as (
    update workspaces w
    set
      status = 'closing',
      closing_at = :now!
    from
      actor
      cross join workspace_members m
    where
      w.id = :workspaceId!
      and w.status = 'active'
      and m.workspace_id = :workspaceId!
      and m.user_id = :userId!
      and m.role = 'owner'
      and (:versions::int[] is null or w.version = any(:versions::int[]))
    returning w.id
  ),
  owners as (
    select
      m.user_id,
      row_number() over (order by (m.user_id = :userId!) desc, m.user_id) as place
    from workspace_members m
    where
      m.workspace_id = :workspaceId!
      and m.role = 'owner'
  ),
  mails as (
    insert into outbox (id, kind, user_id, workspace_id, due_at)
    select i.id, 'mail/workspace-closing', o.user_id, c.id, :now!
    from
      closing_workspace c
      cross join owners o
      join unnest(:outboxIds!::uuid[]) with ordinality i (id, place) on i.place = o.place
  )
select c.id
from closing_workspace c`,
})
