-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type media_status as enum ('pending', 'processing', 'ready', 'rejected');

create table media_objects (
  workspace_id uuid not null,
  sha256 bytea not null,
  bytes bigint not null,
  content_type text not null,
  object_key text not null,
  created_at timestamptz not null default now(),
  constraint media_objects_pkey primary key (workspace_id, sha256),
  constraint media_objects_object_key_key unique (object_key),
  constraint media_objects_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint media_objects_sha256_check check (octet_length(sha256) = 32),
  constraint media_objects_bytes_check check (bytes > 0),
  constraint media_objects_content_type_check check (char_length(content_type) between 3 and 127)
);

create table media_files (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  file_name text not null,
  declared_content_type text not null,
  declared_bytes bigint not null,
  declared_sha256 bytea,
  sha256 bytea,
  width integer,
  height integer,
  duration_ms integer,
  status media_status not null default 'pending',
  rejection_code text,
  upload_expires_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint media_files_pkey primary key (workspace_id, id),
  constraint media_files_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint media_files_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint media_files_object_fkey foreign key (workspace_id, sha256)
    references media_objects (workspace_id, sha256) on delete restrict,
  constraint media_files_file_name_check check (char_length(file_name) between 1 and 255),
  constraint media_files_declared_check check (
    declared_bytes > 0 and char_length(declared_content_type) between 3 and 127 and octet_length(declared_sha256) = 32
  ),
  constraint media_files_size_check check (
    width > 0 and height > 0 and duration_ms > 0 and num_nonnulls(width, height) in (0, 2)
  ),
  constraint media_files_ready_check check ((status = 'ready') = (sha256 is not null)),
  constraint media_files_rejected_check check ((status = 'rejected') = (rejection_code is not null)),
  constraint media_files_pending_check check (status <> 'pending' or upload_expires_at is not null),
  constraint media_files_version_check check (version > 0)
);

create index media_files_object_idx on media_files (workspace_id, sha256);
create index media_files_status_idx on media_files (workspace_id, status, id desc);
create index media_files_user_idx on media_files (user_id, workspace_id, id desc);
create index media_files_upload_expiry_idx on media_files (upload_expires_at) where status = 'pending';

create trigger audit after insert or update or delete on media_objects
  for each row execute function audit_row_change('key=sha256');
create trigger refuse before truncate on media_objects
  for each statement execute function refuse_statement();

create trigger touch_version before update on media_files
  for each row execute function touch_version();
create trigger audit after insert or update or delete on media_files
  for each row execute function audit_row_change('mask=file_name');
create trigger refuse before truncate on media_files
  for each statement execute function refuse_statement();

comment on table media_objects is 'Stored bytes, once per workspace and content.';
comment on column media_objects.workspace_id is 'The owning workspace.';
comment on column media_objects.sha256 is 'Digest of the bytes.';
comment on column media_objects.bytes is 'Size, as counted.';
comment on column media_objects.content_type is 'Type, as sniffed from the bytes.';
comment on column media_objects.object_key is 'Where the object store keeps them.';
comment on column media_objects.created_at is 'When they were stored.';

comment on table media_files is 'Files that people uploaded or imported. Several may refer to the same bytes.';
comment on column media_files.workspace_id is 'The owning workspace.';
comment on column media_files.id is 'The file.';
comment on column media_files.user_id is 'Who uploaded it; for an API key, who made the key.';
comment on column media_files.file_name is 'pii: As the uploader named it.';
comment on column media_files.declared_content_type is 'Type that the uploader claimed.';
comment on column media_files.declared_bytes is 'Size that the uploader claimed; the upload may not be another.';
comment on column media_files.declared_sha256 is
  'Digest that the uploader claimed. NULL: imported, so nobody claimed one.';
comment on column media_files.sha256 is 'Digest of the bytes that were stored. NULL until ready.';
comment on column media_files.width is 'Pixels.';
comment on column media_files.height is 'Pixels.';
comment on column media_files.duration_ms is 'Length of a video in milliseconds. NULL: an image.';
comment on column media_files.status is 'Only a ready file can be published.';
comment on column media_files.rejection_code is 'Why it was rejected.';
comment on column media_files.upload_expires_at is
  'Until when its upload is open. Signed into the upload URL, so a replay renders the same one.';
comment on column media_files.version is 'For ETags. Raised by trigger with each real change.';
comment on column media_files.created_at is 'When it was declared.';
comment on column media_files.updated_at is 'Last real change.';

reset role;

-- migrate:down
drop table media_files;
drop table media_objects;
drop type media_status;
