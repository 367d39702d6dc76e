-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type instagram_login as enum ('instagram', 'facebook');
create type instagram_account_type as enum ('business', 'media_creator');
create type instagram_account_status as enum ('active', 'needs_reauth', 'disconnected');
create type instagram_webhook_status as enum ('none', 'subscribed', 'failed');
create type instagram_token_status as enum ('current', 'replaced', 'revoked');
create type instagram_limit_kind as enum ('calls', 'publishing');

create table instagram_accounts (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  login instagram_login not null,
  ig_user_id text not null,
  app_scoped_id text,
  page_id text,
  username text not null,
  name text,
  account_type instagram_account_type,
  profile_picture_url text,
  followers_count integer,
  follows_count integer,
  media_count integer,
  status instagram_account_status not null default 'active',
  webhook_status instagram_webhook_status not null default 'none',
  webhook_checked_at timestamptz,
  profile_read_at timestamptz,
  connected_at timestamptz not null default now(),
  disconnected_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint instagram_accounts_pkey primary key (workspace_id, id),
  constraint instagram_accounts_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete restrict,
  constraint instagram_accounts_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint instagram_accounts_ig_user_id_check check (ig_user_id ~ '^[0-9]{1,32}$'),
  constraint instagram_accounts_app_scoped_id_check check (app_scoped_id ~ '^[0-9]{1,32}$'),
  constraint instagram_accounts_page_id_check check (
    page_id is null or (page_id ~ '^[0-9]{1,32}$' and login = 'facebook')
  ),
  constraint instagram_accounts_username_check check (char_length(username) between 1 and 100),
  constraint instagram_accounts_counts_check check (
    followers_count >= 0 and follows_count >= 0 and media_count >= 0
  ),
  constraint instagram_accounts_disconnected_check check ((status = 'disconnected') = (disconnected_at is not null)),
  constraint instagram_accounts_version_check check (version > 0)
);

-- Across all workspaces: one brand's account is connected once.
create unique index instagram_accounts_connected_key on instagram_accounts (ig_user_id) where status <> 'disconnected';
create index instagram_accounts_app_scoped_idx on instagram_accounts (app_scoped_id) where app_scoped_id is not null;
create index instagram_accounts_user_idx on instagram_accounts (user_id);

create table instagram_tokens (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  account_id uuid not null,
  token_ciphertext text,
  scopes text[] not null default '{}',
  status instagram_token_status not null default 'current',
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  refreshed_at timestamptz,
  refresh_failures integer not null default 0,
  refresh_failed_at timestamptz,
  refresh_error text,
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint instagram_tokens_pkey primary key (workspace_id, id),
  constraint instagram_tokens_account_fkey foreign key (workspace_id, account_id)
    references instagram_accounts (workspace_id, id) on delete restrict,
  constraint instagram_tokens_ended_check check (
    (status = 'current') = (token_ciphertext is not null) and (status = 'current') = (ended_at is null)
  ),
  constraint instagram_tokens_expiry_check check (expires_at > issued_at),
  constraint instagram_tokens_refresh_failures_check check (
    refresh_failures >= 0 and (refresh_failures = 0 or refresh_failed_at is not null)
  )
);

create unique index instagram_tokens_current_key on instagram_tokens (workspace_id, account_id)
  where status = 'current';
create index instagram_tokens_account_idx on instagram_tokens (workspace_id, account_id, id desc);
create index instagram_tokens_expiry_idx on instagram_tokens (expires_at) where status = 'current';

create table instagram_rate_limits (
  workspace_id uuid not null,
  account_id uuid not null,
  kind instagram_limit_kind not null,
  window_seconds integer not null default 86400,
  calls_percent smallint,
  time_percent smallint,
  cpu_time_percent smallint,
  quota_total integer,
  quota_used integer,
  reserved integer not null default 0,
  blocked_until timestamptz,
  read_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint instagram_rate_limits_pkey primary key (workspace_id, account_id, kind),
  constraint instagram_rate_limits_account_fkey foreign key (workspace_id, account_id)
    references instagram_accounts (workspace_id, id) on delete cascade,
  constraint instagram_rate_limits_window_check check (window_seconds > 0),
  constraint instagram_rate_limits_counts_check check (
    calls_percent >= 0 and time_percent >= 0 and cpu_time_percent >= 0
    and quota_total >= 0 and quota_used >= 0 and reserved >= 0
  ),
  constraint instagram_rate_limits_kind_check check (
    case kind
      when 'calls' then num_nonnulls(quota_total, quota_used) = 0 and reserved = 0
      else num_nonnulls(calls_percent, time_percent, cpu_time_percent) = 0
    end
  )
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create trigger touch_version before update on instagram_accounts
  for each row execute function touch_version();
create trigger audit after insert or update or delete on instagram_accounts
  for each row execute function audit_row_change(
    'mask=ig_user_id,app_scoped_id,page_id,username,name,profile_picture_url',
    'ignore=profile_read_at,webhook_checked_at,followers_count,follows_count,media_count');
create trigger refuse before truncate on instagram_accounts
  for each statement execute function refuse_statement();

create trigger touch_updated_at before update on instagram_tokens
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on instagram_tokens
  for each row execute function audit_row_change('mask=token_ciphertext');
create trigger refuse before truncate on instagram_tokens
  for each statement execute function refuse_statement();

create trigger touch_updated_at before update on instagram_rate_limits
  for each row execute function touch_updated_at();

comment on table instagram_accounts is 'Professional Instagram accounts that a workspace connected.';
comment on column instagram_accounts.workspace_id is 'The owning workspace.';
comment on column instagram_accounts.id is 'The account here; Instagram''s own ids are below.';
comment on column instagram_accounts.user_id is 'Who connected it.';
comment on column instagram_accounts.login is
  'Which of Meta''s two login flavours: decides hosts, scopes and features.';
comment on column instagram_accounts.ig_user_id is
  'pii: Professional account id, also the entry id of webhooks. Connected in one workspace at a time.';
comment on column instagram_accounts.app_scoped_id is
  'pii: Id of the person for this app, named by deauthorize and deletion callbacks.';
comment on column instagram_accounts.page_id is 'pii: Facebook page behind the account; Facebook Login only.';
comment on column instagram_accounts.username is 'pii: Handle, without the at sign.';
comment on column instagram_accounts.name is 'pii: Display name.';
comment on column instagram_accounts.account_type is 'What Meta says the account is. NULL: not told.';
comment on column instagram_accounts.profile_picture_url is 'pii: Meta''s link to the picture; it expires.';
comment on column instagram_accounts.followers_count is 'As last read.';
comment on column instagram_accounts.follows_count is 'As last read.';
comment on column instagram_accounts.media_count is 'As last read.';
comment on column instagram_accounts.status is
  'A needs_reauth account keeps its plans but cannot publish until it is connected again.';
comment on column instagram_accounts.webhook_status is 'Whether Meta delivers webhooks for it.';
comment on column instagram_accounts.webhook_checked_at is 'When the subscription was last confirmed or tried.';
comment on column instagram_accounts.profile_read_at is 'When the profile was last read from Meta.';
comment on column instagram_accounts.connected_at is 'When it was connected, or connected again.';
comment on column instagram_accounts.disconnected_at is 'When it was disconnected.';
comment on column instagram_accounts.version is 'For ETags. Raised by trigger with each real change.';
comment on column instagram_accounts.created_at is 'When it was first connected.';
comment on column instagram_accounts.updated_at is 'Last real change.';

comment on table instagram_tokens is
  'Long-lived access tokens. The current one is readable; the ciphertext of the others is wiped.';
comment on column instagram_tokens.workspace_id is 'The owning workspace.';
comment on column instagram_tokens.id is 'Bound into the ciphertext.';
comment on column instagram_tokens.account_id is 'The account that it acts for.';
comment on column instagram_tokens.token_ciphertext is
  'Secret: the token, encrypted with the workspace''s data key. NULL unless current.';
comment on column instagram_tokens.scopes is 'What the person granted, as Meta names it.';
comment on column instagram_tokens.status is 'One token of an account is current.';
comment on column instagram_tokens.issued_at is
  'When Meta issued or last refreshed it. It can be refreshed after 24 hours.';
comment on column instagram_tokens.expires_at is 'When it dies. After that only the person can reconnect.';
comment on column instagram_tokens.refreshed_at is 'Last refresh that worked.';
comment on column instagram_tokens.refresh_failures is 'Failed tries since then.';
comment on column instagram_tokens.refresh_failed_at is 'Last try that failed.';
comment on column instagram_tokens.refresh_error is 'Code of that failure, never Meta''s text.';
comment on column instagram_tokens.ended_at is 'When it stopped being the current one.';
comment on column instagram_tokens.created_at is 'When the row was made.';
comment on column instagram_tokens.updated_at is 'Last real change.';

comment on table instagram_rate_limits is
  'What Meta still allows an account, as its answers told, and what is reserved of it.';
comment on column instagram_rate_limits.workspace_id is 'The owning workspace.';
comment on column instagram_rate_limits.account_id is 'The account.';
comment on column instagram_rate_limits.kind is 'Calls are limited in percent of a hidden number, publishing in posts.';
comment on column instagram_rate_limits.window_seconds is 'Length of the moving window.';
comment on column instagram_rate_limits.calls_percent is 'Share of allowed calls used, from the usage header.';
comment on column instagram_rate_limits.time_percent is 'Share of allowed total time used, from the usage header.';
comment on column instagram_rate_limits.cpu_time_percent is 'Share of allowed CPU time used, from the usage header.';
comment on column instagram_rate_limits.quota_total is
  'Posts allowed in the window, as read from Meta: its documents contradict each other.';
comment on column instagram_rate_limits.quota_used is 'Posts published in the window, as read from Meta.';
comment on column instagram_rate_limits.reserved is 'Posts about to be published and not yet in quota_used.';
comment on column instagram_rate_limits.blocked_until is 'No call before this instant.';
comment on column instagram_rate_limits.read_at is 'When Meta last told.';
comment on column instagram_rate_limits.created_at is 'When the row was made.';
comment on column instagram_rate_limits.updated_at is 'Last real change.';

reset role;

-- migrate:down
drop table instagram_rate_limits;
drop table instagram_tokens;
drop table instagram_accounts;
drop type instagram_limit_kind;
drop type instagram_token_status;
drop type instagram_webhook_status;
drop type instagram_account_status;
drop type instagram_account_type;
drop type instagram_login;
