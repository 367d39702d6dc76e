-- migrate:up transaction:false
create index concurrently if not exists posts_wall_time_idx on posts (workspace_id, id)
  where status = 'scheduled' and scheduled_local is not null;

-- migrate:down
drop index posts_wall_time_idx;
