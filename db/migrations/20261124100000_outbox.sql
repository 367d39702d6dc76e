-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type outbox_status as enum ('pending', 'done', 'dead', 'superseded');

create table outbox (
  id uuid not null default uuid_v7(),
  kind text not null,
  user_id uuid,
  workspace_id uuid,
  subject_id uuid,
  status outbox_status not null default 'pending',
  due_at timestamptz not null,
  attempts integer not null default 0,
  fence bigint not null default 0,
  leased_until timestamptz,
  last_error text,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  constraint outbox_pkey primary key (id),
  constraint outbox_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint outbox_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint outbox_kind_check check (kind ~ '^[a-z]+/[a-z]+(-[a-z]+)*$'),
  constraint outbox_attempts_check check (attempts >= 0 and fence >= attempts),
  constraint outbox_last_error_check check (char_length(last_error) between 1 and 100),
  constraint outbox_finished_check check ((status = 'pending') = (finished_at is null)),
  constraint outbox_lease_check check (leased_until is null or status = 'pending')
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);

create index outbox_due_idx on outbox (due_at, id) where status = 'pending';
create index outbox_finished_idx on outbox (finished_at) where status <> 'pending';
create index outbox_user_idx on outbox (user_id, kind);
create index outbox_workspace_idx on outbox (workspace_id) where workspace_id is not null;

create trigger refuse before truncate on outbox
  for each statement execute function refuse_statement();

comment on table outbox is
  'What is to be done outside the database because of a change inside: written by the statement of the change, done '
  'by a worker that may die at any line.';
comment on column outbox.id is 'Made by the application.';
comment on column outbox.kind is
  'What to do: area/template. The handler of that name reads the rest from the rows named.';
comment on column outbox.user_id is 'Whom it concerns. NULL: nobody, and then a mail is not sent.';
comment on column outbox.workspace_id is 'The workspace it concerns, if one.';
comment on column outbox.subject_id is 'The row it is about: an invitation, a session, an export.';
comment on column outbox.status is
  'Pending until done; dead after too many attempts; superseded when a newer row does its work.';
comment on column outbox.due_at is 'Not before this; moved by each failure.';
comment on column outbox.attempts is 'How often it was tried and failed, or was given up by a worker that died.';
comment on column outbox.fence is
  'Fencing token: raised by each claim. Who claimed earlier can no longer finish, mint or release.';
comment on column outbox.leased_until is 'A worker has it until then, by the clock of the database.';
comment on column outbox.last_error is 'Code of the latest failure; never a text from outside.';
comment on column outbox.finished_at is 'When it was done, given up or superseded.';
comment on column outbox.created_at is 'When the change was made.';

grant select, insert (id, kind, user_id, workspace_id, subject_id, due_at) on outbox to defeah_api;
grant update (status, finished_at, leased_until) on outbox to defeah_api;
grant select, delete, insert (id, kind, user_id, workspace_id, subject_id, due_at) on outbox to defeah_jobs;
grant update (status, due_at, attempts, fence, leased_until, last_error, finished_at) on outbox to defeah_jobs;
-- A mail about a session says which one.
grant select (device, place) on user_sessions to defeah_jobs;

reset role;

-- migrate:down
revoke select (device, place) on user_sessions from defeah_jobs;
drop table outbox;
drop type outbox_status;
