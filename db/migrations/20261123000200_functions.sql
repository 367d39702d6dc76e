-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- RFC 9562 section 5.7 with method 3: 48 bits of milliseconds, then the fraction of the millisecond in 12 bits, so
-- that ids made one after another by one process sort in that order. The variant bits come from gen_random_uuid().
create function uuid_v7() returns uuid
  language sql volatile parallel safe
  return (
    select encode(
      overlay(
        uuid_send(gen_random_uuid())
        placing int8send((us / 1000) << 16 | 28672 | (us % 1000) * 4096 / 1000)
        from 1 for 8
      ), 'hex')::uuid
    from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as us) as clock
  );

-- Raises the version only when something else changed, so that a repeated PATCH keeps its ETag. A statement that
-- writes a child table touches the parent by `set version = version + 1`.
create function touch_version() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := old.updated_at;
  if new is distinct from old then
    new.version := old.version + 1;
    new.updated_at := now();
  end if;
  return new;
end
$$;

create function touch_updated_at() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := old.updated_at;
  if new is distinct from old then
    new.updated_at := now();
  end if;
  return new;
end
$$;

-- For statement triggers: whatever statement reaches it is refused, also when it would touch no row.
create function refuse_statement() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'DF002',
    constraint = 'statement_refused',
    schema = tg_table_schema,
    table = tg_table_name,
    message = format('%s of %I is refused', tg_op, tg_table_name);
end
$$;

-- The actor of the current statement, set by the statement itself (`set_config('app.actor', ..., true)`). After a
-- commit the setting reads '' rather than NULL. Raises DF001 rather than letting an unnamed write through.
create function current_actor() returns jsonb
  language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  actor jsonb := nullif(current_setting('app.actor', true), '')::jsonb;
begin
  if actor ->> 'kind' is null then
    raise exception using
      errcode = 'DF001',
      constraint = 'audit_actor_required',
      message = 'a write needs an actor: set app.actor in the same statement or transaction';
  end if;
  return actor;
end
$$;

-- Makes the months of a partitioned table that do not exist yet, and returns how many it made. The new table is
-- attached rather than created in place, because that lets reads and writes of the parent go on.
create function ensure_partitions(parent regclass, first_month date, months integer) returns integer
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

-- What the daily job calls: last month up to `months_ahead` from now, for each partitioned table.
create function ensure_all_partitions(months_ahead integer default 3) returns integer
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  parent regclass;
  made integer := 0;
begin
  if months_ahead not between 0 and 24 then
    raise exception using errcode = '22023', message = 'months_ahead must be 0 to 24';
  end if;
  for parent in
    select c.oid::regclass from pg_class as c
    where c.relkind = 'p' and c.relnamespace = 'public'::regnamespace
    order by c.relname
  loop
    made := made + public.ensure_partitions(
      parent, (date_trunc('month', now() at time zone 'UTC') - interval '1 month')::date, months_ahead + 2);
  end loop;
  return made;
end
$$;

revoke all on function uuid_v7() from public;
revoke all on function touch_version() from public;
revoke all on function touch_updated_at() from public;
revoke all on function refuse_statement() from public;
revoke all on function current_actor() from public;
revoke all on function ensure_partitions(regclass, date, integer) from public;
revoke all on function ensure_all_partitions(integer) from public;

reset role;

-- migrate:down
drop function ensure_all_partitions(integer);
drop function ensure_partitions(regclass, date, integer);
drop function current_actor();
drop function refuse_statement();
drop function touch_updated_at();
drop function touch_version();
drop function uuid_v7();
