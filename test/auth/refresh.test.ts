import { randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { addWorkspace, removeMember, setUserStatus } from '../support/members.ts'
import { insertSession, refreshTokenOf } from '../support/sessions.ts'

const minute = 60_000
const secrets = makeSecrets()
let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp({ secrets })
  ada = await registerUser(app)
})

// A session of its own for each test, without a login's hash.
let token: string
let sessionId: string
beforeEach(async () => {
  ;({ sessionId, token } = await insertSession(app, secrets, ada))
})

const refresh = (refreshToken: string, workspaceId?: string, through: Pick<TestApp, 'fetch'> = app) =>
  send(through, 'POST', '/v1/auth/refresh', { body: { refreshToken, ...(workspaceId && { workspaceId }) } })
const rowOf = async (id: string) => {
  const [row] = await app.owner`
    select generation, rotated_at, revoked_at, revoked_reason, workspace_id, idle_expires_at, absolute_expires_at
    from user_sessions where id = ${id}`
  return row
}
const refusal = { status: 401, code: 'auth/refresh-token-invalid' }
const faceOf = ({ status, body }: { status: number; body: { code: string } }) => ({ status, code: body.code })

test('a refresh answers as a login does, with the next generation', async () => {
  const { status, body } = await refresh(token)
  expect(status).toBe(200)
  expect(body).toEqual({
    accessToken: expect.any(String),
    expiresIn: 900,
    refreshToken: expect.stringMatching(new RegExp(`^${sessionId}\\.1\\.[0-9a-f]{64}$`)),
    user: expect.objectContaining({ id: ada.id, email: ada.email, name: ada.name }),
    workspace: { id: ada.workspaceId, name: 'My workspace', role: 'owner' },
  })
  expect(await rowOf(sessionId)).toMatchObject({ generation: 1, revoked_at: null })
  expect((await send(app, 'GET', '/v1/campaigns', { token: body.accessToken })).status).toBe(200)
})

test('each generation leads to the next, and the session stays one row', async () => {
  let current = token
  for (let generation = 1; generation <= 4; generation += 1) {
    const { status, body } = await refresh(current)
    expect([status, body.refreshToken.split('.')[1]]).toEqual([200, String(generation)])
    current = body.refreshToken
  }
  expect(await rowOf(sessionId)).toMatchObject({ generation: 4 })
  const [row] = await app.owner`select count(*) as n from user_sessions where id = ${sessionId}`
  expect(row?.['n']).toBe(1)
})

test('the generation before is answered for 20 s, with the token that is current, and changes nothing', async () => {
  const first = await refresh(token)
  const before = await rowOf(sessionId)
  app.advance(19_000)
  const again = await refresh(token)
  expect(again.status).toBe(200)
  expect(again.body.refreshToken).toBe(first.body.refreshToken)
  expect(await rowOf(sessionId)).toMatchObject({ generation: 1, rotated_at: before?.['rotated_at'] })
  expect((await refresh(first.body.refreshToken)).status).toBe(200)
})

test('the generation before, later than 20 s, ends the session and everything of it', async () => {
  const first = await refresh(token)
  app.advance(20_000)
  expect(faceOf(await refresh(token))).toEqual(refusal)
  expect(await rowOf(sessionId)).toMatchObject({ generation: 1, revoked_reason: 'reuse' })
  expect(faceOf(await refresh(first.body.refreshToken))).toEqual(refusal)
  expect((await send(app, 'GET', '/v1/me', { token: first.body.accessToken })).status).toBe(401)
  const line = app.logs.find((log) => log['securityEvent'] === 'refresh-token-reused' && log['sessionId'] === sessionId)
  expect(line).toMatchObject({ status: 401, route: '/v1/auth/refresh' })
})

test('a generation older than the one before ends the session at once, within the 20 s too', async () => {
  const first = await refresh(token)
  const second = await refresh(first.body.refreshToken)
  expect(faceOf(await refresh(token))).toEqual(refusal)
  expect(await rowOf(sessionId)).toMatchObject({ generation: 2, revoked_reason: 'reuse' })
  for (const each of [first, second]) expect(faceOf(await refresh(each.body.refreshToken))).toEqual(refusal)
  expect((await send(app, 'GET', '/v1/me', { token: second.body.accessToken })).status).toBe(401)
})

test('a MAC that does not fit changes nothing, whatever generation it is given with', async () => {
  await refresh((await refresh(token)).body.refreshToken)
  const before = await rowOf(sessionId)
  const mac = token.split('.')[2] as string
  const forged = [
    `${sessionId}.2.${randomBytes(32).toString('hex')}`,
    `${sessionId}.0.${flipped(mac)}`,
    // The right MAC of generation 0 under each other generation.
    ...[1, 2, 3, 4, 999_999_999].map((generation) => `${sessionId}.${generation}.${mac}`),
    `${randomUUID()}.0.${mac}`,
  ]
  for (const each of forged) expect([each, faceOf(await refresh(each))]).toEqual([each, refusal])
  expect(await rowOf(sessionId)).toEqual(before)
})

test('what has not the form of a refresh token is refused without a look at the database', async () => {
  const mac = token.split('.')[2] as string
  const malformed = [
    'x',
    `${sessionId}.0`,
    `${sessionId}.-1.${mac}`,
    `${sessionId}.01.${mac}`,
    `${sessionId}.0.${mac}0`,
  ]
  malformed.push(`${sessionId}.1e3.${mac}`, `${sessionId}.2147483648.${mac}`, `${token} `, token.toUpperCase(), '')
  for (const each of malformed) {
    const answer = await refresh(each)
    expect([each, faceOf(answer)]).toEqual([each, refusal])
    const line = app.logs.find((log) => log['requestId'] === answer.headers.get('X-Request-Id'))
    expect(line?.['statements']).toBe(0)
  }
})

test('of 200 refreshes of one token at once, through two isolates, all are answered and each answer goes on', async () => {
  const isolates = [app, app.secondIsolate()]
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => refresh(token, undefined, isolates[index % 2])),
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  const tokens = new Set(answers.map(({ body }) => body.refreshToken as string))
  expect([...tokens].map((each) => each.split('.')[1])).toEqual(['1'])
  expect(await rowOf(sessionId)).toMatchObject({ generation: 1, revoked_at: null })
  for (const { body } of answers.slice(0, 3)) {
    expect((await send(app, 'GET', '/v1/me', { token: body.accessToken })).status).toBe(200)
  }
  // Each of the 200 clients refreshes again, later than the leeway of the first token.
  app.advance(minute)
  const later = await Promise.all(answers.map(({ body }) => refresh(body.refreshToken)))
  expect(new Set(later.map(({ status }) => status))).toEqual(new Set([200]))
  const [row] = await app.owner`select count(*) as n from user_sessions where id = ${sessionId}`
  expect(row?.['n']).toBe(1)
})

describe('while the MAC key changes', () => {
  const next = makeSecrets().refreshMacKeys.get(1) as Uint8Array<ArrayBuffer>
  // Known before it is used, used while the old one is still known, then alone.
  const known = new Map([...secrets.refreshMacKeys, [2, next] as const])
  const used = new Map([[2, next] as const, ...secrets.refreshMacKeys])
  let before: TestApp
  let during: TestApp
  let after: TestApp
  beforeAll(async () => {
    before = await startApp({ database: app.database, secrets: { ...secrets, refreshMacKeys: known } })
    during = await startApp({ database: app.database, secrets: { ...secrets, refreshMacKeys: used } })
    after = await startApp({ database: app.database, secrets: { ...secrets, refreshMacKeys: new Map([[2, next]]) } })
  })

  test('a token of the old one is traded for one of the new', async () => {
    expect(faceOf(await refresh(token, undefined, after))).toEqual(refusal)
    const traded = await refresh(token, undefined, during)
    expect(traded.status).toBe(200)
    expect(faceOf(await refresh(traded.body.refreshToken, undefined, app))).toEqual(refusal)
    expect((await refresh(traded.body.refreshToken, undefined, after)).status).toBe(200)
  })

  test('a key that is only known makes no token, and takes those of a Worker that uses it already', async () => {
    const first = await refresh(token, undefined, before)
    expect((await refresh(first.body.refreshToken, undefined, app)).status).toBe(200)
    const { token: another } = await insertSession(app, secrets, ada)
    const second = await refresh(another, undefined, during)
    expect((await refresh(second.body.refreshToken, undefined, before)).status).toBe(200)
  })
})

describe('workspaces', () => {
  test('of several, one must be named; nothing has been rotated then', async () => {
    const second = await addWorkspace(app, ada.id, { role: 'analyst' })
    const unclear = await refresh(token)
    expect(faceOf(unclear)).toEqual({ status: 422, code: 'auth/workspace-ambiguous' })
    expect(await rowOf(sessionId)).toMatchObject({ generation: 0, workspace_id: ada.workspaceId, revoked_at: null })

    const named = await refresh(token, second)
    expect([named.status, named.body.workspace]).toMatchObject([200, { id: second, role: 'analyst' }])
    expect(await rowOf(sessionId)).toMatchObject({ generation: 1, workspace_id: second })
    // Two tabs, each for its own workspace, on one session.
    const other = await refresh(token, ada.workspaceId)
    expect([other.status, other.body.workspace]).toMatchObject([200, { id: ada.workspaceId, role: 'owner' }])
    await removeMember(app, second, ada.id)
  })

  test("one that is not the user's own answers as one that never existed, and rotates nothing", async () => {
    const eve = await registerUser(app)
    for (const foreign of [eve.workspaceId, randomUUID()]) {
      const { status, body } = await refresh(token, foreign)
      expect([status, body.code, body.errors[0].pointer]).toEqual([422, 'reference/not-found', '/workspaceId'])
    }
    expect(await rowOf(sessionId)).toMatchObject({ generation: 0, workspace_id: ada.workspaceId })
    expect((await refresh(token)).status).toBe(200)
  })

  test('membership is checked at each refresh', async () => {
    const second = await addWorkspace(app, ada.id)
    const inSecond = await refresh(token, second)
    expect(inSecond.status).toBe(200)
    await removeMember(app, second, ada.id)
    expect(faceOf(await refresh(inSecond.body.refreshToken, second))).toMatchObject({ status: 422 })
    const back = await refresh(inSecond.body.refreshToken)
    expect([back.status, back.body.workspace.id]).toEqual([200, ada.workspaceId])
  })
})

test('a suspended user is refused, and goes on where he was when he is reinstated', async () => {
  const user = await registerUser(app)
  await setUserStatus(app, user.id, 'suspended')
  expect(faceOf(await refresh(user.refreshToken))).toEqual(refusal)
  await setUserStatus(app, user.id, 'active')
  expect((await refresh(user.refreshToken)).status).toBe(200)
})

test("a refresh is in the trail as the user's act only when it changes what is kept of the session", async () => {
  const logs = async () => (await app.owner`select 1 from audit_logs where row_id = ${sessionId}`).length
  const before = await logs()
  await refresh((await refresh(token)).body.refreshToken)
  expect(await logs()).toBe(before)
})

test('the token is made as documented: SHA-256(secret || HMAC-SHA-256(K, session.generation))', async () => {
  const { body } = await refresh(token)
  const [row] = await app.owner<{ hex: string }[]>`
    select encode(secret, 'hex') as hex from user_sessions where id = ${sessionId}`
  const secret = Buffer.from(row?.hex ?? '', 'hex')
  expect(secret).toHaveLength(32)
  expect(body.refreshToken).toBe(refreshTokenOf(secrets, { sessionId, generation: 1, secret }))
})

const flipped = (mac: string): string => `${mac.slice(0, -1)}${mac.endsWith('0') ? '1' : '0'}`
