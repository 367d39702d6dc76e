-- migrate:up transaction:false
create index concurrently if not exists posts_calendar_idx
  on posts (workspace_id, coalesce(published_at, scheduled_at), id)
  where coalesce(published_at, scheduled_at) is not null;

-- migrate:down
drop index posts_calendar_idx;
