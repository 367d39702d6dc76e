/*
Whether a session may act in a workspace, and as what. A session that has ended gives a row with isLive false; no row
means that there is no such session. The role is null when the user is no member of that (active) workspace.
*/
/* @name findSessionAccess */
select
  (
    s.revoked_at is null
    and s.idle_expires_at > :now!
    and s.absolute_expires_at > :now!
    and u.status = 'active'
  ) as "isLive!",
  m.role as "role?",
  w.plan as "plan?",
  (coalesce(w.requires_second_factor, false) and s.second_factor_at is null) as "lacksFactor!"
from
  user_sessions s
  join users u on u.id = s.user_id
  left join (
    workspace_members m
    join workspaces w on w.id = m.workspace_id
      and w.status = 'active'
  ) on m.user_id = s.user_id
    and m.workspace_id = :claimedWorkspaceId::uuid
where
  s.id = :sessionId!
  and s.user_id = :userId!;

/*
Whose API key a secret is, and what it may do. A key, or the secret of it, that has ended gives a row with isLive false;
no row means that there is no such secret. Its maker's role bounds it: who leaves takes the keys along.
*/
/* @name findApiKeyAccess */
select
  k.id,
  k.workspace_id as "workspaceId",
  k.user_id as "userId",
  k.scopes,
  k.last_used_at as "lastUsedAt",
  (
    k.revoked_at is null
    and coalesce(k.expires_at > :now!, true)
    and coalesce(d.expires_at > :now!, true)
    and u.status = 'active'
  ) as "isLive!",
  m.role as "role?",
  w.plan as "plan?",
  case
    when k.is_limited_to_accounts then
      array(
        select a.account_id
        from api_key_accounts a
        where
          a.workspace_id = k.workspace_id
          and a.api_key_id = k.id
      )
  end as "accountIds"
from
  api_key_digests d
  join api_keys k on k.workspace_id = d.workspace_id
    and k.id = d.api_key_id
  join users u on u.id = k.user_id
  left join (
    workspace_members m
    join workspaces w on w.id = m.workspace_id
      and w.status = 'active'
  ) on m.workspace_id = k.workspace_id
    and m.user_id = k.user_id
where d.digest = decode(:keyDigest!, 'hex');

/* Notes, to the minute, that a key was used. */
/* @name touchApiKey */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update api_keys k
set last_used_at = :now!
from
  actor
  cross join api_key_digests d
where
  d.digest = decode(:keyDigest!, 'hex')
  and k.workspace_id = d.workspace_id
  and k.id = d.api_key_id
  and coalesce(k.last_used_at < :usedBefore!, true);
