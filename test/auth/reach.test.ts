import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { removeMember } from '../support/members.ts'
import { type OwnRedis, startRedis } from '../support/redis.ts'
import { insertSession } from '../support/sessions.ts'
import { setRole } from '../support/tenants.ts'

/** What is taken away must be gone everywhere within 10 seconds: in each isolate, with Redis up or down. */

const isolateSeconds = 2
const secrets = makeSecrets()
let redis: OwnRedis
let app: TestApp
let withoutRedis: TestApp
let ada: SignedInUser
let eve: SignedInUser
beforeAll(async () => {
  redis = await startRedis()
  app = await startApp({ secrets, restUrl: redis.restUrl, token: redis.token })
  withoutRedis = await startApp({ database: app.database, secrets, restUrl: 'http://127.0.0.1:1' })
  ada = await registerUser(app)
  eve = await registerUser(app, 'Eve')
})
afterAll(async () => await redis.end())

type Isolate = Pick<TestApp, 'fetch'>

/** A session of Ada's in a workspace, and a call with it through an isolate. */
async function signIn(through: TestApp, workspaceId = ada.workspaceId) {
  const { sessionId, token } = await insertSession(through, secrets, { id: ada.id, workspaceId })
  const { body } = await send(through, 'POST', '/v1/auth/refresh', { body: { refreshToken: token, workspaceId } })
  const get = async (isolate: Isolate, path: string) =>
    (await send(isolate, 'GET', path, { token: body.accessToken })).status
  return { id: sessionId, get }
}

test('an ended session is refused at once where it was ended, and in another isolate when its own copy ends', async () => {
  for (const here of [app, withoutRedis]) {
    const there = here.secondIsolate()
    const session = await signIn(here)
    expect([await session.get(here, '/v1/me'), await session.get(there, '/v1/me')]).toEqual([200, 200])
    const ending = await send(here, 'DELETE', `/v1/auth/sessions/${session.id}`, { token: ada.accessToken })
    expect(ending.status).toBe(204)
    expect(await session.get(here, '/v1/me')).toBe(401)
    here.advance(isolateSeconds * 1000)
    expect(await session.get(there, '/v1/me')).toBe(401)
  }
})

test('without Redis a change of role and a removal hold when the copy in the isolate ends', async () => {
  const here = withoutRedis
  await setRole(app, ada.id, { workspaceId: eve.workspaceId, role: 'admin' })
  const session = await signIn(here, eve.workspaceId)
  expect(await session.get(here, '/v1/audit-logs')).toBe(200)
  await setRole(app, ada.id, { workspaceId: eve.workspaceId, role: 'analyst' })
  here.advance(isolateSeconds * 1000)
  expect([await session.get(here, '/v1/audit-logs'), await session.get(here, '/v1/posts')]).toEqual([403, 200])
  await removeMember(app, eve.workspaceId, ada.id)
  here.advance(isolateSeconds * 1000)
  expect([await session.get(here, '/v1/posts'), await session.get(here, '/v1/me')]).toEqual([403, 200])
})

test('with Redis all of it holds within 10 s everywhere, also what Redis could not be told', async () => {
  const there = app.secondIsolate()
  await setRole(app, ada.id, { workspaceId: eve.workspaceId, role: 'admin' })
  const [demoted, ended] = [await signIn(app, eve.workspaceId), await signIn(app)]
  const removed = await signIn(app, eve.workspaceId)
  expect([
    await demoted.get(there, '/v1/audit-logs'),
    await removed.get(there, '/v1/me'),
    await ended.get(there, '/v1/me'),
  ]).toEqual([200, 200, 200])

  await setRole(app, ada.id, { workspaceId: eve.workspaceId, role: 'analyst' })
  redis.pause()
  const ending = await send(app, 'DELETE', `/v1/auth/sessions/${ended.id}`, { token: ada.accessToken })
  expect(ending.status).toBe(204)
  redis.resume()
  // Redis still has the old state of both: it counts their 5 s by its own clock, which nobody can move.
  app.advance(isolateSeconds * 1000)
  expect(await ended.get(there, '/v1/me')).toBe(200)
  await sleep(5_100)
  app.advance(isolateSeconds * 1000)
  expect(await ended.get(there, '/v1/me')).toBe(401)
  expect(await ended.get(app, '/v1/me')).toBe(401)
  expect([await demoted.get(there, '/v1/audit-logs'), await demoted.get(there, '/v1/posts')]).toEqual([403, 200])
})

test('the cache holds states for 5 s and no longer, under keys that name no person', async () => {
  const session = await signIn(app)
  await session.get(app, '/v1/me')
  const answer = await command(['KEYS', 'access:*'])
  const keys: string[] = answer.filter((key: string) => key.includes(session.id))
  expect(keys).toEqual([`access:2:${session.id}:${ada.workspaceId}`])
  const life = await command(['PTTL', keys[0] as string])
  expect(life).toBeGreaterThan(0)
  expect(life).toBeLessThanOrEqual(5_000)
  const state = {
    isLive: true,
    role: 'owner',
    plan: 'free',
    lacksFactor: false,
    apiKey: null,
    readAtMs: expect.any(Number),
  }
  expect(JSON.parse(await command(['GET', keys[0] as string]))).toEqual(state)
})

test('what stands in Redis and is no access state, or an old one, is not believed', async () => {
  const session = await signIn(app)
  const key = `access:2:${session.id}:${ada.workspaceId}`
  const seen = async (value: string) => {
    await command(['SET', key, value, 'PX', '5000'])
    return await session.get(app.secondIsolate(), '/v1/me')
  }
  const none = { role: null, plan: null, lacksFactor: false, apiKey: null }
  const ended = (readAtMs: number) => JSON.stringify({ isLive: false, ...none, readAtMs })
  const now = app.now().getTime()
  expect(await seen(ended(now))).toBe(401)
  const unbelievable = [
    '',
    'not json',
    '[]',
    '{}',
    '{"isLive":false,"role":null}',
    ended(now - 6_000),
    ended(now + 60_000),
  ]
  for (const wrong of [{ isLive: 'no' }, { role: 'god' }, { plan: 'x' }, { lacksFactor: 0 }, { apiKey: {} }]) {
    unbelievable.push(JSON.stringify({ isLive: false, ...none, readAtMs: now, ...wrong }))
  }
  for (const value of unbelievable) expect([value, await seen(value)]).toEqual([value, 200])
})

// biome-ignore lint/suspicious/noExplicitAny: Redis answers with many types
async function command(parts: string[]): Promise<any> {
  const headers = { Authorization: `Bearer ${redis.token}` }
  const answer = await fetch(redis.restUrl, { method: 'POST', headers, body: JSON.stringify(parts) })
  return ((await answer.json()) as { result: unknown }).result
}
