-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';

-- The whole of who may do what, by name: no default privileges anywhere, so a new table is closed until it is
-- granted. No login role has TRUNCATE, REFERENCES or TRIGGER on anything, nor any right on schema partitions.
set local role defeah_owner;

grant select on schema_migrations to defeah_api, defeah_jobs, defeah_monitor;
comment on table schema_migrations is 'Migrations that this database has had; kept by dbmate.';
comment on column schema_migrations.version is 'Timestamp at the beginning of the file''s name.';

-- The requests of the API. It reads user_sessions.secret because the refresh compares sha256() of it inside the
-- database; the value never leaves the statement.
grant select, insert, update on
  users, encryption_keys, user_sessions, workspaces, instagram_accounts, instagram_tokens, instagram_rate_limits,
  ai_generations, idempotency_keys
  to defeah_api;
grant select, insert, update, delete on
  user_email_index, workspace_members, campaigns, posts, post_media, media_files
  to defeah_api;
grant select, insert on media_objects, analytics_events to defeah_api;
grant select on post_status_moves, post_status_history, performance_metrics, audit_logs to defeah_api;

-- Crons and queues.
grant select, update on
  users, workspaces, instagram_accounts, campaigns, posts
  to defeah_jobs;
grant select, insert, update on
  encryption_keys, instagram_tokens, instagram_rate_limits, ai_generations
  to defeah_jobs;
grant select, update, delete on user_sessions, media_files to defeah_jobs;
grant select, insert, update, delete on user_email_index, performance_metrics to defeah_jobs;
grant select, delete on workspace_members, media_objects, idempotency_keys to defeah_jobs;
grant select, insert on analytics_events to defeah_jobs;
grant select on post_media, post_status_moves, post_status_history, audit_logs to defeah_jobs;

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
