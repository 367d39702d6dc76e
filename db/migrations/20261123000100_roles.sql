-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';

-- Group roles belong to the cluster, not to this database: another database may have made them already, even at
-- this moment, so both ways of losing that race are taken as success.
do $$
declare
  group_name text;
begin
  foreach group_name in array array[
    'defeah_owner', 'defeah_migrator', 'defeah_api', 'defeah_jobs',
    'defeah_readonly', 'defeah_auditor', 'defeah_monitor', 'defeah_backup'
  ] loop
    begin
      execute format('create role %I nologin', group_name);
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
end
$$;

do $$
begin
  -- A superuser is counted as a member of everything; at a provider who gives none, the first login needs CREATEROLE
  -- and must own the database.
  if not pg_has_role('defeah_owner', 'member') then
    execute format('grant defeah_owner to %I', current_user);
  end if;
  if not pg_has_role('defeah_migrator', 'defeah_owner', 'member') then
    grant defeah_owner to defeah_migrator;
  end if;
  if not pg_has_role('defeah_monitor', 'pg_monitor', 'member') then
    grant pg_monitor to defeah_monitor;
  end if;
  if not pg_has_role('defeah_backup', 'pg_read_all_data', 'member') then
    grant pg_read_all_data to defeah_backup;
  end if;
end
$$;

-- Whoever runs a migration, its objects belong to defeah_owner: each later file begins with `set local role`. So a
-- security definer function never runs as a superuser.
revoke all on schema public from public;
grant usage, create on schema public to defeah_owner;
alter table schema_migrations owner to defeah_owner;
grant usage on schema public to defeah_api, defeah_jobs, defeah_auditor, defeah_monitor;

create schema partitions authorization defeah_owner;
create schema masked authorization defeah_owner;
grant usage on schema masked to defeah_readonly;

comment on schema public is 'Tables, functions and types of the API.';
comment on schema partitions is
  'Monthly partitions. No login role may use it, so a partition cannot be written around its parent.';
comment on schema masked is 'Views without personal data, for people who look at the database.';

-- migrate:down
-- The roles stay: other databases of the cluster use them.
drop schema masked;
drop schema partitions;
alter table schema_migrations owner to current_user;
revoke usage on schema public from defeah_api, defeah_jobs, defeah_auditor, defeah_monitor;
revoke usage, create on schema public from defeah_owner;
grant usage on schema public to public;
comment on schema public is 'standard public schema';
