-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '10min';
set local role defeah_owner;

alter table users validate constraint users_ciphertext_keys_check;
alter table users validate constraint users_pending_email_check;
alter table idempotency_keys validate constraint idempotency_keys_lease_check;

reset role;

-- migrate:down
select 1;
