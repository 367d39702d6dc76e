import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { insertSession } from '../../src/auth/sessions.user.sql.ts'
import { createDatabase } from '../../src/db/database.ts'
import { claimWrongAnswer } from '../../src/factors/challenges.user.sql.ts'
import { passwordAlone } from '../../src/factors/service.ts'
import { expectRefusal, referenceNotFound } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { whileHeld } from '../support/held.ts'
import { addWorkspace, removeMember, setUserStatus } from '../support/members.ts'
import { addPasskey, addTotp, answer, challengeOf, login, totpCode, wrongCode } from '../support/second-factor.ts'
import { createPool } from '../support/sql.ts'
import { asOwner } from '../support/tenants.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const minutes = 60_000
const factorWrong = { status: 401, code: 'auth/second-factor-wrong' }
const challengeInvalid = { status: 401, code: 'auth/challenge-invalid' }

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const sessionsOf = async ({ id }: SignedInUser): Promise<number> => {
  const [row] = await app.owner`select count(*)::int as sessions from user_sessions where user_id = ${id}`
  return row?.['sessions']
}

describe('the password alone', () => {
  test('opens no session of an account with a second factor, and is not told from a wrong one elsewhere', async () => {
    const user = await registerUser(app)
    await addTotp(app, user)
    const before = await sessionsOf(user)
    const { status, body } = await login(app, user)
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['secondFactor'])
    expect(body.secondFactor).toEqual({
      challengeToken: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      methods: ['totp', 'recovery'],
    })
    expect(await sessionsOf(user)).toBe(before)
    expectRefusal(await login(app, { ...user, password: 'not the password' }), {
      status: 401,
      code: 'auth/credentials-wrong',
    })
  })

  test('opens none either when the factor is confirmed while the password is looked at', async () => {
    const user = await registerUser(app)
    expect((await user.call('POST', '/v1/auth/totp')).status).toBe(200)
    const before = await sessionsOf(user)
    const [answered] = await whileHeld(
      app,
      async (tx) => {
        await tx`lock table user_sessions in share row exclusive mode`
        await tx`update user_totp set confirmed_at = now() where user_id = ${user.id}`
      },
      () => login(app, user),
    )
    expect(answered?.body.accessToken).toBeUndefined()
    expect(await sessionsOf(user)).toBe(before)
  })

  test('of the token only a hash is kept', async () => {
    const user = await registerUser(app)
    await addTotp(app, user)
    const { challengeToken } = await challengeOf(app, user)
    const [row] = await app.owner`
      select to_jsonb(c)::text as text, encode(c.digest, 'hex') as digest from auth_challenges c where user_id = ${user.id}`
    expect(row?.['digest']).toBe(createHash('sha256').update(challengeToken).digest('hex'))
    expect(row?.['text']).not.toContain(challengeToken)
  })

  test("asks for the caller's own workspace or none; another answers as one that never existed", async () => {
    const user = await registerUser(app)
    const stranger = await registerUser(app)
    const { secret } = await addTotp(app, user)
    for (const workspaceId of [stranger.workspaceId, randomUUID()]) {
      expectRefusal(await login(app, user, { workspaceId }), referenceNotFound('/workspaceId'))
    }
    const second = await addWorkspace(app, user.id, { role: 'editor' })
    const { challengeToken } = await challengeOf(app, user, { workspaceId: second })
    const opened = await answer(app, challengeToken, { code: totpCode(secret, app.now()) })
    expect([opened.status, opened.body.workspace]).toEqual([
      200,
      { id: second, name: 'Another workspace', role: 'editor' },
    ])
    const left = await challengeOf(app, user, { workspaceId: second })
    await removeMember(app, second, user.id)
    app.advance(minutes)
    expectRefusal(await answer(app, left.challengeToken, { code: totpCode(secret, app.now()) }), challengeInvalid)
    // Nothing was used up by that.
    const again = await challengeOf(app, user)
    expect((await answer(app, again.challengeToken, { code: totpCode(secret, app.now()) })).status).toBe(200)
  })
})

describe('a right answer', () => {
  test('opens a session that has proved a second factor, and goes on having it', async () => {
    const user = await registerUser(app)
    const { secret } = await addTotp(app, user)
    const { challengeToken } = await challengeOf(app, user)
    const opened = await answer(app, challengeToken, { code: totpCode(secret, app.now()) })
    expect(opened.status).toBe(200)
    expect(opened.body).toMatchObject({
      expiresIn: 900,
      user: { id: user.id, email: user.email, name: user.name },
      workspace: { id: user.workspaceId, role: 'owner' },
    })
    const refreshed = await send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: opened.body.refreshToken } })
    expect(refreshed.status).toBe(200)
    const [session] = await app.owner`
      select second_factor_at as at, generation from user_sessions
      where id = ${opened.body.refreshToken.split('.')[0]}`
    expect(session?.['at']).not.toBeNull()
    expect(session?.['generation']).toBe(1)
    const me = await send(app, 'GET', '/v1/me', { token: opened.body.accessToken })
    expect(me.body.id).toBe(user.id)
  })

  test('uses the challenge up', async () => {
    const user = await registerUser(app)
    const { secret, recoveryCodes } = await addTotp(app, user)
    const { challengeToken } = await challengeOf(app, user)
    expect((await answer(app, challengeToken, { code: totpCode(secret, app.now()) })).status).toBe(200)
    expectRefusal(await answer(app, challengeToken, { recoveryCode: recoveryCodes[0] }), challengeInvalid)
  })

  test('fifty equal codes at once, by as many challenges, open one session', async () => {
    const user = await registerUser(app)
    const { secret } = await addTotp(app, user)
    const tokens = await insertChallenges(user, 50)
    const before = await sessionsOf(user)
    const code = totpCode(secret, app.now())
    const answers = await Promise.all(tokens.map((token) => answer(app, token, { code })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { body } of answers.filter(({ status }) => status !== 200)) {
      expect(['auth/second-factor-wrong', 'auth/throttled']).toContain(body.code)
    }
    expect(await sessionsOf(user)).toBe(before + 1)
  })

  test('also where nothing throttles, fifty equal steps, recovery codes or counters are taken once', async () => {
    const user = await registerUser(app)
    const {
      recoveryCodes: [recoveryCode = ''],
    } = await addTotp(app, user)
    const { id: passkeyId } = await addPasskey(user)
    const userId = user.id
    const pool = createPool(app.database.apiUrl, 20)
    const actor = JSON.stringify({ kind: 'user', id: userId, userId })
    const ports = { connect: () => pool, monotonic: () => 0, onStatement: () => undefined }
    const db = createDatabase(ports, { actor })
    const [account] = await app.owner`select password_hash as hash from users where id = ${userId}`
    const now = app.now().toISOString()
    const tomorrow = new Date(app.now().getTime() + 24 * 60 * minutes).toISOString()
    const session = {
      ...{ userId, passwordHash: account?.['hash'], wantedWorkspaceId: null, innerMac: sha256('key'), now },
      ...{ device: null, place: null, address: null, idleExpiresAt: tomorrow, absoluteExpiresAt: tomorrow },
    }
    const ways = [
      { step: Math.floor(app.now().getTime() / 30_000) },
      { recoveryDigest: sha256(recoveryCode.replaceAll('-', '')) },
      { passkeyId, signCount: 100, isBackedUp: false },
    ]
    for (const used of ways) {
      const before = await sessionsOf(user)
      const open = async (token: string) => {
        const ids = { id: randomUUID(), outboxId: randomUUID(), codeMailId: randomUUID() }
        const proof = { ...passwordAlone, challengeDigest: sha256(token), ...used }
        return await db.one(insertSession, { ...session, ...ids, ...proof })
      }
      const rows = await Promise.all((await insertChallenges(user, 50)).map(open))
      expect(rows.filter(({ mac }) => mac !== null)).toHaveLength(1)
      expect(await sessionsOf(user)).toBe(before + 1)
      // Those that came too late used up nothing, their challenges neither.
      const [left] = await app.owner`select count(*)::int as challenges from auth_challenges where user_id = ${userId}`
      expect(left?.['challenges']).toBe(49)
      await asOwner(app, (tx) => tx`delete from auth_challenges where user_id = ${userId}`)
    }
    pool.end()
  })

  test('a code used, and one older than it, is not taken again', async () => {
    const user = await registerUser(app)
    const { secret } = await addTotp(app, user)
    const first = await challengeOf(app, user)
    expect((await answer(app, first.challengeToken, { code: totpCode(secret, app.now(), 1) })).status).toBe(200)
    const { challengeToken } = await challengeOf(app, user)
    for (const steps of [1, 0]) {
      expectRefusal(await answer(app, challengeToken, { code: totpCode(secret, app.now(), steps) }), factorWrong)
    }
    app.advance(minutes)
    expect((await answer(app, challengeToken, { code: totpCode(secret, app.now()) })).status).toBe(200)
  })
})

/** Challenges as logins make them, without the cost of a password's hash. */
async function insertChallenges({ id }: SignedInUser, count: number): Promise<string[]> {
  const tokens = Array.from({ length: count }, () => randomBytes(32).toString('base64url'))
  const digests = tokens.map(sha256)
  await asOwner(
    app,
    (tx) => tx`
      insert into auth_challenges (purpose, user_id, digest, password_fingerprint, expires_at)
      select 'second_factor', u.id, decode(d.digest, 'hex'), md5(u.password_hash),
        ${new Date(app.now().getTime() + 5 * minutes).toISOString()}
      from users u cross join unnest(${digests}::text[]) d (digest) where u.id = ${id}`,
  )
  return tokens
}

describe('recovery codes', () => {
  test('each opens one session, in any spelling, and its use is told by mail', async () => {
    const user = await registerUser(app)
    const { recoveryCodes } = await addTotp(app, user)
    const [first = '', second = ''] = recoveryCodes
    const { challengeToken } = await challengeOf(app, user)
    const spelled = ` ${first.toUpperCase().replaceAll('-', ' ')} `
    expect((await answer(app, challengeToken, { recoveryCode: spelled })).status).toBe(200)
    const next = await challengeOf(app, user)
    expectRefusal(await answer(app, next.challengeToken, { recoveryCode: first }), factorWrong)
    expect((await answer(app, next.challengeToken, { recoveryCode: second })).status).toBe(200)
    const [row] = await app.owner`
      select count(*)::int as mails from outbox where user_id = ${user.id} and kind = 'mail/recovery-code-used'`
    expect(row?.['mails']).toBe(2)
  })

  test('twenty equal ones at once open one session, by one challenge or by many', async () => {
    const user = await registerUser(app)
    const { recoveryCodes } = await addTotp(app, user)
    const tokens = await insertChallenges(user, 21)
    const [same = '', ...others] = tokens
    for (const [index, used] of [Array.from({ length: 4 }, () => same), others].entries()) {
      const recoveryCode = recoveryCodes[index]
      const answers = await Promise.all(used.map((token) => answer(app, token, { recoveryCode })))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      for (const { status, body } of answers.filter((each) => each.status !== 200)) {
        expect([401, 429]).toContain(status)
        expect(['auth/second-factor-wrong', 'auth/challenge-invalid', 'auth/throttled']).toContain(body.code)
      }
    }
    const [row] = await app.owner`
      select count(*)::int as used from user_recovery_codes where user_id = ${user.id} and used_at is not null`
    expect(row?.['used']).toBe(2)
  })

  test('when all are used, no login offers them', async () => {
    const user = await registerUser(app)
    await addTotp(app, user)
    await asOwner(app, (tx) => tx`update user_recovery_codes set used_at = now() where user_id = ${user.id}`)
    expect((await challengeOf(app, user)).methods).toEqual(['totp'])
  })

  test("somebody else's opens nothing", async () => {
    const [user, eve] = [await registerUser(app), await registerUser(app)]
    await addTotp(app, user)
    const { recoveryCodes, secret } = await addTotp(app, eve)
    const { challengeToken } = await challengeOf(app, user)
    expectRefusal(await answer(app, challengeToken, { recoveryCode: recoveryCodes[0] }), factorWrong)
    expectRefusal(await answer(app, challengeToken, { code: totpCode(secret, app.now()) }), factorWrong)
    const own = await challengeOf(app, eve)
    expect((await answer(app, own.challengeToken, { recoveryCode: recoveryCodes[0] })).status).toBe(200)
  })
})

test('wrong answers make the next one wait, whichever challenges and routes they come by', async () => {
  const user = await registerUser(app)
  const { secret, recoveryCodes } = await addTotp(app, user)
  const wrong = { code: wrongCode(secret, app.now()) }
  const [first, second] = [await challengeOf(app, user), await challengeOf(app, user)]
  for (let turn = 0; turn < 3; turn += 1) expectRefusal(await answer(app, first.challengeToken, wrong), factorWrong)
  expectRefusal(await user.call('DELETE', '/v1/auth/totp', wrong), { status: 422, code: 'totp/code-wrong' })
  expectRefusal(await answer(app, second.challengeToken, { recoveryCode: 'wrong-code' }), factorWrong)
  const throttled = { status: 429, code: 'auth/throttled' }
  expectRefusal(await answer(app, second.challengeToken, { code: totpCode(secret, app.now()) }), throttled)
  expectRefusal(await user.call('DELETE', '/v1/auth/totp', { code: recoveryCodes[0] }), throttled)
  app.advance(6_000)
  expect((await answer(app, second.challengeToken, { code: totpCode(secret, app.now()) })).status).toBe(200)
  // And a right one ends the waiting.
  expect((await user.call('DELETE', '/v1/auth/totp', { code: recoveryCodes[0] })).status).toBe(204)
})

test('what is throttled uses up no answer of the challenge', async () => {
  const user = await registerUser(app)
  const { secret } = await addTotp(app, user)
  const { challengeToken } = await challengeOf(app, user)
  const wrong = { code: wrongCode(secret, app.now()) }
  for (let turn = 0; turn < 5; turn += 1) expect((await user.call('DELETE', '/v1/auth/totp', wrong)).status).toBe(422)
  for (let turn = 0; turn < 7; turn += 1) {
    const refused = await answer(app, challengeToken, { code: totpCode(secret, app.now()) })
    expectRefusal(refused, { status: 429, code: 'auth/throttled' })
  }
  const [challenge] =
    await app.owner`select attempts from auth_challenges where digest = decode(${sha256(challengeToken)}, 'hex')`
  expect(challenge).toEqual({ attempts: 0 })
  app.advance(6_000)
  expect((await answer(app, challengeToken, { code: totpCode(secret, app.now()) })).status).toBe(200)
})

test('an answer is two statements, right or wrong, and counts against the address as a login does', async () => {
  const user = await registerUser(app)
  const { secret, recoveryCodes } = await addTotp(app, user)
  const answers: Answer[] = []
  for (const proof of [{ code: wrongCode(secret, app.now()) }, { recoveryCode: recoveryCodes[0] }]) {
    const { challengeToken } = await challengeOf(app, user)
    answers.push(await answer(app, challengeToken, proof))
  }
  const { challengeToken } = await challengeOf(app, user)
  answers.push(await answer(app, challengeToken, { code: totpCode(secret, app.now()) }))
  expect(answers.map(({ status }) => status)).toEqual([401, 200, 200])
  for (const { headers } of answers) {
    const line = app.logs.find(({ requestId }) => requestId === headers.get('X-Request-Id'))
    expect(line).toMatchObject({ message: 'request', statements: 2 })
    expect(headers.get('RateLimit-Policy')).toContain('"login"')
  }
})

describe('a challenge ends', () => {
  test('after five answers, the right one being the sixth', async () => {
    const user = await registerUser(app)
    const { secret } = await addTotp(app, user)
    const { challengeToken } = await challengeOf(app, user)
    for (let wrong = 0; wrong < 5; wrong += 1) {
      expectRefusal(await answer(app, challengeToken, { code: wrongCode(secret, app.now()) }), factorWrong)
    }
    expectRefusal(await answer(app, challengeToken, { code: totpCode(secret, app.now()) }), challengeInvalid)
  })

  test('after five answers at once, however many come', async () => {
    const user = await registerUser(app)
    const { secret } = await addTotp(app, user)
    const { challengeToken } = await challengeOf(app, user)
    const code = wrongCode(secret, app.now())
    const answers = await Promise.all(Array.from({ length: 30 }, () => answer(app, challengeToken, { code })))
    expect(answers.filter(({ body }) => body.code === 'auth/second-factor-wrong')).toHaveLength(5)
    const others = answers.filter(({ body }) => body.code !== 'auth/second-factor-wrong')
    for (const { body } of others) expect(['auth/challenge-invalid', 'auth/throttled']).toContain(body.code)
    app.advance(minutes)
    expectRefusal(await answer(app, challengeToken, { code: totpCode(secret, app.now()) }), challengeInvalid)
  })

  test('after five answers also where nothing throttles: the sixth of many at once is not heard of', async () => {
    const user = await registerUser(app)
    const { secret } = await addTotp(app, user)
    const [token = ''] = await insertChallenges(user, 1)
    const claims = { now: app.now().toISOString(), challengeDigest: sha256(token), maxAnswers: 5 }
    const pool = createPool(app.database.apiUrl, 20)
    const db = createDatabase({ connect: () => pool, monotonic: () => 0, onStatement: () => undefined }, {})
    const counted = await Promise.all(Array.from({ length: 30 }, () => db.maybeOne(claimWrongAnswer, claims)))
    expect(counted.filter((row) => row !== undefined)).toHaveLength(5)
    expectRefusal(await answer(app, token, { code: totpCode(secret, app.now()) }), challengeInvalid)
    pool.end()
  })

  test('after five minutes', async () => {
    const user = await registerUser(app)
    const { secret } = await addTotp(app, user)
    const [early, late] = [await challengeOf(app, user), await challengeOf(app, user)]
    app.advance(4.5 * minutes)
    expect((await answer(app, early.challengeToken, { code: totpCode(secret, app.now()) })).status).toBe(200)
    app.advance(1 * minutes)
    expectRefusal(await answer(app, late.challengeToken, { code: totpCode(secret, app.now()) }), challengeInvalid)
  })

  test('with the password, the account, or its last factor', async () => {
    const ending: ((user: SignedInUser, secret: string) => Promise<unknown>)[] = [
      ({ id }) => asOwner(app, (tx) => tx`update users set password_hash = '$scrypt$other' where id = ${id}`),
      ({ id }) => setUserStatus(app, id, 'suspended'),
    ]
    for (const end of ending) {
      const user = await registerUser(app)
      const { secret, recoveryCodes } = await addTotp(app, user)
      const { challengeToken } = await challengeOf(app, user)
      await end(user, secret)
      expectRefusal(await answer(app, challengeToken, { code: totpCode(secret, app.now()) }), challengeInvalid)
      expectRefusal(await answer(app, challengeToken, { recoveryCode: recoveryCodes[0] }), challengeInvalid)
    }
    const user = await registerUser(app)
    const { secret, recoveryCodes } = await addTotp(app, user)
    const { challengeToken } = await challengeOf(app, user)
    expect((await user.call('DELETE', '/v1/auth/totp', { code: totpCode(secret, app.now()) })).status).toBe(204)
    expectRefusal(await answer(app, challengeToken, { code: totpCode(secret, app.now(), 1) }), factorWrong)
    expectRefusal(await answer(app, challengeToken, { recoveryCode: recoveryCodes[0] }), factorWrong)
  })

  test('or never began: an unknown token, and that of another purpose', async () => {
    const user = await registerUser(app)
    const { authenticator } = await addPasskey(user)
    const { challenge } = (await user.call('POST', '/v1/auth/passkeys/options')).body
    const passkey = authenticator.get({ challenge, rpId: 'app.test', allowCredentials: [] })
    for (const token of [challenge, randomBytes(32).toString('base64url'), '', 'x']) {
      expectRefusal(await answer(app, token, { passkey }), challengeInvalid)
      expectRefusal(await answer(app, token, { code: '123456' }), challengeInvalid)
    }
  })
})

test('an answer is exactly one', async () => {
  const user = await registerUser(app)
  const { secret, recoveryCodes } = await addTotp(app, user)
  const { challengeToken } = await challengeOf(app, user)
  const code = totpCode(secret, app.now())
  for (const proof of [{}, { code, recoveryCode: recoveryCodes[0] }]) {
    const refused = await answer(app, challengeToken, proof)
    expectRefusal(refused, { status: 422, code: 'request/invalid', pointers: [''] })
  }
  expect((await answer(app, challengeToken, { code })).status).toBe(200)
})

test('a wrong answer writes into no trail, a right one as the user', async () => {
  const user = await registerUser(app)
  const { secret } = await addTotp(app, user)
  const { challengeToken } = await challengeOf(app, user)
  const trail = async () =>
    await app.owner`
      select table_name as table, operation, actor_kind as kind, user_id as "userId", new_values as after
      from audit_logs where user_id = ${user.id} or user_id is null order by id`
  const before = await trail()
  await answer(app, challengeToken, { code: wrongCode(secret, app.now()) })
  expect(await trail()).toEqual(before)
  await answer(app, challengeToken, { code: totpCode(secret, app.now()) })
  const [entry, ...more] = (await trail()).slice(before.length)
  expect(more).toEqual([])
  expect(entry).toMatchObject({ table: 'user_sessions', operation: 'INSERT', kind: 'user', userId: user.id })
  expect(entry?.['after']).toHaveProperty('second_factor_at')
})
