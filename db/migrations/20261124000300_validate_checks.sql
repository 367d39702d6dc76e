-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '10min';
set local role defeah_owner;

alter table audit_logs validate constraint audit_logs_role_check;
alter table idempotency_keys validate constraint idempotency_keys_life_check;

reset role;

-- migrate:down
select 1;
