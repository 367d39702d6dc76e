-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type encryption_key_purpose as enum ('user_data', 'workspace_data', 'signing', 'pepper', 'blind_index');
create type encryption_key_status as enum ('active', 'retiring', 'retired', 'destroyed');
create type session_revocation as enum ('logout', 'revoked', 'reuse', 'password', 'admin', 'erased');

create table encryption_keys (
  id uuid not null default uuid_v7(),
  purpose encryption_key_purpose not null,
  key_version integer not null,
  user_id uuid,
  workspace_id uuid,
  kek_version integer not null,
  wrapped_key text,
  public_jwk jsonb,
  status encryption_key_status not null default 'active',
  not_before timestamptz not null default now(),
  retired_at timestamptz,
  destroyed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint encryption_keys_pkey primary key (id),
  constraint encryption_keys_id_user_key unique (id, user_id),
  constraint encryption_keys_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint encryption_keys_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint encryption_keys_owner_check check (
    (purpose = 'user_data') = (user_id is not null)
    and (purpose = 'workspace_data') = (workspace_id is not null)
  ),
  constraint encryption_keys_public_jwk_check check (
    (purpose = 'signing') = (public_jwk is not null) and coalesce(jsonb_typeof(public_jwk), 'object') = 'object'
  ),
  constraint encryption_keys_wrapped_key_check check ((wrapped_key is null) = (status = 'destroyed')),
  constraint encryption_keys_destroyed_at_check check ((destroyed_at is not null) = (status = 'destroyed')),
  constraint encryption_keys_retired_at_check check (
    case status when 'retired' then retired_at is not null when 'destroyed' then true else retired_at is null end
  ),
  constraint encryption_keys_versions_check check (key_version > 0 and kek_version > 0)
);

create unique index encryption_keys_user_version_key on encryption_keys (user_id, key_version)
  where user_id is not null;
create unique index encryption_keys_workspace_version_key on encryption_keys (workspace_id, key_version)
  where workspace_id is not null;
create unique index encryption_keys_global_version_key on encryption_keys (purpose, key_version)
  where user_id is null and workspace_id is null;
create unique index encryption_keys_user_active_key on encryption_keys (user_id)
  where status = 'active' and user_id is not null;
create unique index encryption_keys_workspace_active_key on encryption_keys (workspace_id)
  where status = 'active' and workspace_id is not null;
create unique index encryption_keys_global_active_key on encryption_keys (purpose)
  where status = 'active' and purpose in ('pepper', 'blind_index');

-- The key must be the user's own. A user and its first key refer to each other and are inserted by one statement:
-- foreign keys are checked at its end. The table was made a moment ago and is empty.
alter table users
  -- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
  add constraint users_data_key_fkey foreign key (data_key_id, id)
    references encryption_keys (id, user_id) on delete restrict;

create table user_sessions (
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  workspace_id uuid,
  secret bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  generation integer not null default 0,
  rotated_at timestamptz,
  last_seen_at timestamptz not null default now(),
  device text,
  place text,
  address_prefix cidr,
  idle_expires_at timestamptz not null,
  absolute_expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason session_revocation,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_sessions_pkey primary key (id),
  constraint user_sessions_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint user_sessions_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint user_sessions_secret_check check (octet_length(secret) = 32),
  constraint user_sessions_generation_check check (generation >= 0),
  constraint user_sessions_device_check check (char_length(device) between 1 and 200),
  constraint user_sessions_place_check check (char_length(place) between 1 and 200),
  constraint user_sessions_revoked_check check ((revoked_at is null) = (revoked_reason is null)),
  constraint user_sessions_expiry_check check (idle_expires_at <= absolute_expires_at)
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);

create index user_sessions_user_idx on user_sessions (user_id, id desc);
create index user_sessions_workspace_idx on user_sessions (workspace_id) where workspace_id is not null;
create index user_sessions_expiry_idx on user_sessions (absolute_expires_at);

create trigger touch_updated_at before update on encryption_keys
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on encryption_keys
  for each row execute function audit_row_change('mask=wrapped_key');
create trigger refuse before truncate on encryption_keys
  for each statement execute function refuse_statement();

create trigger touch_updated_at before update on user_sessions
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on user_sessions
  for each row execute function audit_row_change(
    'omit=secret', 'mask=device,place,address_prefix', 'ignore=generation,rotated_at,last_seen_at,idle_expires_at');
create trigger refuse before truncate on user_sessions
  for each statement execute function refuse_statement();

comment on table encryption_keys is
  'Keys that encrypt, sign and index, each wrapped by a key-encryption key held outside the database.';
comment on column encryption_keys.id is
  'Named in each ciphertext that the key made. For signing keys the kid is in public_jwk.';
comment on column encryption_keys.purpose is
  'What the key is for; decides whether a user, a workspace or nobody owns it.';
comment on column encryption_keys.key_version is 'Counts per owner, or per purpose where nobody owns it.';
comment on column encryption_keys.user_id is 'Owner of a user_data key.';
comment on column encryption_keys.workspace_id is 'Owner of a workspace_data key.';
comment on column encryption_keys.kek_version is 'Version of the key-encryption key that wraps it.';
comment on column encryption_keys.wrapped_key is
  'Secret: the wrapped key. NULL once destroyed, and then what it encrypted is gone.';
comment on column encryption_keys.public_jwk is 'Public half of a signing key, as published in the key set.';
comment on column encryption_keys.status is
  'Active makes new values, retiring and retired only read old ones, destroyed does neither.';
comment on column encryption_keys.not_before is 'First use. A signing key is published before it.';
comment on column encryption_keys.retired_at is 'When the last value that it made was replaced.';
comment on column encryption_keys.destroyed_at is 'When wrapped_key was wiped.';
comment on column encryption_keys.created_at is 'When it was made.';
comment on column encryption_keys.updated_at is 'Last real change.';

comment on table user_sessions is
  'Logins. The refresh token is the session, a generation and a MAC under the row''s secret.';
comment on column user_sessions.id is 'The session, as named in access tokens.';
comment on column user_sessions.user_id is 'Who logged in.';
comment on column user_sessions.workspace_id is
  'The workspace that its latest tokens are for. NULL: the user had none.';
comment on column user_sessions.secret is
  'Secret: key of the refresh token''s MAC. Made and compared inside the database, never returned.';
comment on column user_sessions.generation is
  'Counts refreshes. The generation before it is tolerated for seconds, older ones revoke.';
comment on column user_sessions.rotated_at is 'When the generation was last raised.';
comment on column user_sessions.last_seen_at is 'When its user last acted, roughly.';
comment on column user_sessions.device is 'pii: Device and browser, from the user agent.';
comment on column user_sessions.place is 'pii: Coarse place of the last login or refresh.';
comment on column user_sessions.address_prefix is 'pii: Network of the client, cut to /24 or /48.';
comment on column user_sessions.idle_expires_at is 'Ends here without a refresh; each refresh moves it.';
comment on column user_sessions.absolute_expires_at is 'Ends here whatever happens.';
comment on column user_sessions.revoked_at is 'When it was ended early.';
comment on column user_sessions.revoked_reason is 'Why it was ended early.';
comment on column user_sessions.created_at is 'When the user logged in.';
comment on column user_sessions.updated_at is 'Last real change.';

reset role;

-- migrate:down
drop table user_sessions;
alter table users drop constraint users_data_key_fkey;
drop table encryption_keys;
drop type session_revocation;
drop type encryption_key_status;
drop type encryption_key_purpose;
