// Generated from sql/factors/totp.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type UpsertTotpParams = {
  actor: string
  sessionId: string
  userId: string
  now: string
  dataKeyId: string
  secretCiphertext: string
}

export type UpsertTotpResult = {
  userId: string
}

/**
 * A secret that is yet to be confirmed, in place of an earlier unconfirmed one. No row when one is confirmed, or the
 * session is over.
 */
export const upsertTotp = new PreparedQuery<UpsertTotpParams, UpsertTotpResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'sessionId', required: true, locs: [{ a: 203, b: 213 }] },
    { name: 'userId', required: true, locs: [{ a: 237, b: 244 }] },
    { name: 'now', required: true, locs: [{ a: 307, b: 311 }, { a: 347, b: 351 }] },
    { name: 'dataKeyId', required: true, locs: [{ a: 453, b: 463 }] },
    { name: 'secretCiphertext', required: true, locs: [{ a: 466, b: 483 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  live_session as materialized (
    select s.id, s.user_id
    from user_sessions s
    where
      s.id = :sessionId!
      and s.user_id = :userId!
      and s.revoked_at is null
      and s.idle_expires_at > :now!
      and s.absolute_expires_at > :now!
    for share
  )
insert into user_totp (user_id, data_key_id, secret_ciphertext)
select s.user_id, :dataKeyId!, :secretCiphertext!
from
  actor
  cross join live_session s
on conflict (user_id) do update
set
  data_key_id = excluded.data_key_id,
  secret_ciphertext = excluded.secret_ciphertext,
  last_step = 0
where user_totp.confirmed_at is null
returning user_id as "userId"`,
})

export type FindTotpParams = {
  userId: string
  isConfirmed: boolean
}

export type FindTotpResult = {
  userId: string
  secretCiphertext: string
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
}

/** The user's secret, confirmed or not yet, with the key that opens it. */
export const findTotp = new PreparedQuery<FindTotpParams, FindTotpResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 253, b: 260 }] },
    { name: 'isConfirmed', required: true, locs: [{ a: 299, b: 311 }] },
  ],
  statement: `select
  t.user_id as "userId",
  t.secret_ciphertext as "secretCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  user_totp t
  join encryption_keys k on k.id = t.data_key_id
where
  t.user_id = :userId!
  and (t.confirmed_at is not null) = :isConfirmed!`,
})

export type ConfirmTotpParams = {
  actor: string
  sessionId: string
  userId: string
  now: string
  step: number
  secretCiphertext: string
  recoveryDigests: readonly string[]
  outboxId: string
}

export type ConfirmTotpResult = {
  id: string
  workspaceId: string | null
}

/**
 * The secret counts from now on, and the session that confirmed it has proved a second factor. The codes that an earlier
 * set-up left are replaced. No row when the secret is another one by now, or is confirmed already, or the session is over.
 */
export const confirmTotp = new PreparedQuery<ConfirmTotpParams, ConfirmTotpResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'sessionId', required: true, locs: [{ a: 203, b: 213 }, { a: 1310, b: 1320 }] },
    { name: 'userId', required: true, locs: [{ a: 237, b: 244 }, { a: 567, b: 574 }] },
    { name: 'now', required: true, locs: [{ a: 307, b: 311 }, { a: 347, b: 351 }, { a: 454, b: 458 }, { a: 1162, b: 1166 }, { a: 1246, b: 1250 }, { a: 1267, b: 1271 }] },
    { name: 'step', required: true, locs: [{ a: 479, b: 484 }] },
    { name: 'secretCiphertext', required: true, locs: [{ a: 608, b: 625 }] },
    { name: 'recoveryDigests', required: true, locs: [{ a: 990, b: 1006 }] },
    { name: 'outboxId', required: true, locs: [{ a: 1118, b: 1127 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  live_session as materialized (
    select s.id, s.user_id
    from user_sessions s
    where
      s.id = :sessionId!
      and s.user_id = :userId!
      and s.revoked_at is null
      and s.idle_expires_at > :now!
      and s.absolute_expires_at > :now!
    for no key update
  ),
  confirmed_totp as (
    update user_totp t
    set
      confirmed_at = :now!,
      last_step = :step!
    from
      actor
      cross join live_session s
    where
      t.user_id = :userId!
      and t.secret_ciphertext = :secretCiphertext!
      and t.confirmed_at is null
    returning t.user_id
  ),
  deleted_codes as (
    delete from user_recovery_codes c
    using confirmed_totp t
    where c.user_id = t.user_id
  ),
  inserted_codes as (
    insert into user_recovery_codes (user_id, digest)
    select t.user_id, decode(d.digest, 'hex')
    from
      confirmed_totp t
      cross join unnest(:recoveryDigests!::text[]) d (digest)
  ),
  inserted_notice as (
    insert into outbox (id, kind, user_id, due_at)
    select :outboxId!, 'mail/factor-added', t.user_id, :now!
    from confirmed_totp t
  )
update user_sessions s
set
  second_factor_at = :now!,
  proved_at = :now!
from confirmed_totp t
where
  s.id = :sessionId!
  and s.user_id = t.user_id
returning
  s.id,
  s.workspace_id as "workspaceId"`,
})

export type DeleteTotpParams = {
  actor: string
  userId: string
  now: string
  sessionId: string
  recoveryDigest: string
  step: number
  outboxId: string
}

export type DeleteTotpResult = {
  sessionId: string | null
  workspaceId: string | null
}

/**
 * Takes the factor away for a code: that of a step not used yet, or a recovery code. Without another factor the recovery
 * codes go too, and no session counts as one with a second factor any more; those sessions come back. No row when the code
 * has been used, there is no factor, or the session is over.
 *
 * The user's live sessions are held first, all of them and in one order, for they may all be changed: two that take the
 * factor away at once, or one that does while another sets one up, would else wait for each other.
 */
export const deleteTotp = new PreparedQuery<DeleteTotpParams, DeleteTotpResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userId', required: true, locs: [{ a: 198, b: 205 }, { a: 654, b: 661 }, { a: 897, b: 904 }] },
    { name: 'now', required: true, locs: [{ a: 268, b: 272 }, { a: 308, b: 312 }, { a: 1263, b: 1267 }, { a: 1723, b: 1727 }] },
    { name: 'sessionId', required: true, locs: [{ a: 475, b: 485 }] },
    { name: 'recoveryDigest', required: true, locs: [{ a: 691, b: 706 }] },
    { name: 'step', required: true, locs: [{ a: 968, b: 973 }] },
    { name: 'outboxId', required: true, locs: [{ a: 1677, b: 1686 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_sessions as materialized (
    select s.id
    from user_sessions s
    where
      s.user_id = :userId!
      and s.revoked_at is null
      and s.idle_expires_at > :now!
      and s.absolute_expires_at > :now!
    order by s.id
    for no key update
  ),
  live_session as materialized (
    select count(*) as sessions
    from held_sessions s
    having bool_or(s.id = :sessionId!)
  ),
  presented_code as materialized (
    select c.user_id, c.digest
    from
      live_session
      cross join user_recovery_codes c
    where
      c.user_id = :userId!
      and c.digest = decode(:recoveryDigest!, 'hex')
      and c.used_at is null
    for update of c
  ),
  deleted_totp as (
    delete from user_totp t
    using
      actor
      cross join live_session
    where
      t.user_id = :userId!
      and t.confirmed_at is not null
      and (t.last_step < :step! or exists (select 1 from presented_code))
    returning t.user_id
  ),
  left_alone as (
    select t.user_id
    from deleted_totp t
    where not exists (select 1 from user_passkeys p where p.user_id = t.user_id)
  ),
  used_code as (
    update user_recovery_codes c
    set used_at = :now!
    from
      presented_code p
      join deleted_totp t on t.user_id = p.user_id
    where
      c.user_id = p.user_id
      and c.digest = p.digest
      and not exists (select 1 from left_alone)
  ),
  deleted_codes as (
    delete from user_recovery_codes c
    using left_alone a
    where c.user_id = a.user_id
  ),
  inserted_notice as (
    insert into outbox (id, kind, user_id, due_at)
    select :outboxId!, 'mail/factor-removed', t.user_id, :now!
    from deleted_totp t
  ),
  lowered_sessions as (
    update user_sessions s
    set second_factor_at = null
    from left_alone a
    where
      s.user_id = a.user_id
      and s.second_factor_at is not null
      and s.revoked_at is null
    returning s.id, s.user_id, s.workspace_id
  )
select
  s.id as "sessionId",
  s.workspace_id as "workspaceId"
from
  deleted_totp t
  left join lowered_sessions s on s.user_id = t.user_id`,
})
