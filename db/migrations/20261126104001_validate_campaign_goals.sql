-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '10min';
set local role defeah_owner;

alter table campaigns validate constraint campaigns_goals_count_check;
alter table campaigns validate constraint campaigns_goals_currency_check;

reset role;

-- migrate:down
select 1;
