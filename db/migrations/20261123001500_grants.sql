-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';

-- The whole of who may do what, by name: no default privileges anywhere, so a new table is closed until it is
-- granted. No login role has TRUNCATE, REFERENCES or TRIGGER on anything, nor any right on schema partitions.
set local role defeah_owner;

grant select on schema_migrations to defeah_api, defeah_jobs, defeah_monitor;
comment on table schema_migrations is 'Migrations that this database has had; kept by dbmate.';
comment on column schema_migrations.version is 'Timestamp at the beginning of the file''s name.';

-- The requests of the API. UPDATE is granted by column: nobody may move a row to another workspace, give it another id,
-- change its plan, or make a session last longer. The secret of a session is read because the refresh compares sha256()
-- of it inside the database; the value never leaves the statement.
grant select, insert on
  users, encryption_keys, user_sessions, workspaces, instagram_accounts, instagram_tokens, instagram_rate_limits,
  ai_generations, idempotency_keys, media_objects, analytics_events
  to defeah_api;
grant select, insert, delete on
  user_email_index, workspace_members, campaigns, posts, post_media, media_files
  to defeah_api;
grant select on post_status_moves, post_status_history, performance_metrics, audit_logs to defeah_api;
grant update (
  email_ciphertext, name_ciphertext, password_hash, status, email_verified_at, locale, time_zone, erased_at
) on users to defeah_api;
grant update (wrapped_key, status, retired_at, destroyed_at) on encryption_keys to defeah_api;
grant update (
  generation, rotated_at, workspace_id, last_seen_at, idle_expires_at, revoked_at, revoked_reason
) on user_sessions to defeah_api;
grant update (name, status, closing_at, closed_at) on workspaces to defeah_api;
grant update (role) on workspace_members to defeah_api;
grant update (
  app_scoped_id, page_id, username, name, account_type, profile_picture_url, followers_count, follows_count,
  media_count, status, webhook_status, webhook_checked_at, profile_read_at, connected_at, disconnected_at
) on instagram_accounts to defeah_api;
grant update (
  token_ciphertext, scopes, status, expires_at, refreshed_at, refresh_failures, refresh_failed_at, refresh_error,
  ended_at
) on instagram_tokens to defeah_api, defeah_jobs;
grant update (
  window_seconds, calls_percent, time_percent, cpu_time_percent, quota_total, quota_used, reserved, blocked_until,
  read_at
) on instagram_rate_limits to defeah_api, defeah_jobs;
grant update (
  name, objective, budget_minor, currency, starts_on, ends_on, status, archived_at, utm, goals, version
) on campaigns to defeah_api;
grant update (
  account_id, campaign_id, caption, options, options_version, status, scheduled_at, scheduled_local, time_zone,
  published_at, ig_media_id, permalink, archived_at, version
) on posts to defeah_api, defeah_jobs;
grant update (media_id, alt_text, user_tags, product_tags) on post_media to defeah_api;
grant update (
  sha256, width, height, duration_ms, status, rejection_code, upload_expires_at
) on media_files to defeah_api, defeah_jobs;
grant update (
  status, output, error_code, input_tokens, output_tokens, cost_micros, currency, latency_ms, finished_at
) on ai_generations to defeah_api, defeah_jobs;

-- Crons and queues. They never see the secret of a session.
grant select on users, workspaces, instagram_accounts, campaigns, posts, post_media, post_status_moves,
  post_status_history, audit_logs
  to defeah_jobs;
grant select, insert on encryption_keys, instagram_tokens, instagram_rate_limits, ai_generations, analytics_events
  to defeah_jobs;
grant select, delete on workspace_members, media_objects, media_files, idempotency_keys to defeah_jobs;
grant select, insert, update, delete on performance_metrics to defeah_jobs;
grant select, insert, delete on user_email_index to defeah_jobs;
grant select (
  id, user_id, workspace_id, last_seen_at, idle_expires_at, absolute_expires_at, revoked_at, revoked_reason, created_at
), delete on user_sessions to defeah_jobs;
grant update (
  email_ciphertext, name_ciphertext, password_hash, status, email_verified_at, erased_at, data_key_id
) on users to defeah_jobs;
grant update (kek_version, wrapped_key, status, retired_at, destroyed_at) on encryption_keys to defeah_jobs;
grant update (status, closing_at, closed_at) on workspaces to defeah_jobs;
grant update (
  username, name, account_type, profile_picture_url, followers_count, follows_count, media_count, status,
  webhook_status, webhook_checked_at, profile_read_at, disconnected_at
) on instagram_accounts to defeah_jobs;
grant update (revoked_at, revoked_reason) on user_sessions to defeah_jobs;
grant update (status) on campaigns to defeah_jobs;

grant select on audit_logs to defeah_auditor;

grant select on
  masked.users, masked.user_sessions, masked.workspaces, masked.workspace_members, masked.instagram_accounts,
  masked.campaigns, masked.posts, masked.media_files, masked.ai_generations, masked.performance_metrics
  to defeah_readonly;

grant execute on function uuid_v7() to defeah_api, defeah_jobs;
grant execute on function ensure_partitions(regclass, date, integer), ensure_all_partitions(integer)
  to defeah_jobs, defeah_migrator;

reset role;

-- migrate:down
revoke execute on function ensure_partitions(regclass, date, integer), ensure_all_partitions(integer)
  from defeah_jobs, defeah_migrator;
revoke execute on function uuid_v7() from defeah_api, defeah_jobs;
revoke select on
  masked.users, masked.user_sessions, masked.workspaces, masked.workspace_members, masked.instagram_accounts,
  masked.campaigns, masked.posts, masked.media_files, masked.ai_generations, masked.performance_metrics
  from defeah_readonly;
revoke all on
  users, user_email_index, encryption_keys, user_sessions, workspaces, workspace_members, instagram_accounts,
  instagram_tokens, instagram_rate_limits, campaigns, posts, post_media, post_status_moves, post_status_history,
  media_objects, media_files, ai_generations, analytics_events, performance_metrics, idempotency_keys, audit_logs
  from defeah_api, defeah_jobs, defeah_auditor;
revoke select on schema_migrations from defeah_api, defeah_jobs, defeah_monitor;
comment on column schema_migrations.version is null;
comment on table schema_migrations is null;
