import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { insertSession } from '../support/sessions.ts'

const day = 24 * 60 * 60_000
const secrets = makeSecrets()
let app: TestApp
let ada: SignedInUser
let eve: SignedInUser
beforeAll(async () => {
  app = await startApp({ secrets })
  ada = await registerUser(app)
  eve = await registerUser(app, 'Eve')
})

type Session = { id: string; token: string; refreshToken: string }

/** A further session of a user, with an access token. */
async function signIn(user: SignedInUser): Promise<Session> {
  const { sessionId, token } = await insertSession(app, secrets, user)
  const { body } = await send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: token } })
  return { id: sessionId, token: body.accessToken, refreshToken: body.refreshToken }
}
const as = (session: Session, method: string, path: string, through: Pick<TestApp, 'fetch'> = app) =>
  send(through, method, path, { token: session.token })
const refresh = (refreshToken: string) => send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken } })
const reasonOf = async (id: string) => {
  const [row] = await app.owner`select revoked_reason as reason from user_sessions where id = ${id}`
  return row?.['reason']
}

test('the list has the live sessions, newest first, and marks the calling one', async () => {
  const first = await signIn(ada)
  const second = await signIn(ada)
  const { status, body } = await as(first, 'GET', '/v1/auth/sessions')
  expect([status, body.nextCursor]).toEqual([200, null])
  expect(body.data.map(({ id }: Session) => id)).toEqual([first.id, second.id, ada.sessionId].sort().reverse())
  for (const session of body.data) {
    expect(Object.keys(session).sort()).toEqual(['createdAt', 'current', 'device', 'id', 'lastSeenAt', 'place'])
    expect(session.current).toBe(session.id === first.id)
  }
})

test('the list pages by cursor, each session once', async () => {
  const here = await signIn(ada)
  const all = (await as(here, 'GET', '/v1/auth/sessions?limit=100')).body.data.map(({ id }: Session) => id)
  const seen: string[] = []
  let path: string | undefined = '/v1/auth/sessions?limit=1'
  while (path !== undefined) {
    const { body, headers } = await as(here, 'GET', path)
    seen.push(...body.data.map(({ id }: Session) => id))
    path = /<([^>]+)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1]
  }
  expect(seen).toEqual(all)
})

test('logging out ends the session: its access token and its refresh token, at once', async () => {
  const session = await signIn(ada)
  const other = await signIn(ada)
  expect((await as(session, 'POST', '/v1/auth/logout')).status).toBe(204)
  expect(await reasonOf(session.id)).toBe('logout')
  for (const path of ['/v1/me', '/v1/campaigns', '/v1/auth/sessions']) {
    const answer = await as(session, 'GET', path)
    expect([answer.status, answer.headers.get('WWW-Authenticate')]).toEqual([
      401,
      'Bearer realm="defeah", error="invalid_token"',
    ])
  }
  expect((await refresh(session.refreshToken)).body.code).toBe('auth/refresh-token-invalid')
  expect((await as(other, 'GET', '/v1/me')).status).toBe(200)
})

test('one session can be ended, once, and no other is touched', async () => {
  const [here, other] = [await signIn(ada), await signIn(ada)]
  const path = `/v1/auth/sessions/${other.id}`
  expect((await as(other, 'GET', '/v1/me')).status).toBe(200)
  expect((await as(here, 'DELETE', path)).status).toBe(204)
  expect((await as(other, 'GET', '/v1/me')).status).toBe(401)
  expect((await refresh(other.refreshToken)).status).toBe(401)
  expect((await as(here, 'GET', '/v1/me')).status).toBe(200)
  const again = await as(here, 'DELETE', path)
  expect([again.status, again.body.code]).toEqual([404, 'auth/session-not-found'])
  expect(await reasonOf(other.id)).toBe('revoked')
})

test('a session may end itself', async () => {
  const here = await signIn(ada)
  expect((await as(here, 'DELETE', `/v1/auth/sessions/${here.id}`)).status).toBe(204)
  expect((await as(here, 'GET', '/v1/me')).status).toBe(401)
})

test('all others can be ended at once', async () => {
  const user = await registerUser(app)
  const [here, second, third] = [await signIn(user), await signIn(user), await signIn(user)]
  for (const session of [here, second, third]) expect((await as(session, 'GET', '/v1/me')).status).toBe(200)
  expect((await as(here, 'DELETE', '/v1/auth/sessions')).status).toBe(204)
  for (const ended of [second, third]) expect((await as(ended, 'GET', '/v1/me')).status).toBe(401)
  expect((await user.call('GET', '/v1/me')).status).toBe(401)
  const { body } = await as(here, 'GET', '/v1/auth/sessions')
  expect(body.data.map(({ id }: Session) => id)).toEqual([here.id])
  // Nothing left to end is no failure.
  expect((await as(here, 'DELETE', '/v1/auth/sessions')).status).toBe(204)
})

test("somebody else's session answers as one that never existed, and stays", async () => {
  const here = await signIn(ada)
  const theirs = await signIn(eve)
  const answers: Record<string, unknown>[] = []
  for (const id of [theirs.id, randomUUID(), 'not-an-id']) {
    const { status, body } = await as(here, 'DELETE', `/v1/auth/sessions/${id}`)
    answers.push({ ...body, status, requestId: undefined })
  }
  expect(answers[0]).toMatchObject({ status: 404, code: 'auth/session-not-found' })
  for (const answer of answers) expect(answer).toEqual(answers[0])
  expect((await as(here, 'DELETE', '/v1/auth/sessions')).status).toBe(204)
  expect((await as(theirs, 'GET', '/v1/me')).status).toBe(200)
  const list = await as(here, 'GET', '/v1/auth/sessions')
  expect(list.body.data.map(({ id }: Session) => id)).not.toContain(theirs.id)
})

test('the trail names who ended a session, and only what changed', async () => {
  const [here, other] = [await signIn(ada), await signIn(ada)]
  const { headers } = await as(here, 'DELETE', `/v1/auth/sessions/${other.id}`)
  const [entry] = await app.owner`
    select operation, user_id, session_id, request_id, old_values, new_values
    from audit_logs where table_name = 'user_sessions' and row_id = ${other.id} and operation = 'UPDATE'`
  expect(entry).toMatchObject({
    user_id: ada.id,
    session_id: here.id,
    request_id: headers.get('X-Request-Id'),
    old_values: { revoked_at: null, revoked_reason: null },
    new_values: { revoked_reason: 'revoked' },
  })
  expect(Object.keys(entry?.['new_values']).sort()).toEqual(['revoked_at', 'revoked_reason'])
})

test('nobody without a token reaches a session', async () => {
  for (const [method, path] of [
    ['GET', '/v1/auth/sessions'],
    ['DELETE', '/v1/auth/sessions'],
    ['DELETE', `/v1/auth/sessions/${ada.sessionId}`],
    ['POST', '/v1/auth/logout'],
    ['GET', '/v1/me'],
  ] as const) {
    const { status, body, headers } = await send(app, method, path)
    expect([status, body.code, headers.get('WWW-Authenticate')]).toEqual([
      401,
      'auth/credentials-required',
      'Bearer realm="defeah"',
    ])
  }
})

describe('as time passes', () => {
  let timed: TestApp
  beforeAll(async () => {
    // Without Redis, whose clock is not moved.
    timed = await startApp({ database: app.database, secrets, restUrl: 'http://127.0.0.1:1' })
  })

  test('a session ends 30 days after its last refresh, and 90 days after its beginning in any case', async () => {
    const open = async () => (await insertSession(timed, secrets, ada)).token
    const trade = (refreshToken: string) => send(timed, 'POST', '/v1/auth/refresh', { body: { refreshToken } })
    const [idle, kept] = [await open(), await open()]

    timed.advance(30 * day - 60_000)
    const first = await trade(kept)
    expect(first.status).toBe(200)
    timed.advance(60_000)
    expect((await trade(idle)).body.code).toBe('auth/refresh-token-invalid')
    expect((await send(timed, 'GET', '/v1/me', { token: first.body.accessToken })).status).toBe(200)

    timed.advance(29 * day)
    const second = await trade(first.body.refreshToken)
    timed.advance(29 * day)
    const third = await trade(second.body.refreshToken)
    expect([second.status, third.status]).toEqual([200, 200])
    // Two days before the absolute end: a refresh no longer buys thirty.
    timed.advance(2 * day - 5 * 60_000)
    const last = await trade(third.body.refreshToken)
    expect(last.status).toBe(200)
    timed.advance(5 * 60_000)
    expect((await send(timed, 'GET', '/v1/me', { token: last.body.accessToken })).status).toBe(401)
    expect((await trade(last.body.refreshToken)).body.code).toBe('auth/refresh-token-invalid')
  })
})
