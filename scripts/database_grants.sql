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
end
$grants$;
