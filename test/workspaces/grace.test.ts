import { expect, test } from 'vitest'
import { closeDueWorkspaces } from '../../src/workspaces/jobs.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp } from '../support/app.ts'
import { registerUser, send } from '../support/client.ts'
import { jobContext } from '../support/jobs.ts'
import { insertApiKey } from '../support/members.ts'

const dayMs = 24 * 60 * 60 * 1000

test('after 30 days a closing workspace is closed for good: its API keys and invitations end, the rest stays', async () => {
  const app = await startApp()
  const [ada, grace] = [await registerUser(app), await registerUser(app)]
  const { workspaceId } = ada
  const tokenOfAda = async () => {
    const { email, password } = ada
    return (await send(app, 'POST', '/v1/auth/login', { body: { email, password } })).body.accessToken
  }
  const keys = [await insertApiKey(app, ada), await insertApiKey(app, grace)]
  await ada.call('POST', '/v1/posts', { kind: 'story' })
  await ada.call('DELETE', '/v1/workspace', undefined, { 'If-Match': '*' })

  app.advance(30 * dayMs - 60_000)
  expect(await closeDueWorkspaces(jobContext(app))).toEqual({ closed: 0 })
  const restore = async () =>
    await send(app, 'POST', '/v1/workspaces/restore', { token: await tokenOfAda(), body: { workspaceId } })
  expect((await restore()).status).toBe(200)
  const token = await tokenOfAda()
  const again = async (method: string, path: string, body?: unknown) =>
    await send(app, method, path, { token, body, headers: { 'If-Match': '*' } })
  expect(
    (await again('POST', '/v1/workspace/invitations', { email: 'guest@example.test', role: 'client' })).status,
  ).toBe(201)
  expect((await again('DELETE', '/v1/workspace')).status).toBe(204)

  app.advance(30 * dayMs + 60_000)
  expectRefusal(await restore(), { status: 409, code: 'workspace/closed' })
  expect(await closeDueWorkspaces(jobContext(app))).toEqual({ closed: 1 })
  expect(await closeDueWorkspaces(jobContext(app))).toEqual({ closed: 0 })
  expectRefusal(await restore(), { status: 409, code: 'workspace/closed' })
  const list = await send(app, 'GET', '/v1/workspaces', { token: await tokenOfAda() })
  expect(list.body.data).toEqual([])
  const [closed] = await app.owner`
    select w.status, w.closed_at is not null as "isDated",
      (select count(*)::int from posts p where p.workspace_id = w.id) as posts,
      (select count(*)::int from workspace_members m where m.workspace_id = w.id) as members
    from workspaces w where w.id = ${workspaceId}`
  expect(closed).toEqual({ status: 'closed', isDated: true, posts: 1, members: 1 })
  const live = await app.owner`select id from api_keys where revoked_at is null and id in ${app.owner(keys)}`
  expect(live.map((row) => row['id'])).toEqual([keys[1]])
  const [invitation] = await app.owner`
    select revoked_at is not null as "isRevoked", email_ciphertext, email_digest from workspace_invitations
    where workspace_id = ${workspaceId}`
  expect(invitation).toEqual({ isRevoked: true, email_ciphertext: null, email_digest: null })
  const trail = await app.owner`
    select distinct actor_kind from audit_logs
    where workspace_id = ${workspaceId} and table_name = 'api_keys' and operation = 'UPDATE'`
  expect(trail.map((row) => row['actor_kind'])).toEqual(['job'])
})
