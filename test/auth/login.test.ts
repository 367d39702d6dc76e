import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { type LogLine, makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { openGlobalKeys, weakPasswordHash } from '../support/keys.ts'
import { addWorkspace, removeMember, setUserStatus } from '../support/members.ts'
import { asOwner } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let eve: SignedInUser
const secrets = makeSecrets()
beforeAll(async () => {
  app = await startApp({ secrets })
  ada = await registerUser(app)
  eve = await registerUser(app, 'Eve')
})

const login = (user: Pick<SignedInUser, 'email' | 'password'>, more: object = {}) =>
  send(app, 'POST', '/v1/auth/login', { body: { email: user.email, password: user.password, ...more } })
const sessionsOf = async (user: SignedInUser): Promise<number> => {
  const [row] = await app.owner`select count(*) as sessions from user_sessions where user_id = ${user.id}`
  return row?.['sessions'] as number
}
const requestLine = (answer: { headers: Headers }): LogLine | undefined =>
  app.logs.find((line) => line['requestId'] === answer.headers.get('X-Request-Id'))

test('the right password signs in to a new session, in any spelling of the address', async () => {
  const before = await sessionsOf(ada)
  const answer = await login({ ...ada, email: ada.email.toUpperCase() })
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({
    expiresIn: 900,
    user: { id: ada.id, email: ada.email, name: ada.name },
    workspace: { id: ada.workspaceId, role: 'owner' },
  })
  expect(await sessionsOf(ada)).toBe(before + 1)
  const me = await send(app, 'GET', '/v1/me', { token: answer.body.accessToken })
  expect(me.body.id).toBe(ada.id)
})

test('a wrong password, an unknown address and a suspended account get one answer after the same work', async () => {
  const gone = await registerUser(app)
  await setUserStatus(app, gone.id, 'suspended')
  const refused = [
    await login({ ...ada, password: `${ada.password}!` }),
    await login({ email: `${randomUUID()}@example.test`, password: ada.password }),
    await login({ email: 'not an address', password: ada.password }),
    await login(gone),
  ]
  const faces = refused.map(({ status, headers, body: { requestId: _, ...body } }) => {
    const names: string[] = []
    headers.forEach((_value, name) => void names.push(name))
    return { status, names, challenge: headers.get('WWW-Authenticate'), body }
  })
  expect(faces[0]).toMatchObject({
    status: 401,
    challenge: 'Bearer realm="defeah"',
    body: { code: 'auth/credentials-wrong' },
  })
  for (const face of faces) expect(face).toEqual(faces[0])
  for (const answer of refused) {
    const line = requestLine(answer)
    // One look-up and one hash each: a hash costs far more than what else a refusal does.
    expect(line?.['statements']).toBe(1)
    expect(line?.['durationMs']).toBeGreaterThan(40)
  }
  expect(await sessionsOf(gone)).toBe(1)
})

test('logging in names a workspace of its own; one of somebody else answers as one that never existed', async () => {
  const second = await addWorkspace(app, eve.id, { role: 'editor' })
  const own = await login(eve, { workspaceId: second })
  expect([own.status, own.body.workspace]).toEqual([200, { id: second, name: 'Another workspace', role: 'editor' }])
  const before = await sessionsOf(eve)
  const refusals = [await login(eve, { workspaceId: ada.workspaceId }), await login(eve, { workspaceId: randomUUID() })]
  for (const { status, body } of refusals) {
    expect([status, body.code]).toEqual([422, 'reference/not-found'])
    expect(body.errors).toEqual([expect.objectContaining({ pointer: '/workspaceId' })])
  }
  expect(await sessionsOf(eve)).toBe(before)
  await removeMember(app, second, eve.id)
})

test('without a workspace it is that of the latest session, else the oldest membership, else none', async () => {
  const user = await registerUser(app)
  const older = await addWorkspace(app, user.id, { role: 'analyst', joinedAt: '2020-01-01T00:00:00Z' })
  const newer = await addWorkspace(app, user.id, { role: 'editor' })
  const chosen = async () => (await login(user)).body.workspace?.id ?? null

  expect(await chosen()).toBe(user.workspaceId)
  await login(user, { workspaceId: newer })
  expect(await chosen()).toBe(newer)
  await removeMember(app, newer, user.id)
  expect(await chosen()).toBe(older)
  await removeMember(app, older, user.id)
  expect(await chosen()).toBe(user.workspaceId)
  await removeMember(app, user.workspaceId, user.id)
  expect(await chosen()).toBeNull()
})

test('a user of no workspace may act for himself, and nowhere else', async () => {
  const user = await registerUser(app)
  await removeMember(app, user.workspaceId, user.id)
  const { status, body } = await login(user)
  expect([status, body.workspace]).toEqual([200, null])
  const call = (method: string, path: string) => send(app, method, path, { token: body.accessToken })
  expect((await call('GET', '/v1/me')).status).toBe(200)
  expect((await call('GET', '/v1/auth/sessions')).status).toBe(200)
  for (const path of ['/v1/campaigns', '/v1/posts', `/v1/posts/${randomUUID()}`, '/v1/audit-logs']) {
    const answer = await call('GET', path)
    expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'workspace/none'])
  }
  const next = await send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: body.refreshToken } })
  expect([next.status, next.body.workspace]).toEqual([200, null])
  expect((await call('POST', '/v1/auth/logout')).status).toBe(204)
})

test('a hash under older parameters is replaced at the next login, and only then', async () => {
  const hashOf = async () => {
    const [row] = await app.owner`select password_hash as hash from users where id = ${ada.id}`
    return row?.['hash'] as string
  }
  const weak = await weakPasswordHash(await openGlobalKeys(app, secrets), ada.password)
  await asOwner(app, (tx) => tx`update users set password_hash = ${weak} where id = ${ada.id}`)
  expect((await login({ ...ada, password: 'not the password' })).status).toBe(401)
  expect(await hashOf()).toBe(weak)
  expect((await login(ada)).status).toBe(200)
  const renewed = await hashOf()
  expect(renewed).toMatch(/^\$scrypt\$ln=15,r=8,p=3,keyid=1\$/)
  expect((await login(ada)).status).toBe(200)
  expect(await hashOf()).toBe(renewed)
})

test('a body that is no login is refused before any password is looked at', async () => {
  for (const [body, pointer] of [
    [{ email: ada.email }, '/password'],
    [{ email: ada.email, password: 'x'.repeat(129) }, '/password'],
    [{ email: ada.email, password: ada.password, workspaceId: 'mine' }, '/workspaceId'],
    [{ email: ada.email, password: ada.password, otp: '1' }, '/otp'],
  ] as const) {
    const answer = await send(app, 'POST', '/v1/auth/login', { body })
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer])
    expect(requestLine(answer)?.['statements']).toBe(0)
  }
})
