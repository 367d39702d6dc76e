import { randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, invalid } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Authenticator, applicationOrigin, createAuthenticator } from '../support/authenticator.ts'
import { type Answer, registerUser, type SignedInUser } from '../support/client.ts'
import { addPasskey, addTotp, answer, challengeOf, inSession, login, totpCode } from '../support/second-factor.ts'
import { asOwner } from '../support/tenants.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const minutes = 60_000
const refusedPasskey = { status: 422, code: 'passkey/refused' }
const factorWrong = { status: 401, code: 'auth/second-factor-wrong' }

const optionsFor = async (user: SignedInUser) => (await user.call('POST', '/v1/auth/passkeys/options')).body
const register = async (user: SignedInUser, response: unknown): Promise<Answer> =>
  await user.call('POST', '/v1/auth/passkeys', response)

/** Signs in with a passkey, as the browser does what `circumstances` say. */
async function signIn(user: SignedInUser, authenticator: Authenticator, circumstances = {}): Promise<Answer> {
  const { challengeToken, passkeyOptions } = await challengeOf(app, user)
  return await answer(app, challengeToken, { passkey: authenticator.get(passkeyOptions, circumstances) })
}

describe('registering', () => {
  test('a passkey counts from then on, and with the first factor come recovery codes', async () => {
    const user = await registerUser(app)
    const authenticator = createAuthenticator()
    const options = await optionsFor(user)
    expect(options).toMatchObject({
      rp: { id: 'app.test', name: 'Defeah' },
      user: { id: Buffer.from(user.id.replaceAll('-', ''), 'hex').toString('base64url'), name: user.email },
      challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      attestation: 'none',
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    })
    const made = await register(user, authenticator.create(options))
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ transports: ['internal', 'hybrid'], isBackedUp: false, lastUsedAt: null })
    expect(made.body.recoveryCodes).toHaveLength(10)
    const [session] = await app.owner`select second_factor_at as at from user_sessions where id = ${user.sessionId}`
    expect(session?.['at']).not.toBeNull()
    const mails = await app.owner`select kind from outbox where user_id = ${user.id} and kind like 'mail/factor-%'`
    expect(mails.map(({ kind }) => kind)).toEqual(['mail/factor-added'])

    const list = await user.call('GET', '/v1/auth/passkeys')
    const { recoveryCodes: _, ...passkey } = made.body
    expect(list.body).toEqual({ data: [passkey], nextCursor: null })
    expect((await optionsFor(user)).excludeCredentials).toEqual([
      { id: authenticator.id, type: 'public-key', transports: ['internal', 'hybrid'] },
    ])
    const asked = await challengeOf(app, user)
    expect(asked.methods).toEqual(['passkey', 'recovery'])
    expect(asked.passkeyOptions).toMatchObject({ rpId: 'app.test', allowCredentials: [{ id: authenticator.id }] })
  })

  test.each(['ES256', 'EdDSA', 'RS256'] as const)('%s is a key that it may have', async (algorithm) => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user, createAuthenticator({ algorithm }))
    expect((await signIn(user, authenticator)).status).toBe(200)
  })

  test('what an authenticator says of itself unasked is not looked at', async () => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user, createAuthenticator({ attestation: 'packed' }))
    expect((await signIn(user, authenticator)).status).toBe(200)
  })

  test('one that does not verify its user will do, as the password came before; one without a user will not', async () => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user, createAuthenticator({ verifiesUser: false }))
    expect((await signIn(user, authenticator)).status).toBe(200)
    expectRefusal(await signIn(user, authenticator, { isPresent: false }), factorWrong)
    const absent = createAuthenticator().create(await optionsFor(user), { isPresent: false })
    expectRefusal(await register(user, absent), refusedPasskey)
  })

  test.each<[string, Parameters<Authenticator['create']>[1]]>([
    ['another origin', { origin: 'https://app.test.evil.example' }],
    ['the origin on another port', { origin: `${applicationOrigin}:8443` }],
    ['the origin without TLS', { origin: 'http://app.test' }],
    ['another RP ID', { rpId: 'evil.example' }],
    ['the answer to another question', { type: 'webauthn.get' }],
    ['a challenge of its own', { challenge: randomBytes(32).toString('base64url') }],
  ])('%s is refused', async (_, circumstances) => {
    const user = await registerUser(app)
    const response = createAuthenticator().create(await optionsFor(user), circumstances)
    expectRefusal(await register(user, response), refusedPasskey)
    expect((await login(app, user)).body.accessToken).toBeDefined()
  })

  test('a challenge is good once, for five minutes, for the session it was made for', async () => {
    const [user, eve] = [await registerUser(app), await registerUser(app)]
    const other = inSession(app, user, await login(app, user))
    const options = await optionsFor(user)
    expectRefusal(await register(eve, createAuthenticator().create(options)), refusedPasskey)
    expectRefusal(await register(other, createAuthenticator().create(options)), refusedPasskey)
    const response = createAuthenticator().create(options)
    expect((await register(user, response)).status).toBe(201)
    expectRefusal(await register(user, response), refusedPasskey)
    expectRefusal(await register(user, createAuthenticator().create(options)), refusedPasskey)

    const [older, newer] = [await optionsFor(user), await optionsFor(user)]
    expectRefusal(await register(user, createAuthenticator().create(older)), refusedPasskey)
    app.advance(5 * minutes)
    expectRefusal(await register(user, createAuthenticator().create(newer)), refusedPasskey)
  })

  test('of twenty equal registrations at once one passes', async () => {
    const user = await registerUser(app)
    const response = createAuthenticator().create(await optionsFor(user))
    const answers = await Promise.all(Array.from({ length: 20 }, () => register(user, response)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const { status } of answers.filter((each) => each.status !== 201)) expect([409, 422]).toContain(status)
  })

  test('a credential belongs to one account, once', async () => {
    const [user, eve] = [await registerUser(app), await registerUser(app)]
    const { authenticator } = await addPasskey(user)
    for (const who of [user, eve]) {
      const again = await register(who, authenticator.create(await optionsFor(who)))
      expectRefusal(again, { status: 409, code: 'passkey/exists' })
    }
  })

  test('an account has twenty at most', async () => {
    const user = await registerUser(app)
    await addPasskey(user)
    await asOwner(
      app,
      (tx) => tx`
        insert into user_passkeys (user_id, credential_id, public_key, sign_count, transports, is_backed_up, aaguid)
        select ${user.id}, ${randomUUID()} || n, 'x', 0, '{}', false, ${randomUUID()} from generate_series(1, 19) n`,
    )
    const refused = await user.call('POST', '/v1/auth/passkeys/options')
    expectRefusal(refused, { status: 409, code: 'passkey/too-many' })
    expect((await challengeOf(app, user)).passkeyOptions.allowCredentials).toHaveLength(20)
  })

  test('recovery codes come again only when none is left', async () => {
    const user = await registerUser(app)
    await addTotp(app, user)
    expect((await addPasskey(user)).recoveryCodes).toBeUndefined()
    await asOwner(app, (tx) => tx`update user_recovery_codes set used_at = now() where user_id = ${user.id}`)
    expect((await addPasskey(user)).recoveryCodes).toHaveLength(10)
  })

  test('nonsense is refused, however deep', async () => {
    const user = await registerUser(app)
    const good = createAuthenticator().create(await optionsFor(user))
    const withObject = (bytes: Buffer) => ({
      ...good,
      response: { ...good.response, attestationObject: bytes.toString('base64url') },
    })
    const withData = (text: string) => ({
      ...good,
      response: { ...good.response, clientDataJSON: Buffer.from(text).toString('base64url') },
    })
    const object = Buffer.from(good.response.attestationObject, 'base64url')
    const others = [
      withObject(Buffer.alloc(20_000, 0x81)),
      withObject(Buffer.from('a0', 'hex')),
      withObject(Buffer.from('f6', 'hex')),
      withObject(Buffer.from([0x9b, 255, 255, 255, 255, 255, 255, 255, 255])),
      withObject(object.subarray(0, -3)),
      withObject(randomBytes(200)),
      withData('null'),
      withData('[]'),
      withData('{"challenge": 1}'),
      withData('{"challenge": "%%%"}'),
      withData('{'),
      { ...good, id: 'AAAA', rawId: 'AAAA' },
      { ...good, rawId: 'AAAA' },
    ]
    for (const each of others) expectRefusal(await register(user, each), refusedPasskey)
    for (let length = 1; length < object.length; length += 7) {
      expectRefusal(await register(user, withObject(object.subarray(0, length))), refusedPasskey)
    }
    expectRefusal(await register(user, { ...good, extra: 1 }), invalid('/extra'))
    expectRefusal(await register(user, withObject(Buffer.alloc(30_000))), invalid('/response/attestationObject'))
    expectRefusal(await register(user, { ...good, type: 'password' }), invalid('/type'))
    expect((await register(user, good)).status).toBe(201)
  })
})

describe('signing in', () => {
  test('opens a session, and the passkey says when it was last used', async () => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user, createAuthenticator({ isBackedUp: true }))
    const opened = await signIn(user, authenticator)
    expect(opened.status).toBe(200)
    expect(opened.body.user.id).toBe(user.id)
    const list = await inSession(app, user, opened).call('GET', '/v1/auth/passkeys')
    expect(list.body.data[0]).toMatchObject({ isBackedUp: true, lastUsedAt: expect.stringMatching(/Z$/) })
  })

  test.each<[string, Parameters<Authenticator['get']>[1]]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another RP ID', { rpId: 'evil.example' }],
    ['the answer to another question', { type: 'webauthn.create' }],
    ['a challenge of its own', { challenge: randomBytes(32).toString('base64url') }],
    ['another user’s handle', { userHandle: randomBytes(16).toString('base64url') }],
  ])('%s is refused', async (_, circumstances) => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user)
    expectRefusal(await signIn(user, authenticator, circumstances), factorWrong)
  })

  test('a changed signature, or changed data under it, is refused', async () => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user)
    const flip = (text: string, at: number) => {
      const bytes = Buffer.from(text, 'base64url')
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      return bytes.toString('base64url')
    }
    const { challengeToken, passkeyOptions } = await challengeOf(app, user)
    const passkey = authenticator.get(passkeyOptions)
    const { signature, authenticatorData } = passkey.response
    const changed = [
      { signature: flip(signature, 20) },
      { signature: signature.slice(0, 40) },
      { authenticatorData: flip(authenticatorData, 36) },
    ]
    for (const part of changed) {
      const response = { ...passkey.response, ...part }
      expectRefusal(await answer(app, challengeToken, { passkey: { ...passkey, response } }), factorWrong)
    }
    expect((await answer(app, challengeToken, { passkey })).status).toBe(200)
  })

  test('an answer is good once', async () => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user, createAuthenticator({ hasCounter: false }))
    const { challengeToken, passkeyOptions } = await challengeOf(app, user)
    const passkey = authenticator.get(passkeyOptions)
    expect((await answer(app, challengeToken, { passkey })).status).toBe(200)
    expectRefusal(await answer(app, challengeToken, { passkey }), { status: 401, code: 'auth/challenge-invalid' })
    const next = await challengeOf(app, user)
    expectRefusal(await answer(app, next.challengeToken, { passkey }), factorWrong)
  })

  test('twenty equal answers at once open one session', async () => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user, createAuthenticator({ hasCounter: false }))
    const { challengeToken, passkeyOptions } = await challengeOf(app, user)
    const passkey = authenticator.get(passkeyOptions)
    const answers = await Promise.all(Array.from({ length: 20 }, () => answer(app, challengeToken, { passkey })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    // More than five at once are throttled.
    expect(answers.filter(({ status }) => status === 401 || status === 429)).toHaveLength(19)
  })

  test('a counter that does not rise belongs to a copy', async () => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user)
    expect((await signIn(user, authenticator, { counter: 10 })).status).toBe(200)
    for (const counter of [10, 9, 0]) expectRefusal(await signIn(user, authenticator, { counter }), factorWrong)
    expect((await signIn(user, authenticator, { counter: 11 })).status).toBe(200)
  })

  test('of two answers at once with the same counter one passes, whichever challenges they are to', async () => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user)
    const asked = [await challengeOf(app, user), await challengeOf(app, user)]
    const answers = await Promise.all(
      asked.map(({ challengeToken, passkeyOptions }) =>
        answer(app, challengeToken, { passkey: authenticator.get(passkeyOptions, { counter: 5 }) }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
  })

  test("a passkey of somebody else's, and one that has been taken away, opens nothing", async () => {
    const [user, eve] = [await registerUser(app), await registerUser(app)]
    await addPasskey(user)
    const second = await addPasskey(user)
    const foreign = await addPasskey(eve)
    expectRefusal(await signIn(user, foreign.authenticator), factorWrong)
    expectRefusal(await signIn(user, foreign.authenticator, { userHandle: null }), factorWrong)
    expect((await user.call('DELETE', `/v1/auth/passkeys/${second.id}`)).status).toBe(204)
    expectRefusal(await signIn(user, second.authenticator), factorWrong)
  })
})

describe('taking one away', () => {
  test('the last factor takes the recovery codes with it, and what sessions have proved', async () => {
    const user = await registerUser(app)
    const [first, second] = [await addPasskey(user), await addPasskey(user)]
    const state = async () => {
      const [row] = await app.owner`
        select (select count(*)::int from user_recovery_codes c where c.user_id = s.user_id) as codes,
          s.second_factor_at is not null as proved
        from user_sessions s where s.id = ${user.sessionId}`
      return row
    }
    expect((await user.call('DELETE', `/v1/auth/passkeys/${first.id}`)).status).toBe(204)
    expect(await state()).toEqual({ codes: 10, proved: true })
    expect((await user.call('DELETE', `/v1/auth/passkeys/${second.id}`)).status).toBe(204)
    expect(await state()).toEqual({ codes: 0, proved: false })
    expect((await login(app, user)).body.accessToken).toBeDefined()
    const mails = await app.owner`
      select count(*)::int as mails from outbox where user_id = ${user.id} and kind = 'mail/factor-removed'`
    expect(mails).toEqual([{ mails: 2 }])
  })

  test('beside an authenticator app nothing else goes', async () => {
    const user = await registerUser(app)
    const { secret } = await addTotp(app, user)
    const { id } = await addPasskey(user)
    expect((await user.call('DELETE', `/v1/auth/passkeys/${id}`)).status).toBe(204)
    const asked = await challengeOf(app, user)
    expect(asked.methods).toEqual(['totp', 'recovery'])
    expect((await answer(app, asked.challengeToken, { code: totpCode(secret, app.now()) })).status).toBe(200)
  })

  test('a session that has proved no second factor, or long ago, takes none away', async () => {
    const user = await registerUser(app)
    const before = inSession(app, user, await login(app, user))
    const { id } = await addPasskey(user)
    const refused = await before.call('DELETE', `/v1/auth/passkeys/${id}`)
    expectRefusal(refused, { status: 403, code: 'auth/second-factor-required' })
    app.advance(31 * minutes)
    const { accessToken } = user
    expect(accessToken).toBeDefined()
    await asOwner(
      app,
      (tx) => tx`update user_sessions set idle_expires_at = absolute_expires_at where id = ${user.sessionId}`,
    )
    const refreshed = inSession(
      app,
      user,
      await user.call('POST', '/v1/auth/refresh', { refreshToken: user.refreshToken }),
    )
    const late = await refreshed.call('DELETE', `/v1/auth/passkeys/${id}`)
    expectRefusal(late, { status: 403, code: 'auth/sign-in-again' })
  })

  test("somebody else's answers as one that never existed, and stays", async () => {
    const [user, eve] = [await registerUser(app), await registerUser(app)]
    const { id } = await addPasskey(user)
    await addPasskey(eve)
    for (const each of [id, randomUUID(), 'x']) {
      expectRefusal(await eve.call('DELETE', `/v1/auth/passkeys/${each}`), { status: 404, code: 'passkey/not-found' })
    }
    expect((await user.call('GET', '/v1/auth/passkeys')).body.data).toHaveLength(1)
  })
})
