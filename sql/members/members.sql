/* What the caller is in the workspace by now. */
/* @name findCaller */
select c.role
from workspace_members c
where
  c.workspace_id = :workspaceId!
  and c.user_id = :userId!;

/* The caller's role, and the member that the caller means, if there is one. */
/* @name findMember */
select
  c.role as "callerRole",
  m.role as "role?",
  m.version as "version?"
from
  workspace_members c
  left join workspace_members m on m.workspace_id = :workspaceId!
    and m.user_id = :memberId!
where
  c.workspace_id = :workspaceId!
  and c.user_id = :userId!;

/* Members by user id, latest first, with the keys that open their names and addresses. */
/* @name listMembers */
select
  m.user_id as "id",
  m.role,
  m.version,
  m.joined_at as "joinedAt",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  workspace_members m
  join users u on u.id = m.user_id
  join encryption_keys k on k.id = u.data_key_id
where
  m.workspace_id = :workspaceId!
  and (:beforeId::uuid is null or m.user_id < :beforeId)
order by m.user_id desc
limit :limit!;

/*
Holds the workspace and then the member until the transaction ends: of members who change, leave or join at the same
moment, one comes first. What the member grants, in a statement that holds the same row, has either been committed, so
that the next statement sees it, or finds the member as that one leaves it.
*/
/* @name lockMember */
with
  held_workspace as (
    select w.id
    from workspaces w
    where w.id = :workspaceId!
    for no key update
  )
select m.user_id as "id"
from
  held_workspace
  cross join workspace_members m
where
  m.workspace_id = :workspaceId!
  and m.user_id = :memberId!
for no key update of m;

/*
Gives a member another role, which raises the version of the person too, since GET /v1/me shows it; open invitations
that this member could no longer send end, and who may no longer approve posts is no approver any more. Only an owner
makes an owner or changes one. The trigger workspace_members_last_owner refuses to leave others without an owner. Comes
after lockMember, in its transaction. No row when the caller's role, which is held, may not, when there is no such
member, or when none of :versions (NULL: any) is the current one. The sessions are the member's live ones.
*/
/* @name updateMember */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_caller as materialized (
    select c.user_id, c.role
    from workspace_members c
    where
      c.workspace_id = :workspaceId!
      and c.user_id = :userId!
      and c.role::text = any(:permittedRoles!::text[])
    for share
  ),
  updated_member as (
    update workspace_members m
    set role = :role!::workspace_role
    from
      actor
      cross join held_caller c
    where
      m.workspace_id = :workspaceId!
      and m.user_id = :memberId!
      and (c.role = 'owner' or (m.role <> 'owner' and :role!::workspace_role <> 'owner'))
      and (:versions::int[] is null or m.version = any(:versions::int[]))
    returning m.user_id, m.role, m.version, m.joined_at
  ),
  touched_user as (
    update users u
    set version = u.version + 1
    from updated_member m
    where u.id = m.user_id
  ),
  revoked_invitations as (
    update workspace_invitations i
    set revoked_at = :now!
    from updated_member m
    where
      i.workspace_id = :workspaceId!
      and i.user_id = m.user_id
      and i.accepted_at is null
      and i.revoked_at is null
      and (not m.role::text = any(:invitingRoles!::text[]) or (i.role = 'owner' and m.role <> 'owner'))
  ),
  dropped_approver as (
    delete from workspace_approvers a
    using updated_member m
    where
      a.workspace_id = :workspaceId!
      and a.user_id = m.user_id
      and not m.role::text = any(:approvingRoles!::text[])
    returning a.user_id
  ),
  touched_workspace as (
    update workspaces w
    set version = w.version + 1
    from dropped_approver a
    where w.id = :workspaceId!
  )
select
  m.user_id as "id!",
  m.role as "role!",
  m.version as "version!",
  m.joined_at as "joinedAt!",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey",
  array(
    select s.id
    from user_sessions s
    where
      s.user_id = m.user_id
      and s.revoked_at is null
      and s.idle_expires_at > :now!
  ) as "sessionIds!"
from
  updated_member m
  join users u on u.id = m.user_id
  join encryption_keys k on k.id = u.data_key_id;

/*
Ends a membership, and with it the member's API keys and open invitations in the workspace; one that nobody is left
in begins to close. Only an owner removes an owner; whoever goes of their own accord may, in any role. The trigger
workspace_members_last_owner refuses to leave others without an owner. Comes after lockMember, in its transaction, so
that it sees who has just left or joined. No row as in updateMember. The sessions are the member's live ones.
*/
/* @name deleteMember */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_caller as materialized (
    select c.user_id, c.role
    from workspace_members c
    where
      c.workspace_id = :workspaceId!
      and c.user_id = :userId!
    for share
  ),
  deleted_member as (
    delete from workspace_members m
    using
      actor
      cross join held_caller c
    where
      m.workspace_id = :workspaceId!
      and m.user_id = :memberId!
      and (
        m.user_id = c.user_id
        or (c.role::text = any(:permittedRoles!::text[]) and (c.role = 'owner' or m.role <> 'owner'))
      )
      and (:versions::int[] is null or m.version = any(:versions::int[]))
    returning m.user_id
  ),
  touched_user as (
    update users u
    set version = u.version + 1
    from deleted_member d
    where u.id = d.user_id
  ),
  revoked_keys as (
    update api_keys k
    set revoked_at = :now!
    from deleted_member d
    where
      k.workspace_id = :workspaceId!
      and k.user_id = d.user_id
      and k.revoked_at is null
  ),
  revoked_invitations as (
    update workspace_invitations i
    set revoked_at = :now!
    from deleted_member d
    where
      i.workspace_id = :workspaceId!
      and i.user_id = d.user_id
      and i.accepted_at is null
      and i.revoked_at is null
  ),
  closing_workspace as (
    update workspaces w
    set
      status = 'closing',
      closing_at = :now!
    from deleted_member d
    where
      w.id = :workspaceId!
      and w.status = 'active'
      and not exists (
        select 1
        from workspace_members m
        where
          m.workspace_id = :workspaceId!
          and m.user_id <> d.user_id
      )
  )
select
  d.user_id as "id!",
  array(
    select s.id
    from user_sessions s
    where
      s.user_id = d.user_id
      and s.revoked_at is null
      and s.idle_expires_at > :now!
  ) as "sessionIds!"
from deleted_member d;
