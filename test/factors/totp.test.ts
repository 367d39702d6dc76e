import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { createAuthenticator } from '../support/authenticator.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { whileHeld } from '../support/held.ts'
import {
  addPasskey,
  addTotp,
  answer,
  challengeOf,
  inSession,
  login,
  totpCode,
  wrongCode,
} from '../support/second-factor.ts'
import { asOwner } from '../support/tenants.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const stepMs = 30_000
const noticesTo = async (user: SignedInUser): Promise<string[]> => {
  const rows = await app.owner<{ kind: string }[]>`
    select kind from outbox where user_id = ${user.id} and kind like 'mail/%factor%' or
      user_id = ${user.id} and kind = 'mail/recovery-code-used' order by id`
  return rows.map(({ kind }) => kind)
}
const secondFactorAt = async (sessionId: string): Promise<Date | null> => {
  const [row] = await app.owner`select second_factor_at as at from user_sessions where id = ${sessionId}`
  return row?.['at']
}
const codesOf = async (user: SignedInUser): Promise<number> => {
  const [row] = await app.owner`select count(*)::int as codes from user_recovery_codes where user_id = ${user.id}`
  return row?.['codes']
}

describe('setting up', () => {
  test('a secret counts once a code has confirmed it, and the session has then proved a second factor', async () => {
    const user = await registerUser(app)
    const begun = await user.call('POST', '/v1/auth/totp')
    expect(begun.status).toBe(200)
    const { secret, otpauthUrl } = begun.body
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    const url = new URL(otpauthUrl)
    expect([url.protocol, url.host, decodeURIComponent(url.pathname)]).toEqual([
      'otpauth:',
      'totp',
      `/Defeah:${user.email}`,
    ])
    expect(Object.fromEntries(url.searchParams)).toEqual({
      issuer: 'Defeah',
      secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
    // It asks nobody for anything yet.
    expect((await login(app, user)).body.accessToken).toBeDefined()
    expect(await secondFactorAt(user.sessionId)).toBeNull()

    const confirmed = await user.call('POST', '/v1/auth/totp/confirm', { code: totpCode(secret, app.now()) })
    expect(confirmed.status).toBe(200)
    const { recoveryCodes } = confirmed.body
    expect(recoveryCodes).toHaveLength(10)
    expect(new Set(recoveryCodes).size).toBe(10)
    for (const code of recoveryCodes) expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/)
    expect(await secondFactorAt(user.sessionId)).not.toBeNull()
    expect(await noticesTo(user)).toEqual(['mail/factor-added'])
    expect((await login(app, user)).body.secondFactor.methods).toEqual(['totp', 'recovery'])
  })

  test('an unconfirmed secret is replaced, a confirmed one is not', async () => {
    const user = await registerUser(app)
    const first = (await user.call('POST', '/v1/auth/totp')).body.secret
    const second = (await user.call('POST', '/v1/auth/totp')).body.secret
    expect(second).not.toBe(first)
    const old = await user.call('POST', '/v1/auth/totp/confirm', { code: totpCode(first, app.now()) })
    expectRefusal(old, { status: 422, code: 'totp/code-wrong' })
    const code = totpCode(second, app.now())
    expect((await user.call('POST', '/v1/auth/totp/confirm', { code })).status).toBe(200)
    expectRefusal(await user.call('POST', '/v1/auth/totp'), { status: 409, code: 'totp/exists' })
    const again = await user.call('POST', '/v1/auth/totp/confirm', { code })
    expectRefusal(again, { status: 409, code: 'totp/not-pending' })
  })

  test('a code is good one step to either side of its own, no further', async () => {
    for (const [steps, status] of [
      [-2, 422],
      [-1, 200],
      [1, 200],
      [2, 422],
    ] as const) {
      const user = await registerUser(app)
      const { secret } = (await user.call('POST', '/v1/auth/totp')).body
      const confirmed = await user.call('POST', '/v1/auth/totp/confirm', { code: totpCode(secret, app.now(), steps) })
      expect([steps, confirmed.status]).toEqual([steps, status])
    }
  })

  test('of twenty confirmations at once one passes, and its ten codes are those that are kept', async () => {
    const user = await registerUser(app)
    const { secret } = (await user.call('POST', '/v1/auth/totp')).body
    const code = totpCode(secret, app.now())
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => user.call('POST', '/v1/auth/totp/confirm', { code })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { body } of answers.filter(({ status }) => status !== 200)) {
      expect(['totp/not-pending', 'auth/throttled']).toContain(body.code)
    }
    expect(await codesOf(user)).toBe(10)
  })

  test('a session that signed in long ago changes no factor, and none is changed by a session without one', async () => {
    const user = await registerUser(app)
    const { secret } = (await user.call('POST', '/v1/auth/totp')).body
    const stale = await registerUser(app)
    await asOwner(
      app,
      (tx) =>
        tx`update user_sessions set proved_at = ${new Date(app.now().getTime() - 31 * 60_000).toISOString()} where id = ${stale.sessionId}`,
    )
    for (const path of ['/v1/auth/totp', '/v1/auth/passkeys/options']) {
      expectRefusal(await stale.call('POST', path), { status: 403, code: 'auth/sign-in-again' })
    }
    const confirmation = await stale.call('POST', '/v1/auth/totp/confirm', { code: '123456' })
    expectRefusal(confirmation, { status: 403, code: 'auth/sign-in-again' })

    // Opened by the password alone, before the factor was set up elsewhere.
    const other = inSession(app, user, await login(app, user))
    await user.call('POST', '/v1/auth/totp/confirm', { code: totpCode(secret, app.now()) })
    expect((await other.call('GET', '/v1/me')).status).toBe(200)
    expect((await other.call('GET', '/v1/campaigns')).status).toBe(200)
    expect((await other.call('GET', '/v1/auth/passkeys')).status).toBe(200)
    for (const path of ['/v1/auth/totp', '/v1/auth/passkeys/options']) {
      expectRefusal(await other.call('POST', path), { status: 403, code: 'auth/second-factor-required' })
    }
    const next = await send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: other.refreshToken } })
    expect(next.status).toBe(200)
    expect(await secondFactorAt(other.sessionId)).toBeNull()
  })

  test('what is no code is refused', async () => {
    const user = await registerUser(app)
    for (const code of ['', '12345', '1234567', '12345a', '１２３４５６', ' 12345', 123456, null]) {
      const refused = await user.call('POST', '/v1/auth/totp/confirm', { code })
      expectRefusal(refused, { status: 422, code: 'request/invalid', pointers: ['/code'] })
    }
    expectRefusal(await user.call('POST', '/v1/auth/totp/confirm', { code: '123456' }), {
      status: 409,
      code: 'totp/not-pending',
    })
  })
})

describe('taking it away', () => {
  const remove = async (user: SignedInUser, code: string) => await user.call('DELETE', '/v1/auth/totp', { code })

  test('a code takes it away, with the recovery codes and what sessions have proved', async () => {
    const user = await registerUser(app)
    const { secret } = await addTotp(app, user)
    expectRefusal(await remove(user, wrongCode(secret, app.now())), { status: 422, code: 'totp/code-wrong' })
    expectRefusal(await remove(user, totpCode(secret, app.now(), -1)), { status: 422, code: 'totp/code-wrong' })
    expect((await remove(user, totpCode(secret, app.now()))).status).toBe(204)
    expect(await codesOf(user)).toBe(0)
    expect(await secondFactorAt(user.sessionId)).toBeNull()
    expect(await noticesTo(user)).toEqual(['mail/factor-added', 'mail/factor-removed'])
    expect((await login(app, user)).body.accessToken).toBeDefined()
    expectRefusal(await remove(user, '123456'), { status: 404, code: 'totp/not-found' })
  })

  test('a recovery code takes it away, from a session without a second factor too', async () => {
    const user = await registerUser(app)
    const other = inSession(app, user, await login(app, user))
    const { recoveryCodes } = await addTotp(app, user)
    expectRefusal(await remove(other, 'aaaa-aaaa-aaaa-aaaa'), { status: 422, code: 'totp/code-wrong' })
    expect((await remove(other, (recoveryCodes[3] ?? '').toUpperCase().replaceAll('-', ' '))).status).toBe(204)
    expect((await login(app, user)).body.accessToken).toBeDefined()
  })

  test('beside a passkey the recovery codes stay, but for the one that was used', async () => {
    const user = await registerUser(app)
    const { recoveryCodes } = await addTotp(app, user)
    expect((await addPasskey(user)).recoveryCodes).toBeUndefined()
    const [first = '', second = ''] = recoveryCodes
    expect((await remove(user, first)).status).toBe(204)
    expect(await codesOf(user)).toBe(10)
    expect(await secondFactorAt(user.sessionId)).not.toBeNull()
    const asked = await challengeOf(app, user)
    expect(asked.methods).toEqual(['passkey', 'recovery'])
    expect((await answer(app, asked.challengeToken, { recoveryCode: first })).status).toBe(401)
    expect((await answer(app, asked.challengeToken, { recoveryCode: second })).status).toBe(200)
  })

  test('of twenty removals at once, from two sessions, one passes', async () => {
    const user = await registerUser(app)
    const other = inSession(app, user, await login(app, user))
    const { secret } = await addTotp(app, user)
    const code = totpCode(secret, app.now())
    const sessions = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? user : other))
    const answers = await Promise.all(sessions.map(async (session) => await remove(session, code)))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(answers.every(({ status }) => [204, 404, 422, 429].includes(status))).toBe(true)
    expect(await noticesTo(user)).toEqual(['mail/factor-added', 'mail/factor-removed'])
  })

  test("somebody else's code takes nothing away", async () => {
    const [user, eve] = [await registerUser(app), await registerUser(app)]
    await addTotp(app, user)
    const { secret, recoveryCodes } = await addTotp(app, eve)
    for (const code of [totpCode(secret, app.now()), recoveryCodes[0] ?? '']) {
      expectRefusal(await remove(user, code), { status: 422, code: 'totp/code-wrong' })
    }
    expect((await login(app, user)).body.secondFactor).toBeDefined()
  })
})

test('where the workspace demands a second factor, setting one up lets in at once, and taking it away shuts out', async () => {
  const user = await registerUser(app)
  await asOwner(app, (tx) => tx`update workspaces set requires_second_factor = true where id = ${user.workspaceId}`)
  const elsewhere = app.secondIsolate()
  const reach = async (via: Pick<TestApp, 'fetch'> = app) => {
    const { status, body } = await send(via, 'GET', '/v1/campaigns', { token: user.accessToken })
    return status === 200 ? 'in' : body.code
  }
  expect(await reach()).toBe('auth/second-factor-required')
  const { secret } = await addTotp(app, user)
  expect([await reach(), await reach(elsewhere)]).toEqual(['in', 'in'])
  expect((await user.call('DELETE', '/v1/auth/totp', { code: totpCode(secret, app.now()) })).status).toBe(204)
  expect(await reach()).toBe('auth/second-factor-required')
  app.advance(10_000)
  expect(await reach(elsewhere)).toBe('auth/second-factor-required')
})

test('a session that is over sets no factor up, even where it is still believed', async () => {
  const elsewhere = app.secondIsolate()
  const sessionOver = { status: 401, code: 'auth/credentials-required' }
  const endings: ((user: SignedInUser) => Promise<unknown>)[] = [
    async (user) => await user.call('DELETE', `/v1/auth/sessions/${user.sessionId}`),
    async ({ sessionId: id }) =>
      await asOwner(
        app,
        (tx) => tx`update user_sessions set revoked_at = now(), revoked_reason = 'revoked' where id = ${id}`,
      ),
    async ({ sessionId: id }) =>
      await asOwner(app, (tx) => tx`update user_sessions set idle_expires_at = created_at where id = ${id}`),
  ]
  for (const end of endings) {
    const user = await registerUser(app)
    const there: SignedInUser['call'] = async (method, path, body) =>
      await send(elsewhere, method, path, { token: user.accessToken, ...(body !== undefined && { body }) })
    const { secret } = (await user.call('POST', '/v1/auth/totp')).body
    const options = (await user.call('POST', '/v1/auth/passkeys/options')).body
    const passkey = createAuthenticator().create(options)
    expect((await there('GET', '/v1/me')).status).toBe(200)
    await end(user)
    expectRefusal(await there('POST', '/v1/auth/totp'), sessionOver)
    const code = totpCode(secret, app.now())
    expectRefusal(await there('POST', '/v1/auth/totp/confirm', { code }), sessionOver)
    expectRefusal(await there('POST', '/v1/auth/passkeys/options'), sessionOver)
    expectRefusal(await there('POST', '/v1/auth/passkeys', passkey), sessionOver)
    expect((await login(app, user)).body.secondFactor).toBeUndefined()
  }
})

describe('a session that ends at that moment', () => {
  const sessionOver = { status: 401, code: 'auth/credentials-required' }
  const end =
    ({ sessionId: id }: SignedInUser) =>
    (tx: Tx) =>
      tx`update user_sessions set revoked_at = now(), revoked_reason = 'revoked' where id = ${id}`
  type Tx = Parameters<Parameters<typeof whileHeld>[1]>[0]

  test('takes no app away, by whatever code', async () => {
    const user = await registerUser(app)
    const { secret, recoveryCodes } = await addTotp(app, user)
    for (const code of [totpCode(secret, app.now()), recoveryCodes[0] ?? '']) {
      const session = await inNewSession(user, recoveryCodes.pop() ?? '')
      const remove = async () => await session.call('DELETE', '/v1/auth/totp', { code })
      const [answer] = await whileHeld(app, end(session), remove)
      expectRefusal(answer as Answer, sessionOver)
    }
    expect((await login(app, user)).body.secondFactor.methods).toEqual(['totp', 'recovery'])
  })

  test('takes no passkey away', async () => {
    const user = await registerUser(app)
    const { id } = await addPasskey(user)
    const remove = async () => await user.call('DELETE', `/v1/auth/passkeys/${id}`)
    const [answer] = await whileHeld(app, end(user), remove)
    expectRefusal(answer as Answer, sessionOver)
    expect((await login(app, user)).body.secondFactor.methods).toEqual(['passkey', 'recovery'])
  })

  async function inNewSession(user: SignedInUser, recoveryCode: string): Promise<SignedInUser> {
    const { challengeToken } = await challengeOf(app, user)
    return inSession(app, user, await answer(app, challengeToken, { recoveryCode }))
  }
})

test('a secret moved to another user’s row does not open', async () => {
  const [user, eve] = [await registerUser(app), await registerUser(app)]
  const { secret } = await addTotp(app, user)
  await addTotp(app, eve)
  // With its key: the row names it, and the key itself is the thief's to use.
  await asOwner(app, async (tx) => {
    await tx`alter table user_totp drop constraint user_totp_data_key_fkey`
    await tx`
      update user_totp set (data_key_id, secret_ciphertext) =
        (select t.data_key_id, t.secret_ciphertext from user_totp t where t.user_id = ${user.id})
      where user_id = ${eve.id}`
  })
  const { challengeToken } = await challengeOf(app, eve)
  app.advance(stepMs)
  const opened = await answer(app, challengeToken, { code: totpCode(secret, app.now()) })
  expect([opened.status, opened.body.code]).toEqual([500, 'internal/error'])
  expect(
    (await answer(app, (await challengeOf(app, user)).challengeToken, { code: totpCode(secret, app.now()) })).status,
  ).toBe(200)
})
