-- migrate:up transaction:false
drop index concurrently if exists posts_calendar_idx;

-- migrate:down
create index posts_calendar_idx on posts (workspace_id, coalesce(published_at, scheduled_at), id)
  where coalesce(published_at, scheduled_at) is not null;
