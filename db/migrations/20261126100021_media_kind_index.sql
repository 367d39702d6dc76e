-- migrate:up transaction:false
create index concurrently if not exists media_files_kind_idx on media_files
  (workspace_id, (split_part(declared_content_type, '/', 1)), id desc);

-- migrate:down
drop index media_files_kind_idx;
