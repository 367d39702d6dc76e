-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type data_export_status as enum ('pending', 'ready', 'failed', 'expired');

create table data_exports (
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  status data_export_status not null default 'pending',
  object_key text,
  bytes bigint,
  sha256 bytea,
  expires_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint data_exports_pkey primary key (id),
  constraint data_exports_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint data_exports_object_key_check check (char_length(object_key) between 1 and 200),
  constraint data_exports_bytes_check check (bytes > 0),
  constraint data_exports_sha256_check check (octet_length(sha256) = 32),
  constraint data_exports_ready_check check (
    status <> 'ready' or num_nulls(object_key, bytes, sha256, expires_at, finished_at) = 0
  ),
  constraint data_exports_finished_check check ((status = 'pending') = (finished_at is null))
);

create index data_exports_user_idx on data_exports (user_id, id desc);
create unique index data_exports_pending_key on data_exports (user_id) where status = 'pending';
create index data_exports_expiry_idx on data_exports (expires_at) where status = 'ready';

create table erasure_requests (
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  receipt_digest bytea not null,
  requested_at timestamptz not null,
  erased_at timestamptz,
  recorded_at timestamptz,
  backups_expire_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint erasure_requests_pkey primary key (id),
  constraint erasure_requests_user_key unique (user_id),
  constraint erasure_requests_receipt_key unique (receipt_digest),
  constraint erasure_requests_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint erasure_requests_receipt_check check (octet_length(receipt_digest) = 32)
);

create trigger touch_updated_at before update on data_exports
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on data_exports
  for each row execute function audit_row_change('omit=object_key,sha256');
create trigger refuse before truncate on data_exports
  for each statement execute function refuse_statement();
create trigger audit after insert or update or delete on erasure_requests
  for each row execute function audit_row_change('omit=receipt_digest');
create trigger refuse before truncate on erasure_requests
  for each statement execute function refuse_statement();

comment on table data_exports is 'Archives of everything about a person, made at the person''s wish.';
comment on column data_exports.id is 'Made by the application.';
comment on column data_exports.user_id is 'Whose data it holds.';
comment on column data_exports.status is 'Ready until it expires, and then its object is deleted.';
comment on column data_exports.object_key is 'Where the archive lies in the object store.';
comment on column data_exports.bytes is 'Size of the archive.';
comment on column data_exports.sha256 is 'SHA-256 of the archive.';
comment on column data_exports.expires_at is 'No longer to be had after this.';
comment on column data_exports.finished_at is 'When it was made, or given up.';
comment on column data_exports.created_at is 'When it was asked for.';
comment on column data_exports.updated_at is 'Last real change.';

comment on table erasure_requests is
  'People who were erased at their wish. The same list lies in the object store, and a restored database replays it.';
comment on column erasure_requests.id is 'Made by the application.';
comment on column erasure_requests.user_id is 'Who was erased.';
comment on column erasure_requests.receipt_digest is 'Secret: SHA-256 of the receipt, which the person holds.';
comment on column erasure_requests.requested_at is 'When the person asked.';
comment on column erasure_requests.erased_at is 'When the live database had forgotten the person.';
comment on column erasure_requests.recorded_at is 'When the list outside the database said so.';
comment on column erasure_requests.backups_expire_at is 'When the last backup that knew the person is gone.';
comment on column erasure_requests.created_at is 'When the row was made.';

grant select, insert (id, user_id), update (status, finished_at) on data_exports to defeah_api;
grant select, update (status, object_key, bytes, sha256, expires_at, finished_at) on data_exports to defeah_jobs;
grant select, insert (id, user_id, receipt_digest, requested_at, erased_at, backups_expire_at), update (recorded_at)
  on erasure_requests to defeah_api;
grant select (id, user_id, requested_at, erased_at, recorded_at, backups_expire_at),
  insert (id, user_id, receipt_digest, requested_at, erased_at, backups_expire_at), update (recorded_at)
  on erasure_requests to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
drop table erasure_requests;
drop table data_exports;
drop type data_export_status;
reset role;
