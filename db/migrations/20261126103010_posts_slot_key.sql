-- migrate:up transaction:false
create unique index concurrently if not exists posts_slot_key on posts (workspace_id, account_id, slot_at)
  where slot_at is not null;

-- migrate:down
drop index posts_slot_key;
