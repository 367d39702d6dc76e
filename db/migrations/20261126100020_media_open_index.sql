-- migrate:up transaction:false
create index concurrently if not exists media_files_open_idx on media_files
  (upload_expires_at) where status in ('pending', 'processing');

-- migrate:down
drop index media_files_open_idx;
