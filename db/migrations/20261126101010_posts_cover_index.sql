-- migrate:up transaction:false
create index concurrently if not exists posts_cover_media_idx on posts (workspace_id, cover_media_id)
  where cover_media_id is not null;

-- migrate:down
drop index posts_cover_media_idx;
