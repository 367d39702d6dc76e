import { randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { login, newPassword, registerVerified, reset, resetToken, tokenTo, verify } from '../support/accounts.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { asOwner, registerMember } from '../support/tenants.ts'

/** Mallory registers with an address that is Vera's before Vera does. Whatever he prepared, she gets it and he loses it. */

// Every step of these costs a hash, and those wait for each other.
vi.setConfig({ testTimeout: 60_000 })

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const me = async (accessToken: string) => await send(app, 'GET', '/v1/me', { token: accessToken })

/** Everything that opens an account beside its password. */
async function prepare({ id, workspaceId }: SignedInUser): Promise<void> {
  const [keyId, digest] = [randomUUID(), () => randomBytes(32)]
  await asOwner(app, async (tx) => {
    await tx`
      insert into api_keys (workspace_id, id, user_id, name, hint, scopes)
      values (${workspaceId}, ${keyId}, ${id}, 'mine', 'x', '{posts:read}')`
    await tx`
      insert into api_key_digests (digest, workspace_id, api_key_id) values (${digest()}, ${workspaceId}, ${keyId})`
    await tx`
      insert into user_totp (user_id, data_key_id, secret_ciphertext)
      select id, data_key_id, 'v1.' || data_key_id || '.x' from users where id = ${id}`
    await tx`insert into user_recovery_codes (user_id, digest) values (${id}, ${digest()})`
    await tx`
      insert into user_passkeys (user_id, credential_id, public_key, sign_count, transports, is_backed_up, aaguid)
      values (${id}, ${randomUUID()}, 'x', 0, '{usb}', false, ${randomUUID()})`
    await tx`
      insert into auth_challenges (purpose, user_id, digest, password_fingerprint, expires_at)
      values ('second_factor', ${id}, ${digest()}, 'x', now() + interval '5 minutes')`
  })
}

const leftOf = async ({ id }: SignedInUser) => {
  const [row] = await app.owner`
    select
      (select count(*)::int from api_keys where user_id = ${id} and revoked_at is null) as keys,
      (select count(*)::int from user_totp where user_id = ${id}) as totp,
      (select count(*)::int from user_recovery_codes where user_id = ${id}) as codes,
      (select count(*)::int from user_passkeys where user_id = ${id}) as passkeys,
      (select count(*)::int from auth_challenges where user_id = ${id}) as challenges,
      (select count(*)::int from user_sessions where user_id = ${id} and revoked_at is null) as sessions`
  return row
}

describe('of an account whose address was never proved', () => {
  test('a reset by the mailbox takes everything from whoever registered it, and proves the address', async () => {
    const mallory = await registerUser(app)
    const malloryAgain = (await login(app, mallory)).body
    await prepare(mallory)
    const accomplice = await registerMember(app, { workspaceId: mallory.workspaceId, role: 'owner' })
    await mallory.call('POST', '/v1/workspace/invitations', { email: 'another@example.test', role: 'owner' })
    const chosen = newPassword()
    const token = await resetToken(app, mallory.email)
    expect((await reset(app, { token, newPassword: chosen })).status).toBe(204)

    expect(await leftOf(mallory)).toEqual({ keys: 0, totp: 0, codes: 0, passkeys: 0, challenges: 0, sessions: 0 })
    for (const { accessToken, refreshToken } of [mallory, malloryAgain]) {
      expect((await me(accessToken)).status).toBe(401)
      expect((await send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken } })).status).toBe(401)
    }
    const members =
      await app.owner`select user_id, role from workspace_members where workspace_id = ${mallory.workspaceId}`
    expect([...members]).toEqual([{ user_id: mallory.id, role: 'owner' }])
    expect((await accomplice.call('GET', '/v1/me')).status).toBe(200)
    const [invitation] = await app.owner`
      select revoked_at is not null as "isRevoked" from workspace_invitations where workspace_id = ${mallory.workspaceId}`
    expect(invitation).toEqual({ isRevoked: true })
    expect((await login(app, mallory)).status).toBe(401)
    const vera = (await login(app, { ...mallory, password: chosen })).body
    expect(vera.user).toMatchObject({ id: mallory.id, emailVerified: true })
    const trail = await app.owner`
      select table_name as name, operation::text from audit_logs
      where user_id = ${mallory.id} and operation = 'DELETE' and table_name like 'user_%' order by table_name`
    expect(trail.map(({ name }) => name)).toEqual(['user_passkeys', 'user_recovery_codes', 'user_totp'])
  })

  test('the mail of his registration gives her nothing without his password, and him nothing without her mailbox', async () => {
    const mallory = await registerUser(app)
    const token = await tokenTo(app, mallory.email)
    expectRefusal(await verify(app, { token, password: newPassword() }), {
      status: 401,
      code: 'auth/credentials-wrong',
    })
    expect((await me(mallory.accessToken)).body.emailVerified).toBe(false)
    // The old token is of no use to him once she has reset the password.
    const resetting = await resetToken(app, mallory.email)
    expect((await reset(app, { token: resetting, newPassword: newPassword() })).status).toBe(204)
    expectRefusal(await verify(app, { token, password: mallory.password }), { status: 422, code: 'auth/token-invalid' })
  })

  test('a change of address that he has asked for does not survive her reset', async () => {
    const mallory = await registerUser(app)
    const his = `${randomUUID()}@example.test`
    const body = { password: mallory.password, newEmail: his }
    expect((await mallory.call('POST', '/v1/auth/email/change', body)).status).toBe(202)
    const token = await tokenTo(app, his, 'change')
    const resetting = await resetToken(app, mallory.email)
    const chosen = newPassword()
    expect((await reset(app, { token: resetting, newPassword: chosen })).status).toBe(204)
    for (const password of [mallory.password, chosen]) {
      expectRefusal(await verify(app, { token, password }), { status: 422, code: 'auth/token-invalid' })
    }
    const [row] = await app.owner`select pending_email_ciphertext as pending from users where id = ${mallory.id}`
    expect(row).toEqual({ pending: null })
  })

  test('she is told when she registers and finds it taken; once a day, however many try', async () => {
    const mallory = await registerUser(app)
    const body = { email: mallory.email, password: newPassword(), name: 'Vera' }
    const tries = await Promise.all(Array.from({ length: 5 }, () => send(app, 'POST', '/v1/auth/register', { body })))
    for (const answer of tries) expectRefusal(answer, { status: 409, code: 'user/email-taken' })
    const told = async () =>
      (await app.mailTo(mallory.email)).filter(({ subject }) => subject === 'You already have an account').length
    expect(await told()).toBe(1)
    app.advance(25 * 60 * 60 * 1000)
    expect((await send(app, 'POST', '/v1/auth/register', { body })).status).toBe(409)
    expect(await told()).toBe(2)
  })
})

test('a reset of a proved account ends its sessions and leaves its second factors and API keys', async () => {
  const vera = await registerVerified(app)
  await prepare(vera)
  const token = await resetToken(app, vera.email)
  expect((await reset(app, { token, newPassword: newPassword() })).status).toBe(204)
  expect(await leftOf(vera)).toEqual({ keys: 1, totp: 1, codes: 1, passkeys: 1, challenges: 0, sessions: 0 })
  expect((await me(vera.accessToken)).status).toBe(401)
})

test('a registration asks its address to confirm itself, by a mail that the statement leaves behind', async () => {
  const user = await registerUser(app)
  const rows = await app.owner`select kind, workspace_id, subject_id from outbox where user_id = ${user.id}`
  expect(rows).toEqual([{ kind: 'mail/verify-email', workspace_id: null, subject_id: null }])
  expect((await app.mailTo(user.email)).map(({ subject }) => subject)).toEqual(['Confirm your e-mail address'])
})
