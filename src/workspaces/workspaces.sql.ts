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
  workspaceId: string
  sessionId: string
  userId: string
  permittedRoles: readonly string[]
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
 * GET /v1/me shows it. The workspace is held before the caller's role, as around a change of members, or the two could
 * wait for each other. No row when the role may not, when none of :versions (NULL: any) is the current one, and when the
 * workspace is closing.
 */
export const updateWorkspace = new PreparedQuery<UpdateWorkspaceParams, UpdateWorkspaceResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 172, b: 184 }, { a: 488, b: 500 }, { a: 867, b: 879 }] },
    { name: 'sessionId', required: true, locs: [{ a: 443, b: 453 }] },
    { name: 'userId', required: true, locs: [{ a: 524, b: 531 }] },
    { name: 'permittedRoles', required: true, locs: [{ a: 562, b: 577 }] },
    { name: 'name', required: false, locs: [{ a: 691, b: 695 }] },
    { name: 'requiresSecondFactor', required: false, locs: [{ a: 747, b: 767 }, { a: 922, b: 942 }, { a: 993, b: 1013 }] },
    { name: 'versions', required: false, locs: [{ a: 1064, b: 1072 }, { a: 1108, b: 1116 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_workspace as (
    select w.id
    from workspaces w
    where w.id = :workspaceId!
    for no key update
  ),
  changer as materialized (
    select m.role, s.second_factor_at is not null as has_proved
    from
      held_workspace
      cross join workspace_members m
      join user_sessions s on s.user_id = m.user_id
        and s.id = :sessionId!
    where
      m.workspace_id = :workspaceId!
      and m.user_id = :userId!
      and m.role::text = any(:permittedRoles!::text[])
    for share of m
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
  workspaceId: string
  userId: string
  now: string
  versions?: readonly number[] | null | undefined
  outboxIds: readonly string[]
}

export type CloseWorkspaceResult = {
  id: string
}

/**
 * Begins the workspace's days of grace, for an owner, and tells its owners by mail, the caller first, as many as there
 * are :outboxIds. Holds the workspace and then the caller's role, as updateWorkspace. No row when the caller is no owner,
 * the workspace is closing already, or none of :versions is current.
 */
export const closeWorkspace = new PreparedQuery<CloseWorkspaceParams, CloseWorkspaceResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 172, b: 184 }, { a: 365, b: 377 }, { a: 641, b: 653 }, { a: 970, b: 982 }] },
    { name: 'userId', required: true, locs: [{ a: 401, b: 408 }, { a: 872, b: 879 }] },
    { name: 'now', required: true, locs: [{ a: 563, b: 567 }, { a: 1154, b: 1158 }] },
    { name: 'versions', required: false, locs: [{ a: 696, b: 704 }, { a: 740, b: 748 }] },
    { name: 'outboxIds', required: true, locs: [{ a: 1239, b: 1249 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_workspace as (
    select w.id
    from workspaces w
    where w.id = :workspaceId!
    for no key update
  ),
  held_owner as materialized (
    select m.user_id
    from
      held_workspace
      cross join workspace_members m
    where
      m.workspace_id = :workspaceId!
      and m.user_id = :userId!
      and m.role = 'owner'
    for share of m
  ),
  closing_workspace as (
    update workspaces w
    set
      status = 'closing',
      closing_at = :now!
    from
      actor
      cross join held_owner
    where
      w.id = :workspaceId!
      and w.status = 'active'
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
