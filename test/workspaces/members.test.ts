import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Role, roles } from '../../src/auth/permissions.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { insertApiKey, removeMember } from '../support/members.ts'
import { registerMember, setRole } from '../support/tenants.ts'

let app: TestApp
/** Somebody of each role, in a workspace that keeps `anchor` as an owner. */
let anchor: SignedInUser
let callers: Record<Role, SignedInUser>
let target: SignedInUser
beforeAll(async () => {
  app = await startApp()
  anchor = await registerUser(app, 'Anchor')
  const join = async (role: Role) => await registerMember(app, { workspaceId: anchor.workspaceId, role })
  const [owner, admin, editor, analyst, client] = await Promise.all([
    join('owner'),
    join('admin'),
    join('editor'),
    join('analyst'),
    join('client'),
  ])
  callers = { owner, admin, editor, analyst, client }
  target = await join('client')
})

const denied = { status: 403, code: 'permission/denied' }
const lastOwner = { status: 409, code: 'member/last-owner' }
const notFound = { status: 404, code: 'member/not-found' }
const stale = { status: 412, code: 'request/version-stale' }

type Caller = Pick<SignedInUser, 'call'>
const pathOf = (id: string) => `/v1/workspace/members/${id}`
const change = async ({ call }: Caller, id: string, role: Role, version = '*'): Promise<Answer> =>
  await call('PATCH', pathOf(id), { role }, { 'If-Match': version })
const remove = async ({ call }: Caller, id: string, version = '*'): Promise<Answer> =>
  await call('DELETE', pathOf(id), undefined, { 'If-Match': version })
const membersOf = async (workspaceId: string): Promise<Record<string, string>> => {
  const rows = await app.owner`select user_id, role from workspace_members where workspace_id = ${workspaceId}`
  return Object.fromEntries(rows.map((row) => [row['user_id'], row['role']]))
}
const statusOf = async (workspaceId: string) =>
  (await app.owner`select status from workspaces where id = ${workspaceId}`)[0]?.['status']

test('the list tells names and addresses in clear, one page after the other', async () => {
  const ada = await registerUser(app, 'Ada Ö')
  const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'client' })
  const first = await ada.call('GET', '/v1/workspace/members?limit=1')
  const second = await ada.call('GET', `/v1/workspace/members?limit=1&cursor=${first.body.nextCursor}`)
  expect(first.body.data).toMatchObject([{ id: bob.id, email: bob.email, role: 'client', version: 1 }])
  expect(second.body).toMatchObject({
    data: [{ id: ada.id, email: ada.email, name: 'Ada Ö', role: 'owner', joinedAt: expect.stringMatching(/Z$/) }],
    nextCursor: null,
  })
})

describe('who may give which role to whom', () => {
  const mayChange = (caller: Role, from: Role, to: Role): boolean =>
    caller === 'owner' || (caller === 'admin' && from !== 'owner' && to !== 'owner')

  test.each(roles)('%s', async (caller) => {
    const { workspaceId } = anchor
    for (const from of roles) {
      for (const to of roles) {
        await setRole(app, target.id, { workspaceId, role: from })
        const answer = await change(callers[caller], target.id, to)
        const what = `${from} to ${to}`
        if (mayChange(caller, from, to)) expect([what, answer.status, answer.body.role]).toEqual([what, 200, to])
        else expectRefusal(answer, denied)
        expect((await membersOf(workspaceId))[target.id], what).toBe(mayChange(caller, from, to) ? to : from)
      }
    }
  })
})

describe('who may remove whom', () => {
  const mayRemove = (caller: Role, member: Role): boolean =>
    caller === 'owner' || (caller === 'admin' && member !== 'owner')

  test.each(roles)('%s', async (caller) => {
    const { workspaceId } = anchor
    for (const role of roles) {
      await setRole(app, target.id, { workspaceId, role })
      const answer = await remove(callers[caller], target.id)
      if (mayRemove(caller, role)) expect([role, answer.status]).toEqual([role, 204])
      else expectRefusal(answer, denied)
      expect((await membersOf(workspaceId))[target.id], role).toBe(mayRemove(caller, role) ? undefined : role)
    }
  })
})

test('whoever may not change members learns nothing of who is one', async () => {
  for (const id of [anchor.id, randomUUID()]) {
    expectRefusal(await change(callers.client, id, 'editor'), denied)
    expectRefusal(await remove(callers.client, id), denied)
  }
  for (const id of [(await registerUser(app)).id, randomUUID(), 'nobody']) {
    expectRefusal(await change(callers.owner, id, 'editor'), notFound)
    expectRefusal(await remove(callers.owner, id), notFound)
  }
})

test('a change is for the version that was read', async () => {
  const ada = await registerUser(app)
  const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'client' })
  const changed = await change(ada, bob.id, 'editor', '"v1"')
  expect([changed.status, changed.headers.get('ETag'), changed.body]).toMatchObject([
    200,
    '"v2"',
    { id: bob.id, email: bob.email, role: 'editor', version: 2 },
  ])
  expectRefusal(await change(ada, bob.id, 'admin', '"v1"'), stale)
  expectRefusal(await remove(ada, bob.id, '"v1"'), stale)
  expectRefusal(await ada.call('DELETE', pathOf(bob.id)), { status: 428, code: 'request/version-required' })
  expect((await remove(ada, bob.id, '"v2"')).status).toBe(204)
})

describe('leaving', () => {
  test.each(roles)('is for every role: %s', async (role) => {
    const ada = await registerUser(app)
    const bob = await registerMember(app, { workspaceId: ada.workspaceId, role })
    // By the id as it may be written, and the version that GET /v1/me tells.
    const { body: me } = await bob.call('GET', '/v1/me')
    const answer = await remove(bob, bob.id.toUpperCase(), `"v${me.workspace.membershipVersion}"`)
    expect(answer.status).toBe(204)
    expect(await membersOf(ada.workspaceId)).toEqual({ [ada.id]: 'owner' })
    expect(await statusOf(ada.workspaceId)).toBe('active')
    expectRefusal(await bob.call('GET', '/v1/posts'), denied)
  })

  test('the last owner neither leaves nor steps down while there are others', async () => {
    const ada = await registerUser(app)
    await registerMember(app, { workspaceId: ada.workspaceId, role: 'admin' })
    expectRefusal(await remove(ada, ada.id), lastOwner)
    expectRefusal(await change(ada, ada.id, 'admin'), lastOwner)
    expect((await membersOf(ada.workspaceId))[ada.id]).toBe('owner')
  })

  test('a workspace that its only member leaves begins to close', async () => {
    const ada = await registerUser(app)
    expectRefusal(await change(ada, ada.id, 'admin'), lastOwner)
    expect((await remove(ada, ada.id)).status).toBe(204)
    expect([await membersOf(ada.workspaceId), await statusOf(ada.workspaceId)]).toEqual([{}, 'closing'])
  })

  test('of two owners who leave at once, others stay with one', async () => {
    const ada = await registerUser(app)
    const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'owner' })
    await registerMember(app, { workspaceId: ada.workspaceId, role: 'client' })
    const answers = await Promise.all([remove(ada, ada.id), remove(bob, bob.id)])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
    for (const answer of answers.filter(({ status }) => status === 409)) expectRefusal(answer, lastOwner)
    expect(Object.values(await membersOf(ada.workspaceId)).sort()).toEqual(['client', 'owner'])
  })

  test('when the last two leave at once, the workspace begins to close', async () => {
    const ada = await registerUser(app)
    const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'owner' })
    const answers = await Promise.all([remove(ada, ada.id), remove(bob, bob.id)])
    expect(answers.map(({ status }) => status)).toEqual([204, 204])
    expect([await membersOf(ada.workspaceId), await statusOf(ada.workspaceId)]).toEqual([{}, 'closing'])
  })

  test('of two owners who demote each other at once, one remains', async () => {
    const ada = await registerUser(app)
    const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'owner' })
    const answers = await Promise.all([change(ada, bob.id, 'admin'), change(bob, ada.id, 'admin')])
    const statuses = answers.map(({ status }) => status).sort()
    // The second one waits for the first, and is then either no owner any more or the last one.
    expect([
      [200, 403],
      [200, 409],
    ]).toContainEqual(statuses)
    expect(Object.values(await membersOf(ada.workspaceId)).sort()).toEqual(['admin', 'owner'])
  })
})

describe('what ends with a membership', () => {
  test("the member's API keys in this workspace, and no others", async () => {
    const ada = await registerUser(app)
    const { workspaceId } = ada
    const bob = await registerMember(app, { workspaceId, role: 'admin' })
    const [kept, elsewhere] = [await insertApiKey(app, ada), await registerUser(app)]
    const ended = [
      await insertApiKey(app, { id: bob.id, workspaceId }),
      await insertApiKey(app, { id: bob.id, workspaceId }),
    ]
    const other = await insertApiKey(app, { id: bob.id, workspaceId: elsewhere.workspaceId })
    const live = async () => {
      const ids = [kept, other, ...ended]
      const rows = await app.owner`select id from api_keys where id in ${app.owner(ids)} and revoked_at is null`
      return rows.map((row) => row['id']).sort()
    }
    await change(ada, bob.id, 'editor')
    expect(await live()).toEqual([kept, other, ...ended].sort())
    await remove(ada, bob.id)
    expect(await live()).toEqual([kept, other].sort())
  })

  test('access, at once where it was taken and within ten seconds elsewhere; the same for a demotion', async () => {
    const ada = await registerUser(app)
    const { workspaceId } = ada
    const [bob, eve] = await Promise.all([
      registerMember(app, { workspaceId, role: 'admin' }),
      registerMember(app, { workspaceId, role: 'editor' }),
    ])
    const isolate = app.secondIsolate()
    const audit = async (through: Pick<TestApp, 'fetch'>) =>
      await send(through, 'GET', '/v1/audit-logs', { token: bob.accessToken })
    const posts = async (through: Pick<TestApp, 'fetch'>) =>
      await send(through, 'GET', '/v1/posts', { token: eve.accessToken })
    for (const through of [app, isolate]) {
      expect([(await audit(through)).status, (await posts(through)).status]).toEqual([200, 200])
    }
    await change(ada, bob.id, 'client')
    await remove(ada, eve.id)
    expectRefusal(await audit(app), denied)
    expectRefusal(await posts(app), denied)
    app.advance(10_000)
    expectRefusal(await audit(isolate), denied)
    expectRefusal(await posts(isolate), denied)
    expect((await send(isolate, 'GET', '/v1/posts', { token: bob.accessToken })).status).toBe(200)
  })

  test('the invitations that the member has sent; of a demoted one, those that the role no longer allows', async () => {
    const ada = await registerUser(app)
    const { workspaceId } = ada
    const bob = await registerMember(app, { workspaceId, role: 'owner' })
    const invite = async (user: SignedInUser, role: Role) => {
      const body = { email: `${randomUUID()}@example.test`, role }
      return (await user.call('POST', '/v1/workspace/invitations', body)).body.id as string
    }
    const open = async () => {
      const { body } = await ada.call('GET', '/v1/workspace/invitations')
      return body.data.map(({ id }: { id: string }) => id).sort()
    }
    const [hers, forOwner, forClient] = [
      await invite(ada, 'owner'),
      await invite(bob, 'owner'),
      await invite(bob, 'client'),
    ]
    expect(await open()).toEqual([hers, forOwner, forClient].sort())
    await change(ada, bob.id, 'admin')
    expect(await open()).toEqual([hers, forClient].sort())
    await change(ada, bob.id, 'editor')
    expect(await open()).toEqual([hers])
    await change(ada, bob.id, 'admin')
    await invite({ ...bob }, 'analyst')
    await remove(ada, bob.id)
    expect(await open()).toEqual([hers])
  })
})

test('the trail says who did it, and no address', async () => {
  const ada = await registerUser(app)
  const { workspaceId } = ada
  const bob = await registerMember(app, { workspaceId, role: 'client' })
  await change(ada, bob.id, 'editor')
  await remove(ada, bob.id)
  const rows = await app.owner`
    select operation, actor_kind, user_id, old_values, new_values from audit_logs
    where workspace_id = ${workspaceId} and table_name = 'workspace_members' and row_id = ${bob.id}
    order by timestamp, id`
  const byAda = { actor_kind: 'user', user_id: ada.id }
  expect(rows.slice(1)).toMatchObject([
    { ...byAda, operation: 'UPDATE', old_values: { role: 'client' }, new_values: { role: 'editor' } },
    { ...byAda, operation: 'DELETE', old_values: { role: 'editor' } },
  ])
  expect(JSON.stringify(rows)).not.toContain(bob.email)
})

test('who was removed by the database sees nothing of the members either', async () => {
  const ada = await registerUser(app)
  const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'owner' })
  await removeMember(app, ada.workspaceId, bob.id)
  expectRefusal(await change(bob, ada.id, 'client'), denied)
  expectRefusal(await remove(bob, ada.id), denied)
})
