-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

comment on column idempotency_keys.fingerprint is
  'HMAC-SHA-256 in hex of method, path and the bytes of the body. The same key with another one is refused.';

reset role;

-- migrate:down
set local role defeah_owner;
comment on column idempotency_keys.fingerprint is
  'SHA-256 in hex of method, path and the bytes of the body. The same key with another one is refused.';
reset role;
