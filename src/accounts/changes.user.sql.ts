// Generated from sql/accounts/changes.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type UpdateEmailVerifiedParams = {
  actor: string
  userId: string
  tokenDigest: string
  now: string
  keptSessionId?: string | null | undefined
}

export type UpdateEmailVerifiedResult = {
  id: string | null
  workspaceId: string | null
}

/**
 * Uses up the token of a mail and takes the address for proved; ends all sessions but one. One row for each session that
 * ended, one without a session when none did, none when the token is good for nothing.
 */
export const updateEmailVerified = new PreparedQuery<UpdateEmailVerifiedParams, UpdateEmailVerifiedResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userId', required: true, locs: [{ a: 174, b: 181 }] },
    { name: 'tokenDigest', required: true, locs: [{ a: 211, b: 223 }] },
    { name: 'now', required: true, locs: [{ a: 301, b: 305 }, { a: 590, b: 594 }, { a: 774, b: 778 }] },
    { name: 'keptSessionId', required: false, locs: [{ a: 942, b: 955 }, { a: 982, b: 995 }] },
  ],
  statement: `with
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
  s.id as "id",
  s.workspace_id as "workspaceId"
from
  changed_user u
  left join ended_sessions s on s.user_id = u.id`,
})

export type UpdateEmailParams = {
  actor: string
  userId: string
  tokenDigest: string
  now: string
  emailCiphertext: string
  pendingEmailCiphertext: string
  keyVersions: readonly number[]
  digests: readonly string[]
  keptSessionId?: string | null | undefined
}

export type UpdateEmailResult = {
  id: string | null
  workspaceId: string | null
}

/**
 * Uses up the token of a mail and gives the account the address that the mail went to, under every live index key,
 * proved. Ends all sessions but one, archives that are ready or being made, and whatever was sent to the old address.
 * Rows as updateEmailVerified. An address that is taken violates user_email_index_pkey.
 */
export const updateEmail = new PreparedQuery<UpdateEmailParams, UpdateEmailResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userId', required: true, locs: [{ a: 174, b: 181 }] },
    { name: 'tokenDigest', required: true, locs: [{ a: 211, b: 223 }] },
    { name: 'now', required: true, locs: [{ a: 295, b: 299 }, { a: 775, b: 779 }, { a: 1146, b: 1150 }, { a: 2077, b: 2081 }, { a: 2136, b: 2140 }, { a: 2319, b: 2323 }, { a: 2408, b: 2412 }] },
    { name: 'emailCiphertext', required: true, locs: [{ a: 1062, b: 1078 }] },
    { name: 'pendingEmailCiphertext', required: true, locs: [{ a: 1275, b: 1298 }] },
    { name: 'keyVersions', required: true, locs: [{ a: 1781, b: 1793 }] },
    { name: 'digests', required: true, locs: [{ a: 1803, b: 1811 }] },
    { name: 'keptSessionId', required: false, locs: [{ a: 2576, b: 2589 }, { a: 2616, b: 2629 }] },
  ],
  statement: `with
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
  s.id as "id",
  s.workspace_id as "workspaceId"
from
  changed_user u
  left join ended_sessions s on s.user_id = u.id`,
})

export type UpdatePasswordParams = {
  actor: string
  newHash: string
  userId: string
  now: string
  keptSessionId: string
  outboxId: string
}

export type UpdatePasswordResult = {
  id: string | null
  workspaceId: string | null
}

/**
 * A new password by who knows the old one. Ends all other sessions, logins that wait for their second factor, archives
 * that are ready, and tokens that could set yet another password. Rows as updateEmailVerified.
 */
export const updatePassword = new PreparedQuery<UpdatePasswordParams, UpdatePasswordResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'newHash', required: true, locs: [{ a: 158, b: 166 }] },
    { name: 'userId', required: true, locs: [{ a: 206, b: 213 }] },
    { name: 'now', required: true, locs: [{ a: 465, b: 469 }, { a: 524, b: 528 }, { a: 707, b: 711 }, { a: 796, b: 800 }, { a: 1454, b: 1458 }, { a: 1740, b: 1744 }] },
    { name: 'keptSessionId', required: true, locs: [{ a: 972, b: 986 }] },
    { name: 'outboxId', required: true, locs: [{ a: 1697, b: 1706 }] },
  ],
  statement: `with
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
  s.id as "id",
  s.workspace_id as "workspaceId"
from
  changed_user u
  left join ended_sessions s on s.user_id = u.id`,
})

export type UpdatePasswordByTokenParams = {
  actor: string
  userId: string
  tokenDigest: string
  now: string
  newHash: string
  outboxId: string
}

export type UpdatePasswordByTokenResult = {
  id: string | null
  workspaceId: string | null
}

/**
 * A new password by who reads the account's mail. Always ends all sessions, archives that are ready or being made, a
 * wished change of address and every token.
 * Of an account whose address was never proved nothing may stay of whoever registered it: its address is proved by this,
 * API keys and second factors go, and of its own workspaces it is the owner and the only member again. Of a proved
 * account they stay, so that the mailbox alone does not take it over. Rows as updateEmailVerified.
 */
export const updatePasswordByToken = new PreparedQuery<UpdatePasswordByTokenParams, UpdatePasswordByTokenResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userId', required: true, locs: [{ a: 174, b: 181 }, { a: 2492, b: 2499 }, { a: 2681, b: 2688 }, { a: 2886, b: 2893 }, { a: 3075, b: 3082 }] },
    { name: 'tokenDigest', required: true, locs: [{ a: 211, b: 223 }] },
    { name: 'now', required: true, locs: [{ a: 297, b: 301 }, { a: 844, b: 848 }, { a: 1185, b: 1189 }, { a: 1244, b: 1248 }, { a: 1427, b: 1431 }, { a: 1516, b: 1520 }, { a: 2097, b: 2101 }, { a: 2374, b: 2378 }, { a: 3172, b: 3176 }, { a: 3900, b: 3904 }] },
    { name: 'newHash', required: true, locs: [{ a: 738, b: 746 }] },
    { name: 'outboxId', required: true, locs: [{ a: 3857, b: 3866 }] },
  ],
  statement: `with
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
  s.id as "id",
  s.workspace_id as "workspaceId"
from
  changed_user u
  left join ended_sessions s on s.user_id = u.id`,
})
