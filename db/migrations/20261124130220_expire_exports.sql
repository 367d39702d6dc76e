-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- Whoever changes what opens an account ends the archives that somebody may have a link to.
grant update (expires_at) on data_exports to defeah_api;

reset role;

-- migrate:down
set local role defeah_owner;
revoke update (expires_at) on data_exports from defeah_api;
reset role;
