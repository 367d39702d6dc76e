-- migrate:up
set local lock_timeout = '1s';
set local statement_timeout = '1500ms';
set local role defeah_owner;

-- The trail of one person in one workspace is found by both, in either order. With the person first, the workspaces
-- that somebody appears in are found too. A partitioned table takes no index concurrently, so writes wait while it is
-- made: for less than they bear, or this fails and changes nothing. Where the months are too large for that, make the
-- same index on each of them concurrently before: this statement then takes those that are there.
do $$
begin
  create index audit_logs_person_idx on public.audit_logs (user_id, workspace_id, "timestamp" desc, id desc);
end
$$;

reset role;

-- migrate:down
set local role defeah_owner;
drop index audit_logs_person_idx;
reset role;
