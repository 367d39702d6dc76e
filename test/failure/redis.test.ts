import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { timed } from '../support/outage.ts'
import { type OwnRedis, startRedis } from '../support/redis.ts'
import { insertSession } from '../support/sessions.ts'

/** Redis goes away while the application runs: everything goes on, hardly slower at first and then not at all. */

const circuitMs = 5_000
const slowestMs = 150
const secrets = makeSecrets()
let redis: OwnRedis
let app: TestApp
let stranger: TestApp
let ada: SignedInUser
beforeAll(async () => {
  redis = await startRedis()
  app = await startApp({ secrets, restUrl: redis.restUrl, token: redis.token })
  stranger = await startApp({ database: app.database, secrets, restUrl: redis.restUrl, token: 'not the token' })
  ada = await registerUser(app)
})
afterAll(async () => await redis.end())

/** One request whose access state is not known to the isolate, so that Redis is asked. */
const ask = async () => {
  app.advance(2_000)
  return await timed(ada.call('GET', '/v1/me'))
}
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
/** The usual time of such a request, with sessions that no isolate has seen: the circuit's clock is not moved. */
async function medianOf(count: number): Promise<number> {
  const times: number[] = []
  for (let turn = 0; turn < count; turn += 1) {
    const { token } = await insertSession(app, secrets, ada)
    const { body } = await send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: token } })
    times.push((await timed(send(app, 'GET', '/v1/me', { token: body.accessToken }))).ms)
  }
  return median(times)
}

/** All that a client does, while Redis is not there. */
async function doEverything(): Promise<void> {
  const { token } = await insertSession(app, secrets, ada)
  const refreshed = await send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: token } })
  expect(refreshed.status).toBe(200)
  const call = (method: string, path: string, body?: unknown) =>
    send(app, method, path, { token: refreshed.body.accessToken, body })
  const made = await call('POST', '/v1/campaigns', { name: 'Without Redis', objective: 'sales' })
  expect(made.status).toBe(201)
  expect((await call('GET', `/v1/campaigns/${made.body.id}`)).status).toBe(200)
  app.advance(1_000)
  expect(await send(app, 'GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready', cache: 'degraded' } })
  expect((await call('POST', '/v1/auth/logout')).status).toBe(204)
  expect((await call('GET', '/v1/me')).status).toBe(401)
}

describe.each([
  ['stopped', () => redis.stop()],
  ['refusing connections', () => redis.refuse()],
  ['hung', () => redis.pause()],
] as const)('Redis %s', (_name, takeAway) => {
  test('costs the first request at most 150 ms, the next ones nothing, and is asked again when it is back', async () => {
    const usual = await medianOf(9)
    await takeAway()
    const first = await ask()
    expect(first.status).toBe(200)
    expect(first.ms).toBeLessThan(usual + slowestMs + 50)
    expect(await medianOf(9)).toBeLessThan(usual + 75)
    await doEverything()

    await redis.start()
    app.advance(circuitMs)
    expect((await ask()).status).toBe(200)
    app.advance(1_000)
    expect((await send(app, 'GET', '/readyz')).body.cache).toBe('ok')
    expect(await keysOf(ada)).toBe(1)
  })
})

test('of many requests at once none waits longer than one, however long Redis hangs', async () => {
  redis.pause()
  app.advance(circuitMs)
  const answers = await Promise.all(Array.from({ length: 50 }, () => timed(ada.call('GET', '/v1/me'))))
  for (const { status, ms } of answers) {
    expect(status).toBe(200)
    // One after another they would take 50 times as long.
    expect(ms).toBeLessThan(slowestMs * 10)
  }
  await redis.start()
  app.advance(circuitMs)
})

test('a token that Redis refuses is no outage either', async () => {
  const answer = await timed(send(stranger, 'GET', '/v1/me', { token: ada.accessToken }))
  expect(answer.status).toBe(200)
  expect((await send(stranger, 'GET', '/readyz')).body.cache).toBe('degraded')
})

async function keysOf({ sessionId, workspaceId }: SignedInUser): Promise<number> {
  const headers = { Authorization: `Bearer ${redis.token}` }
  const body = JSON.stringify(['EXISTS', `access:2:${sessionId}:${workspaceId}`])
  const answer = await fetch(redis.restUrl, { method: 'POST', headers, body })
  return ((await answer.json()) as { result: number }).result
}
