-- migrate:up transaction:false
create index concurrently if not exists posts_content_fingerprint_idx
  on posts (workspace_id, account_id, content_fingerprint, id desc)
  where content_fingerprint is not null;

-- migrate:down
drop index posts_content_fingerprint_idx;
