import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAuthenticator } from '../support/authenticator.ts'
import { registerUser } from '../support/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addPasskey, addTotp, answer, challengeOf, inSession, totpCode } from '../support/second-factor.ts'
import { startWorker, type TestWorker } from '../support/worker.ts'

/** Second factors in the bundle as it is deployed, which leaves out what reads attestations. */

const now = () => new Date()
let database: TestDatabase
let worker: TestWorker
beforeAll(async () => {
  database = await createTestDatabase()
  worker = await startWorker({ database })
})
afterAll(() => database.drop())

test.each(['ES256', 'EdDSA', 'RS256'] as const)('a passkey with %s registers and signs in', async (algorithm) => {
  const user = await registerUser(worker)
  const { authenticator, recoveryCodes } = await addPasskey(user, createAuthenticator({ algorithm }))
  expect(recoveryCodes).toHaveLength(10)
  const { challengeToken, passkeyOptions } = await challengeOf(worker, user)
  const passkey = authenticator.get(passkeyOptions)
  const signature = `${passkey.response.signature.slice(0, -4)}AAAA`
  const forged = { ...passkey, response: { ...passkey.response, signature } }
  const refused = await answer(worker, challengeToken, { passkey: forged })
  expect([refused.status, refused.body.code]).toEqual([401, 'auth/second-factor-wrong'])
  const opened = await answer(worker, challengeToken, { passkey })
  expect(opened.status).toBe(200)
  expect((await inSession(worker, user, opened).call('GET', '/v1/auth/passkeys')).body.data).toHaveLength(1)
})

test('an attestation that nobody asked for, with a certificate that is none, does no harm', async () => {
  const user = await registerUser(worker)
  const { authenticator } = await addPasskey(user, createAuthenticator({ attestation: 'packed' }))
  const { challengeToken, passkeyOptions } = await challengeOf(worker, user)
  expect((await answer(worker, challengeToken, { passkey: authenticator.get(passkeyOptions) })).status).toBe(200)
})

test('an authenticator app and its recovery codes sign in', async () => {
  const user = await registerUser(worker)
  const { secret, recoveryCodes } = await addTotp({ ...worker, now }, user)
  const first = await challengeOf(worker, user)
  expect((await answer(worker, first.challengeToken, { code: totpCode(secret, now(), 1) })).status).toBe(200)
  const second = await challengeOf(worker, user)
  expect((await answer(worker, second.challengeToken, { recoveryCode: recoveryCodes[0] })).status).toBe(200)
})
