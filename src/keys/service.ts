import { createIsolateCache } from '../cache/isolate.ts'
import type { Context, MemberContext } from '../context.ts'
import { utf8 } from '../crypto/encoding.ts'
import { type DataKey, seal, unseal } from '../crypto/field.ts'
import type { Peppers } from '../crypto/password.ts'
import type { RefreshMacKeys } from '../crypto/refresh-token.ts'
import { findWorkspaceKey, insertWorkspaceKey } from './keys.sql.ts'
import { insertGlobalKey, type ListGlobalKeysResult, listGlobalKeys } from './keys.user.sql.ts'

/** Keys that the whole system shares, opened. */
export type GlobalKeys = {
  /** Newest first; those not yet due verify and are published, but do not sign. */
  readonly signing: readonly SigningKey[]
  readonly peppers: Peppers
  readonly blindIndex: readonly { readonly version: number; readonly key: CryptoKey }[]
}

export type SigningKey = {
  readonly id: string
  readonly notBefore: string
  readonly isActive: boolean
  readonly publicJwk: JsonWebKey
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

/** A data key as a row of `encryption_keys` keeps it, and the person or workspace whose data it opens. */
export type WrappedKey = {
  readonly id: string
  readonly owner: string
  readonly kekVersion: number
  readonly wrappedKey: string
}

/** Opens and makes keys. One per isolate; what it opened is kept at most 60 s (KEY_CACHE_SECONDS). */
export type Keyring = {
  /** Reads the database when its copy is older than KEY_CACHE_SECONDS, or than `maxAgeMs`. */
  readonly globalKeys: (ctx: Pick<Context, 'db' | 'now' | 'makeId'>, maxAgeMs?: number) => Promise<GlobalKeys>
  readonly refreshMacKeys: () => Promise<RefreshMacKeys>
  /**
   * Keys to hash what others could guess, made of the refresh MAC keys and so known without asking the database: the
   * current one first, then those listed after it, which a value that is kept for a while is also compared under.
   */
  readonly hashKeys: (use: HashUse) => Promise<readonly CryptoKey[]>
  readonly makeDataKey: (
    id: string,
    owner: string,
  ) => Promise<{ readonly wrapped: WrappedKey; readonly dataKey: DataKey }>
  readonly openDataKey: (wrapped: WrappedKey) => Promise<DataKey>
  /** The key-encryption key that wraps what is new. */
  readonly kekVersion: number
  /** The same key under the current key-encryption key. */
  readonly rewrap: (wrapped: WrappedKey) => Promise<WrappedKey>
  /** A further key of the whole system, wrapped; a signing key with its public half. */
  readonly makeGlobalKey: (
    id: string,
    purpose: GlobalPurpose,
  ) => Promise<WrappedKey & { readonly publicJwk: JsonWebKey | null }>
}

/** What is hashed; the hashes of different uses say nothing of each other. */
export type HashUse = 'idempotency' | 'media-link' | 'rate-limit'

type KeyringOptions = {
  /** By version; the first one wraps, the others only open. */
  readonly keyEncryptionKeys: ReadonlyMap<number, Uint8Array<ArrayBuffer>>
  /** By version; the first one makes tokens, the others only check them. */
  readonly refreshMacKeys: ReadonlyMap<number, Uint8Array<ArrayBuffer>>
  readonly now: () => Date
  /** How long what was opened is kept; a rotation counts on no more than it was told. */
  readonly keyCacheSeconds?: number
}

type SecretBytes = Uint8Array<ArrayBuffer>
type Purpose = ListGlobalKeysResult['purpose']
type GlobalPurpose = Exclude<Purpose, 'user_data' | 'workspace_data'>

const defaultCacheSeconds = 60
const maxOpenKeys = 1_000
/** Stands for the person or workspace where there is none. */
export const globalOwner = 'global'

/** The keyring over the Worker's versioned secrets. */
export function createKeyring(options: KeyringOptions): Keyring {
  let global: { readonly keys: GlobalKeys; readonly readAtMs: number } | undefined
  let refreshKeys: RefreshMacKeys | undefined
  const opened = createIsolateCache<DataKey>(maxOpenKeys)
  const hashKeysByUse = new Map<HashUse, readonly CryptoKey[]>()
  const maxAgeMs = (options.keyCacheSeconds ?? defaultCacheSeconds) * 1000

  const globalKeys: Keyring['globalKeys'] = async (ctx, age = maxAgeMs) => {
    // They are as old as the question, not as the answer.
    const readAtMs = options.now().getTime()
    if (global !== undefined && readAtMs - global.readAtMs < age) return global.keys
    const rows = await readGlobalKeys(ctx, options)
    const keys = await openGlobalKeys(rows, options)
    // A question that was asked later may have been answered sooner.
    if (global === undefined || global.readAtMs <= readAtMs) global = { keys, readAtMs }
    return keys
  }
  const openDataKey: Keyring['openDataKey'] = async (wrapped) => {
    const nowMs = options.now().getTime()
    const known = opened.get(wrapped.id, nowMs)
    if (known !== undefined) return known
    const dataKey = { id: wrapped.id, key: await importAes(await unwrap(wrapped, options)) }
    opened.set(wrapped.id, dataKey, nowMs + maxAgeMs)
    return dataKey
  }
  const refreshMacKeys: Keyring['refreshMacKeys'] = async () => {
    refreshKeys ??= await Promise.all(
      [...options.refreshMacKeys].map(async ([version, secret]) => ({ version, key: await importHmac(secret) })),
    )
    return refreshKeys
  }
  return {
    globalKeys,
    openDataKey,
    refreshMacKeys,
    hashKeys: async (use) => {
      const known = hashKeysByUse.get(use)
      if (known !== undefined) return known
      const keys = await Promise.all((await refreshMacKeys()).map(async ({ key }) => await hashKey(key, use)))
      hashKeysByUse.set(use, keys)
      return keys
    },
    kekVersion: currentKekVersion(options),
    rewrap: async (wrapped) => await wrap(wrapped.id, wrapped.owner, await unwrap(wrapped, options), options),
    makeGlobalKey: async (id, purpose) => {
      const { secret, publicJwk } = await makeSecret(purpose)
      return { ...(await wrap(id, globalOwner, secret, options)), publicJwk }
    },
    makeDataKey: async (id, owner) => {
      const secret = crypto.getRandomValues(new Uint8Array(32))
      return { wrapped: await wrap(id, owner, secret, options), dataKey: { id, key: await importAes(secret) } }
    },
  }
}

/** The data key that encrypts new values of the request's workspace; made when first needed. */
export async function workspaceKey(ctx: MemberContext): Promise<DataKey> {
  const { workspaceId: owner, keyring } = ctx
  let row = await ctx.db.maybeOne(findWorkspaceKey)
  if (row === undefined) {
    const { wrapped } = await keyring.makeDataKey(ctx.makeId(), owner)
    const { id, kekVersion, wrappedKey } = wrapped
    await ctx.db.many(insertWorkspaceKey, { id, kekVersion, wrappedKey, now: ctx.now().toISOString() })
    row = await ctx.db.one(findWorkspaceKey)
  }
  return await keyring.openDataKey({ ...row, owner })
}

/** All live global keys; a new system makes its first ones here. */
async function readGlobalKeys(ctx: Pick<Context, 'db' | 'now' | 'makeId'>, options: KeyringOptions) {
  const rows = await ctx.db.many(listGlobalKeys)
  const missing = (['signing', 'pepper', 'blind_index'] as const).filter(
    (purpose) => !rows.some((row) => row.purpose === purpose),
  )
  if (missing.length === 0) return rows
  for (const purpose of missing) {
    const { secret, publicJwk } = await makeSecret(purpose)
    const { id, kekVersion, wrappedKey } = await wrap(ctx.makeId(), globalOwner, secret, options)
    await ctx.db.many(insertGlobalKey, { id, purpose, kekVersion, wrappedKey, publicJwk, now: ctx.now().toISOString() })
  }
  return await ctx.db.many(listGlobalKeys)
}

async function openGlobalKeys(rows: readonly ListGlobalKeysResult[], options: KeyringOptions): Promise<GlobalKeys> {
  const of = (purpose: Purpose) => rows.filter((row) => row.purpose === purpose)
  const secretOf = (row: ListGlobalKeysResult) => unwrap({ ...row, owner: globalOwner }, options)
  const hmacKeys = async (purpose: Purpose) =>
    await Promise.all(
      of(purpose).map(async (row) => ({ row, version: row.keyVersion, key: await importHmac(await secretOf(row)) })),
    )
  const peppers = await hmacKeys('pepper')
  const signing = await Promise.all(of('signing').map(async (row) => await openSigningKey(row, await secretOf(row))))
  return {
    signing: signing.sort((left, right) => right.notBefore.localeCompare(left.notBefore)),
    blindIndex: (await hmacKeys('blind_index')).map(({ version, key }) => ({ version, key })),
    peppers: {
      current: peppers.find(({ row }) => row.status === 'active')?.version ?? 0,
      keys: new Map(peppers.map(({ version, key }) => [version, key])),
    },
  }
}

async function openSigningKey(row: ListGlobalKeysResult, secret: SecretBytes): Promise<SigningKey> {
  const publicJwk = row.publicJwk as JsonWebKey
  return {
    id: row.id,
    notBefore: row.notBefore,
    isActive: row.status === 'active',
    publicJwk,
    privateKey: await crypto.subtle.importKey('pkcs8', secret, 'Ed25519', false, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', publicJwk, 'Ed25519', false, ['verify']),
  }
}

async function makeSecret(purpose: Purpose): Promise<{ secret: SecretBytes; publicJwk: JsonWebKey | null }> {
  if (purpose !== 'signing') return { secret: crypto.getRandomValues(new Uint8Array(32)), publicJwk: null }
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const { kty, crv, x } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  if (kty === undefined || crv === undefined || x === undefined) throw new Error('an Ed25519 key came out incomplete')
  const secret = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey))
  return { secret, publicJwk: { kty, crv, x } }
}

async function wrap(id: string, owner: string, secret: SecretBytes, options: KeyringOptions): Promise<WrappedKey> {
  const kekVersion = currentKekVersion(options)
  const kek = await keyEncryptionKey(kekVersion, options)
  return { id, owner, kekVersion, wrappedKey: await seal(kek, `encryption_keys|${id}|${owner}`, secret) }
}

async function unwrap(
  { id, owner, kekVersion, wrappedKey }: WrappedKey,
  options: KeyringOptions,
): Promise<SecretBytes> {
  const kek = await keyEncryptionKey(kekVersion, options)
  return new Uint8Array(await unseal(kek, `encryption_keys|${id}|${owner}`, wrappedKey))
}

function currentKekVersion({ keyEncryptionKeys }: KeyringOptions): number {
  const [first] = keyEncryptionKeys.keys()
  if (first === undefined) throw new Error('no key-encryption key is configured')
  return first
}

async function keyEncryptionKey(version: number, options: KeyringOptions): Promise<DataKey> {
  const secret = options.keyEncryptionKeys.get(version)
  if (secret === undefined) throw new Error(`key-encryption key ${version} is not configured`)
  return { id: `kek${version}`, key: await importAes(secret) }
}

/** No refresh token has a message of this form, so its MACs are no such keys. */
const hashKey = async (key: CryptoKey, use: HashUse): Promise<CryptoKey> =>
  await importHmac(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(`hash key\0${use}`))))

const importAes = async (secret: SecretBytes): Promise<CryptoKey> =>
  await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt'])

const importHmac = async (secret: SecretBytes): Promise<CryptoKey> =>
  await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
