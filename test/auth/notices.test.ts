import { beforeAll, expect, test } from 'vitest'
import { login, newPassword } from '../support/accounts.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { asOwner } from '../support/tenants.ts'

/** What the owner of an account hears of its sessions. */

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const mailsOf = async (user: SignedInUser, kind: string) =>
  await app.owner<{ subject: string }[]>`
    select subject_id as subject from outbox where user_id = ${user.id} and kind = ${kind} order by id`
const from = (device: string) => ({ 'User-Agent': device })
const sessionIdOf = ({ refreshToken }: { refreshToken: string }) => refreshToken.split('.')[0]

test('a sign-in from a device that no session had is told, once per device; the first session is not', async () => {
  const user = await registerUser(app)
  expect(await mailsOf(user, 'mail/new-device')).toEqual([])
  expect((await login(app, user)).status).toBe(200)
  expect(await mailsOf(user, 'mail/new-device')).toEqual([])
  const { body } = await login(app, user, from('Firefox/150'))
  expect((await login(app, user, from('Firefox/150'))).status).toBe(200)
  expect(await mailsOf(user, 'mail/new-device')).toEqual([{ subject: sessionIdOf(body) }])
  const subjects = (await app.mailTo(user.email)).map(({ subject }) => subject)
  expect(subjects.filter((subject) => subject.includes('new device'))).toHaveLength(1)
})

test('the same device in another place is new', async () => {
  const user = await registerUser(app)
  await asOwner(app, (tx) => tx`update user_sessions set place = 'NZ' where user_id = ${user.id}`)
  const { body } = await login(app, user)
  expect(await mailsOf(user, 'mail/new-device')).toEqual([{ subject: sessionIdOf(body) }])
})

test('a sign-in that opens no session tells nothing', async () => {
  const user = await registerUser(app)
  expect((await login(app, { ...user, password: newPassword() }, from('Evil/1'))).status).toBe(401)
  const body = { email: user.email, password: user.password, workspaceId: user.id }
  expect((await send(app, 'POST', '/v1/auth/login', { body, headers: from('Evil/1') })).status).toBe(422)
  expect(await mailsOf(user, 'mail/new-device')).toEqual([])
})

test('a refresh token that two have used is told, once, with the session that it ended', async () => {
  const user = await registerUser(app)
  const refresh = () => send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: user.refreshToken } })
  expect((await refresh()).status).toBe(200)
  expect((await refresh()).status).toBe(200)
  expect(await mailsOf(user, 'mail/session-reused')).toEqual([])
  app.advance(25_000)
  const answers = await Promise.all([refresh(), refresh(), refresh()])
  for (const { status } of answers) expect(status).toBe(401)
  expect(await mailsOf(user, 'mail/session-reused')).toEqual([{ subject: user.sessionId }])
  const subjects = (await app.mailTo(user.email)).map(({ subject }) => subject)
  expect(subjects).toContain('We have ended one of your sessions')
})

test('a password that is renewed under new parameters is no change that is shown: the version stays', async () => {
  const user = await registerUser(app)
  const before = await send(app, 'GET', '/v1/me', { token: user.accessToken })
  await asOwner(app, (tx) => tx`update users set password_hash = password_hash || 'x' where id = ${user.id}`)
  const after = await send(app, 'GET', '/v1/me', { token: user.accessToken })
  expect(after.body).toEqual(before.body)
  await asOwner(
    app,
    (tx) => tx`update users set password_hash = password_hash || 'x', locale = 'de' where id = ${user.id}`,
  )
  expect((await send(app, 'GET', '/v1/me', { token: user.accessToken })).body.version).toBe(before.body.version + 1)
})
