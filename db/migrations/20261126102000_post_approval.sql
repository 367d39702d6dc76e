-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type approval_policy as enum ('off', 'one', 'all');
create type approval_decision as enum ('approved', 'rejected');

alter table workspaces add column approval_policy approval_policy not null default 'off';

create table workspace_approvers (
  workspace_id uuid not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  constraint workspace_approvers_pkey primary key (workspace_id, user_id),
  constraint workspace_approvers_member_fkey foreign key (workspace_id, user_id)
    references workspace_members (workspace_id, user_id) on delete cascade
);

create index workspace_approvers_user_idx on workspace_approvers (user_id, workspace_id);

-- Who leaves drops out of the list; the workspace shows another one from then on. A statement that takes somebody off
-- the list by itself raises the version of the workspace by itself.
create function workspace_approvers_drop() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  update public.workspaces as w set version = w.version + 1 where w.id = old.workspace_id;
  return null;
end
$$;
revoke all on function workspace_approvers_drop() from public;

create trigger touch_workspace after delete on workspace_approvers
  for each row when (pg_trigger_depth() > 0) execute function workspace_approvers_drop();
create trigger audit after insert or update or delete on workspace_approvers
  for each row execute function audit_row_change('key=user_id');
create trigger refuse before truncate on workspace_approvers
  for each statement execute function refuse_statement();

alter table posts
  add column approved_revision integer,
  add constraint posts_approved_revision_check check (approved_revision between 1 and content_revision) not valid,
  add constraint posts_approved_check check (
    status <> 'approved' or approved_revision is not distinct from content_revision
  ) not valid;

create table post_approvals (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  post_id uuid not null,
  content_revision integer not null,
  user_id uuid not null,
  decision approval_decision not null,
  reason text,
  created_at timestamptz not null default clock_timestamp(),
  constraint post_approvals_pkey primary key (workspace_id, id),
  constraint post_approvals_post_fkey foreign key (workspace_id, post_id)
    references posts (workspace_id, id) on delete cascade,
  constraint post_approvals_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint post_approvals_revision_check check (content_revision > 0),
  constraint post_approvals_reason_check check (
    char_length(reason) between 1 and 1000 and (decision = 'approved' or reason is not null)
  )
);

create index post_approvals_post_idx on post_approvals (workspace_id, post_id, id desc);
create index post_approvals_user_idx on post_approvals (user_id, workspace_id, id desc);

create trigger audit after insert or update or delete on post_approvals
  for each row execute function audit_row_change('mask=reason');
create trigger refuse before truncate on post_approvals
  for each statement execute function refuse_statement();

-- What the workspace wants to approve first is neither scheduled nor published without it. Posts that were under way
-- when it began to want so stay under way.
create or replace function posts_check_status() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'draft' then
      raise exception using
        errcode = '23514', constraint = 'posts_status_initial', schema = 'public', table = 'posts', column = 'status',
        message = format('a new post is a draft, not %s', new.status);
    end if;
    return new;
  end if;
  if not exists (
    select from public.post_status_moves as m where m.from_status = old.status and m.to_status = new.status
  ) then
    raise exception using
      errcode = '23514', constraint = 'posts_status_move', schema = 'public', table = 'posts', column = 'status',
      message = format('a post does not move from %s to %s', old.status, new.status);
  end if;
  if new.status in ('scheduled', 'publishing')
    and old.status not in ('scheduled', 'publishing', 'unconfirmed')
    and new.approved_revision is distinct from new.content_revision
    and exists (
      select from public.workspaces as w where w.id = new.workspace_id and w.approval_policy <> 'off'
    )
  then
    raise exception using
      errcode = '23514', constraint = 'posts_approval_required', schema = 'public', table = 'posts', column = 'status',
      message = 'the workspace approves a post before it is scheduled or published';
  end if;
  return new;
end
$$;

comment on column workspaces.approval_policy is
  'Who approves a post before it is scheduled or published: nobody, one member who may, or all of workspace_approvers.';
comment on table workspace_approvers is
  'Members who all have to approve where the policy is "all". Whoever leaves, or may no longer approve, drops out.';
comment on column workspace_approvers.workspace_id is 'The workspace.';
comment on column workspace_approvers.user_id is 'The member.';
comment on column workspace_approvers.created_at is 'When the member was put on the list.';
comment on column posts.approved_revision is 'The content_revision that was approved last. NULL: none.';
comment on table post_approvals is
  'Each word of a person about the content of a post. The latest of a person about a revision stands.';
comment on column post_approvals.workspace_id is 'The owning workspace.';
comment on column post_approvals.id is 'Version 7: in order of time.';
comment on column post_approvals.post_id is 'The post.';
comment on column post_approvals.content_revision is 'The content that was looked at.';
comment on column post_approvals.user_id is 'Whose word it is.';
comment on column post_approvals.decision is 'What it says.';
comment on column post_approvals.reason is 'Why; a rejection has one.';
comment on column post_approvals.created_at is 'When, by the clock of the database.';

grant update (approval_policy, version) on workspaces to defeah_api;
grant select, insert (workspace_id, user_id), delete on workspace_approvers to defeah_api;
grant select on workspace_approvers to defeah_jobs;
grant update (approved_revision) on posts to defeah_api;
grant select, insert (workspace_id, id, post_id, content_revision, user_id, decision, reason)
  on post_approvals to defeah_api;
grant select on post_approvals to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
create or replace function posts_check_status() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'draft' then
      raise exception using
        errcode = '23514', constraint = 'posts_status_initial', schema = 'public', table = 'posts', column = 'status',
        message = format('a new post is a draft, not %s', new.status);
    end if;
  elsif not exists (
    select from public.post_status_moves as m where m.from_status = old.status and m.to_status = new.status
  ) then
    raise exception using
      errcode = '23514', constraint = 'posts_status_move', schema = 'public', table = 'posts', column = 'status',
      message = format('a post does not move from %s to %s', old.status, new.status);
  end if;
  return new;
end
$$;
drop table post_approvals;
alter table posts
  drop constraint posts_approved_check,
  drop constraint posts_approved_revision_check,
  drop column approved_revision;
drop table workspace_approvers;
drop function workspace_approvers_drop();
revoke update (version) on workspaces from defeah_api;
alter table workspaces drop column approval_policy;
drop type approval_decision;
drop type approval_policy;
reset role;
