-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type workspace_plan as enum ('free', 'pro', 'enterprise');
create type workspace_status as enum ('active', 'closing', 'closed');
create type workspace_role as enum ('owner', 'admin', 'editor', 'analyst', 'client');

create table workspaces (
  id uuid not null default uuid_v7(),
  name text not null,
  plan workspace_plan not null default 'free',
  status workspace_status not null default 'active',
  created_by uuid not null,
  closing_at timestamptz,
  closed_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint workspaces_pkey primary key (id),
  constraint workspaces_created_by_fkey foreign key (created_by) references users (id) on delete restrict,
  constraint workspaces_name_check check (char_length(name) between 1 and 100),
  constraint workspaces_status_check check (
    case status
      when 'active' then num_nonnulls(closing_at, closed_at) = 0
      when 'closing' then closing_at is not null and closed_at is null
      else closed_at is not null
    end
  ),
  constraint workspaces_version_check check (version > 0)
);

create index workspaces_created_by_idx on workspaces (created_by);
create index workspaces_closing_idx on workspaces (closing_at) where status = 'closing';

create table workspace_members (
  workspace_id uuid not null,
  user_id uuid not null,
  role workspace_role not null,
  version integer not null default 1,
  joined_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint workspace_members_pkey primary key (workspace_id, user_id),
  constraint workspace_members_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint workspace_members_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint workspace_members_version_check check (version > 0)
);

create index workspace_members_user_idx on workspace_members (user_id, joined_at);

-- An active workspace with members has an owner. The lock on the workspace makes two owners who leave at the same
-- moment wait for each other: the second one then sees that nobody is left. It does not hold up foreign key checks.
create function workspace_members_last_owner() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform 1 from public.workspaces as w where w.id = old.workspace_id for no key update;
  if exists (select from public.workspaces as w where w.id = old.workspace_id and w.status = 'active')
    and exists (select from public.workspace_members as m where m.workspace_id = old.workspace_id)
    and not exists (
      select from public.workspace_members as m where m.workspace_id = old.workspace_id and m.role = 'owner'
    )
  then
    raise exception using
      errcode = '23514', constraint = 'workspace_members_last_owner', schema = 'public', table = 'workspace_members',
      message = 'an active workspace with members must keep an owner';
  end if;
  return null;
end
$$;

revoke all on function workspace_members_last_owner() from public;

create constraint trigger workspace_members_last_owner after update of role or delete on workspace_members
  for each row when (old.role = 'owner') execute function workspace_members_last_owner();

create trigger touch_version before update on workspaces
  for each row execute function touch_version();
create trigger audit after insert or update or delete on workspaces
  for each row execute function audit_row_change();
create trigger refuse before truncate on workspaces
  for each statement execute function refuse_statement();

create trigger touch_version before update on workspace_members
  for each row execute function touch_version();
create trigger audit after insert or update or delete on workspace_members
  for each row execute function audit_row_change('key=user_id');
create trigger refuse before truncate on workspace_members
  for each statement execute function refuse_statement();

comment on table workspaces is 'Tenants. Everything a team has belongs to exactly one.';
comment on column workspaces.id is 'The tenant: every tenant table carries it as workspace_id.';
comment on column workspaces.name is
  'As the team calls it. Never made from the name of a person: it is audited as it is.';
comment on column workspaces.plan is 'Sets limits and quotas.';
comment on column workspaces.status is 'In closing it can still be saved; closed is for good.';
comment on column workspaces.created_by is 'The user who made it, and was its first owner.';
comment on column workspaces.closing_at is 'When its deletion was asked for. Thirty days of grace begin here.';
comment on column workspaces.closed_at is 'When it was closed.';
comment on column workspaces.version is 'For ETags. Raised by trigger with each real change.';
comment on column workspaces.created_at is 'When it was made.';
comment on column workspaces.updated_at is 'Last real change.';

comment on table workspace_members is
  'Which user may act in which workspace, and as what. A row is a membership; leaving deletes it.';
comment on column workspace_members.workspace_id is 'The workspace.';
comment on column workspace_members.user_id is 'The member.';
comment on column workspace_members.role is 'What the member may do there.';
comment on column workspace_members.version is 'For ETags. Raised by trigger with each real change.';
comment on column workspace_members.joined_at is 'When the membership began.';
comment on column workspace_members.updated_at is 'Last real change.';

reset role;

-- migrate:down
drop table workspace_members;
drop function workspace_members_last_owner();
drop table workspaces;
drop type workspace_role;
drop type workspace_status;
drop type workspace_plan;
