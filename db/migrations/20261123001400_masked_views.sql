-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create view masked.users as
  select id, status, email_verified_at is not null as email_verified, version, created_at, updated_at
  from public.users;

create view masked.user_sessions as
  select id, user_id, workspace_id, generation, last_seen_at, idle_expires_at, absolute_expires_at, revoked_at,
    revoked_reason, created_at
  from public.user_sessions;

create view masked.workspaces as
  select id, plan, status, created_by, closing_at, closed_at, version, created_at, updated_at
  from public.workspaces;

create view masked.workspace_members as
  select workspace_id, user_id, role, version, joined_at, updated_at
  from public.workspace_members;

create view masked.instagram_accounts as
  select workspace_id, id, user_id, login, account_type, followers_count, follows_count, media_count, status,
    webhook_status, connected_at, disconnected_at, version, created_at, updated_at
  from public.instagram_accounts;

create view masked.campaigns as
  select workspace_id, id, user_id, objective, budget_minor, currency, starts_on, ends_on, status, archived_at, version,
    created_at, updated_at
  from public.campaigns;

create view masked.posts as
  select workspace_id, id, user_id, account_id, campaign_id, kind, char_length(caption) as caption_length, status,
    scheduled_at, time_zone, published_at, archived_at, version, created_at, updated_at
  from public.posts;

create view masked.media_files as
  select workspace_id, id, user_id, declared_content_type, declared_bytes, width, height, duration_ms, status,
    rejection_code, upload_expires_at, version, created_at, updated_at
  from public.media_files;

create view masked.ai_generations as
  select workspace_id, id, user_id, post_id, kind, status, provider, model, template, template_version, error_code,
    input_tokens, output_tokens, cost_micros, currency, latency_ms, finished_at, created_at, updated_at
  from public.ai_generations;

create view masked.performance_metrics as
  select workspace_id, id, post_id, campaign_id, account_id, link_id, bucket, bucket_start, views, reach, likes,
    comments, shares, saves, follows, profile_visits, clicks, conversions, revenue_minor, currency, created_at,
    updated_at
  from public.performance_metrics;

comment on view masked.users is 'Users without address, name, password and preferences.';
comment on view masked.user_sessions is 'Sessions without secret, device and place.';
comment on view masked.workspaces is 'Workspaces without their names.';
comment on view masked.workspace_members is 'Memberships.';
comment on view masked.instagram_accounts is 'Connected accounts without what names them.';
comment on view masked.campaigns is 'Campaigns without their texts.';
comment on view masked.posts is 'Posts without their texts.';
comment on view masked.media_files is 'Files without their names.';
comment on view masked.ai_generations is 'Generations without prompt and output.';
comment on view masked.performance_metrics is 'The rollups.';

reset role;

-- migrate:down
drop view masked.performance_metrics;
drop view masked.ai_generations;
drop view masked.media_files;
drop view masked.posts;
drop view masked.campaigns;
drop view masked.instagram_accounts;
drop view masked.workspace_members;
drop view masked.workspaces;
drop view masked.user_sessions;
drop view masked.users;
