-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '5min';
set local role defeah_owner;

alter table media_files validate constraint media_files_traits_check;

reset role;

-- migrate:down
select 1;
