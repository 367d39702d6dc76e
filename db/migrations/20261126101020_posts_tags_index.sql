-- migrate:up transaction:false
create index concurrently if not exists posts_tags_idx on posts using gin (tag_keys(workspace_id, tags))
  with (fastupdate = off)
  where tags <> '{}';

-- migrate:down
drop index posts_tags_idx;
