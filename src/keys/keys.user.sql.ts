// Generated from sql/keys/keys.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type EncryptionKeyPurpose = 'blind_index' | 'pepper' | 'signing' | 'user_data' | 'workspace_data'

type EncryptionKeyStatus = 'active' | 'destroyed' | 'retired' | 'retiring'

export type ListGlobalKeysParams = void

export type ListGlobalKeysResult = {
  id: string
  purpose: EncryptionKeyPurpose
  keyVersion: number
  kekVersion: number
  wrappedKey: string
  publicJwk: unknown
  status: EncryptionKeyStatus
  notBefore: string
}

/** Keys of the whole system that are still good for anything: to sign, to verify, to pepper, to index. */
export const listGlobalKeys = new PreparedQuery<ListGlobalKeysParams, ListGlobalKeysResult>({
  params: [],
  statement: `select
  k.id,
  k.purpose,
  k.key_version as "keyVersion",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey",
  k.public_jwk as "publicJwk",
  k.status,
  k.not_before as "notBefore"
from encryption_keys k
where
  k.user_id is null
  and k.workspace_id is null
  and k.status in ('active', 'retiring')
  and k.wrapped_key is not null
order by k.purpose, k.key_version desc`,
})

export type InsertGlobalKeyParams = {
  actor: string
  id: string
  purpose: EncryptionKeyPurpose
  kekVersion: number
  wrappedKey: string
  publicJwk?: unknown
  now: string
}

export type InsertGlobalKeyResult = void

/** The first key of a purpose. Of two isolates that start at once, one makes it; both then read the same. */
export const insertGlobalKey = new PreparedQuery<InsertGlobalKeyParams, InsertGlobalKeyResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'id', required: true, locs: [{ a: 214, b: 217 }] },
    { name: 'purpose', required: true, locs: [{ a: 220, b: 228 }] },
    { name: 'kekVersion', required: true, locs: [{ a: 234, b: 245 }] },
    { name: 'wrappedKey', required: true, locs: [{ a: 248, b: 259 }] },
    { name: 'publicJwk', required: false, isJson: true, locs: [{ a: 262, b: 271 }] },
    { name: 'now', required: true, locs: [{ a: 284, b: 288 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
insert into encryption_keys (id, purpose, key_version, kek_version, wrapped_key, public_jwk, status, not_before)
select :id!, :purpose!, 1, :kekVersion!, :wrappedKey!, :publicJwk, 'active', :now!
from actor
on conflict do nothing`,
})
