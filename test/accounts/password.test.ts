import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { forgot, login, newPassword, registerVerified, reset, resetToken } from '../support/accounts.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'

// Every step of these costs a hash, and those wait for each other.
vi.setConfig({ testTimeout: 60_000 })

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const tokenInvalid = { status: 422, code: 'auth/token-invalid' }
const me = async (accessToken: string) => await send(app, 'GET', '/v1/me', { token: accessToken })
const change = async (user: SignedInUser, body: { password: string; newPassword: string }) =>
  await user.call('POST', '/v1/auth/password/change', body)
const subjectsTo = async (address: string) => (await app.mailTo(address)).map(({ subject }) => subject)
const resetMails = async (address: string) =>
  (await subjectsTo(address)).filter((subject) => subject === 'Reset your password').length
const unknownAddress = () => `${randomUUID()}@example.test`

describe('a forgotten password', () => {
  test('is set anew by the token of the mail; every session ends, and the owner is told', async () => {
    const user = await registerVerified(app)
    const token = await resetToken(app, user.email)
    const chosen = newPassword()
    expect((await reset(app, { token, newPassword: chosen })).status).toBe(204)
    expect((await me(user.accessToken)).status).toBe(401)
    expect((await login(app, user)).status).toBe(401)
    expect((await login(app, { ...user, password: chosen })).status).toBe(200)
    expect(await subjectsTo(user.email)).toContain('Your password was changed')
    expectRefusal(await reset(app, { token, newPassword: newPassword() }), tokenInvalid)
  })

  test('is set by one of 20 at once', async () => {
    const user = await registerUser(app)
    const token = await resetToken(app, user.email)
    const chosen = Array.from({ length: 20 }, newPassword)
    const answers = await Promise.all(chosen.map((password) => reset(app, { token, newPassword: password })))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(statuses.filter((status) => ![204, 422, 429, 503].includes(status))).toEqual([])
    const winner = chosen[statuses.indexOf(204)] ?? ''
    expect((await login(app, { ...user, password: winner })).status).toBe(200)
  })

  test('has a token that runs out after an hour', async () => {
    const user = await registerUser(app)
    const token = await resetToken(app, user.email)
    app.advance(60 * 60 * 1000)
    expectRefusal(await reset(app, { token, newPassword: newPassword() }), tokenInvalid)
  })

  test('has a token that dies with the next mail', async () => {
    const user = await registerUser(app)
    const first = await resetToken(app, user.email)
    const second = await resetToken(app, user.email)
    expectRefusal(await reset(app, { token: first, newPassword: newPassword() }), tokenInvalid)
    expect((await reset(app, { token: second, newPassword: newPassword() })).status).toBe(204)
  })

  test('of a known and an unknown address is answered alike, and leaves as many rows', async () => {
    const user = await registerUser(app)
    await app.mailTo(user.email)
    const rows = async () => (await app.owner`select count(*)::int as n from outbox`)[0]?.['n'] as number
    const answers: unknown[] = []
    for (const email of [user.email, unknownAddress(), 'no address', '']) {
      const before = await rows()
      const { status, body } = await forgot(app, email)
      answers.push([status, body])
      expect(await rows()).toBe(before + 1)
    }
    for (const answer of answers) expect(answer).toEqual([202, { status: 'accepted' }])
    expect(await resetMails(user.email)).toBe(1)
    const [unsent] = await app.owner`
      select count(*)::int as n from outbox where user_id is null and kind = 'mail/reset-password' and status = 'done'`
    expect(unsent?.['n']).toBe(3)
  })

  test('fills no mailbox: a few mails at once, a few more in an hour, always the same answer', async () => {
    const user = await registerUser(app)
    const ask = async (address: string) => {
      const { status, body } = await forgot(app, address, { 'CF-Connecting-IP': randomIp() })
      return [status, body.status]
    }
    const atOnce = await Promise.all(Array.from({ length: 20 }, () => ask(user.email)))
    for (const answer of atOnce) expect(answer).toEqual([202, 'accepted'])
    expect(await resetMails(user.email)).toBeLessThanOrEqual(3)
    for (let minute = 0; minute < 59; minute += 1) {
      app.advance(60_000)
      expect(await ask(user.email)).toEqual([202, 'accepted'])
    }
    expect(await resetMails(user.email)).toBeLessThanOrEqual(6)
    app.advance(60 * 60 * 1000)
    const before = await resetMails(user.email)
    await ask(user.email)
    expect(await resetMails(user.email)).toBe(before + 1)
  })

  test('that is set anew lets its owner in at once, however many have been guessing', async () => {
    const user = await registerVerified(app)
    for (let turn = 0; turn < 5; turn += 1) await login(app, { ...user, password: `guess number ${turn}` })
    expect((await login(app, user)).status).toBe(429)
    const chosen = newPassword()
    const token = await resetToken(app, user.email)
    expect((await reset(app, { token, newPassword: chosen })).status).toBe(204)
    expect((await login(app, { ...user, password: chosen })).status).toBe(200)
  })
})

describe('a password', () => {
  test('is changed by who knows it; the calling session stays, the others end, and the owner is told', async () => {
    const user = await registerUser(app)
    const other = (await login(app, user)).body.accessToken
    const toReset = await resetToken(app, user.email)
    const chosen = newPassword()
    const before = await me(user.accessToken)
    expect((await change(user, { password: user.password, newPassword: chosen })).status).toBe(204)
    const after = await me(user.accessToken)
    expect([after.status, after.headers.get('ETag')]).toEqual([200, before.headers.get('ETag')])
    expect((await me(other)).status).toBe(401)
    expect((await login(app, user)).status).toBe(401)
    expect((await login(app, { ...user, password: chosen })).status).toBe(200)
    expect(await subjectsTo(user.email)).toContain('Your password was changed')
    expectRefusal(await reset(app, { token: toReset, newPassword: newPassword() }), tokenInvalid)
  })

  test('is not changed by who does not, and guesses at it are counted', async () => {
    const user = await registerUser(app)
    const guess = () => change(user, { password: 'not the password', newPassword: newPassword() })
    for (let turn = 0; turn < 5; turn += 1) {
      expectRefusal(await guess(), { status: 401, code: 'auth/credentials-wrong' })
    }
    expectRefusal(await guess(), { status: 429, code: 'auth/throttled' })
    expect((await login(app, user)).status).toBe(200)
  })

  test('of a session that was being opened with the old one opens none after the change', async () => {
    const user = await registerUser(app)
    const chosen = newPassword()
    const [, ...logins] = await Promise.all([
      change(user, { password: user.password, newPassword: chosen }),
      ...Array.from({ length: 4 }, () => login(app, user)),
    ])
    for (const { status, body } of logins) {
      if (status !== 200) expect([401, 429]).toContain(status)
      else expect((await me(body.accessToken)).status).toBe(401)
    }
    const [row] = await app.owner`
      select count(*)::int as live from user_sessions where user_id = ${user.id} and revoked_at is null`
    expect(row).toEqual({ live: 1 })
  })
})

describe('what is refused as a new password', () => {
  const email = `${randomUUID()}@example.test`
  test.each([
    ['one of those tried first', '1234567890', 'password/common'],
    ['one of those, in capitals', 'QWERTYUIOP', 'password/common'],
    ['one of those, in full-width letters', 'ｑｗｅｒｔｙｕｉｏｐ', 'password/common'],
    ['the own address', email, 'password/personal'],
    ['the own address in another case', email.toUpperCase(), 'password/personal'],
    ['the own name', 'Grace Brewster Hopper', 'password/personal'],
    ['9 characters', 'ninechars', 'value/custom'],
    ['9 characters that are typed as 18', 'e\u0301'.repeat(9), 'value/custom'],
    ['129 characters', 'x'.repeat(129), 'value/custom'],
  ])('%s', async (_, password, code) => {
    const body = { email, name: 'Grace Brewster Hopper', password }
    const registered = await send(app, 'POST', '/v1/auth/register', { body })
    expectRefusal(registered, { status: 422, code: 'request/invalid', pointers: ['/password'] })
    expect(registered.body.errors[0].code).toBe(code)
  })

  test('holds for a change and for a reset, whose token stays good', async () => {
    const user = await registerUser(app, 'Grace Brewster Hopper')
    const token = await resetToken(app, user.email)
    for (const newWord of ['1234567890', user.email, user.name]) {
      const refusals = [
        await change(user, { password: user.password, newPassword: newWord }),
        await reset(app, { token, newPassword: newWord }),
      ]
      for (const refused of refusals) {
        expectRefusal(refused, { status: 422, code: 'request/invalid', pointers: ['/newPassword'] })
      }
    }
    app.advance(15 * 60 * 1000 - 1)
    expect((await reset(app, { token, newPassword: newPassword() })).status).toBe(204)
  })

  test('128 characters are taken, also where each is two units of UTF-16', async () => {
    const account = { email: `${randomUUID()}@example.test`, password: '🌱'.repeat(128), name: 'Grace' }
    expect((await send(app, 'POST', '/v1/auth/register', { body: account })).status).toBe(201)
    expect((await login(app, account)).status).toBe(200)
  })
})

const randomIp = () => `198.51.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}`
