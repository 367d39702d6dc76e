-- migrate:up transaction:false
drop index concurrently if exists media_files_upload_expiry_idx;

-- migrate:down
create index media_files_upload_expiry_idx on media_files (upload_expires_at) where status = 'pending';
