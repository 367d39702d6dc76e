/* @name findWorkspace */
select
  w.id,
  w.name,
  w.plan,
  w.status,
  w.requires_second_factor as "requiresSecondFactor",
  w.version,
  w.created_at as "createdAt",
  w.updated_at as "updatedAt"
from workspaces w
where w.id = :workspaceId!;

/* Who the caller is in the workspace, while that is active, and whether the session has proved a second factor. */
/* @name findWorkspaceChanger */
select
  w.version,
  m.role,
  s.second_factor_at is not null as "hasProvedFactor!"
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
wait for each other. No row when the role may not, when none of :versions (NULL: any) is the current one, and when the
workspace is closing.
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
  w.id as "id!",
  w.name as "name!",
  w.plan as "plan!",
  w.status as "status!",
  w.requires_second_factor as "requiresSecondFactor!",
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
