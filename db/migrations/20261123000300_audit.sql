-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type actor_kind as enum ('user', 'api_key', 'job', 'webhook', 'anonymous', 'migration');
create type audit_operation as enum ('INSERT', 'UPDATE', 'DELETE');

create table audit_logs (
  id bigint generated always as identity,
  table_name text not null,
  operation audit_operation not null,
  row_id text not null,
  workspace_id uuid,
  user_id uuid,
  actor_kind actor_kind not null,
  actor_id text,
  session_id uuid,
  request_id text,
  address cidr,
  database_role text not null default session_user,
  transaction_id xid8 not null default pg_current_xact_id(),
  old_values jsonb,
  new_values jsonb,
  "timestamp" timestamptz not null default clock_timestamp(),
  constraint audit_logs_pkey primary key ("timestamp", id),
  constraint audit_logs_values_check check (
    case operation
      when 'INSERT' then old_values is null and coalesce(jsonb_typeof(new_values), '') = 'object'
      when 'DELETE' then new_values is null and coalesce(jsonb_typeof(old_values), '') = 'object'
      else coalesce(jsonb_typeof(old_values), '') = 'object' and coalesce(jsonb_typeof(new_values), '') = 'object'
        and old_values <> '{}' and new_values <> '{}'
    end
    and (actor_kind <> 'user' or user_id is not null)
  )
) partition by range ("timestamp");

create index audit_logs_workspace_idx on audit_logs (workspace_id, "timestamp" desc, id desc);
create index audit_logs_user_idx on audit_logs (workspace_id, user_id, "timestamp" desc, id desc);
create index audit_logs_table_idx on audit_logs (workspace_id, table_name, "timestamp" desc, id desc);
create index audit_logs_row_idx on audit_logs (workspace_id, row_id, "timestamp" desc, id desc);

create trigger refuse before update or delete or truncate on audit_logs
  for each statement execute function refuse_statement();

-- Writes one row of audit_logs for a changed row. Arguments of the trigger, each `word=column,column`:
--   key     what names the row (default id), joined by '/'
--   mask    columns whose change is shown, but not their value
--   omit    columns that do not appear at all
--   ignore  columns whose change alone makes no entry, and that an UPDATE does not show
-- The row's workspace is its workspace_id, for a workspace its own id, else the one that the actor is in.
-- Security definer, because no login role may write audit_logs; therefore it must refuse to be attached to a table
-- that somebody else made, which would be a way to write any text into the trail.
create function audit_row_change() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
as $$
declare
  actor jsonb;
  word text;
  key_columns text[] := '{id}';
  masked text[] := '{}';
  omitted text[] := '{}';
  skipped text[] := '{updated_at,version}';
  row_before jsonb;
  row_after jsonb;
  named jsonb;
  values_before jsonb;
  values_after jsonb;
  redacted constant jsonb := '"[redacted]"';
begin
  if tg_table_schema <> 'public'
    or (select c.relowner from pg_class as c where c.oid = tg_relid) <> current_user::regrole::oid
  then
    raise exception using
      errcode = 'DF003', constraint = 'audit_foreign_table', schema = tg_table_schema, table = tg_table_name,
      message = format('%I.%I is not a table of this schema: it cannot be audited', tg_table_schema, tg_table_name);
  end if;

  actor := public.current_actor();
  if tg_op = 'UPDATE' and new is not distinct from old then
    return null;
  end if;

  for i in 0..tg_nargs - 1 loop
    word := split_part(tg_argv[i], '=', 1);
    case word
      when 'key' then key_columns := string_to_array(substr(tg_argv[i], 5), ',');
      when 'mask' then masked := string_to_array(substr(tg_argv[i], 6), ',');
      when 'omit' then omitted := string_to_array(substr(tg_argv[i], 6), ',');
      when 'ignore' then skipped := skipped || string_to_array(substr(tg_argv[i], 8), ',');
      else raise exception using errcode = '22023', message = format('unknown audit argument %L', tg_argv[i]);
    end case;
  end loop;

  if tg_op <> 'INSERT' then
    row_before := to_jsonb(old);
  end if;
  if tg_op <> 'DELETE' then
    row_after := to_jsonb(new);
  end if;

  if tg_op = 'UPDATE' then
    select
      jsonb_object_agg(e.key, case when e.key = any (masked) then redacted else e.value end),
      jsonb_object_agg(e.key, case when e.key = any (masked) then redacted else row_after -> e.key end)
    into values_before, values_after
    from jsonb_each(row_before) as e
    where e.value <> row_after -> e.key and e.key <> all (skipped) and e.key <> all (omitted);
    if values_before is null then
      return null;
    end if;
  else
    select coalesce(jsonb_object_agg(e.key, case when e.key = any (masked) then redacted else e.value end), '{}')
    into values_after
    from jsonb_each(coalesce(row_after, row_before)) as e
    where e.value <> 'null' and e.key <> all (omitted);
    if tg_op = 'DELETE' then
      values_before := values_after;
      values_after := null;
    end if;
  end if;

  named := coalesce(row_after, row_before);
  insert into public.audit_logs (
    table_name, operation, row_id, workspace_id, user_id, actor_kind, actor_id, session_id, request_id, address,
    old_values, new_values
  ) values (
    tg_table_name,
    tg_op::public.audit_operation,
    case when cardinality(key_columns) = 1
      then named ->> key_columns[1]
      else (
        select string_agg(named ->> k.name, '/' order by k.place)
        from unnest(key_columns) with ordinality as k (name, place)
      )
    end,
    coalesce(
      named ->> 'workspace_id',
      case when tg_table_name = 'workspaces' then named ->> 'id' end,
      actor ->> 'workspaceId')::uuid,
    (actor ->> 'userId')::uuid,
    (actor ->> 'kind')::public.actor_kind,
    actor ->> 'id',
    (actor ->> 'sessionId')::uuid,
    actor ->> 'requestId',
    (actor ->> 'address')::cidr,
    values_before,
    values_after
  );
  return null;
end
$$;

revoke all on function audit_row_change() from public;

select ensure_partitions('audit_logs', (now() at time zone 'UTC' - interval '1 month')::date, 5);

comment on table audit_logs is
  'Who changed which row and how. Append-only, written by audit_row_change() alone; kept by month of UTC.';
comment on column audit_logs.id is
  'Order of writing. Gaps are normal: a number is taken before its transaction commits.';
comment on column audit_logs.table_name is 'The changed table.';
comment on column audit_logs.operation is 'What happened to the row.';
comment on column audit_logs.row_id is
  'Primary key of the row without its workspace; several columns are joined by a slash.';
comment on column audit_logs.workspace_id is
  'The workspace that owns the row, else the one the actor was in. NULL: neither.';
comment on column audit_logs.user_id is
  'The person behind the actor. No reference, since the trail outlives what it names.';
comment on column audit_logs.actor_kind is 'What kind of credential acted.';
comment on column audit_logs.actor_id is 'Which one: user, API key, name of the job or source of the webhook.';
comment on column audit_logs.session_id is 'The session of a user actor.';
comment on column audit_logs.request_id is 'The request that the actor came with: X-Request-Id of its answer.';
comment on column audit_logs.address is 'pii: Network of the client, cut to /24 or /48.';
comment on column audit_logs.database_role is 'Who was logged in to the database: api, jobs, or somebody at a console.';
comment on column audit_logs.transaction_id is
  'Rows of one transaction share it; sealing reads below the oldest one still running.';
comment on column audit_logs.old_values is
  'Before, by column name: the changed ones of an UPDATE, all of a DELETE. Personal data reads [redacted].';
comment on column audit_logs.new_values is
  'After, by column name: the changed ones of an UPDATE, all of an INSERT. Personal data reads [redacted].';
comment on column audit_logs."timestamp" is 'When the row was written, by the clock of the database.';

reset role;

-- migrate:down
drop table audit_logs;
drop function audit_row_change();
drop type audit_operation;
drop type actor_kind;
