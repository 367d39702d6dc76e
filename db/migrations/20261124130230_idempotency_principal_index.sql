-- migrate:up transaction:false
create index concurrently if not exists idempotency_keys_principal_idx on idempotency_keys (principal_id, expires_at);

-- migrate:down
drop index idempotency_keys_principal_idx;
