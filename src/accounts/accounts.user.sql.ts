// Generated from sql/accounts/accounts.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type AccountTokenPurpose = 'email_change' | 'email_verification' | 'password_reset'

export type FindAccountParams = {
  userId: string
}

export type FindAccountResult = {
  id: string
  passwordHash: string | null
  emailCiphertext: string | null
  nameCiphertext: string | null
  pendingEmailCiphertext: string | null
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
}

/** The signed-in user's account, with what a password is checked against. */
export const findAccount = new PreparedQuery<FindAccountParams, FindAccountResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 361, b: 368 }] },
  ],
  statement: `select
  u.id,
  u.password_hash as "passwordHash",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.pending_email_ciphertext as "pendingEmailCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  users u
  join encryption_keys k on k.id = u.data_key_id
where
  u.id = :userId!
  and u.status = 'active'`,
})

export type FindAccountByTokenParams = {
  tokenDigest: string
  now: string
}

export type FindAccountByTokenResult = {
  purpose: AccountTokenPurpose
  id: string
  passwordHash: string | null
  emailCiphertext: string | null
  nameCiphertext: string | null
  pendingEmailCiphertext: string | null
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
}

/** The account that the token of a mail opens, and what the token is good for; nothing is used up. */
export const findAccountByToken = new PreparedQuery<FindAccountByTokenParams, FindAccountByTokenResult>({
  params: [
    { name: 'tokenDigest', required: true, locs: [{ a: 457, b: 469 }] },
    { name: 'now', required: true, locs: [{ a: 500, b: 504 }] },
  ],
  statement: `select
  t.purpose,
  u.id,
  u.password_hash as "passwordHash",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.pending_email_ciphertext as "pendingEmailCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  account_tokens t
  join users u on u.id = t.user_id
    and u.status = 'active'
  join encryption_keys k on k.id = u.data_key_id
where
  t.digest = decode(:tokenDigest!, 'hex')
  and t.expires_at > :now!
  and not exists (
    select 1
    from outbox o
    where
      o.id = t.outbox_id
      and o.user_id = t.user_id
      and o.status = 'superseded'
  )`,
})

export type InsertVerificationMailParams = {
  userId: string
  countedSince: string
  now: string
  maxMails: number
  outboxId: string
}

export type InsertVerificationMailResult = void

/** Another mail to confirm the address, in place of one that has not left; not past so many since :countedSince!. */
export const insertVerificationMail = new PreparedQuery<InsertVerificationMailParams, InsertVerificationMailResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 101, b: 108 }, { a: 376, b: 383 }, { a: 587, b: 594 }] },
    { name: 'countedSince', required: true, locs: [{ a: 170, b: 183 }] },
    { name: 'now', required: true, locs: [{ a: 291, b: 295 }, { a: 597, b: 601 }] },
    { name: 'maxMails', required: true, locs: [{ a: 476, b: 485 }, { a: 640, b: 649 }] },
    { name: 'outboxId', required: true, locs: [{ a: 554, b: 563 }] },
  ],
  statement: `with
  recent_mails as (
    select count(*) as number
    from outbox o
    where
      o.user_id = :userId!
      and o.kind = 'mail/verify-email'
      and o.due_at > :countedSince!
  ),
  superseded_mails as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from recent_mails m
    where
      o.user_id = :userId!
      and o.kind = 'mail/verify-email'
      and o.status = 'pending'
      and m.number < :maxMails!::integer
  )
insert into outbox (id, kind, user_id, due_at)
select :outboxId!, 'mail/verify-email', :userId!, :now!
from recent_mails m
where m.number < :maxMails!::integer`,
})

export type InsertResetMailParams = {
  mayMail: boolean
  keyVersions: readonly number[]
  digests: readonly string[]
  now: string
  outboxId: string
}

export type InsertResetMailResult = void

/**
 * A mail to reset the password. One row is written whether the address is known or not, and whether a mail may go out
 * (:mayMail!) or not: a row without a user is a mail to nobody. So neither the answer nor the work tells.
 */
export const insertResetMail = new PreparedQuery<InsertResetMailParams, InsertResetMailResult>({
  params: [
    { name: 'mayMail', required: true, locs: [{ a: 75, b: 83 }] },
    { name: 'keyVersions', required: true, locs: [{ a: 232, b: 244 }] },
    { name: 'digests', required: true, locs: [{ a: 254, b: 262 }] },
    { name: 'now', required: true, locs: [{ a: 523, b: 527 }, { a: 785, b: 789 }] },
    { name: 'outboxId', required: true, locs: [{ a: 744, b: 753 }] },
  ],
  statement: `with
  known_account as (
    select u.id
    from users u
    where
      :mayMail!::boolean
      and u.status = 'active'
      and u.id = (
        select e.user_id
        from
          user_email_index e
          join unnest(:keyVersions!::int[], :digests!::text[]) d (key_version, digest)
            on e.key_version = d.key_version
            and e.digest = decode(d.digest, 'hex')
        limit 1
      )
  ),
  superseded_mails as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from known_account a
    where
      o.user_id = a.id
      and o.kind = 'mail/reset-password'
      and o.status = 'pending'
  )
insert into outbox (id, kind, user_id, due_at)
select :outboxId!, 'mail/reset-password', a.id, :now!
from
  (select 1) one
  left join known_account a on true`,
})

export type UpdatePendingEmailParams = {
  actor: string
  pendingEmailCiphertext: string
  userId: string
  passwordHash: string
  now: string
  outboxId: string
  noticeId: string
}

export type UpdatePendingEmailResult = {
  id: string
}

/**
 * Sets the address that the account is to have, and asks its mailbox; the current one is told. Mails and tokens of an
 * earlier wish end here: a token is good for the address that it was sent to alone.
 */
export const updatePendingEmail = new PreparedQuery<UpdatePendingEmailParams, UpdatePendingEmailResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'pendingEmailCiphertext', required: true, locs: [{ a: 169, b: 192 }] },
    { name: 'userId', required: true, locs: [{ a: 232, b: 239 }] },
    { name: 'passwordHash', required: true, locs: [{ a: 299, b: 312 }] },
    { name: 'now', required: true, locs: [{ a: 439, b: 443 }, { a: 862, b: 866 }] },
    { name: 'outboxId', required: true, locs: [{ a: 933, b: 942 }] },
    { name: 'noticeId', required: true, locs: [{ a: 974, b: 983 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  changed_user as (
    update users u
    set pending_email_ciphertext = :pendingEmailCiphertext!
    from actor
    where
      u.id = :userId!
      and u.status = 'active'
      and u.password_hash = :passwordHash!
    returning u.id
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
      and o.kind = 'mail/change-email'
      and o.status = 'pending'
  ),
  ended_tokens as (
    delete from account_tokens t
    using changed_user u
    where
      t.user_id = u.id
      and t.purpose = 'email_change'
  ),
  requested_mails as (
    insert into outbox (id, kind, user_id, due_at)
    select m.id, m.kind, u.id, :now!
    from
      changed_user u
      cross join (
        values (:outboxId!::uuid, 'mail/change-email'), (:noticeId!::uuid, 'mail/email-change-requested')
      ) m (id, kind)
  )
select u.id
from changed_user u`,
})

export type LockAccountParams = {
  userId: string
  passwordHash: string
}

export type LockAccountResult = {
  id: string
}

/**
 * Takes the account for a change of what opens it, until the transaction ends, if its password hash is still the one that
 * was checked. Sessions that others are opening at this moment come before it, and are seen by the statement that follows.
 */
export const lockAccount = new PreparedQuery<LockAccountParams, LockAccountResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 40, b: 47 }] },
    { name: 'passwordHash', required: true, locs: [{ a: 99, b: 112 }] },
  ],
  statement: `select u.id
from users u
where
  u.id = :userId!
  and u.status = 'active'
  and u.password_hash = :passwordHash!
for update`,
})
