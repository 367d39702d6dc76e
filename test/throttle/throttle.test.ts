import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { login, newPassword } from '../support/accounts.ts'
import { expectRefusal, withoutRequestId } from '../support/answers.ts'
import { makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { registerUser, send } from '../support/client.ts'
import { openGlobalKeys, weakPasswordHash } from '../support/keys.ts'
import { timed } from '../support/outage.ts'
import { type OwnRedis, startRedis } from '../support/redis.ts'
import { asOwner } from '../support/tenants.ts'

/** Attempts are counted before they cost a hash: in Redis, and in the database while Redis is away. */

vi.setConfig({ testTimeout: 60_000 })

const secrets = makeSecrets()
const throttled = { status: 429, code: 'auth/throttled' }
const minutes = (count: number) => count * 60_000
let redis: OwnRedis
let app: TestApp
let weakHash: string
const password = newPassword()
beforeAll(async () => {
  redis = await startRedis()
  app = await startApp({ secrets, restUrl: redis.restUrl, token: redis.token })
  weakHash = await weakPasswordHash(await openGlobalKeys(app, secrets), password, 6)
})
afterAll(async () => await redis.end())

const address = () => `${randomUUID()}@example.test`
const from = (ip: string) => ({ 'CF-Connecting-IP': ip })
let lastHost = 0
const nextIp = () => {
  lastHost += 1
  return `203.0.${lastHost >> 8}.${lastHost & 255}`
}

/** An account whose hashes cost next to nothing; its first sign-in would make a dear one. */
async function cheapAccount() {
  const user = await registerUser(app)
  await asOwner(app, (tx) => tx`update users set password_hash = ${weakHash} where id = ${user.id}`)
  return { ...user, password }
}

const guess = async (email: string, headers: Record<string, string> = {}) =>
  await login(app, { email, password: 'not the password' }, headers)

async function guessUntilRefused(email: string, headers: () => Record<string, string> = () => ({})): Promise<number> {
  for (let turn = 0; turn < 50; turn += 1) if ((await guess(email, headers())).status === 429) return turn
  return Number.POSITIVE_INFINITY
}

const waits = [
  ['up', async () => undefined],
  ['stopped', () => redis.stop()],
  ['refusing connections', () => redis.refuse()],
  ['hung', async () => redis.pause()],
] as const

describe.each(waits)('with Redis %s', (name, takeAway) => {
  beforeAll(takeAway)
  afterAll(async () => {
    await redis.start()
    app.advance(5_000)
  })

  test('five guesses at one account are free from wherever; then each waits, twice as long as the one before', async () => {
    const { email } = await cheapAccount()
    const elsewhere = () => from(nextIp())
    for (let turn = 0; turn < 5; turn += 1) expect((await guess(email, elsewhere())).status).toBe(401)
    for (const seconds of [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]) {
      const refused = await guess(email, elsewhere())
      expectRefusal(refused, throttled)
      const retryAfter = Number(refused.headers.get('Retry-After'))
      expect(retryAfter).toBeGreaterThan(seconds - 4)
      expect(retryAfter).toBeLessThanOrEqual(seconds)
      app.advance(retryAfter * 1_000)
      expect((await guess(email, elsewhere())).status).toBe(401)
    }
  })

  test('success forgets the account’s count, and an hour of quiet after the wait does', async () => {
    const user = await cheapAccount()
    for (let turn = 0; turn < 4; turn += 1) expect((await guess(user.email)).status).toBe(401)
    expect((await login(app, user)).status).toBe(200)
    await asOwner(app, (tx) => tx`update users set password_hash = ${weakHash} where id = ${user.id}`)
    expect(await guessUntilRefused(user.email)).toBe(5)
    app.advance(minutes(61))
    expect(await guessUntilRefused(user.email)).toBe(5)
  })

  test('of a hundred guesses at once no more than five are looked at', async () => {
    const { email } = await cheapAccount()
    const answers = await Promise.all(Array.from({ length: 100 }, () => guess(email, from(nextIp()))))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(95)
  })

  test('one network has thirty guesses, whichever accounts it tries; another network has its own', async () => {
    const [here, there] = [from(nextIp()), from(nextIp())]
    const accounts = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(cheapAccount))
    const statuses: number[] = []
    for (let turn = 0; turn < 32; turn += 1) {
      statuses.push((await guess(accounts[turn % 7]?.email ?? '', here)).status)
    }
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 401), 429, 429])
    const { email } = await cheapAccount()
    expect((await guess(email, here)).status).toBe(429)
    expect((await guess(email, there)).status).toBe(401)
    // What the network was refused does not count against the account.
    expect(await guessUntilRefused(email)).toBe(4)
  })

  test('clocks that differ by seconds make nobody wait', async () => {
    const { email } = await cheapAccount()
    const place = { restUrl: redis.restUrl, token: redis.token }
    const ahead = await startApp({ database: app.database, secrets, ...place })
    ahead.advance(app.now().getTime() - ahead.now().getTime() + 2_000)
    for (let turn = 0; turn < 4; turn += 1) {
      const runtime = turn % 2 === 0 ? ahead : app
      expect((await login(runtime, { email, password: 'not the password' })).status).toBe(401)
    }
  })

  test('the answers of a known and an unknown address are the same at every step', async () => {
    const known = await cheapAccount()
    const unknown = address()
    for (let turn = 0; turn < 6; turn += 1) {
      const [left, right] = [await guess(known.email), await guess(unknown)]
      expect(withoutRequestId(left)).toEqual(withoutRequestId(right))
      expect(left.headers.get('Retry-After')).toBe(right.headers.get('Retry-After'))
    }
  })

  test('a refusal does not wait for a hash, and hardly for Redis', async () => {
    const { email } = await cheapAccount()
    await guessUntilRefused(email)
    const times: number[] = []
    for (let turn = 0; turn < 15; turn += 1) times.push((await timed(guess(email))).ms)
    const median = times.toSorted((a, b) => a - b)[7] ?? 0
    expect(median).toBeLessThan(100)
  })

  test(`the counts are in ${name === 'up' ? 'Redis' : 'the database'}, and say neither whose nor whence`, async () => {
    await app.owner`delete from auth_throttles`
    const [email, ip] = [address(), nextIp()]
    await guess(email, from(ip))
    const rows = await app.owner`select encode(subject, 'hex') as subject, attempts from auth_throttles`
    expect(rows).toHaveLength(name === 'up' ? 0 : 2)
    for (const row of rows) expect(row).toEqual({ subject: expect.stringMatching(/^[0-9a-f]{64}$/), attempts: 1 })
    expect(JSON.stringify(app.logs)).not.toContain(ip)
    if (name === 'up') {
      const keys = await keysInRedis()
      expect(keys.length).toBeGreaterThan(0)
      for (const key of keys) expect(key).toMatch(/^throttle:1:[0-9a-f]{64}$/)
    }
  })
})

describe('what is one network', () => {
  let accounts: { email: string }[]
  beforeAll(async () => {
    accounts = await Promise.all([1, 2, 3, 4, 5, 6].map(cheapAccount))
  })
  // Longer than any wait, and quiet after it.
  beforeEach(() => app.advance(minutes(80)))
  test.each([
    ['an IPv4 address, alone', '198.51.100.7', '198.51.100.8', false],
    ['an IPv4 address, however it is written', '198.51.100.9', '::ffff:198.51.100.9', true],
    ['an IPv6 /64', '2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['no wider IPv6 network', '2001:db8:0:2::1', '2001:db8:0:3::1', false],
  ])('%s', async (_, here, there, isSame) => {
    for (let turn = 0; turn < 30; turn += 1) {
      expect((await guess(accounts[turn % 6]?.email ?? '', from(here))).status).toBe(401)
    }
    expectRefusal(await guess(address(), from(here)), throttled)
    expect((await guess(address(), from(there))).status).toBe(isSame ? 429 : 401)
  })
})

test('clients without an address count together, also at what counts by network alone', async () => {
  const here = from(nextIp())
  const forgot = (headers: Record<string, string>) =>
    send(app, 'POST', '/v1/auth/password/forgot', { body: { email: address() }, headers })
  const nowhere = [{}, from('nonsense')]
  // Ten times as many as one network has.
  for (let turn = 0; turn < 300; turn += 1) expect((await forgot(nowhere[turn % 2] ?? {})).status).toBe(202)
  for (const headers of nowhere) expectRefusal(await forgot(headers), throttled)
  expect((await forgot(here)).status).toBe(202)
})

test('registering is throttled harder: ten refusals from one network, five of one address', async () => {
  const taken = await Promise.all([1, 2, 3].map(() => registerUser(app)))
  const here = from(nextIp())
  const register = (email: string, headers: Record<string, string>) =>
    send(app, 'POST', '/v1/auth/register', { body: { email, password, name: 'Grace' }, headers })
  for (let turn = 0; turn < 10; turn += 1) {
    expect((await register(taken[turn % 3]?.email ?? '', here)).status).toBe(409)
  }
  expectRefusal(await register(address(), here), throttled)
  const { email } = taken[0] ?? { email: '' }
  expect((await register(email, from(nextIp()))).status).toBe(409)
  expectRefusal(await register(email, from(nextIp())), throttled)
})

test('registrations that succeed are none of the refusals, so that one office may have many people', async () => {
  const headers = from(nextIp())
  for (let turn = 0; turn < 12; turn += 1) {
    const body = { email: address(), password, name: 'Grace' }
    expect((await send(app, 'POST', '/v1/auth/register', { body, headers })).status).toBe(201)
  }
})

describe.each(waits.slice(0, 2))('registrations from one network, with Redis %s', (_, takeAway) => {
  beforeAll(takeAway)
  afterAll(async () => {
    await redis.start()
    app.advance(5_000)
  })

  test('are 120 in an hour of the clock; then each waits, twice as long as the one before', async () => {
    const own = await startApp({
      ...{ database: app.database, secrets, restUrl: redis.restUrl, token: redis.token },
      // A sixth of what one network may.
      rateLimitFactor: 1 / 6,
    })
    own.advance(minutes(60) - (own.now().getTime() % minutes(60)))
    const network = `2001:db8:${randomUUID().slice(0, 4)}:1`
    let lastClient = 0
    const register = async () => {
      lastClient += 1
      // What it may do in a minute is another limit's matter.
      for (const key of await keysInRedis('limit:*:register:*')) await redisCommand('DEL', key)
      const headers = from(`${network}:${lastClient.toString(16)}::1`)
      return await send(own, 'POST', '/v1/auth/register', {
        body: { email: address(), password, name: 'Grace' },
        headers,
      })
    }
    for (let turn = 0; turn < 20; turn += 1) expect((await register()).status).toBe(201)
    for (const seconds of [60, 120]) {
      const refused = await register()
      expectRefusal(refused, throttled)
      const retryAfter = Number(refused.headers.get('Retry-After'))
      expect(retryAfter).toBeGreaterThan(seconds - 20)
      expect(retryAfter).toBeLessThanOrEqual(seconds)
      own.advance(retryAfter * 1_000)
      expect((await register()).status).toBe(201)
    }
    expectRefusal(await register(), throttled)
    const elsewhere = { body: { email: address(), password, name: 'Grace' }, headers: from(nextIp()) }
    expect((await send(own, 'POST', '/v1/auth/register', elsewhere)).status).toBe(201)
    own.advance(minutes(60))
    expect((await register()).status).toBe(201)
  })
})

test('where neither Redis nor the database can count, nobody passes, with the right password either', async () => {
  const user = await cheapAccount()
  await redis.stop()
  await app.owner.begin(async (tx) => {
    await tx`lock table auth_throttles in access exclusive mode`
    expectRefusal(await login(app, user), { status: 503, code: 'service/unavailable' })
  })
  expect((await login(app, user)).status).toBe(200)
  await redis.start()
  app.advance(5_000)
})

test('what was counted vanishes from Redis by itself', async () => {
  await guess(address())
  for (const key of await keysInRedis()) {
    const ttl = await redisCommand('PTTL', key)
    expect(ttl).toBeGreaterThan(0)
    expect(ttl).toBeLessThanOrEqual(minutes(25 * 60))
  }
})

/** Nothing while Redis is away. */
async function redisCommand(...command: string[]): Promise<unknown> {
  const headers = { Authorization: `Bearer ${redis.token}` }
  const answer = await fetch(redis.restUrl, { method: 'POST', headers, body: JSON.stringify(command) })
  return ((await answer.json()) as { result: unknown }).result
}

const keysInRedis = async (pattern = 'throttle:*') => ((await redisCommand('KEYS', pattern)) ?? []) as string[]
