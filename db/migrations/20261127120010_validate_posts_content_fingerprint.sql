-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '10min';
set local role defeah_owner;

alter table posts validate constraint posts_content_fingerprint_check;

reset role;

-- migrate:down
select 1;
