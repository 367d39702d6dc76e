// Generated from sql/auth/accounts.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type UserStatus = 'active' | 'erased' | 'suspended'

export type FindAccountByEmailParams = {
  keyVersions: readonly number[]
  digests: readonly string[]
}

export type FindAccountByEmailResult = {
  id: string
  status: UserStatus
  passwordHash: string | null
  emailCiphertext: string | null
  nameCiphertext: string | null
  emailVerifiedAt: string | null
  locale: string
  timeZone: string
  version: number
  createdAt: string
  updatedAt: string
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
  hasTotp: boolean
  hasPasskey: boolean
  hasRecoveryCode: boolean
}

/**
 * The account that an e-mail address belongs to, by its blind index under every live index key, and what it can prove
 * itself with beside the password. At most one: an address is unique under each key version.
 */
export const findAccountByEmail = new PreparedQuery<FindAccountByEmailParams, FindAccountByEmailResult>({
  params: [
    { name: 'keyVersions', required: true, locs: [{ a: 850, b: 862 }] },
    { name: 'digests', required: true, locs: [{ a: 872, b: 880 }] },
  ],
  statement: `select
  u.id,
  u.status,
  u.password_hash as "passwordHash",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.email_verified_at as "emailVerifiedAt",
  u.locale,
  u.time_zone as "timeZone",
  u.version,
  u.created_at as "createdAt",
  u.updated_at as "updatedAt",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey",
  exists (select 1 from user_totp t where t.user_id = u.id and t.confirmed_at is not null) as "hasTotp",
  exists (select 1 from user_passkeys p where p.user_id = u.id) as "hasPasskey",
  exists (select 1 from user_recovery_codes c where c.user_id = u.id and c.used_at is null) as "hasRecoveryCode"
from
  users u
  join encryption_keys k on k.id = u.data_key_id
where
  u.id = (
    select e.user_id
    from
      user_email_index e
      join unnest(:keyVersions!::int[], :digests!::text[]) d (key_version, digest)
        on e.key_version = d.key_version
        and e.digest = decode(d.digest, 'hex')
    limit 1
  )`,
})

export type RegisterAccountParams = {
  actor: string
  userId: string
  emailCiphertext: string
  nameCiphertext: string
  passwordHash: string
  locale: string
  timeZone: string
  dataKeyId: string
  kekVersion: number
  wrappedKey: string
  now: string
  keyVersions: readonly number[]
  digests: readonly string[]
  newWorkspaceId: string
  workspaceName: string
  sessionId: string
  device?: string | null | undefined
  place?: string | null | undefined
  address?: string | null | undefined
  idleExpiresAt: string
  absoluteExpiresAt: string
  outboxId: string
  innerMac: string
}

export type RegisterAccountResult = {
  version: number
  createdAt: string
  updatedAt: string
  mac: string
}

/**
 * Everything that a new account consists of, or nothing: the person with a data key, the blind index of the address, a
 * personal workspace with its owner, the first session, and the mail that asks to confirm the address. A known address
 * violates user_email_index_pkey. The MAC is the outer hash of the session's first refresh token.
 */
export const registerAccount = new PreparedQuery<RegisterAccountParams, RegisterAccountResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userId', required: true, locs: [{ a: 236, b: 243 }, { a: 570, b: 577 }, { a: 777, b: 784 }, { a: 1023, b: 1030 }, { a: 1168, b: 1175 }, { a: 1430, b: 1437 }, { a: 1701, b: 1708 }] },
    { name: 'emailCiphertext', required: true, locs: [{ a: 246, b: 262 }] },
    { name: 'nameCiphertext', required: true, locs: [{ a: 265, b: 280 }] },
    { name: 'passwordHash', required: true, locs: [{ a: 283, b: 296 }] },
    { name: 'locale', required: true, locs: [{ a: 299, b: 306 }] },
    { name: 'timeZone', required: true, locs: [{ a: 309, b: 318 }] },
    { name: 'dataKeyId', required: true, locs: [{ a: 321, b: 331 }, { a: 541, b: 551 }] },
    { name: 'kekVersion', required: true, locs: [{ a: 580, b: 591 }] },
    { name: 'wrappedKey', required: true, locs: [{ a: 594, b: 605 }] },
    { name: 'now', required: true, locs: [{ a: 608, b: 612 }, { a: 1458, b: 1462 }, { a: 1492, b: 1496 }, { a: 1711, b: 1715 }] },
    { name: 'keyVersions', required: true, locs: [{ a: 831, b: 843 }] },
    { name: 'digests', required: true, locs: [{ a: 853, b: 861 }] },
    { name: 'newWorkspaceId', required: true, locs: [{ a: 988, b: 1003 }, { a: 1150, b: 1165 }, { a: 1440, b: 1455 }] },
    { name: 'workspaceName', required: true, locs: [{ a: 1006, b: 1020 }] },
    { name: 'sessionId', required: true, locs: [{ a: 1417, b: 1427 }] },
    { name: 'device', required: false, locs: [{ a: 1465, b: 1471 }] },
    { name: 'place', required: false, locs: [{ a: 1474, b: 1479 }] },
    { name: 'address', required: false, locs: [{ a: 1482, b: 1489 }] },
    { name: 'idleExpiresAt', required: true, locs: [{ a: 1499, b: 1513 }] },
    { name: 'absoluteExpiresAt', required: true, locs: [{ a: 1522, b: 1540 }] },
    { name: 'outboxId', required: true, locs: [{ a: 1668, b: 1677 }] },
    { name: 'innerMac', required: true, locs: [{ a: 1852, b: 1861 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inserted_user as (
    insert into users (id, email_ciphertext, name_ciphertext, password_hash, locale, time_zone, data_key_id)
    select :userId!, :emailCiphertext!, :nameCiphertext!, :passwordHash!, :locale!, :timeZone!, :dataKeyId!
    from actor
    returning version, created_at, updated_at
  ),
  inserted_data_key as (
    insert into encryption_keys (id, purpose, key_version, user_id, kek_version, wrapped_key, not_before)
    select :dataKeyId!, 'user_data', 1, :userId!, :kekVersion!, :wrappedKey!, :now!
    from actor
  ),
  inserted_email_index as (
    insert into user_email_index (key_version, digest, user_id)
    select d.key_version, decode(d.digest, 'hex'), :userId!
    from
      actor
      cross join unnest(:keyVersions!::int[], :digests!::text[]) d (key_version, digest)
  ),
  inserted_workspace as (
    insert into workspaces (id, name, created_by)
    select :newWorkspaceId!, :workspaceName!, :userId!
    from actor
  ),
  inserted_member as (
    insert into workspace_members (workspace_id, user_id, role)
    select :newWorkspaceId!, :userId!, 'owner'
    from actor
  ),
  inserted_session as (
    insert into user_sessions (
      id, user_id, workspace_id, last_seen_at, device, place, address_prefix, proved_at, idle_expires_at,
      absolute_expires_at
    )
    select
      :sessionId!, :userId!, :newWorkspaceId!, :now!, :device, :place, :address, :now!, :idleExpiresAt!,
      :absoluteExpiresAt!
    from actor
    returning secret
  ),
  requested_mail as (
    insert into outbox (id, kind, user_id, due_at)
    values (:outboxId!, 'mail/verify-email', :userId!, :now!)
  )
select
  u.version as "version",
  u.created_at as "createdAt",
  u.updated_at as "updatedAt",
  encode(sha256(s.secret || decode(:innerMac!, 'hex')), 'hex') as "mac"
from
  inserted_user u
  cross join inserted_session s`,
})

export type InsertAddressRegisteredParams = {
  outboxId: string
  now: string
  keyVersions: readonly number[]
  digests: readonly string[]
  countedSince: string
}

export type InsertAddressRegisteredResult = void

/** Tells the owner of an address that somebody tried to register with it; at most once since :countedSince!. */
export const insertAddressRegistered = new PreparedQuery<InsertAddressRegisteredParams, InsertAddressRegisteredResult>({
  params: [
    { name: 'outboxId', required: true, locs: [{ a: 54, b: 63 }] },
    { name: 'now', required: true, locs: [{ a: 99, b: 103 }] },
    { name: 'keyVersions', required: true, locs: [{ a: 234, b: 246 }] },
    { name: 'digests', required: true, locs: [{ a: 256, b: 264 }] },
    { name: 'countedSince', required: true, locs: [{ a: 552, b: 565 }] },
  ],
  statement: `insert into outbox (id, kind, user_id, due_at)
select :outboxId!, 'mail/address-registered', u.id, :now!
from users u
where
  u.status = 'active'
  and u.id = (
    select e.user_id
    from
      user_email_index e
      join unnest(:keyVersions!::int[], :digests!::text[]) d (key_version, digest)
        on e.key_version = d.key_version
        and e.digest = decode(d.digest, 'hex')
    limit 1
  )
  and not exists (
    select 1
    from outbox o
    where
      o.user_id = u.id
      and o.kind = 'mail/address-registered'
      and o.due_at > :countedSince!
  )`,
})

export type UpdatePasswordHashParams = {
  actor: string
  newHash: string
  userId: string
  oldHash: string
}

export type UpdatePasswordHashResult = {
  id: string
}

/** A new hash of the same password, made when it was presented; nothing when the password has changed meanwhile. */
export const updatePasswordHash = new PreparedQuery<UpdatePasswordHashParams, UpdatePasswordHashResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'newHash', required: true, locs: [{ a: 129, b: 137 }] },
    { name: 'userId', required: true, locs: [{ a: 165, b: 172 }] },
    { name: 'oldHash', required: true, locs: [{ a: 198, b: 206 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update users u
set password_hash = :newHash!
from actor
where
  u.id = :userId!
  and u.password_hash = :oldHash!
returning u.id`,
})
