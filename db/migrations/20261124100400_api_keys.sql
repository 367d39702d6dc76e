-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create table api_keys (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  name text not null,
  hint text not null,
  scopes text[] not null,
  is_limited_to_accounts boolean not null default false,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint api_keys_pkey primary key (workspace_id, id),
  constraint api_keys_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint api_keys_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint api_keys_name_check check (char_length(name) between 1 and 100),
  constraint api_keys_hint_check check (char_length(hint) between 1 and 20),
  constraint api_keys_scopes_check check (
    cardinality(scopes) between 1 and 40
    and not scopes && array['members:read', 'members:write', 'api-keys:read', 'api-keys:write', 'workspace:write']
  )
);

create index api_keys_user_idx on api_keys (user_id, workspace_id);

create table api_key_digests (
  digest bytea not null,
  workspace_id uuid not null,
  api_key_id uuid not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  constraint api_key_digests_pkey primary key (digest),
  constraint api_key_digests_api_key_fkey foreign key (workspace_id, api_key_id)
    references api_keys (workspace_id, id) on delete restrict,
  constraint api_key_digests_digest_check check (octet_length(digest) = 32)
);

create index api_key_digests_api_key_idx on api_key_digests (workspace_id, api_key_id);

create table api_key_accounts (
  workspace_id uuid not null,
  api_key_id uuid not null,
  account_id uuid not null,
  constraint api_key_accounts_pkey primary key (workspace_id, api_key_id, account_id),
  constraint api_key_accounts_api_key_fkey foreign key (workspace_id, api_key_id)
    references api_keys (workspace_id, id) on delete restrict,
  constraint api_key_accounts_account_fkey foreign key (workspace_id, account_id)
    references instagram_accounts (workspace_id, id) on delete restrict
);

create index api_key_accounts_account_idx on api_key_accounts (workspace_id, account_id);

create trigger touch_updated_at before update on api_keys
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on api_keys
  for each row execute function audit_row_change('ignore=last_used_at');
create trigger refuse before truncate on api_keys
  for each statement execute function refuse_statement();
create trigger audit after insert or update or delete on api_key_digests
  for each row execute function audit_row_change('key=api_key_id', 'omit=digest');
create trigger refuse before truncate on api_key_digests
  for each statement execute function refuse_statement();
create trigger audit after insert or update or delete on api_key_accounts
  for each row execute function audit_row_change('key=api_key_id,account_id');
create trigger refuse before truncate on api_key_accounts
  for each statement execute function refuse_statement();

comment on table api_keys is 'Credentials of machines, each for one workspace, with rights of its own.';
comment on column api_keys.workspace_id is 'The workspace.';
comment on column api_keys.id is 'Made by the application.';
comment on column api_keys.user_id is 'Who made it; it may never do more than that member may.';
comment on column api_keys.name is 'What the team calls it.';
comment on column api_keys.hint is 'The visible beginning of the key, to tell it from others.';
comment on column api_keys.scopes is 'Permissions that it holds.';
comment on column api_keys.is_limited_to_accounts is 'Whether it may touch only the accounts in api_key_accounts.';
comment on column api_keys.expires_at is 'No longer good after this. NULL: good until it is revoked.';
comment on column api_keys.last_used_at is 'When it was last used, to the minute.';
comment on column api_keys.revoked_at is 'When it was ended.';
comment on column api_keys.created_at is 'When it was made.';
comment on column api_keys.updated_at is 'Last real change.';

comment on table api_key_digests is
  'Which key a presented secret is, over all workspaces. Two rows while a rotation overlaps.';
comment on column api_key_digests.digest is 'Secret: SHA-256 of the key.';
comment on column api_key_digests.workspace_id is 'Workspace of the key.';
comment on column api_key_digests.api_key_id is 'The key.';
comment on column api_key_digests.expires_at is 'When a secret that was rotated away ends. NULL: the current one.';
comment on column api_key_digests.created_at is 'When the secret was made.';

comment on table api_key_accounts is 'The Instagram accounts that a limited key may touch.';
comment on column api_key_accounts.workspace_id is 'The workspace.';
comment on column api_key_accounts.api_key_id is 'The key.';
comment on column api_key_accounts.account_id is 'An account that it may touch.';

grant select, insert (workspace_id, id, user_id, name, hint, scopes, is_limited_to_accounts, expires_at),
  update (hint, last_used_at, revoked_at) on api_keys to defeah_api;
grant select, delete, insert (digest, workspace_id, api_key_id, expires_at), update (expires_at)
  on api_key_digests to defeah_api;
grant select, insert (workspace_id, api_key_id, account_id) on api_key_accounts to defeah_api;
grant select, update (revoked_at) on api_keys to defeah_jobs;
grant select (workspace_id, api_key_id, expires_at, created_at), delete on api_key_digests to defeah_jobs;
grant select on api_key_accounts to defeah_jobs;

create view masked.api_keys as
  select workspace_id, id, user_id, scopes, is_limited_to_accounts, expires_at, last_used_at, revoked_at, created_at,
    updated_at
  from public.api_keys;
comment on view masked.api_keys is 'API keys without their names and secrets.';
grant select on masked.api_keys to defeah_readonly;

reset role;

-- migrate:down
set local role defeah_owner;
drop view masked.api_keys;
drop table api_key_accounts;
drop table api_key_digests;
drop table api_keys;
reset role;
