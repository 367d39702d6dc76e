/* The key that encrypts new values of the workspace. */
/* @name findWorkspaceKey */
select
  k.id,
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey!"
from encryption_keys k
where
  k.workspace_id = :workspaceId!
  and k.status = 'active';

/* The workspace's first key. Of two requests that need it at once one makes it; both then read the same. */
/* @name insertWorkspaceKey */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
insert into encryption_keys (id, purpose, key_version, workspace_id, kek_version, wrapped_key, not_before)
select :id!, 'workspace_data', 1, :workspaceId!, :kekVersion!, :wrappedKey!, :now!
from actor
on conflict do nothing;
