// Generated from sql/keys/signing-keys.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type EncryptionKeyStatus = 'active' | 'destroyed' | 'retired' | 'retiring'

export type ListSigningKeysParams = {
  limit: number
}

export type ListSigningKeysResult = {
  id: string
  keyVersion: number
  status: EncryptionKeyStatus
  notBefore: string
}

/** Signing keys that are still published, the one of the latest first use first. */
export const listSigningKeys = new PreparedQuery<ListSigningKeysParams, ListSigningKeysResult>({
  params: [
    { name: 'limit', required: true, locs: [{ a: 237, b: 243 }] },
  ],
  statement: `select
  k.id,
  k.key_version as "keyVersion",
  k.status,
  k.not_before as "notBefore"
from encryption_keys k
where
  k.purpose = 'signing'
  and k.status in ('active', 'retiring')
order by k.not_before desc, k.key_version desc
limit :limit!`,
})

export type InsertNextSigningKeyParams = {
  actor: string
  id: string
  kekVersion: number
  wrappedKey: string
  publicJwk: unknown
  notBefore: string
}

export type InsertNextSigningKeyResult = {
  id: string
}

/** The next signing key. No row while another change of keys is under way, also one that began at this moment. */
export const insertNextSigningKey = new PreparedQuery<InsertNextSigningKeyParams, InsertNextSigningKeyResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'id', required: true, locs: [{ a: 434, b: 437 }] },
    { name: 'kekVersion', required: true, locs: [{ a: 470, b: 481 }] },
    { name: 'wrappedKey', required: true, locs: [{ a: 484, b: 495 }] },
    { name: 'publicJwk', required: true, isJson: true, locs: [{ a: 498, b: 508 }] },
    { name: 'notBefore', required: true, locs: [{ a: 511, b: 521 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  newest_key as (
    select
      max(k.key_version) as key_version,
      count(*) filter (
        where k.status in ('active', 'retiring')
      ) as published
    from encryption_keys k
    where k.purpose = 'signing'
  )
insert into encryption_keys (id, purpose, key_version, kek_version, wrapped_key, public_jwk, not_before)
select :id!, 'signing', n.key_version + 1, :kekVersion!, :wrappedKey!, :publicJwk!, :notBefore!
from
  actor
  cross join newest_key n
where n.published = 1
on conflict do nothing
returning id`,
})

export type UpdateSucceededSigningKeysParams = {
  actor: string
  tokensEndedSince: string
  now: string
}

export type UpdateSucceededSigningKeysResult = {
  id: string
  status: EncryptionKeyStatus
}

/**
 * Ends what a later key has succeeded: a key is retiring from the first use of the next one on, and retired, which refuses
 * its tokens, when the last of them has ended.
 */
export const updateSucceededSigningKeys = new PreparedQuery<UpdateSucceededSigningKeysParams, UpdateSucceededSigningKeysResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'tokensEndedSince', required: true, locs: [{ a: 537, b: 554 }, { a: 658, b: 675 }, { a: 872, b: 889 }] },
    { name: 'now', required: true, locs: [{ a: 682, b: 686 }, { a: 791, b: 795 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  succeeded_key as (
    select k.id, min(n.not_before) as succeeded_at
    from
      encryption_keys k
      join encryption_keys n on n.purpose = 'signing'
        and n.status <> 'destroyed'
        and (n.not_before, n.key_version) > (k.not_before, k.key_version)
    where
      k.purpose = 'signing'
      and k.status in ('active', 'retiring')
    group by k.id
  )
update encryption_keys k
set
  status = case when s.succeeded_at <= :tokensEndedSince! then 'retired'::encryption_key_status else 'retiring' end,
  retired_at = case when s.succeeded_at <= :tokensEndedSince! then :now!::timestamptz end
from
  actor
  cross join succeeded_key s
where
  k.id = s.id
  and s.succeeded_at <= :now!
  and (k.status = 'active' or (k.status = 'retiring' and s.succeeded_at <= :tokensEndedSince!))
returning
  k.id,
  k.status`,
})
