-- migrate:up transaction:false
create index concurrently if not exists posts_time_idx
  on posts (workspace_id, coalesce(published_at, scheduled_at), id);

-- migrate:down
drop index posts_time_idx;
