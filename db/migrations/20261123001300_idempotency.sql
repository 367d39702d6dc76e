-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create table idempotency_keys (
  workspace_id uuid not null,
  principal_id text not null,
  key text not null,
  route text not null,
  fingerprint text not null,
  status smallint not null,
  response jsonb,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '24 hours',
  constraint idempotency_keys_pkey primary key (workspace_id, principal_id, key),
  constraint idempotency_keys_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete cascade,
  constraint idempotency_keys_key_check check (char_length(key) between 1 and 255),
  constraint idempotency_keys_fingerprint_check check (fingerprint ~ '^[0-9a-f]{64}$'),
  constraint idempotency_keys_status_check check (status between 200 and 299)
) with (autovacuum_vacuum_scale_factor = 0.05);

create index idempotency_keys_expiry_idx on idempotency_keys (expires_at);

comment on table idempotency_keys is
  'What a POST with an Idempotency-Key did, so that the same one again gets the same answer.';
comment on column idempotency_keys.workspace_id is 'The workspace of the credential.';
comment on column idempotency_keys.principal_id is
  'The user or API key that sent it; keys of different senders do not meet.';
comment on column idempotency_keys.key is 'As sent.';
comment on column idempotency_keys.route is 'Method and route template.';
comment on column idempotency_keys.fingerprint is
  'SHA-256 in hex of method, path and the bytes of the body. The same key with another one is refused.';
comment on column idempotency_keys.status is 'HTTP status of the answer.';
comment on column idempotency_keys.response is 'pii: The returned row, rendered again by the same code.';
comment on column idempotency_keys.created_at is 'When it was first answered.';
comment on column idempotency_keys.expires_at is 'When it is forgotten.';

reset role;

-- migrate:down
drop table idempotency_keys;
