import { beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { registerMember, verifyEmail } from '../support/tenants.ts'

/**
 * A process that has not yet heard of a removal lets reads through for some seconds. What would outlast those seconds it
 * must not: rights, keys, factors, members.
 */

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const anyVersion = { 'If-Match': '*' }

/** Somebody whose access another isolate remembers as it was a moment ago. */
async function remembered(user: SignedInUser) {
  const there = app.secondIsolate()
  const call = async (method: string, path: string, body?: unknown) =>
    await send(there, method, path, { token: user.accessToken, body, headers: anyVersion })
  expect((await call('GET', '/v1/posts')).status).toBe(200)
  expect((await call('GET', '/v1/me')).status).toBe(200)
  return call
}

describe('an admin who has just been removed', () => {
  test('still reads there, and gets nothing that lasts', async () => {
    const ada = await registerUser(app)
    await verifyEmail(app, ada.id)
    const { body: key } = await ada.call('POST', '/v1/api-keys', { name: 'Shop', scopes: ['posts:read'] })
    const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'admin' })
    const eve = await registerMember(app, { workspaceId: ada.workspaceId, role: 'client' })
    const call = await remembered(bob)
    // Without the cache being told: what another process knows is what counts here.
    const removed = await ada.call('DELETE', `/v1/workspace/members/${bob.id}`, undefined, anyVersion)
    expect(removed.status).toBe(204)
    expect((await call('GET', '/v1/posts')).status).toBe(200)
    const asked = [
      await call('POST', `/v1/api-keys/${key.id}/rotate`),
      await call('POST', '/v1/api-keys', { name: 'Mine', scopes: ['posts:read'] }),
      await call('DELETE', `/v1/api-keys/${key.id}`),
      await call('POST', '/v1/workspace/invitations', { email: 'friend@example.test', role: 'admin' }),
      await call('PATCH', `/v1/workspace/members/${eve.id}`, { role: 'admin' }),
      await call('DELETE', `/v1/workspace/members/${eve.id}`),
      await call('PATCH', '/v1/workspace', { name: 'Taken' }),
    ]
    expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 403))
  })

  test('nor does one who was demoted raise itself again', async () => {
    const ada = await registerUser(app)
    const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'admin' })
    const call = await remembered(bob)
    await ada.call('PATCH', `/v1/workspace/members/${bob.id}`, { role: 'client' }, anyVersion)
    const raised = await call('PATCH', `/v1/workspace/members/${bob.id}`, { role: 'admin' })
    expect([raised.status, raised.body.code]).toEqual([403, 'permission/denied'])
  })
})

test('a session that has just been ended sets up no factor, key, export or workspace, and changes nothing of the account', async () => {
  const ada = await registerUser(app)
  await verifyEmail(app, ada.id)
  const call = await remembered(ada)
  const { email, password } = ada
  const login = await send(app, 'POST', '/v1/auth/login', { body: { email, password } })
  await send(app, 'DELETE', '/v1/auth/sessions', { token: login.body.accessToken })
  const asked = [
    await call('POST', '/v1/auth/totp'),
    await call('POST', '/v1/auth/totp/confirm', { code: '123456' }),
    await call('POST', '/v1/auth/passkeys/options'),
    await call('POST', '/v1/api-keys', { name: 'Mine', scopes: ['posts:read'] }),
    await call('POST', '/v1/me/export'),
    await call('POST', '/v1/workspaces', { name: 'Mine' }),
    await call('POST', '/v1/auth/email/change', { password, newEmail: 'new@example.test' }),
    await call('DELETE', '/v1/auth/sessions'),
    await call('DELETE', '/v1/me', { password }),
  ]
  expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 401))
})
