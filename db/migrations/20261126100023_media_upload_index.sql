-- migrate:up transaction:false
create index concurrently if not exists media_objects_upload_idx on media_objects (workspace_id, upload_id);

-- migrate:down
drop index media_objects_upload_idx;
