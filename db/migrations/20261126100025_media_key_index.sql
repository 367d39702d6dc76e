-- migrate:up transaction:false
create index concurrently if not exists media_objects_key_bytes_idx on media_objects (object_key collate "C");

-- migrate:down
drop index media_objects_key_bytes_idx;
