-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

grant update (slot_at) on posts to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
revoke update (slot_at) on posts from defeah_jobs;
reset role;
