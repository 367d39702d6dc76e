/*
Takes the invitation whose token the user holds, which makes the user a member: once, for the address that was
invited, when that is proved, while the workspace is active. Whoever is a member keeps the role; then the update
changes nothing and tells it. Of several at once the first one wins, since the token is gone when the others get to
the row. The workspace is held, so that it does not lose its last member meanwhile.
*/
/* @name acceptInvitation */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inviting_workspace as (
    select w.id, w.name
    from
      workspace_invitations i
      join workspaces w on w.id = i.workspace_id
    where
      i.token_digest = decode(:tokenDigest!, 'hex')
      and w.status = 'active'
    for share of w
  ),
  accepted_invitation as (
    update workspace_invitations i
    set
      accepted_at = :now!,
      accepted_by = u.id
    from
      actor
      cross join inviting_workspace w
      cross join users u
    where
      i.token_digest = decode(:tokenDigest!, 'hex')
      and i.workspace_id = w.id
      and i.accepted_at is null
      and i.revoked_at is null
      and i.expires_at > :now!
      and u.id = :userId!
      and u.status = 'active'
      and u.email_verified_at is not null
      and exists (
        select 1
        from user_email_index e
        where
          e.user_id = :userId!
          and e.key_version = i.index_key_version
          and e.digest = i.email_digest
      )
    returning i.workspace_id, i.role, w.name
  ),
  joined_member as (
    insert into workspace_members (workspace_id, user_id, role)
    select i.workspace_id, :userId!, i.role
    from accepted_invitation i
    on conflict (workspace_id, user_id) do update
    set role = workspace_members.role
    returning role
  ),
  joined_workspace as (
    select i.workspace_id as id, i.name, m.role
    from
      accepted_invitation i
      cross join joined_member m
  ),
  recorded_answer as (
    insert into idempotency_keys (principal_id, key, route, fingerprint, status, response, created_at, expires_at)
    select
      :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 200, to_jsonb(joined), :now!,
      :now!::timestamptz + interval '24 hours'
    from joined_workspace joined
    where :idempotencyKey::text is not null
  )
select
  w.id as "id!",
  w.name as "name!",
  w.role as "role!"
from joined_workspace w;

/* What keeps the user from accepting the invitation of this token. */
/* @name findInvitationByToken */
select
  i.expires_at <= :now! as "isExpired!",
  w.status as "workspaceStatus",
  u.email_verified_at is not null as "isVerified!",
  exists (
    select 1
    from user_email_index e
    where
      e.user_id = :userId!
      and e.key_version = i.index_key_version
      and e.digest = i.email_digest
  ) as "isAddressed!"
from
  workspace_invitations i
  join workspaces w on w.id = i.workspace_id
  cross join users u
where
  i.token_digest = decode(:tokenDigest!, 'hex')
  and u.id = :userId!;
