import { beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { createAuthenticator } from '../support/authenticator.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { noteSecret } from '../support/leaks.ts'
import { addPasskey, addTotp, answer, challengeOf, totpCode, wrongCode } from '../support/second-factor.ts'

/** Everything that can be done with second factors, and where its secrets must not be afterwards. */

let app: TestApp
let user: SignedInUser
/** What only the user's devices know, and what only the caller does. */
const secrets = new Set<string>()
/** What stands in its table and nowhere else. */
const named = new Set<string>()

beforeAll(async () => {
  app = await startApp()
  user = await registerUser(app)
  const remember = (...texts: readonly string[]) => {
    for (const text of texts) secrets.add(text)
    noteSecret('second factor', texts)
  }
  const pending = await user.call('POST', '/v1/auth/totp')
  remember(pending.body.secret)
  const { secret, recoveryCodes } = await addTotp(app, user)
  const authenticator = createAuthenticator()
  const { id } = await addPasskey(user, authenticator)
  named.add(authenticator.id)
  remember(secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', '')))
  const proofs = [
    { code: wrongCode(secret, app.now()) },
    { recoveryCode: 'wrong-code' },
    { recoveryCode: recoveryCodes[0] },
    { code: totpCode(secret, app.now()) },
  ]
  for (const proof of proofs) {
    const { challengeToken, passkeyOptions } = await challengeOf(app, user)
    remember(challengeToken, passkeyOptions.challenge)
    await answer(app, challengeToken, proof)
  }
  const { challengeToken, passkeyOptions } = await challengeOf(app, user)
  const passkey = authenticator.get(passkeyOptions)
  remember(challengeToken, passkey.response.signature)
  await answer(app, challengeToken, { passkey: { ...passkey, response: { ...passkey.response, signature: 'AAAA' } } })
  await answer(app, challengeToken, { passkey })
  const { challenge } = (await user.call('POST', '/v1/auth/passkeys/options')).body
  remember(challenge)
  await user.call('DELETE', `/v1/auth/passkeys/${id}`)
  await user.call('DELETE', '/v1/auth/totp', { code: recoveryCodes[1] })
})

/** The ways in which a secret might have been written down. */
const tracesOf = (text: string): string[] => {
  const bytes = [Buffer.from(text), Buffer.from(text, 'base64url')]
  return [text, ...bytes.flatMap((each) => [each.toString('hex'), each.toString('base64').replace(/=+$/, '')])]
}

test('no table holds one in clear', async () => {
  const tables = await app.owner<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'partitions') and c.relkind = 'r' order by 1`
  for (const { name } of tables) {
    const copy = await app.owner.unsafe(`copy ${name} to stdout`).readable()
    const text = Buffer.concat(await copy.toArray()).toString()
    for (const secret of secrets) {
      for (const trace of tracesOf(secret)) expect(text.includes(trace), `${trace} in ${name}`).toBe(false)
    }
  }
  expect(secrets.size).toBeGreaterThan(25)
})

test('the trail tells of every change, and of no secret, digest, key or name of a credential', async () => {
  const rows = await app.owner<{ table: string; operation: string; text: string }[]>`
    select table_name as table, operation, concat(old_values, new_values) as text
    from audit_logs where user_id = ${user.id} order by id`
  const told = new Set(rows.map(({ table, operation }) => `${operation} ${table}`))
  for (const change of [
    'INSERT user_totp',
    'UPDATE user_totp',
    'DELETE user_totp',
    'INSERT user_recovery_codes',
    'UPDATE user_recovery_codes',
    'DELETE user_recovery_codes',
    'INSERT user_passkeys',
    'DELETE user_passkeys',
    'UPDATE user_sessions',
  ]) {
    expect(told).toContain(change)
  }
  for (const { table, text } of rows) {
    for (const secret of [...secrets, ...named]) {
      for (const trace of tracesOf(secret)) expect(text.includes(trace), `${trace} of ${table}`).toBe(false)
    }
    expect(text).not.toMatch(/"(digest|public_key|credential_id|secret_ciphertext)": "(?!\[redacted\])/)
  }
})

test('the log has none, nor the address that an app shows', () => {
  const text = app.logs.map((line) => JSON.stringify(line)).join('\n')
  for (const secret of [...secrets, ...named, user.email]) {
    for (const trace of tracesOf(secret)) expect(text.includes(trace), trace).toBe(false)
  }
  expect(app.logs).toContainEqual(expect.objectContaining({ securityEvent: 'second-factor-refused', userId: user.id }))
})
