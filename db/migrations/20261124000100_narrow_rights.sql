-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- The owner, and whoever may act as the owner, writes the trail only through the audit function.
create function refuse_direct_insert() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if pg_trigger_depth() < 2 then
    raise exception using
      errcode = 'DF002',
      constraint = 'statement_refused',
      schema = tg_table_schema,
      table = tg_table_name,
      message = format('%I is written by the audit trigger alone', tg_table_name);
  end if;
  return null;
end
$$;
revoke all on function refuse_direct_insert() from public;

create trigger refuse_direct before insert on audit_logs
  for each statement execute function refuse_direct_insert();

-- What is in the trail stays also in a session of replication, which an owner may open by mistake. What comes in is
-- not asked there: a replica that applies rows has no actor, and gets the trail's rows from its source.
alter table audit_logs enable always trigger refuse;

create or replace function ensure_partitions(parent regclass, first_month date, months integer) returns integer
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set lock_timeout = '2s'
  set timezone = 'UTC'
as $$
declare
  parent_name text;
  month_start date;
  partition_name text;
  refused text;
  made integer := 0;
begin
  select c.relname into parent_name
  from pg_class as c
  where c.oid = parent and c.relkind = 'p' and c.relnamespace = 'public'::regnamespace
    and c.relowner = (select r.oid from pg_roles as r where r.rolname = current_user);
  if parent_name is null then
    raise exception using errcode = '42809', message = format('%s is not a partitioned table of this schema', parent);
  end if;
  if months not between 1 and 120 then
    raise exception using errcode = '22023', message = 'months must be 1 to 120';
  end if;
  -- A partition does not inherit its parent's statement triggers.
  refused := case parent_name when 'audit_logs' then 'update or delete or truncate' else 'truncate' end;

  for i in 0..months - 1 loop
    month_start := date_trunc('month', first_month)::date + make_interval(months => i);
    partition_name := format('%s_%s', parent_name, to_char(month_start, 'YYYY_MM'));
    continue when to_regclass(format('partitions.%I', partition_name)) is not null;
    execute format(
      'create table partitions.%I (like public.%I including defaults including constraints including storage) '
      'with (%s)',
      partition_name, parent_name,
      'autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02');
    execute format(
      'create trigger refuse before %s on partitions.%I for each statement execute function public.refuse_statement()',
      refused, partition_name);
    execute format('alter table partitions.%I enable always trigger refuse', partition_name);
    -- Rows come in through the parent, which does not fire this: of the trail nobody writes a partition itself.
    if parent_name = 'audit_logs' then
      execute format(
        'create trigger refuse_direct before insert on partitions.%I for each statement '
        'execute function public.refuse_statement()', partition_name);
    end if;
    execute format(
      'alter table public.%I attach partition partitions.%I for values from (%L) to (%L)',
      parent_name, partition_name, month_start::timestamptz, (month_start + interval '1 month')::timestamptz);
    execute format(
      'comment on table partitions.%I is %L',
      partition_name, format('%s of %s in UTC.', parent_name, to_char(month_start, 'YYYY-MM')));
    made := made + 1;
  end loop;
  return made;
end
$$;

do $$
declare
  partition regclass;
begin
  for partition in select i.inhrelid::regclass from pg_inherits as i where i.inhparent = 'audit_logs'::regclass loop
    execute format('alter table %s enable always trigger refuse', partition);
    execute format(
      'create trigger refuse_direct before insert on %s for each statement '
      'execute function public.refuse_statement()', partition);
  end loop;
  for partition in
    select i.inhrelid::regclass from pg_inherits as i where i.inhparent = 'analytics_events'::regclass
  loop
    execute format('alter table %s enable always trigger refuse', partition);
  end loop;
end
$$;

-- What requests may say they are: a bug or an injection there does not sign as a job or a migration.
alter table audit_logs add constraint audit_logs_role_check check (
  database_role <> 'api' or actor_kind in ('user', 'api_key', 'webhook', 'anonymous')
) not valid;

-- Times, versions, plans and the secrets of sessions are the database's to set: so INSERT is granted by column too.
revoke insert on ai_generations from defeah_api, defeah_jobs;
grant insert (
  workspace_id, id, user_id, post_id, kind, status, provider, model, template, template_version, prompt, output,
  error_code, input_tokens, output_tokens, cost_micros, currency, latency_ms, finished_at
) on ai_generations to defeah_api, defeah_jobs;
revoke insert on campaigns from defeah_api;
grant insert (
  workspace_id, id, user_id, name, objective, budget_minor, currency, starts_on, ends_on, status, utm, goals,
  archived_at
) on campaigns to defeah_api;
revoke insert on instagram_accounts from defeah_api;
grant insert (
  workspace_id, id, user_id, login, ig_user_id, app_scoped_id, page_id, username, name, account_type,
  profile_picture_url, followers_count, follows_count, media_count, status, webhook_status, webhook_checked_at,
  profile_read_at, connected_at, disconnected_at
) on instagram_accounts to defeah_api;
revoke insert on instagram_tokens from defeah_api, defeah_jobs;
grant insert (
  workspace_id, id, account_id, token_ciphertext, scopes, status, issued_at, expires_at, refreshed_at,
  refresh_failures, refresh_failed_at, refresh_error, ended_at
) on instagram_tokens to defeah_api, defeah_jobs;
revoke insert on media_files from defeah_api;
grant insert (
  workspace_id, id, user_id, file_name, declared_content_type, declared_bytes, declared_sha256, sha256, width,
  height, duration_ms, status, rejection_code, upload_expires_at
) on media_files to defeah_api;
revoke insert on media_objects from defeah_api;
grant insert (workspace_id, sha256, bytes, content_type, object_key) on media_objects to defeah_api;
revoke insert on posts from defeah_api;
grant insert (
  workspace_id, id, user_id, account_id, campaign_id, kind, caption, options, options_version, status, scheduled_at,
  scheduled_local, time_zone
) on posts to defeah_api;
revoke insert on user_email_index from defeah_api, defeah_jobs;
grant insert (key_version, digest, user_id) on user_email_index to defeah_api, defeah_jobs;
revoke insert on user_sessions from defeah_api;
grant insert (
  id, user_id, workspace_id, last_seen_at, device, place, address_prefix, idle_expires_at, absolute_expires_at
) on user_sessions to defeah_api;
revoke insert on users from defeah_api;
grant insert (
  id, email_ciphertext, name_ciphertext, password_hash, status, email_verified_at, locale, time_zone, data_key_id
) on users to defeah_api;
revoke insert on workspace_members from defeah_api;
grant insert (workspace_id, user_id, role) on workspace_members to defeah_api;
revoke insert on workspaces from defeah_api;
grant insert (id, name, created_by) on workspaces to defeah_api;
revoke insert on encryption_keys from defeah_api, defeah_jobs;
grant insert (
  id, purpose, key_version, user_id, workspace_id, kek_version, wrapped_key, public_jwk, status, not_before
) on encryption_keys to defeah_api, defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
revoke insert on ai_generations from defeah_api, defeah_jobs;
grant insert on ai_generations to defeah_api, defeah_jobs;
revoke insert on campaigns from defeah_api;
grant insert on campaigns to defeah_api;
revoke insert on instagram_accounts from defeah_api;
grant insert on instagram_accounts to defeah_api;
revoke insert on instagram_tokens from defeah_api, defeah_jobs;
grant insert on instagram_tokens to defeah_api, defeah_jobs;
revoke insert on media_files from defeah_api;
grant insert on media_files to defeah_api;
revoke insert on media_objects from defeah_api;
grant insert on media_objects to defeah_api;
revoke insert on posts from defeah_api;
grant insert on posts to defeah_api;
revoke insert on user_email_index from defeah_api, defeah_jobs;
grant insert on user_email_index to defeah_api, defeah_jobs;
revoke insert on user_sessions from defeah_api;
grant insert on user_sessions to defeah_api;
revoke insert on users from defeah_api;
grant insert on users to defeah_api;
revoke insert on workspace_members from defeah_api;
grant insert on workspace_members to defeah_api;
revoke insert on workspaces from defeah_api;
grant insert on workspaces to defeah_api;
revoke insert on encryption_keys from defeah_api, defeah_jobs;
grant insert on encryption_keys to defeah_api, defeah_jobs;

alter table audit_logs drop constraint audit_logs_role_check;

do $$
declare
  partition regclass;
begin
  for partition in select i.inhrelid::regclass from pg_inherits as i where i.inhparent = 'audit_logs'::regclass loop
    execute format('drop trigger refuse_direct on %s', partition);
    execute format('alter table %s enable trigger refuse', partition);
  end loop;
  for partition in
    select i.inhrelid::regclass from pg_inherits as i where i.inhparent = 'analytics_events'::regclass
  loop
    execute format('alter table %s enable trigger refuse', partition);
  end loop;
end
$$;

create or replace function ensure_partitions(parent regclass, first_month date, months integer) returns integer
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set lock_timeout = '2s'
  set timezone = 'UTC'
as $$
declare
  parent_name text;
  month_start date;
  partition_name text;
  refused text;
  made integer := 0;
begin
  select c.relname into parent_name
  from pg_class as c
  where c.oid = parent and c.relkind = 'p' and c.relnamespace = 'public'::regnamespace
    and c.relowner = (select r.oid from pg_roles as r where r.rolname = current_user);
  if parent_name is null then
    raise exception using errcode = '42809', message = format('%s is not a partitioned table of this schema', parent);
  end if;
  if months not between 1 and 120 then
    raise exception using errcode = '22023', message = 'months must be 1 to 120';
  end if;
  -- A partition does not inherit its parent's statement triggers.
  refused := case parent_name when 'audit_logs' then 'update or delete or truncate' else 'truncate' end;

  for i in 0..months - 1 loop
    month_start := date_trunc('month', first_month)::date + make_interval(months => i);
    partition_name := format('%s_%s', parent_name, to_char(month_start, 'YYYY_MM'));
    continue when to_regclass(format('partitions.%I', partition_name)) is not null;
    execute format(
      'create table partitions.%I (like public.%I including defaults including constraints including storage) '
      'with (%s)',
      partition_name, parent_name,
      'autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02');
    execute format(
      'create trigger refuse before %s on partitions.%I for each statement execute function public.refuse_statement()',
      refused, partition_name);
    execute format(
      'alter table public.%I attach partition partitions.%I for values from (%L) to (%L)',
      parent_name, partition_name, month_start::timestamptz, (month_start + interval '1 month')::timestamptz);
    execute format(
      'comment on table partitions.%I is %L',
      partition_name, format('%s of %s in UTC.', parent_name, to_char(month_start, 'YYYY-MM')));
    made := made + 1;
  end loop;
  return made;
end
$$;

alter table audit_logs enable trigger refuse;
drop trigger refuse_direct on audit_logs;
drop function refuse_direct_insert();
reset role;
