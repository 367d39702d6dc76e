// Generated from sql/workspaces/workspaces.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type ApprovalPolicy = 'all' | 'off' | 'one'

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
  approvalPolicy: ApprovalPolicy
  approverIds: string[]
  version: number
  createdAt: string
  updatedAt: string
}

export const findWorkspace = new PreparedQuery<FindWorkspaceParams, FindWorkspaceResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 230, b: 242 }, { a: 394, b: 406 }] },
  ],
  statement: `select
  w.id,
  w.name,
  w.plan,
  w.status,
  w.requires_second_factor as "requiresSecondFactor",
  w.approval_policy as "approvalPolicy",
  array(
    select a.user_id
    from workspace_approvers a
    where a.workspace_id = :workspaceId!
    order by a.user_id
  ) as "approverIds",
  w.version,
  w.created_at as "createdAt",
  w.updated_at as "updatedAt"
from workspaces w
where w.id = :workspaceId!`,
})

export type FindWorkspaceChangerParams = {
  workspaceId: string
  approverIds: readonly string[]
  approvingRoles: readonly string[]
  userId: string
  sessionId: string
}

export type FindWorkspaceChangerResult = {
  version: number
  role: WorkspaceRole
  hasProvedFactor: boolean
  fitApproverIds: string[]
}

/**
 * Who the caller is in the workspace, while that is active, and whether the session has proved a second factor. And which
 * of :approverIds are members in a role that may approve.
 */
export const findWorkspaceChanger = new PreparedQuery<FindWorkspaceChangerParams, FindWorkspaceChangerResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 177, b: 189 }, { a: 386, b: 398 }, { a: 519, b: 531 }] },
    { name: 'approverIds', required: true, locs: [{ a: 217, b: 229 }] },
    { name: 'approvingRoles', required: true, locs: [{ a: 269, b: 284 }] },
    { name: 'userId', required: true, locs: [{ a: 420, b: 427 }] },
    { name: 'sessionId', required: true, locs: [{ a: 492, b: 502 }] },
  ],
  statement: `select
  w.version,
  m.role,
  s.second_factor_at is not null as "hasProvedFactor",
  array(
    select a.user_id
    from workspace_members a
    where
      a.workspace_id = :workspaceId!
      and a.user_id = any(:approverIds!::uuid[])
      and a.role::text = any(:approvingRoles!::text[])
  ) as "fitApproverIds"
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
  approverIds?: readonly string[] | null | undefined
  approvingRoles: readonly string[]
  name?: string | null | undefined
  requiresSecondFactor?: boolean | null | undefined
  approvalPolicy?: ApprovalPolicy | null | undefined
  versions?: readonly number[] | null | undefined
}

export type UpdateWorkspaceResult = {
  id: string
  name: string
  plan: WorkspacePlan
  status: WorkspaceStatus
  requiresSecondFactor: boolean
  approvalPolicy: ApprovalPolicy
  approverIds: string[]
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * Sets what is not null. Only an owner may say whether a second factor is required, and only a session that has proved
 * one may require it: whoever demands it can meet it. A new name raises the version of each member too, since
 * GET /v1/me shows it. The workspace is held before the caller's role, as around a change of members, or the two could
 * wait for each other. :approverIds replaces the list of approvers, who are held so that they are still members in a role
 * that may approve. No row when the role may not, when an approver may not, when none of :versions (NULL: any) is the
 * current one, and when the workspace is closing.
 */
export const updateWorkspace = new PreparedQuery<UpdateWorkspaceParams, UpdateWorkspaceResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 172, b: 184 }, { a: 488, b: 500 }, { a: 768, b: 780 }, { a: 1066, b: 1078 }, { a: 1836, b: 1848 }, { a: 2490, b: 2502 }, { a: 2649, b: 2661 }] },
    { name: 'sessionId', required: true, locs: [{ a: 443, b: 453 }] },
    { name: 'userId', required: true, locs: [{ a: 524, b: 531 }] },
    { name: 'permittedRoles', required: true, locs: [{ a: 562, b: 577 }] },
    { name: 'approverIds', required: false, locs: [{ a: 808, b: 819 }, { a: 1174, b: 1185 }, { a: 2033, b: 2044 }, { a: 2098, b: 2109 }] },
    { name: 'approvingRoles', required: true, locs: [{ a: 859, b: 874 }] },
    { name: 'name', required: false, locs: [{ a: 1456, b: 1460 }] },
    { name: 'requiresSecondFactor', required: false, locs: [{ a: 1512, b: 1532 }, { a: 1891, b: 1911 }, { a: 1962, b: 1982 }] },
    { name: 'approvalPolicy', required: false, locs: [{ a: 1595, b: 1609 }] },
    { name: 'versions', required: false, locs: [{ a: 2132, b: 2140 }, { a: 2176, b: 2184 }] },
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
  held_approvers as materialized (
    select m.user_id
    from
      held_workspace
      cross join workspace_members m
    where
      m.workspace_id = :workspaceId!
      and m.user_id = any(:approverIds::uuid[])
      and m.role::text = any(:approvingRoles!::text[])
    for share of m
  ),
  current_approvers as (
    select coalesce(array_agg(a.user_id order by a.user_id), '{}') as ids
    from workspace_approvers a
    where a.workspace_id = :workspaceId!
  ),
  new_approvers as materialized (
    select
      coalesce(
        case
          when :approverIds::uuid[] is not null then array(select h.user_id from held_approvers h order by h.user_id)
        end,
        c.ids
      ) as ids,
      c.ids as old_ids
    from current_approvers c
  ),
  updated_workspace as (
    update workspaces w
    set
      name = coalesce(:name, w.name),
      requires_second_factor = coalesce(:requiresSecondFactor, w.requires_second_factor),
      approval_policy = coalesce(:approvalPolicy::approval_policy, w.approval_policy),
      version = case when n.ids <> n.old_ids then w.version + 1 else w.version end
    from
      actor
      cross join changer c
      cross join new_approvers n
    where
      w.id = :workspaceId!
      and w.status = 'active'
      and (:requiresSecondFactor::boolean is null or c.role = 'owner')
      and (:requiresSecondFactor::boolean is not true or c.has_proved)
      and (:approverIds::uuid[] is null or cardinality(n.ids) = cardinality(:approverIds::uuid[]))
      and (:versions::int[] is null or w.version = any(:versions::int[]))
    returning
      w.id, w.name, w.plan, w.status, w.requires_second_factor, w.approval_policy, n.ids as approver_ids, w.version,
      w.created_at, w.updated_at
  ),
  deleted_approvers as (
    delete from workspace_approvers a
    using updated_workspace w
    where
      a.workspace_id = :workspaceId!
      and a.user_id <> all(w.approver_ids)
  ),
  inserted_approvers as (
    insert into workspace_approvers (workspace_id, user_id)
    select :workspaceId!, i.id
    from
      updated_workspace w
      cross join unnest(w.approver_ids) i (id)
    on conflict on constraint workspace_approvers_pkey do nothing
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
  w.approval_policy as "approvalPolicy",
  w.approver_ids as "approverIds",
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
