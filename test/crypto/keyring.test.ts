import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { decryptField, encryptField } from '../../src/crypto/field.ts'
import type { GlobalKeys } from '../../src/keys/service.ts'
import { createKeyring } from '../../src/keys/service.ts'
import { type AppSecrets, makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { registerUser, send } from '../support/client.ts'
import { openGlobalKeys } from '../support/keys.ts'
import { asOwner } from '../support/tenants.ts'

const secrets = makeSecrets()
const kekOf = (given: AppSecrets, version = 1) => given.keyEncryptionKeys.get(version) as Uint8Array<ArrayBuffer>
const now = () => new Date()
let app: TestApp
let foreign: TestApp
beforeAll(async () => {
  app = await startApp({ secrets })
  const keyEncryptionKeys = new Map([[2, kekOf(makeSecrets())]])
  foreign = await startApp({ database: app.database, secrets: { ...secrets, keyEncryptionKeys } })
})

const jwks = async (isolate: Pick<TestApp, 'fetch'>) => (await send(isolate, 'GET', '/.well-known/jwks.json')).body
const globalRows = async () => [
  ...(await app.owner`select purpose, key_version as version, status from encryption_keys where user_id is null order by purpose`),
]

describe('the keys of the whole system', () => {
  test('are made once, however many isolates start at once on a new database', async () => {
    expect(await globalRows()).toEqual([])
    const sets = await Promise.all(Array.from({ length: 8 }, () => jwks(app.secondIsolate())))
    const one = { version: 1, status: 'active' }
    expect(await globalRows()).toEqual([
      { purpose: 'signing', ...one },
      { purpose: 'pepper', ...one },
      { purpose: 'blind_index', ...one },
    ])
    expect(sets[0].keys).toHaveLength(1)
    for (const set of sets) expect(set).toEqual(sets[0])
  })

  test('are stored wrapped, a signing key with its public half', async () => {
    const rows = await app.owner`select * from encryption_keys where user_id is null`
    for (const row of rows) expect(row['wrapped_key']).toMatch(/^v1\.kek1\.[\w-]{16}\.[\w-]{64,}$/)
    const [signing] = rows.filter((row) => row['purpose'] === 'signing')
    expect(signing?.['public_jwk']).toEqual({ kty: 'OKP', crv: 'Ed25519', x: expect.any(String) })
  })

  test('that are retiring verify and find, while the newest active one makes', async () => {
    const user = await registerUser(app)
    const before = await openGlobalKeys(app, secrets)
    await rotate(before)
    const rotated = app.secondIsolate()
    const login = await send(rotated, 'POST', '/v1/auth/login', {
      body: { email: user.email, password: user.password },
    })
    expect(login.status).toBe(200)
    const kids = (await jwks(rotated)).keys.map(({ kid }: { kid: string }) => kid)
    expect(kids).toHaveLength(2)
    expect((await send(rotated, 'GET', '/v1/me', { token: user.accessToken })).status).toBe(200)
    const header = JSON.parse(Buffer.from(login.body.accessToken.split('.')[0], 'base64url').toString())
    expect(header.kid).not.toBe(before.signing[0]?.id)
    // The isolate that has not heard of the new key looks it up.
    app.advance(5_000)
    expect((await send(app, 'GET', '/v1/me', { token: login.body.accessToken })).status).toBe(200)
  })

  async function rotate({ signing }: GlobalKeys): Promise<void> {
    const id = randomUUID()
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const { kty, crv, x } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const secret = Buffer.from(await crypto.subtle.exportKey('pkcs8', pair.privateKey))
    const wrapped = await wrap(id, 'global', secret)
    await asOwner(app, async (tx) => {
      await tx`update encryption_keys set status = 'retiring' where id = ${signing[0]?.id as string}`
      await tx`
        insert into encryption_keys (id, purpose, key_version, kek_version, wrapped_key, public_jwk, not_before)
        values (${id}, 'signing', 2, 1, ${wrapped}, ${tx.json({ kty, crv, x } as never)}, now() - interval '1 minute')`
    })
  }
})

/** As the keyring wraps: AES-256-GCM under the key-encryption key, bound to the row and its owner. */
async function wrap(id: string, owner: string, secret: Uint8Array<ArrayBuffer>): Promise<string> {
  const kek = await crypto.subtle.importKey('raw', kekOf(secrets), 'AES-GCM', false, ['encrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const additionalData = new TextEncoder().encode(`encryption_keys|${id}|${owner}`)
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, kek, secret)
  return `v1.kek1.${Buffer.from(iv).toString('base64url')}.${Buffer.from(sealed).toString('base64url')}`
}

describe('a wrapped key', () => {
  const keyring = createKeyring({ ...secrets, now })
  const other = createKeyring({ ...secrets, now })

  test('opens in every isolate, and gives the same key', async () => {
    const { wrapped, dataKey } = await keyring.makeDataKey(randomUUID(), 'owner')
    const iv = new Uint8Array(12)
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, dataKey.key, new TextEncoder().encode('text'))
    const opened = await other.openDataKey(wrapped)
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, opened.key, sealed)
    expect(new TextDecoder().decode(plain)).toBe('text')
    expect([opened.id, opened.key.extractable]).toEqual([wrapped.id, false])
  })

  test('does not open in another row, for another owner, or under another key-encryption key', async () => {
    const [one, two] = [
      (await keyring.makeDataKey(randomUUID(), 'a')).wrapped,
      (await keyring.makeDataKey(randomUUID(), 'a')).wrapped,
    ]
    await expect(other.openDataKey({ ...one, wrappedKey: two.wrappedKey })).rejects.toThrow()
    await expect(other.openDataKey({ ...one, owner: 'b' })).rejects.toThrow()
    await expect(createKeyring({ ...makeSecrets(), now }).openDataKey(one)).rejects.toThrow()
  })

  test('under a version that is not configured says which', async () => {
    const { wrapped } = await keyring.makeDataKey(randomUUID(), 'a')
    await expect(other.openDataKey({ ...wrapped, kekVersion: 7 })).rejects.toThrow(
      'key-encryption key 7 is not configured',
    )
  })

  test('is made under the version that is listed first, whatever its number, while the others open', async () => {
    const before = (await keyring.makeDataKey(randomUUID(), 'a')).wrapped
    const next = [2, kekOf(makeSecrets())] as const
    const known = createKeyring({ ...secrets, keyEncryptionKeys: new Map([...secrets.keyEncryptionKeys, next]), now })
    const used = createKeyring({ ...secrets, keyEncryptionKeys: new Map([next, ...secrets.keyEncryptionKeys]), now })
    expect((await known.makeDataKey(randomUUID(), 'a')).wrapped.kekVersion).toBe(1)
    const after = (await used.makeDataKey(randomUUID(), 'a')).wrapped
    expect(after.kekVersion).toBe(2)
    expect((await used.openDataKey(before)).id).toBe(before.id)
    expect((await known.openDataKey(after)).id).toBe(after.id)
  })

  test('is wrapped anew without becoming another key', async () => {
    const { wrapped, dataKey } = await keyring.makeDataKey(randomUUID(), 'a')
    const next = [2, kekOf(makeSecrets())] as const
    const used = createKeyring({ ...secrets, keyEncryptionKeys: new Map([next, ...secrets.keyEncryptionKeys]), now })
    const rewrapped = await used.rewrap(wrapped)
    expect(rewrapped).toMatchObject({ id: wrapped.id, owner: 'a', kekVersion: 2 })
    const place = { table: 't', column: 'c', rowId: 'r', owner: 'a' }
    const alone = createKeyring({ ...secrets, keyEncryptionKeys: new Map([next]), now })
    const opened = await alone.openDataKey(rewrapped)
    expect(await decryptField(opened, place, await encryptField(dataKey, place, 'text'))).toBe('text')
    await expect(used.rewrap({ ...wrapped, owner: 'b' })).rejects.toThrow()
  })
})

test("two users' data keys that are swapped in the database open neither's data", async () => {
  const [ada, eve] = [await registerUser(app), await registerUser(app, 'Eve')]
  await asOwner(
    app,
    (tx) => tx`
      update encryption_keys k set wrapped_key = o.wrapped_key
      from encryption_keys o
      where k.user_id in (${ada.id}, ${eve.id}) and o.user_id in (${ada.id}, ${eve.id}) and o.id <> k.id`,
  )
  const isolate = app.secondIsolate()
  for (const user of [ada, eve]) {
    const { status, body } = await send(isolate, 'GET', '/v1/me', { token: user.accessToken })
    expect([status, body.code]).toEqual([500, 'internal/error'])
    for (const secret of [ada.email, eve.email, ada.name]) expect(JSON.stringify(body)).not.toContain(secret)
  }
})

test('an isolate without the key-encryption key of the rows answers 500 and says why in its log alone', async () => {
  const answer = await send(foreign, 'GET', '/.well-known/jwks.json')
  expect([answer.status, answer.body.code, answer.body.detail]).toEqual([500, 'internal/error', undefined])
  const line = foreign.logs.find((log) => log['requestId'] === answer.headers.get('X-Request-Id'))
  expect(line).toMatchObject({ level: 'error', error: 'key-encryption key 1 is not configured' })
})
