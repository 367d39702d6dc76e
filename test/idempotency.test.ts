import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, referenceNotFound } from './support/answers.ts'
import { makeSecrets, startApp, type TestApp } from './support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from './support/client.ts'
import { enterWorkspace, insertAccount, insertMedium, registerMember, setRole } from './support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let mediaIds: string[]
let accountId: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  mediaIds = [await insertMedium(app, ada), await insertMedium(app, ada)]
  accountId = await insertAccount(app, ada)
})

const keyReused = { status: 422, code: 'idempotency/key-reused' }
const post = async (path: string, body: unknown, key: string, user = ada): Promise<Answer> =>
  await user.call('POST', path, body, { 'Idempotency-Key': key })

type Kind = {
  path: string
  table: 'campaigns' | 'posts'
  body: () => Record<string, unknown>
  other: Record<string, unknown>
}

const kinds: [string, Kind][] = [
  [
    'POST /v1/campaigns',
    {
      path: '/v1/campaigns',
      table: 'campaigns',
      body: () => ({
        name: randomUUID(),
        objective: 'sales',
        budgetMinor: 1,
        currency: 'EUR',
        startsOn: '2026-12-01',
        utm: { source: 'a' },
      }),
      other: { name: 'Another', objective: 'sales' },
    },
  ],
  [
    'POST /v1/posts',
    {
      path: '/v1/posts',
      table: 'posts',
      body: () => ({
        kind: 'carousel',
        caption: randomUUID(),
        accountId,
        media: mediaIds.map((mediaId) => ({ mediaId, altText: 'A', userTags: [{ username: 'brand', x: 0.5 }] })),
        options: { collaborators: ['one'] },
      }),
      other: { kind: 'image' },
    },
  ],
]

/** What a caller sees of an answer. */
const seen = ({ status, headers, body }: Answer) => ({
  status,
  etag: headers.get('ETag'),
  type: headers.get('Content-Type'),
  body,
})

const rowsOf = async (table: Kind['table'], id: string) =>
  await app.owner.unsafe(`select id from ${table} where workspace_id = $1 and id = $2`, [ada.workspaceId, id])
const count = async (table: string, condition = 'true') =>
  (await app.owner.unsafe(`select count(*)::int as count from ${table} where ${condition}`))[0]?.['count']

test('a record tells nothing of the body to who guesses it, and outlives a change of the key', async () => {
  const secrets = makeSecrets()
  const [[, old] = []] = secrets.refreshMacKeys
  const next = new Uint8Array(randomBytes(32))
  if (old === undefined) throw new Error('there is no key')
  const before = await startApp({ secrets })
  const under = async (...keys: [number, Uint8Array<ArrayBuffer>][]) =>
    await startApp({ database: before.database, secrets: { ...secrets, refreshMacKeys: new Map(keys) } })
  const known = await under([1, old], [2, next])
  const [used, after] = [await under([2, next], [1, old]), await under([2, next])]
  const eve = await registerUser(before)
  const [key, name] = [randomUUID(), randomUUID()]
  const create = async (through: TestApp, objective = 'sales', sent = key) =>
    await send(through, 'POST', '/v1/campaigns', {
      body: { name, objective },
      token: eve.accessToken,
      headers: { 'Idempotency-Key': sent },
    })
  const made = await create(before)
  expect(made.status).toBe(201)
  const [row] = await before.owner`select fingerprint from idempotency_keys where key = ${key}`
  const hash = createHash('sha256').update(`POST /v1/campaigns\n${JSON.stringify({ name, objective: 'sales' })}`)
  expect(row?.['fingerprint']).not.toBe(hash.digest('hex'))

  expect((await create(used)).body).toEqual(made.body)
  expectRefusal(await create(used, 'leads'), keyReused)
  // While Workers are being deployed, some know the next key and do not use it yet.
  const later = randomUUID()
  const madeLater = await create(used, 'sales', later)
  expect(madeLater.status).toBe(201)
  expect((await create(known, 'sales', later)).body).toEqual(madeLater.body)
  // Without the old key nobody can tell that it was the same request.
  expectRefusal(await create(after), keyReused)
})

describe.each(kinds)('%s', (_, { path, table, body, other }) => {
  test('fifty equal requests at once with one key make one row and get fifty equal answers', async () => {
    const [key, value] = [randomUUID(), body()]
    const before = await count(table)
    const isolate = app.secondIsolate()
    const answers = await Promise.all(
      Array.from(
        { length: 50 },
        async (_each, index) =>
          await send(index % 2 === 0 ? app : isolate, 'POST', path, {
            body: value,
            token: ada.accessToken,
            headers: { 'Idempotency-Key': key },
          }),
      ),
    )
    const [first, ...rest] = answers.map(seen)
    expect(first).toMatchObject({ status: 201, etag: '"v1"', type: 'application/json', body: { version: 1 } })
    for (const answer of rest) expect(answer).toEqual(first)
    expect(await count(table)).toBe(before + 1)
    expect(await count('idempotency_keys', `key = '${key}'`)).toBe(1)
    expect(await count('audit_logs', `row_id = '${first?.body.id}' and operation = 'INSERT'`)).toBe(1)
    expect(new Set(answers.map(({ headers }) => headers.get('X-Request-Id'))).size).toBe(50)
  })

  test('the record holds what the request was and did, for 24 hours', async () => {
    const key = randomUUID()
    const answer = await post(path, body(), key)
    const [record] = await app.owner`
      select workspace_id, principal_id, route, fingerprint, status, coalesce(response -> 'posts' -> 0, response) ->> 'id' as id,
        extract(epoch from expires_at - created_at)::int as seconds
      from idempotency_keys where key = ${key}`
    expect(record).toEqual({
      workspace_id: ada.workspaceId,
      principal_id: ada.id,
      route: `POST ${path}`,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      status: 201,
      id: answer.body.id,
      seconds: 24 * 60 * 60,
    })
  })

  test('the same key with another body is refused and makes nothing', async () => {
    const key = randomUUID()
    expect((await post(path, body(), key)).status).toBe(201)
    const before = await count(table)
    expectRefusal(await post(path, other, key), keyReused)
    expectRefusal(
      await post(path, { ...body(), campaignId: randomUUID() }, key),
      path === '/v1/posts' ? keyReused : { status: 422, code: 'request/invalid' },
    )
    expect(await count(table)).toBe(before)
  })

  test('of different requests at once with one key one is done and the others are refused', async () => {
    const key = randomUUID()
    const before = await count(table)
    const answers = await Promise.all(Array.from({ length: 10 }, async () => await post(path, body(), key)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 422)])
    for (const answer of answers.filter(({ status }) => status === 422)) expectRefusal(answer, keyReused)
    expect(await count(table)).toBe(before + 1)
  })

  test('a replay gives the first answer, also when the resource has changed and when it is gone', async () => {
    const [key, value] = [randomUUID(), body()]
    const first = await post(path, value, key)
    const one = `${path}/${first.body.id}`
    const change = table === 'posts' ? { caption: 'Changed', mediaIds: [] } : { name: 'Changed', budgetMinor: null }
    expect((await ada.call('PATCH', one, change, { 'If-Match': '*' })).body.version).toBe(2)
    expect(seen(await post(path, value, key))).toEqual(seen(first))
    expect((await ada.call('GET', one)).body.version, 'a replay changes nothing').toBe(2)
    expect((await ada.call('DELETE', one, undefined, { 'If-Match': '*' })).status).toBe(204)
    expect(seen(await post(path, value, key))).toEqual(seen(first))
    expect(await rowsOf(table, first.body.id)).toEqual([])
  })

  test('a replay has the same text in every member, times to the last digit', async () => {
    const isShort = ({ body: { createdAt } }: Answer) => createdAt.length < '2026-11-23T09:30:00.123456Z'.length
    let [replays, shortOnes] = [0, 0]
    // One in ten times ends in a zero, which the database's text does not show: until there were such.
    while (replays < 20 || (shortOnes === 0 && replays < 300)) {
      const [key, value] = [randomUUID(), body()]
      const first = await post(path, value, key)
      const replay = await post(path, value, key)
      expect(seen(replay)).toEqual(seen(first))
      expect(replay.body.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/)
      replays += 1
      if (isShort(first)) shortOnes += 1
    }
    expect(shortOnes).toBeGreaterThan(0)
  })

  test('a replay writes nothing into the trail and is noted in the log', async () => {
    const [key, value] = [randomUUID(), body()]
    await post(path, value, key)
    const before = await count('audit_logs')
    const replay = await post(path, value, key)
    expect(await count('audit_logs')).toBe(before)
    expect(app.logs).toContainEqual(
      expect.objectContaining({ requestId: replay.headers.get('X-Request-Id'), status: 201, replayed: true }),
    )
  })

  test('a key may stand in quotes or not: it is the same one', async () => {
    const [key, value] = [randomUUID(), body()]
    const [quoted, bare] = [await post(path, value, `"${key}"`), await post(path, value, key)]
    expect(seen(bare)).toEqual(seen(quoted))
    expect(quoted.status).toBe(201)
  })

  test('without a key, equal requests each make their own', async () => {
    const value = body()
    const [one, two] = [await ada.call('POST', path, value), await ada.call('POST', path, value)]
    expect([one.status, two.status]).toEqual([201, 201])
    expect(one.body.id).not.toBe(two.body.id)
  })

  test('what did not pass validation is not recorded', async () => {
    const key = randomUUID()
    expectRefusal(await post(path, { ...body(), unknown: 1 }, key), { status: 422, code: 'request/invalid' })
    expect(await count('idempotency_keys', `key = '${key}'`)).toBe(0)
    expect((await post(path, body(), key)).status).toBe(201)
  })

  test('what the role may not do is not recorded', async () => {
    const key = randomUUID()
    const analyst = await registerMember(app, { workspaceId: ada.workspaceId, role: 'analyst' })
    expectRefusal(await post(path, body(), key, analyst), { status: 403, code: 'permission/denied' })
    expect(await count('idempotency_keys', `key = '${key}'`)).toBe(0)
  })
})

test('a key belongs to the route it was used on', async () => {
  const key = randomUUID()
  const [[, campaigns], [, posts]] = kinds as [[string, Kind], [string, Kind]]
  expect((await post(campaigns.path, campaigns.body(), key)).status).toBe(201)
  const before = await count('posts')
  expectRefusal(await post(posts.path, posts.body(), key), keyReused)
  expect(await count('posts')).toBe(before)
})

test('a request refused for what it points to is not recorded, and succeeds once repaired, under the same key', async () => {
  const key = randomUUID()
  const before = await count('posts')
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expectRefusal(
      await post('/v1/posts', { kind: 'image', campaignId: randomUUID() }, key),
      referenceNotFound('/campaignId'),
    )
  }
  const mediaId = randomUUID()
  expectRefusal(await post('/v1/posts', { kind: 'image', mediaIds: [mediaId] }, key), referenceNotFound('/mediaIds/0'))
  expect([await count('posts'), await count('idempotency_keys', `key = '${key}'`)]).toEqual([before, 0])
  const campaign = await ada.call('POST', '/v1/campaigns', { name: 'There now', objective: 'other' })
  const body = { kind: 'image', campaignId: campaign.body.id }
  const repaired = await post('/v1/posts', body, key)
  expect(repaired.status).toBe(201)
  expect(seen(await post('/v1/posts', body, key))).toEqual(seen(repaired))
})

test('equal keys of two members of one workspace do not meet', async () => {
  const editor = await registerMember(app, { workspaceId: ada.workspaceId, role: 'editor' })
  const [key, body] = [randomUUID(), { name: 'Same', objective: 'sales' }]
  const [mine, theirs] = [await post('/v1/campaigns', body, key), await post('/v1/campaigns', body, key, editor)]
  expect([mine.status, theirs.status]).toEqual([201, 201])
  expect(theirs.body.id).not.toBe(mine.body.id)
  expect([mine.body.userId, theirs.body.userId]).toEqual([ada.id, editor.id])
})

test("a refusal is told as it is, although another member's request is recorded under that key", async () => {
  const editor = await registerMember(app, { workspaceId: ada.workspaceId, role: 'editor' })
  const key = randomUUID()
  expect((await post('/v1/posts', { kind: 'image' }, key)).status).toBe(201)
  const refused = await post('/v1/posts', { kind: 'image', accountId: randomUUID() }, key, editor)
  expectRefusal(refused, referenceNotFound('/accountId'))
})

test('equal keys of one user in two workspaces do not meet', async () => {
  const other = await registerUser(app)
  await setRole(app, ada.id, { workspaceId: other.workspaceId, role: 'editor' })
  const elsewhere = await enterWorkspace(app, ada, other.workspaceId)
  const [key, body] = [randomUUID(), { name: 'Same', objective: 'sales' }]
  const [here, there] = [await post('/v1/campaigns', body, key), await post('/v1/campaigns', body, key, elsewhere)]
  expect([here.status, there.status]).toEqual([201, 201])
  expect(there.body.id).not.toBe(here.body.id)
  expect((await other.call('GET', `/v1/campaigns/${here.body.id}`)).status).toBe(404)
  expect((await other.call('GET', `/v1/campaigns/${there.body.id}`)).status).toBe(200)
})

test('a key of the greatest length and of every allowed character is kept as it is', async () => {
  for (const key of ['k'.repeat(255), '!#$%&()*+-./:;<=>?@[]^_`{|}~', "it's"]) {
    const body = { name: key.slice(0, 50), objective: 'sales' }
    const first = await post('/v1/campaigns', body, key)
    expect(first.status).toBe(201)
    expect(seen(await post('/v1/campaigns', body, key))).toEqual(seen(first))
    const records = await app.owner`select key from idempotency_keys where key = ${key}`
    expect(records).toEqual([{ key }])
  }
})

test('after 24 hours a key is free, whether or not its record has been purged', async () => {
  const own = await startApp()
  const bob = await registerUser(own)
  const { email, password } = bob
  const create = async (name: string): Promise<Answer> => {
    const { body } = await send(own, 'POST', '/v1/auth/login', { body: { email, password } })
    const request = {
      body: { name, objective: 'sales' },
      token: body.accessToken,
      headers: { 'Idempotency-Key': 'key' },
    }
    return await send(own, 'POST', '/v1/campaigns', request)
  }
  const first = await create('First')
  own.advance(24 * 60 * 60_000 - 60_000)
  expectRefusal(await create('Second'), keyReused)
  expect((await create('First')).body).toEqual(first.body)
  own.advance(120_000)
  const second = await create('Second')
  expect(second).toMatchObject({ status: 201, body: { name: 'Second' } })
  expect((await create('Second')).body).toEqual(second.body)
  expect(await own.owner`select count(*)::int as n from idempotency_keys`).toEqual([{ n: 1 }])
  expect(await own.owner`select count(*)::int as n from campaigns`).toEqual([{ n: 2 }])
})
