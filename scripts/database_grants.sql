-- Who may connect to the current database, and that nobody may make temporary tables or schemas in it (a temporary
-- table would be a place to attach functions to). Such rights belong to the database and are not copied with a
-- template, so development, every test's copy and each deployment run this. Idempotent; plain SQL for any client.
do $grants$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format(
    'grant connect on database %I to '
    'defeah_api, defeah_jobs, defeah_readonly, defeah_auditor, defeah_monitor, defeah_backup, defeah_migrator',
    current_database());

  -- Large objects would be rows without a tenant or a trail. Only a superuser may take the right from everybody.
  begin
    revoke execute on function
      lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lowrite(integer, bytea)
      from public;
  exception when insufficient_privilege then
    raise notice 'large objects stay open to every login role: only a superuser may revoke their functions';
  end;
end
$grants$;
