import { beforeAll, expect, test } from 'vitest'
import { permissionsOf, roles } from '../../src/auth/permissions.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser } from '../support/client.ts'
import { registerMember } from '../support/tenants.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

test.each(roles)('the signed-in user sees what a role may do: %s', async (role) => {
  const ada = await registerUser(app)
  const user = await registerMember(app, { workspaceId: ada.workspaceId, role })
  const { body } = await user.call('GET', '/v1/me')
  expect(body.workspace).toEqual({
    id: ada.workspaceId,
    name: 'My workspace',
    role,
    membershipVersion: 1,
    permissions: [...permissionsOf[role]].sort(),
  })
})

test('a 304 hides neither a changed role, nor a renamed workspace, nor that there is none any more', async () => {
  const ada = await registerUser(app)
  const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'editor' })
  const anyVersion = { 'If-Match': '*' }
  let tag = ''
  const read = async () => await bob.call('GET', '/v1/me', undefined, tag === '' ? {} : { 'If-None-Match': tag })
  const expectNews = async () => {
    const answer = await read()
    expect(answer.status).toBe(200)
    tag = answer.headers.get('ETag') ?? ''
    expect((await read()).status).toBe(304)
    return answer.body.workspace
  }
  expect(await expectNews()).toMatchObject({ role: 'editor' })
  await ada.call('PATCH', `/v1/workspace/members/${bob.id}`, { role: 'client' }, anyVersion)
  expect(await expectNews()).toMatchObject({
    role: 'client',
    permissions: ['media:read', 'posts:approve', 'posts:read'],
  })
  await ada.call('PATCH', '/v1/workspace', { name: 'Renamed' }, anyVersion)
  expect(await expectNews()).toMatchObject({ name: 'Renamed' })
  await ada.call('PATCH', '/v1/workspace', { name: 'Renamed' }, anyVersion)
  expect((await read()).status).toBe(304)
  const changed = await bob.call('PATCH', '/v1/me', { locale: 'de' }, { 'If-Match': tag })
  expect([changed.status, changed.body.workspace.role]).toEqual([200, 'client'])
  await ada.call('DELETE', `/v1/workspace/members/${bob.id}`, undefined, anyVersion)
  expect(await expectNews()).toBeNull()
})

test('a workspace that closes is none', async () => {
  const ada = await registerUser(app)
  await ada.call('DELETE', '/v1/workspace', undefined, { 'If-Match': '*' })
  expect((await ada.call('GET', '/v1/me')).body).toMatchObject({ id: ada.id, workspace: null })
})
