/*
Uses up the token of a mail and takes the address for proved; ends all sessions but one. One row for each session that
ended, one without a session when none did, none when the token is good for nothing.
*/
/* @name updateEmailVerified */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  used_token as (
    delete from account_tokens t
    where
      t.user_id = :userId!
      and t.digest = decode(:tokenDigest!, 'hex')
      and t.purpose = 'email_verification'
      and t.expires_at > :now!
      and not exists (
        select 1
        from outbox o
        where
          o.id = t.outbox_id
          and o.user_id = t.user_id
          and o.status = 'superseded'
      )
    returning t.user_id
  ),
  changed_user as (
    update users u
    set email_verified_at = :now!
    from
      actor
      cross join used_token t
    where u.id = t.user_id
    returning u.id
  ),
  ended_sessions as (
    update user_sessions s
    set
      revoked_at = :now!,
      revoked_reason = 'revoked'
    from
      actor
      cross join changed_user u
    where
      s.user_id = u.id
      and s.revoked_at is null
      and (:keptSessionId::uuid is null or s.id <> :keptSessionId)
    returning s.id, s.user_id, s.workspace_id
  )
select
  s.id as "id?",
  s.workspace_id as "workspaceId?"
from
  changed_user u
  left join ended_sessions s on s.user_id = u.id;

/*
Uses up the token of a mail and gives the account the address that the mail went to, under every live index key,
proved. Ends all sessions but one, archives that are ready or being made, and whatever was sent to the old address.
Rows as updateEmailVerified. An address that is taken violates user_email_index_pkey.
*/
/* @name updateEmail */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  used_token as (
    delete from account_tokens t
    where
      t.user_id = :userId!
      and t.digest = decode(:tokenDigest!, 'hex')
      and t.purpose = 'email_change'
      and t.expires_at > :now!
      and not exists (
        select 1
        from outbox o
        where
          o.id = t.outbox_id
          and o.user_id = t.user_id
          and o.status = 'superseded'
      )
    returning t.user_id
  ),
  ended_tokens as (
    delete from account_tokens t
    using used_token u
    where
      t.user_id = u.user_id
      and t.purpose <> 'email_change'
  ),
  superseded_mails as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from used_token t
    where
      o.user_id = t.user_id
      and o.kind in ('mail/verify-email', 'mail/change-email', 'mail/reset-password')
      and o.status = 'pending'
  ),
  changed_user as (
    update users u
    set
      email_ciphertext = :emailCiphertext!,
      pending_email_ciphertext = null,
      email_verified_at = :now!
    from
      actor
      cross join used_token t
    where
      u.id = t.user_id
      and u.pending_email_ciphertext = :pendingEmailCiphertext!
    returning u.id
  ),
  deleted_index as (
    delete from user_email_index i
    using
      actor
      cross join changed_user u
    where i.user_id = u.id
    returning i.user_id
  ),
  inserted_index as (
    insert into user_email_index (key_version, digest, user_id)
    select d.key_version, decode(d.digest, 'hex'), u.id
    from
      actor
      cross join changed_user u
      -- The count is what makes the old rows go first.
      cross join (select count(*) as number from deleted_index) deleted
      cross join unnest(:keyVersions!::int[], :digests!::text[]) d (key_version, digest)
    where deleted.number >= 0
  ),
  ended_exports as (
    update data_exports x
    set
      status = case x.status when 'pending' then 'failed'::data_export_status else x.status end,
      finished_at = coalesce(x.finished_at, :now!),
      expires_at = case x.status when 'ready' then :now!::timestamptz end
    from
      actor
      cross join changed_user u
    where
      x.user_id = u.id
      and (x.status = 'pending' or (x.status = 'ready' and x.expires_at > :now!))
  ),
  ended_sessions as (
    update user_sessions s
    set
      revoked_at = :now!,
      revoked_reason = 'revoked'
    from
      actor
      cross join changed_user u
    where
      s.user_id = u.id
      and s.revoked_at is null
      and (:keptSessionId::uuid is null or s.id <> :keptSessionId)
    returning s.id, s.user_id, s.workspace_id
  )
select
  s.id as "id?",
  s.workspace_id as "workspaceId?"
from
  changed_user u
  left join ended_sessions s on s.user_id = u.id;

/*
A new password by who knows the old one. Ends all other sessions, logins that wait for their second factor, archives
that are ready, and tokens that could set yet another password. Rows as updateEmailVerified.
*/
/* @name updatePassword */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  changed_user as (
    update users u
    set password_hash = :newHash!
    from actor
    where
      u.id = :userId!
      and u.status = 'active'
    returning u.id
  ),
  ended_exports as (
    update data_exports x
    set
      status = case x.status when 'pending' then 'failed'::data_export_status else x.status end,
      finished_at = coalesce(x.finished_at, :now!),
      expires_at = case x.status when 'ready' then :now!::timestamptz end
    from
      actor
      cross join changed_user u
    where
      x.user_id = u.id
      and (x.status = 'pending' or (x.status = 'ready' and x.expires_at > :now!))
  ),
  ended_sessions as (
    update user_sessions s
    set
      revoked_at = :now!,
      revoked_reason = 'password'
    from
      actor
      cross join changed_user u
    where
      s.user_id = u.id
      and s.revoked_at is null
      and s.id <> :keptSessionId!
    returning s.id, s.user_id, s.workspace_id
  ),
  ended_challenges as (
    delete from auth_challenges c
    using changed_user u
    where
      c.user_id = u.id
      and c.purpose = 'second_factor'
  ),
  ended_tokens as (
    delete from account_tokens t
    using changed_user u
    where
      t.user_id = u.id
      and t.purpose = 'password_reset'
  ),
  superseded_mails as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from changed_user u
    where
      o.user_id = u.id
      and o.kind = 'mail/reset-password'
      and o.status = 'pending'
  ),
  notice as (
    insert into outbox (id, kind, user_id, due_at)
    select :outboxId!, 'mail/password-changed', u.id, :now!
    from changed_user u
  )
select
  s.id as "id?",
  s.workspace_id as "workspaceId?"
from
  changed_user u
  left join ended_sessions s on s.user_id = u.id;

/*
A new password by who reads the account's mail. Always ends all sessions, archives that are ready or being made, a
wished change of address and every token.
Of an account whose address was never proved nothing may stay of whoever registered it: its address is proved by this,
API keys and second factors go, and of its own workspaces it is the owner and the only member again. Of a proved
account they stay, so that the mailbox alone does not take it over. Rows as updateEmailVerified.
*/
/* @name updatePasswordByToken */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  used_token as (
    delete from account_tokens t
    where
      t.user_id = :userId!
      and t.digest = decode(:tokenDigest!, 'hex')
      and t.purpose = 'password_reset'
      and t.expires_at > :now!
      and not exists (
        select 1
        from outbox o
        where
          o.id = t.outbox_id
          and o.user_id = t.user_id
          and o.status = 'superseded'
      )
    returning t.user_id
  ),
  unproved_account as (
    select u.id
    from
      users u
      join used_token t on t.user_id = u.id
    where u.email_verified_at is null
  ),
  changed_user as (
    update users u
    set
      password_hash = :newHash!,
      pending_email_ciphertext = null,
      email_verified_at = coalesce(u.email_verified_at, :now!)
    from
      actor
      cross join used_token t
    where
      u.id = t.user_id
      and u.status = 'active'
    returning u.id
  ),
  ended_exports as (
    update data_exports x
    set
      status = case x.status when 'pending' then 'failed'::data_export_status else x.status end,
      finished_at = coalesce(x.finished_at, :now!),
      expires_at = case x.status when 'ready' then :now!::timestamptz end
    from
      actor
      cross join changed_user u
    where
      x.user_id = u.id
      and (x.status = 'pending' or (x.status = 'ready' and x.expires_at > :now!))
  ),
  ended_sessions as (
    update user_sessions s
    set
      revoked_at = :now!,
      revoked_reason = 'password'
    from
      actor
      cross join changed_user u
    where
      s.user_id = u.id
      and s.revoked_at is null
    returning s.id, s.user_id, s.workspace_id
  ),
  ended_challenges as (
    delete from auth_challenges c
    using changed_user u
    where c.user_id = u.id
  ),
  ended_tokens as (
    delete from account_tokens t
    using changed_user u
    where
      t.user_id = u.id
      and t.purpose <> 'password_reset'
  ),
  superseded_mails as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from changed_user u
    where
      o.user_id = u.id
      and o.kind in ('mail/verify-email', 'mail/change-email', 'mail/reset-password')
      and o.status = 'pending'
  ),
  ended_api_keys as (
    update api_keys k
    set revoked_at = :now!
    from
      actor
      cross join unproved_account u
    where
      k.user_id = u.id
      and k.user_id = :userId!
      and k.revoked_at is null
  ),
  own_workspaces as (
    select w.id
    from
      workspaces w
      join unproved_account u on u.id = w.created_by
    where w.created_by = :userId!
  ),
  own_membership as (
    update workspace_members m
    set role = 'owner'
    from
      actor
      cross join own_workspaces w
    where
      m.workspace_id = w.id
      and m.user_id = :userId!
  ),
  removed_guests as (
    delete from workspace_members m
    using
      actor
      cross join own_workspaces w
    where
      m.workspace_id = w.id
      and m.user_id <> :userId!
  ),
  revoked_invitations as (
    update workspace_invitations i
    set revoked_at = :now!
    from
      actor
      cross join own_workspaces w
    where
      i.workspace_id = w.id
      and i.accepted_at is null
      and i.revoked_at is null
  ),
  deleted_totp as (
    delete from user_totp f
    using
      actor
      cross join unproved_account u
    where f.user_id = u.id
  ),
  deleted_recovery_codes as (
    delete from user_recovery_codes f
    using
      actor
      cross join unproved_account u
    where f.user_id = u.id
  ),
  deleted_passkeys as (
    delete from user_passkeys f
    using
      actor
      cross join unproved_account u
    where f.user_id = u.id
  ),
  notice as (
    insert into outbox (id, kind, user_id, due_at)
    select :outboxId!, 'mail/password-changed', u.id, :now!
    from changed_user u
  )
select
  s.id as "id?",
  s.workspace_id as "workspaceId?"
from
  changed_user u
  left join ended_sessions s on s.user_id = u.id;
