/* @name findWorkspace */
select
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
  ) as "approverIds!",
  w.version,
  w.created_at as "createdAt",
  w.updated_at as "updatedAt"
from workspaces w
where w.id = :workspaceId!;

/*
Who the caller is in the workspace, while that is active, and whether the session has proved a second factor. And which
of :approverIds are members in a role that may approve.
*/
/* @name findWorkspaceChanger */
select
  w.version,
  m.role,
  s.second_factor_at is not null as "hasProvedFactor!",
  array(
    select a.user_id
    from workspace_members a
    where
      a.workspace_id = :workspaceId!
      and a.user_id = any(:approverIds!::uuid[])
      and a.role::text = any(:approvingRoles!::text[])
  ) as "fitApproverIds!"
from
  workspaces w
  join workspace_members m on m.workspace_id = :workspaceId!
    and m.user_id = :userId!
  join user_sessions s on s.user_id = m.user_id
    and s.id = :sessionId!
where
  w.id = :workspaceId!
  and w.status = 'active';

/*
Sets what is not null. Only an owner may say whether a second factor is required, and only a session that has proved
one may require it: whoever demands it can meet it. A new name raises the version of each member too, since
GET /v1/me shows it. The workspace is held before the caller's role, as around a change of members, or the two could
wait for each other. :approverIds replaces the list of approvers, who are held so that they are still members in a role
that may approve. No row when the role may not, when an approver may not, when none of :versions (NULL: any) is the
current one, and when the workspace is closing.
*/
/* @name updateWorkspace */
with
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
  w.id as "id!",
  w.name as "name!",
  w.plan as "plan!",
  w.status as "status!",
  w.requires_second_factor as "requiresSecondFactor!",
  w.approval_policy as "approvalPolicy!",
  w.approver_ids as "approverIds!",
  w.version as "version!",
  w.created_at as "createdAt!",
  w.updated_at as "updatedAt!"
from updated_workspace w;

/*
Begins the workspace's days of grace, for an owner, and tells its owners by mail, the caller first, as many as there
are :outboxIds. Holds the workspace and then the caller's role, as updateWorkspace. No row when the caller is no owner,
the workspace is closing already, or none of :versions is current.
*/
/* @name closeWorkspace */
with
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
from closing_workspace c;
