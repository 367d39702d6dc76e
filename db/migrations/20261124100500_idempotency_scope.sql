-- migrate:up transaction:false
create unique index concurrently if not exists idempotency_keys_sender_key
  on idempotency_keys (workspace_id, principal_id, key) nulls not distinct;

-- migrate:down
drop index idempotency_keys_sender_key;
