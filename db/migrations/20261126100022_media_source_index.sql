-- migrate:up transaction:false
create index concurrently if not exists media_files_source_idx on media_files
  (workspace_id, declared_sha256) where status = 'ready';

-- migrate:down
drop index media_files_source_idx;
