import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { login, newPassword, registerVerified, resetToken, tokenTo, verify } from '../support/accounts.ts'
import { expectRefusal, invalid, withoutRequestId } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { asOwner } from '../support/tenants.ts'

// Every step of these costs a hash, and those wait for each other.
vi.setConfig({ testTimeout: 60_000 })

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const tokenInvalid = { status: 422, code: 'auth/token-invalid' }
const hours = (count: number) => count * 60 * 60 * 1000
const me = async (accessToken: string) => await send(app, 'GET', '/v1/me', { token: accessToken })
const newEmail = () => `${randomUUID()}@example.test`
const subjectsTo = async (address: string) => (await app.mailTo(address)).map(({ subject }) => subject)
const requestChange = async (user: SignedInUser, address: string, password = user.password) =>
  await user.call('POST', '/v1/auth/email/change', { password, newEmail: address })

/** Signs a user in once more, and says whether that session still lives. */
async function otherSession(user: SignedInUser): Promise<{ accessToken: string; isLive: () => Promise<boolean> }> {
  const { body } = await login(app, user)
  return { accessToken: body.accessToken, isLive: async () => (await me(body.accessToken)).status === 200 }
}

describe('an address', () => {
  test('is proved by the token of its mail and the password; the calling session stays, the others end', async () => {
    const user = await registerUser(app)
    const other = await otherSession(user)
    expect((await me(user.accessToken)).body.emailVerified).toBe(false)
    const token = await tokenTo(app, user.email)
    expect((await verify(app, { token, password: user.password }, user.accessToken)).status).toBe(204)
    expect((await me(user.accessToken)).body.emailVerified).toBe(true)
    expect(await other.isLive()).toBe(false)
    const again = await login(app, user)
    expect(again.body.user.emailVerified).toBe(true)
    const trail = await app.owner`
      select actor_kind, actor_id from audit_logs
      where table_name = 'users' and operation = 'UPDATE' and row_id = ${user.id}`
    expect(trail).toEqual([{ actor_kind: 'user', actor_id: user.id }])
  })

  test('proved without a session, or with one of somebody else or one that has ended, ends all', async () => {
    const stranger = await registerUser(app)
    for (const accessToken of [undefined, stranger.accessToken, 'no.token.at-all']) {
      const user = await registerUser(app)
      const token = await tokenTo(app, user.email)
      expect((await verify(app, { token, password: user.password }, accessToken)).status).toBe(204)
      expect((await me(user.accessToken)).status).toBe(401)
    }
    expect((await me(stranger.accessToken)).status).toBe(200)
  })

  test('is not proved by a wrong password, which leaves the token good', async () => {
    const user = await registerUser(app)
    const token = await tokenTo(app, user.email)
    const wrong = await verify(app, { token, password: 'not the password' })
    expectRefusal(wrong, { status: 401, code: 'auth/credentials-wrong' })
    expect((await me(user.accessToken)).body.emailVerified).toBe(false)
    expect((await verify(app, { token, password: user.password })).status).toBe(204)
  })

  test('has a token that is good once, also for 20 at once', async () => {
    const user = await registerUser(app)
    const token = await tokenTo(app, user.email)
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(app, { token, password: user.password })))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(statuses.filter((status) => ![204, 422, 429].includes(status))).toEqual([])
    app.advance(hours(2))
    expectRefusal(await verify(app, { token, password: user.password }), tokenInvalid)
  })

  test('has a token that runs out after a day, and none of another purpose does', async () => {
    const user = await registerUser(app)
    const token = await tokenTo(app, user.email)
    expectRefusal(
      await verify(app, { token: await resetToken(app, user.email), password: user.password }),
      tokenInvalid,
    )
    expectRefusal(await verify(app, { token: 'unknown', password: user.password }), tokenInvalid)
    app.advance(hours(24))
    expectRefusal(await verify(app, { token, password: user.password }), tokenInvalid)
  })

  test('has a token that dies with the mail that follows it', async () => {
    const user = await registerUser(app)
    const first = await tokenTo(app, user.email)
    expect((await user.call('POST', '/v1/auth/email/resend')).status).toBe(202)
    const second = await tokenTo(app, user.email)
    expect(second).not.toBe(first)
    expectRefusal(await verify(app, { token: first, password: user.password }), tokenInvalid)
    expect((await verify(app, { token: second, password: user.password })).status).toBe(204)
  })

  test('has a token that is dead once its mail is superseded, even while that mail is under way', async () => {
    const user = await registerUser(app)
    const token = await tokenTo(app, user.email)
    await app.owner`
      update outbox set status = 'superseded' where user_id = ${user.id} and kind = 'mail/verify-email'`
    expectRefusal(await verify(app, { token, password: user.password }), tokenInvalid)
  })
})

describe('another mail', () => {
  test('is sent once a minute at first, then less often, and at most five times an hour', async () => {
    const user = await registerUser(app)
    await app.mailTo(user.email)
    const resend = () => user.call('POST', '/v1/auth/email/resend')
    expect((await resend()).status).toBe(202)
    const refused = await resend()
    expectRefusal(refused, { status: 429, code: 'auth/throttled' })
    expect(Number(refused.headers.get('Retry-After'))).toBeLessThanOrEqual(60)
    let sent = 1
    for (let minute = 1; minute < 60; minute += 1) {
      app.advance(60_000)
      const { accessToken } = await refreshed(user)
      const { status } = await send(app, 'POST', '/v1/auth/email/resend', { token: accessToken })
      expect([202, 429]).toContain(status)
      sent += status === 202 ? 1 : 0
    }
    expect(sent).toBeGreaterThanOrEqual(5)
    const confirmations = (await subjectsTo(user.email)).filter((subject) => subject.startsWith('Confirm'))
    expect(confirmations.length).toBeLessThanOrEqual(6)
  })

  test('is answered the same when the address is proved already, and then not sent', async () => {
    const [proved, unproved] = [await registerVerified(app), await registerUser(app)]
    const before = (await app.mailTo(proved.email)).length
    const faces: Answer[][] = []
    for (const user of [proved, unproved]) {
      faces.push([await user.call('POST', '/v1/auth/email/resend'), await user.call('POST', '/v1/auth/email/resend')])
    }
    expect(faces[0]?.map(withoutRequestId)).toEqual(faces[1]?.map(withoutRequestId))
    expect(await app.mailTo(proved.email)).toHaveLength(before)
  })

  /** The same session with a token that has not run out. */
  async function refreshed(user: SignedInUser): Promise<{ accessToken: string }> {
    const { body } = await send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: user.refreshToken } })
    user.refreshToken = body.refreshToken
    return body
  }
})

describe('a new address', () => {
  test('counts once it is proved: it signs in, the old one no longer does, the other sessions end', async () => {
    const user = await registerVerified(app)
    const other = await otherSession(user)
    const address = newEmail()
    expect((await requestChange(user, address)).status).toBe(202)
    expect((await me(user.accessToken)).body.email).toBe(user.email)
    expect(await subjectsTo(user.email)).toContain('Your e-mail address is about to change')
    const token = await tokenTo(app, address, 'change')
    const version = (await me(user.accessToken)).body.version
    expect((await verify(app, { token, password: user.password }, user.accessToken)).status).toBe(204)
    const mine = (await me(user.accessToken)).body
    expect([mine.email, mine.emailVerified]).toEqual([address, true])
    expect(mine.version).toBeGreaterThan(version)
    expect(await other.isLive()).toBe(false)
    expect((await login(app, user)).status).toBe(401)
    expect((await login(app, { ...user, email: address.toUpperCase() })).status).toBe(200)
    const [row] = await app.owner`
      select u.pending_email_ciphertext as pending, count(*)::int as keys
      from users u join user_email_index e on e.user_id = u.id where u.id = ${user.id} group by u.id`
    expect(row).toEqual({ pending: null, keys: 1 })
    // The address that was left is free for somebody else.
    const body = { email: user.email, password: newPassword(), name: 'Next' }
    expect((await send(app, 'POST', '/v1/auth/register', { body })).status).toBe(201)
  })

  test('is not asked for without the password, and a proof needs it too', async () => {
    const user = await registerUser(app)
    const address = newEmail()
    expectRefusal(await requestChange(user, address, 'not the password'), {
      status: 401,
      code: 'auth/credentials-wrong',
    })
    expect(await app.mailTo(address)).toEqual([])
    expect((await requestChange(user, address)).status).toBe(202)
    const token = await tokenTo(app, address, 'change')
    expect((await verify(app, { token, password: 'not the password' })).status).toBe(401)
    expect((await me(user.accessToken)).body.email).toBe(user.email)
  })

  test('that is taken gets the same answer, and 409 only from who has proved to read it', async () => {
    const [user, owner] = [await registerVerified(app), await registerVerified(app)]
    const free = await requestChange(user, newEmail())
    const taken = await requestChange(user, owner.email)
    expect(withoutRequestId(taken)).toEqual(withoutRequestId(free))
    const token = await tokenTo(app, owner.email, 'change')
    const refused = await verify(app, { token, password: user.password }, user.accessToken)
    expectRefusal(refused, { status: 409, code: 'user/email-taken' })
    expect((await me(user.accessToken)).body.email).toBe(user.email)
    expect((await login(app, owner)).body.user.id).toBe(owner.id)
  })

  test('may be the present one in another spelling', async () => {
    const user = await registerUser(app)
    const address = user.email.toUpperCase()
    expect((await requestChange(user, address)).status).toBe(202)
    const token = await tokenTo(app, address, 'change')
    expect((await verify(app, { token, password: user.password }, user.accessToken)).status).toBe(204)
    expect((await me(user.accessToken)).body).toMatchObject({ email: address, emailVerified: true })
  })

  test('asked for last is the one: tokens for an earlier one, and those of the old address, are dead', async () => {
    const user = await registerUser(app)
    const [first, second] = [newEmail(), newEmail()]
    await requestChange(user, first)
    const dead = await tokenTo(app, first, 'change')
    await requestChange(user, second)
    expectRefusal(await verify(app, { token: dead, password: user.password }), tokenInvalid)
    const verification = await tokenTo(app, user.email)
    const toReset = await resetToken(app, user.email)
    const token = await tokenTo(app, second, 'change')
    expect((await verify(app, { token, password: user.password }, user.accessToken)).status).toBe(204)
    expectRefusal(await verify(app, { token: verification, password: user.password }), tokenInvalid)
    const body = { token: toReset, newPassword: newPassword() }
    expectRefusal(await send(app, 'POST', '/v1/auth/password/reset', { body }), tokenInvalid)
    expect((await me(user.accessToken)).body.email).toBe(second)
  })

  test('is no change of what is shown until then: the version stays', async () => {
    const user = await registerUser(app)
    const before = await me(user.accessToken)
    await requestChange(user, newEmail())
    expect((await me(user.accessToken)).headers.get('ETag')).toBe(before.headers.get('ETag'))
  })

  test('moved to the column of the present one does not decrypt', async () => {
    const user = await registerUser(app)
    await requestChange(user, newEmail())
    await asOwner(app, (tx) => tx`update users set email_ciphertext = pending_email_ciphertext where id = ${user.id}`)
    expect((await me(user.accessToken)).status).toBe(500)
  })

  test('is bounded as an address is', async () => {
    const user = await registerUser(app)
    expectRefusal(await requestChange(user, 'nobody'), invalid('/newEmail'))
  })
})
