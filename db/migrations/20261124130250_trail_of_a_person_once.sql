-- migrate:up
set local lock_timeout = '1s';
set local statement_timeout = '1500ms';
set local role defeah_owner;

-- audit_logs_person_idx finds what this one found. The index of a partitioned table is not dropped concurrently either:
-- readers and writers wait for a moment, or this fails and changes nothing.
do $$
begin
  drop index public.audit_logs_user_idx;
end
$$;

reset role;

-- migrate:down
set local role defeah_owner;
create index audit_logs_user_idx on audit_logs (workspace_id, user_id, "timestamp" desc, id desc);
reset role;
