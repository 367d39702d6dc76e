-- migrate:up transaction:false
create unique index concurrently if not exists encryption_keys_id_workspace_key on encryption_keys (id, workspace_id);

-- migrate:down
drop index encryption_keys_id_workspace_key;
