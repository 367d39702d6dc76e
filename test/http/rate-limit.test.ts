import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { secondsToFull } from '../../src/http/rate-limit.ts'
import { makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { asOwner, verifyEmail } from '../support/tenants.ts'

/** Limits: who is counted, how much, and what a caller is told. */

const secrets = makeSecrets()
let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp({ secrets, rateLimitFactor: 1 })
  ada = await registerUser(app)
  await verifyEmail(app, ada.id)
})

let lastAddress = 0
function from(address?: string) {
  lastAddress += 1
  return { 'CF-Connecting-IP': address ?? `198.51.${lastAddress >> 8}.${lastAddress & 255}` }
}

/** `"user";r=599;t=1, "address";r=…` by name. */
function levels({ headers }: Answer): Record<string, { r: number; t: number }> {
  const entries = (headers.get('RateLimit') ?? '').split(', ').map((item) => {
    const [, name = '', r, t] = /^"(\w+)";r=(\d+);t=(\d+)$/.exec(item) ?? []
    return [name, { r: Number(r), t: Number(t) }]
  })
  return Object.fromEntries(entries)
}

test('every answer says the policies and where the caller stands', async () => {
  const asked = [
    [await ada.call('GET', '/v1/campaigns', undefined, from()), '"user";q=600;w=60, "address";q=6000;w=60'],
    [await ada.call('GET', `/v1/posts/${randomUUID()}`, undefined, from()), '"user";q=600;w=60, "address";q=6000;w=60'],
    [await ada.call('POST', '/v1/posts', {}, from()), '"user";q=600;w=60, "address";q=6000;w=60'],
    [await send(app, 'GET', '/v1/me', { headers: from() }), '"address";q=6000;w=60'],
    [await send(app, 'GET', '/v1/nothing', { headers: from() }), '"address";q=6000;w=60'],
    [await send(app, 'DELETE', '/v1/campaigns', { headers: from() }), '"address";q=6000;w=60'],
    [await send(app, 'GET', '/.well-known/jwks.json', { headers: from() }), '"address";q=6000;w=60'],
    [
      await send(app, 'POST', '/v1/auth/login', { headers: from(), body: {} }),
      '"address";q=6000;w=60, "login";q=30;w=60',
    ],
    [
      await send(app, 'POST', '/v1/auth/register', { headers: from(), body: {} }),
      '"address";q=6000;w=60, "register";q=10;w=60',
    ],
  ] as const
  expect(asked.map(([{ status }]) => status)).toEqual([200, 404, 422, 401, 404, 405, 200, 422, 422])
  for (const [answer, policy] of asked) {
    expect(answer.headers.get('RateLimit-Policy')).toBe(policy)
    expect(Object.keys(levels(answer)).map((name) => `"${name}"`)).toEqual(policy.match(/"\w+"/g))
    expect(levels(answer)['address']).toEqual({ r: 5_999, t: 1 })
  }
  const [first] = asked
  expect(first[0].headers.get('Access-Control-Expose-Headers')).toContain('RateLimit,RateLimit-Policy')
})

test('a user is counted over all sessions and addresses, and refused when the minute is used up', async () => {
  const slow = await startApp({ database: app.database, secrets, rateLimitFactor: 0.05 })
  const eve = await registerUser(app)
  const ask = async () => await send(slow, 'GET', '/v1/me', { token: eve.accessToken, headers: from() })
  const answers = await Promise.all(Array.from({ length: 40 }, ask))
  const served = answers.filter(({ status }) => status === 200)
  const refused = answers.filter(({ status }) => status === 429)
  // One more comes back every two seconds while this runs.
  expect([30, 31]).toContain(served.length)
  expect(served.length + refused.length).toBe(40)
  const [answer] = refused
  const detail = 'Too many requests of this user.'
  expect(answer?.body).toMatchObject({ code: 'request/rate-limited', status: 429, detail })
  expect(answer?.headers.get('Retry-After')).toBe('2')
  expect(levels(answer as Answer)['user']?.r).toBe(0)
  const other = await registerUser(app)
  expect((await send(slow, 'GET', '/v1/me', { token: other.accessToken, headers: from() })).status).toBe(200)
  await sleep(2_100)
  expect((await ask()).status).toBe(200)
})

test('a token whose session has ended draws from its address alone, and its owner goes on', async () => {
  const slow = await startApp({ database: app.database, secrets, rateLimitFactor: 0.05 })
  const eve = await registerUser(app)
  const { email, password } = eve
  const { body } = await send(app, 'POST', '/v1/auth/login', { headers: from(), body: { email, password } })
  const call = async (token: string, method: string, path: string) =>
    await send(slow, method, path, { token, headers: from() })
  const ask = async (token: string) => await call(token, 'GET', '/v1/me')
  expect((await call(body.accessToken, 'DELETE', `/v1/auth/sessions/${eve.sessionId}`)).status).toBe(204)
  expect((await ask(eve.accessToken)).status).toBe(401)
  for (let turn = 0; turn < 40; turn += 1) {
    const refused = await ask(eve.accessToken)
    expect([refused.status, refused.headers.get('RateLimit-Policy')]).toEqual([401, '"address";q=300;w=60'])
  }
  // Three of thirty are gone: the owner's two, and one for the answer before which nobody knew that the session was over.
  const served = await ask(body.accessToken)
  expect(served.status).toBe(200)
  expect(levels(served)['user']?.r).toBeGreaterThanOrEqual(27)
})

test('a bucket that holds more than its present limit is full now, not some time ago', () => {
  expect(secondsToFull({ perMinute: 600, remaining: 12_000 })).toBe(0)
  expect(secondsToFull({ perMinute: 600, remaining: 590 })).toBe(1)
})

test('a plan raises the limit as soon as the isolate knows it', async () => {
  const eve = await registerUser(app)
  await asOwner(app, (tx) => tx`update workspaces set plan = 'enterprise' where id = ${eve.workspaceId}`)
  const there = app.secondIsolate()
  const ask = async () => await send(there, 'GET', '/v1/me', { token: eve.accessToken, headers: from() })
  expect((await ask()).headers.get('RateLimit-Policy')).toContain('"user";q=600;w=60')
  expect((await ask()).headers.get('RateLimit-Policy')).toContain('"user";q=12000;w=60')
  app.advance(10_000)
  expect((await ask()).headers.get('RateLimit-Policy')).toContain('"user";q=12000;w=60')
})

test('an API key has a bucket of its own', async () => {
  const made = await ada.call('POST', '/v1/api-keys', { name: 'X', scopes: ['posts:read'] }, from())
  const answer = await send(app, 'GET', '/v1/posts', { token: made.body.key, headers: from() })
  expect(answer.headers.get('RateLimit-Policy')).toBe('"key";q=600;w=60, "address";q=6000;w=60')
  expect(levels(answer)['key']).toEqual({ r: 599, t: 1 })
})

describe('an address', () => {
  test('registers ten times a minute, whatever it sends', async () => {
    const headers = from()
    const answers: Answer[] = []
    for (let turn = 0; turn < 12; turn += 1) {
      answers.push(await send(app, 'POST', '/v1/auth/register', { headers, body: {} }))
    }
    expect(answers.map(({ status }) => status)).toEqual([...new Array(10).fill(422), 429, 429])
    expect(answers.at(-1)?.headers.get('Retry-After')).toBe('6')
    expect((await send(app, 'POST', '/v1/auth/register', { headers: from(), body: {} })).status).toBe(422)
    expect((await send(app, 'GET', '/.well-known/jwks.json', { headers })).status).toBe(200)
  })

  test('is in Redis neither in clear nor as a hash that can be tried out', async () => {
    const headers = from('203.0.113.77')
    await send(app, 'GET', '/.well-known/jwks.json', { headers })
    const hash = createHash('sha256').update('203.0.113.77').digest('base64url')
    const { sharedRedis } = await import('../support/redis.ts')
    const { restUrl, token } = sharedRedis()
    const answer = await fetch(restUrl, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify(['KEYS', '*']),
    })
    const { result } = (await answer.json()) as { result: string[] }
    expect(result.some((key) => key.startsWith('limit:1:address:'))).toBe(true)
    for (const text of ['203.0.113.77', hash.slice(0, 12)]) expect(result.join(' ')).not.toContain(text)
  })

  test('is counted by every isolate alike', async () => {
    const headers = from()
    const ask = async (through: Pick<TestApp, 'fetch'>) =>
      levels(await send(through, 'POST', '/v1/auth/register', { headers, body: {} }))['register']?.r
    expect([await ask(app), await ask(app.secondIsolate())]).toEqual([9, 8])
  })
})

test('the platform’s limiter stands in front: what it refuses reaches nothing of ours', async () => {
  const shielded = await startApp({ database: app.database, shield: async (network) => network !== '192.0.2.1' })
  const mark = shielded.logs.length
  const refused = await send(shielded, 'GET', '/v1/me', { token: 'x', headers: from('192.0.2.1') })
  expect([refused.status, refused.body.code, refused.headers.get('Retry-After')]).toEqual([
    429,
    'request/rate-limited',
    '10',
  ])
  expect(shielded.logs.slice(mark)).toMatchObject([{ message: 'request', status: 429, statements: 0 }])
  expect((await send(shielded, 'GET', '/v1/me', { headers: from('192.0.2.2') })).status).toBe(401)
})
