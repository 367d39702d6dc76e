-- The login roles of the cluster: who may log in, as which group, with which limits. Idempotent; plain SQL, so that
-- psql and a driver's connection run it alike. Run it after the migrations, as a role that may create roles, and run
-- database_grants.sql in each database after it.
--
-- Passwords are read from settings of the session, set by whoever runs this:
--   select set_config('roles.api_password', '...', false)       the same for jobs, readonly, auditor, monitor, backup,
--                                                               migrator
-- Give a SCRAM-SHA-256 verifier instead of a password where statements are logged. A role whose setting is missing
-- keeps the password that it has; a new one then has none, and cannot log in by password.
--
-- Settings stand on the login role, because a member does not inherit its group's. They survive the RESET of a
-- transaction pooler: RESET returns to them.
--
-- Requests send each statement unnamed, so it is planned for its own values anyway; plan_cache_mode=auto lets triggers
-- and foreign keys keep their plans, which a forced custom plan would make anew for each row.
do $roles$
declare
  login record;
  setting text;
  password text;
begin
  for login in
    select * from (values
      ('api', 'defeah_api', -1, array[
        'statement_timeout=5s', 'lock_timeout=2s', 'idle_in_transaction_session_timeout=10s',
        'plan_cache_mode=auto', 'search_path=public', 'timezone=UTC']),
      ('jobs', 'defeah_jobs', -1, array[
        'statement_timeout=30s', 'lock_timeout=5s', 'idle_in_transaction_session_timeout=30s',
        'plan_cache_mode=auto', 'search_path=public', 'timezone=UTC']),
      ('readonly', 'defeah_readonly', 20, array[
        'statement_timeout=30s', 'lock_timeout=2s', 'idle_in_transaction_session_timeout=60s',
        'default_transaction_read_only=on', 'search_path=masked', 'timezone=UTC']),
      ('auditor', 'defeah_auditor', 20, array[
        'statement_timeout=60s', 'lock_timeout=2s', 'idle_in_transaction_session_timeout=60s',
        'default_transaction_read_only=on', 'search_path=public', 'timezone=UTC']),
      ('monitor', 'defeah_monitor', 20, array[
        'statement_timeout=10s', 'lock_timeout=1s', 'idle_in_transaction_session_timeout=10s',
        'default_transaction_read_only=on', 'search_path=public', 'timezone=UTC']),
      ('backup', 'defeah_backup', 20, array[
        'statement_timeout=0', 'lock_timeout=30s', 'default_transaction_read_only=on', 'search_path=public',
        'timezone=UTC']),
      ('migrator', 'defeah_migrator', 20, array[
        'statement_timeout=0', 'lock_timeout=2s', 'idle_in_transaction_session_timeout=60s', 'search_path=public',
        'timezone=UTC'])
    ) as l (name, group_name, connections, settings)
  loop
    begin
      execute format('create role %I', login.name);
    exception when duplicate_object or unique_violation then
      null;
    end;
    execute format('alter role %I login inherit connection limit %s', login.name, login.connections);
    password := nullif(current_setting(format('roles.%s_password', login.name), true), '');
    if password is not null then
      execute format('alter role %I password %L', login.name, password);
    end if;
    if not pg_has_role(login.name, login.group_name, 'member') then
      execute format('grant %I to %I', login.group_name, login.name);
    end if;
    execute format('alter role %I reset all', login.name);
    foreach setting in array login.settings loop
      execute format(
        'alter role %I set %I = %L', login.name, split_part(setting, '=', 1), split_part(setting, '=', 2));
    end loop;
  end loop;

  -- Only a superuser may give this one (PostgreSQL 15). Where the provider keeps it, the provider makes the backups.
  begin
    alter role backup replication;
  exception when insufficient_privilege then
    raise notice 'role backup has no REPLICATION: only a superuser may give it';
  end;

  -- A violated constraint would otherwise write its whole row into the server's log; clients still get the detail.
  begin
    alter role api set log_error_verbosity = 'terse';
    alter role jobs set log_error_verbosity = 'terse';
  exception when insufficient_privilege then
    raise notice 'set log_error_verbosity to terse for api and jobs: only a superuser may';
  end;
end
$roles$;
