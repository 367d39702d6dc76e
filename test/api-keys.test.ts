import { createHash, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { apiKeyScopes, permissionsOf } from '../src/auth/permissions.ts'
import { apiKeyDigest, makeApiKey } from '../src/crypto/api-key.ts'
import { startApp, type TestApp } from './support/app.ts'
import { registerUser, type SignedInUser, send } from './support/client.ts'
import { insertAccount, populateTenant, registerMember, setRole, type Tenant, verifyEmail } from './support/tenants.ts'

/** API keys: what they are, what they may do, and when they end. */

let app: TestApp
let home: Tenant
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp()
  home = await populateTenant(app, 'home_marker')
  ada = home.user
})

type Made = { id: string; key: string }
async function makeKey(body: object = {}, maker = ada): Promise<Made> {
  const answer = await maker.call('POST', '/v1/api-keys', { name: 'Shop', scopes: ['posts:read'], ...body })
  expect([answer.status, answer.body.code]).toEqual([201, undefined])
  return answer.body
}
const use = async (
  key: string,
  method = 'GET',
  path = '/v1/posts',
  body?: unknown,
  over: Pick<TestApp, 'fetch'> = app,
) => await send(over, method, path, { token: key, body, headers: { 'If-Match': '*' } })

describe('a key', () => {
  test('has a prefix and a checksum, is shown once, and is stored as a digest', async () => {
    const made = await makeKey({ name: 'Shop window' })
    expect(made.key).toMatch(/^dfk_[0-9A-Za-z]{46}$/)
    expect(made).toMatchObject({
      name: 'Shop window',
      hint: made.key.slice(0, 10),
      scopes: ['posts:read'],
      accountIds: null,
    })
    const digest = createHash('sha256').update(made.key).digest('hex')
    const rows = await app.owner`
      select encode(digest, 'hex') as digest, expires_at from api_key_digests where api_key_id = ${made.id}`
    expect([...rows]).toEqual([{ digest, expires_at: null }])
    const listed = await ada.call('GET', '/v1/api-keys')
    expect(listed.body.data.find(({ id }: Made) => id === made.id)).toMatchObject({
      id: made.id,
      hint: made.key.slice(0, 10),
      userId: ada.id,
      lastUsedAt: null,
    })
    expect(JSON.stringify(listed.body)).not.toContain(made.key)
  })

  test('with a wrong checksum is told without the database; one well made and unknown is refused too', async () => {
    const { key } = await makeApiKey()
    expect(await apiKeyDigest(key)).toBe(createHash('sha256').update(key).digest('hex'))
    for (let place = 4; place < key.length; place += 1) {
      const other = key[place] === 'x' ? 'y' : 'x'
      expect(await apiKeyDigest(key.slice(0, place) + other + key.slice(place + 1))).toBeUndefined()
    }
    const mark = app.logs.length
    const mistyped = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`
    expect((await use(mistyped)).status).toBe(401)
    expect(app.logs.slice(mark).at(-1)).toMatchObject({ message: 'request', status: 401, statements: 0 })
    const answer = await use(key)
    expect([answer.status, answer.headers.get('WWW-Authenticate')]).toEqual([
      401,
      'Bearer realm="defeah", error="invalid_token"',
    ])
  })

  test('acts for its maker, under its own id, in its own workspace', async () => {
    const { id, key } = await makeKey({ scopes: ['campaigns:write', 'campaigns:read'] })
    const made = await use(key, 'POST', '/v1/campaigns', { name: 'By a machine', objective: 'sales' })
    expect(made.status).toBe(201)
    const [row] = await app.owner`
      select a.actor_kind, a.actor_id, a.user_id, a.workspace_id, a.session_id from audit_logs a
      where a.table_name = 'campaigns' and a.row_id = ${made.body.id}`
    expect(row).toEqual({
      actor_kind: 'api_key',
      actor_id: id,
      user_id: ada.id,
      workspace_id: ada.workspaceId,
      session_id: null,
    })
    const eve = await registerUser(app)
    expect((await eve.call('GET', `/v1/campaigns/${made.body.id}`)).status).toBe(404)
  })

  test('has idempotency keys of its own', async () => {
    const [one, two] = [await makeKey({ scopes: ['campaigns:write'] }), await makeKey({ scopes: ['campaigns:write'] })]
    const headers = { 'Idempotency-Key': randomUUID() }
    const body = { name: 'Once', objective: 'sales' }
    const create = async (token: string) => (await send(app, 'POST', '/v1/campaigns', { token, body, headers })).body.id
    const first = await create(one.key)
    expect(await create(one.key)).toBe(first)
    expect(await create(two.key)).not.toBe(first)
    expect(await create(ada.accessToken)).not.toBe(first)
  })

  test('says, to the minute, when it was last used', async () => {
    const { id, key } = await makeKey()
    const lastUsed = async () => {
      const [row] = await app.owner`select last_used_at as at from api_keys where id = ${id}`
      return row?.['at'] as string | null
    }
    expect(await lastUsed()).toBeNull()
    await use(key)
    await expect.poll(lastUsed).not.toBeNull()
    const first = await lastUsed()
    app.advance(30_000)
    await use(key)
    expect(await lastUsed()).toBe(first)
    app.advance(31_000)
    await use(key)
    await expect.poll(lastUsed).not.toBe(first)
    const audited = await app.owner`select 1 from audit_logs where row_id = ${id} and operation = 'UPDATE'`
    expect(audited).toHaveLength(0)
  })
})

describe('rights', () => {
  test('are the scopes, one for one', async () => {
    const { key } = await makeKey({ scopes: ['campaigns:read'] })
    expect((await use(key, 'GET', '/v1/campaigns')).status).toBe(200)
    const refused = await use(key, 'POST', '/v1/campaigns', { name: 'X', objective: 'sales' })
    expect([refused.status, refused.body.code]).toEqual([403, 'permission/denied'])
    expect((await use(key)).status).toBe(403)
  })

  test('never are those of people: members, keys, settings, sessions, the person', async () => {
    for (const scope of [
      'members:read',
      'members:write',
      'api-keys:read',
      'api-keys:write',
      'workspace:write',
      'nothing:at-all',
    ]) {
      const answer = await ada.call('POST', '/v1/api-keys', { name: 'X', scopes: [scope] })
      expect([scope, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([scope, 422, '/scopes/0'])
    }
    const { key } = await makeKey({ scopes: apiKeyScopes })
    for (const path of ['/v1/me', '/v1/auth/sessions']) {
      const answer = await use(key, 'GET', path)
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'auth/user-required'])
    }
    expect((await use(key, 'GET', '/v1/api-keys')).status).toBe(403)
  })

  test('shrink with the role of who made it, and end when that person goes', async () => {
    const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'admin' })
    const { key } = await makeKey({ scopes: ['posts:read', 'audit:read'] }, bob)
    expect((await use(key, 'GET', '/v1/audit-logs')).status).toBe(200)
    await setRole(app, bob.id, { workspaceId: ada.workspaceId, role: 'client' })
    const later = app.secondIsolate()
    app.advance(10_000)
    expect(permissionsOf.client.has('audit:read')).toBe(false)
    expect([
      (await use(key, 'GET', '/v1/audit-logs', undefined, later)).status,
      (await use(key, 'GET', '/v1/posts', undefined, later)).status,
    ]).toEqual([403, 200])
  })

  test('are not for who has not proved an e-mail address', async () => {
    const eve = await registerUser(app)
    const attempt = async () => await eve.call('POST', '/v1/api-keys', { name: 'X', scopes: ['posts:read'] })
    const refused = await attempt()
    expect([refused.status, refused.body.code]).toEqual([403, 'auth/email-unverified'])
    await verifyEmail(app, eve.id)
    expect((await attempt()).status).toBe(201)
  })
})

describe('a key limited to accounts', () => {
  test('sees and makes posts of these alone', async () => {
    const [mine = '', other = ''] = [await insertAccount(app, ada), await insertAccount(app, ada)]
    const { key } = await makeKey({ scopes: ['posts:read', 'posts:write'], accountIds: [mine, mine] })
    const inMine = await use(key, 'POST', '/v1/posts', { kind: 'image', accountId: mine })
    expect(inMine.status).toBe(201)
    const inOther = (await ada.call('POST', '/v1/posts', { kind: 'image', accountId: other })).body.id
    for (const accountId of [other, undefined, randomUUID()]) {
      const answer = await use(key, 'POST', '/v1/posts', { kind: 'image', accountId })
      expect([answer.status, answer.body.code, answer.body.errors[0].pointer]).toEqual([
        422,
        'reference/not-found',
        '/accountId',
      ])
    }
    expect((await use(key, 'GET', `/v1/posts/${inMine.body.id}`)).status).toBe(200)
    for (const [method, body] of [['GET'], ['PATCH', { caption: 'X' }], ['DELETE']] as const) {
      expect([method, (await use(key, method, `/v1/posts/${inOther}`, body)).status]).toEqual([method, 404])
    }
    const moved = await use(key, 'PATCH', `/v1/posts/${inMine.body.id}`, { accountId: other })
    expect([moved.status, moved.body.code]).toEqual([422, 'reference/not-found'])
    const ids = (await use(key, 'GET', '/v1/posts?limit=100')).body.data.map(({ id }: { id: string }) => id)
    expect(ids).toEqual([inMine.body.id])
  })

  test('sees all campaigns, which belong to no account, and of their posts its own alone', async () => {
    const [mine = '', other = ''] = [await insertAccount(app, ada), await insertAccount(app, ada)]
    const { key } = await makeKey({ scopes: ['posts:read', 'campaigns:read'], accountIds: [mine] })
    const campaign = async () =>
      (await ada.call('POST', '/v1/campaigns', { name: 'Of both', objective: 'sales' })).body.id as string
    const [shared, foreign] = [await campaign(), await campaign()]
    const post = async (accountId: string, campaignId: string) =>
      (await ada.call('POST', '/v1/posts', { kind: 'image', accountId, campaignId })).body.id as string
    const own = await post(mine, shared)
    await post(other, shared)
    await post(other, foreign)
    const idsAt = async (path: string) => (await use(key, 'GET', path)).body.data.map(({ id }: { id: string }) => id)
    expect(await idsAt('/v1/campaigns?limit=100')).toEqual(expect.arrayContaining([shared, foreign]))
    expect((await use(key, 'GET', `/v1/campaigns/${foreign}`)).status).toBe(200)
    expect([await idsAt(`/v1/campaigns/${shared}/posts`), await idsAt(`/v1/campaigns/${foreign}/posts`)]).toEqual([
      [own],
      [],
    ])
    const { body: document } = await send(app, 'GET', '/openapi.json')
    expect(document.components.schemas.NewApiKey.properties.accountIds.description).toContain('Campaigns')
  })

  test('does not read the trail, in which all posts stand', async () => {
    const accountIds = [await insertAccount(app, ada)]
    const body = { name: 'X', scopes: ['posts:read', 'audit:read'], accountIds }
    const answer = await ada.call('POST', '/v1/api-keys', body)
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/accountIds'])
  })

  test('names accounts of the workspace, else it is not made', async () => {
    for (const accountIds of [[randomUUID()], [await insertAccount(app, await registerUser(app))]]) {
      const answer = await ada.call('POST', '/v1/api-keys', { name: 'X', scopes: ['posts:read'], accountIds })
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/accountIds/0'])
    }
    const empty = await ada.call('POST', '/v1/api-keys', { name: 'X', scopes: ['posts:read'], accountIds: [] })
    expect(empty.status).toBe(422)
  })
})

describe('the end', () => {
  test('comes by revocation, everywhere within 10 s, and at once where it was asked for', async () => {
    const there = app.secondIsolate()
    const { id, key } = await makeKey()
    expect([(await use(key)).status, (await use(key, 'GET', '/v1/posts', undefined, there)).status]).toEqual([200, 200])
    expect((await ada.call('DELETE', `/v1/api-keys/${id}`)).status).toBe(204)
    expect((await use(key)).status).toBe(401)
    app.advance(10_000)
    expect((await use(key, 'GET', '/v1/posts', undefined, there)).status).toBe(401)
    expect((await ada.call('DELETE', `/v1/api-keys/${id}`)).body.code).toBe('api-key/not-found')
    const listed = (await ada.call('GET', '/v1/api-keys')).body.data
    expect(listed.map((row: { id: string }) => row.id)).not.toContain(id)
  })

  test('comes at its own time', async () => {
    const expiresAt = new Date(app.now().getTime() + 60_000).toISOString()
    const { id, key } = await makeKey({ expiresAt })
    expect((await use(key)).status).toBe(200)
    app.advance(61_000)
    expect((await use(key)).status).toBe(401)
    expect((await ada.call('POST', `/v1/api-keys/${id}/rotate`)).status).toBe(404)
    const passed = await ada.call('POST', '/v1/api-keys', { name: 'X', scopes: ['posts:read'], expiresAt })
    expect([passed.status, passed.body.errors[0]]).toMatchObject([422, { pointer: '/expiresAt', code: 'value/passed' }])
  })

  test('of a rotated secret comes after the overlap; the new one works at once', async () => {
    const { id, key: first } = await makeKey()
    const rotate = async (seconds: number) =>
      await ada.call('POST', `/v1/api-keys/${id}/rotate?overlapSeconds=${seconds}`)
    expect((await use(first)).status).toBe(200)
    const second = (await rotate(60)).body.key
    expect([(await use(first)).status, (await use(second)).status]).toEqual([200, 200])
    const third = (await rotate(3_600)).body.key
    app.advance(61_000)
    expect([(await use(first)).status, (await use(second)).status, (await use(third)).status]).toEqual([401, 200, 200])
    const fourth = (await rotate(0)).body.key
    expect([(await use(second)).status, (await use(third)).status, (await use(fourth)).status]).toEqual([401, 401, 200])
    expect((await ada.call('POST', `/v1/api-keys/${randomUUID()}/rotate`)).body.code).toBe('api-key/not-found')
  })

  test('nothing of a secret reaches the trail or the log', async () => {
    const { id, key } = await makeKey()
    const rotated = (await ada.call('POST', `/v1/api-keys/${id}/rotate`)).body.key
    await use(key)
    const rows = await app.owner`select to_jsonb(a)::text as row from audit_logs a`
    const digest = createHash('sha256').update(rotated).digest('hex')
    for (const text of [JSON.stringify([...rows]), JSON.stringify(app.logs)]) {
      for (const secret of [key, rotated, digest, digest.slice(0, 20)]) expect(text).not.toContain(secret)
    }
    expect(rows.some(({ row }) => row.includes('api_key_digests'))).toBe(true)
  })
})
