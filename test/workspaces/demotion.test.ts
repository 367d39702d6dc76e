import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../src/auth/permissions.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser } from '../support/client.ts'
import { dumpTenant } from '../support/dump.ts'
import { whileHeld } from '../support/held.ts'
import { registerMember, verifyEmail } from '../support/tenants.ts'

/** A role is asked for again where something is written: nobody uses the moment between the check and the statement. */

let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp()
  ada = await newOwner()
})

const anyVersion = { 'If-Match': '*' }
const newAddress = () => `${randomUUID()}@example.test`

async function newOwner(): Promise<SignedInUser> {
  const owner = await registerUser(app)
  await verifyEmail(app, owner.id)
  await made(await owner.call('POST', '/v1/workspace/invitations', { email: newAddress(), role: 'client' }))
  return owner
}
const join = async ({ workspaceId }: SignedInUser, role: Role) => await registerMember(app, { workspaceId, role })
const made = (answer: Answer): string => {
  if (answer.status !== 201) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body.id
}
const invite = async ({ call }: SignedInUser, role: Role = 'client') =>
  await call('POST', '/v1/workspace/invitations', { email: newAddress(), role })
const makeKey = async ({ call }: SignedInUser) =>
  await call('POST', '/v1/api-keys', { name: 'Shop', scopes: ['posts:read'] })

/** All that the workspace has, but the membership that is taken away and what the trail says of that. */
async function possessions(owner: SignedInUser, but: SignedInUser) {
  const { audit_logs: _, workspace_members: members = [], ...rest } = await dumpTenant(app, owner)
  return { ...rest, members: members.filter((row) => !row.includes(but.id)) }
}

type Prepare = (caller: SignedInUser, owner: SignedInUser) => Promise<() => Promise<Answer>>

/** The requests that give or take rights by role: who may, and one that would succeed. */
const grants: Readonly<Record<string, { by: Role; prepare: Prepare }>> = {
  'PATCH /v1/workspace/members/{id}': {
    by: 'admin',
    prepare: async (caller, owner) => {
      const { id } = await join(owner, 'client')
      return async () => await caller.call('PATCH', `/v1/workspace/members/${id}`, { role: 'editor' }, anyVersion)
    },
  },
  'DELETE /v1/workspace/members/{id}': {
    by: 'admin',
    prepare: async (caller, owner) => {
      const { id } = await join(owner, 'client')
      return async () => await caller.call('DELETE', `/v1/workspace/members/${id}`, undefined, anyVersion)
    },
  },
  'POST /v1/workspace/invitations': {
    by: 'admin',
    prepare: async (caller) => async () => await invite(caller),
  },
  'DELETE /v1/workspace/invitations/{id}': {
    by: 'admin',
    prepare: async (caller, owner) => {
      const id = made(await invite(owner))
      return async () => await caller.call('DELETE', `/v1/workspace/invitations/${id}`)
    },
  },
  'POST /v1/api-keys': { by: 'admin', prepare: async (caller) => async () => await makeKey(caller) },
  'POST /v1/api-keys/{id}/rotate': {
    by: 'admin',
    prepare: async (caller, owner) => {
      const id = made(await makeKey(owner))
      return async () => await caller.call('POST', `/v1/api-keys/${id}/rotate`)
    },
  },
  'DELETE /v1/api-keys/{id}': {
    by: 'admin',
    prepare: async (caller, owner) => {
      const id = made(await makeKey(owner))
      return async () => await caller.call('DELETE', `/v1/api-keys/${id}`)
    },
  },
  'PATCH /v1/workspace': {
    by: 'admin',
    prepare: async (caller) => async () => await caller.call('PATCH', '/v1/workspace', { name: 'Mine' }, anyVersion),
  },
  'DELETE /v1/workspace': {
    by: 'owner',
    prepare: async (caller) => async () => await caller.call('DELETE', '/v1/workspace', undefined, anyVersion),
  },
}

describe.each(Object.entries(grants))('%s', (_, { by, prepare }) => {
  const denied = { status: 403, code: 'permission/denied' }
  const lower: Role = by === 'owner' ? 'admin' : 'editor'

  test('by who is demoted at that moment is refused, and writes nothing', async () => {
    const caller = await join(ada, by)
    const request = await prepare(caller, ada)
    const before = await possessions(ada, caller)
    const demote = (tx: Tx) =>
      tx`update workspace_members set role = ${lower}::workspace_role where user_id = ${caller.id}
         and workspace_id = ${ada.workspaceId}`
    const [answer] = await whileHeld(app, demote, request)
    expectRefusal(answer as Answer, denied)
    expect(await possessions(ada, caller)).toEqual(before)
  })

  test('by who is removed at that moment is refused, and writes nothing', async () => {
    const caller = await join(ada, by)
    const request = await prepare(caller, ada)
    const before = await possessions(ada, caller)
    const remove = (tx: Tx) =>
      tx`delete from workspace_members where user_id = ${caller.id} and workspace_id = ${ada.workspaceId}`
    const [answer] = await whileHeld(app, remove, request)
    expectRefusal(answer as Answer, denied)
    expect(await possessions(ada, caller)).toEqual(before)
  })
})

type Tx = Parameters<Parameters<typeof whileHeld>[1]>[0]

test('an owner who is demoted at that moment restores nothing', async () => {
  const owner = await newOwner()
  const bob = await join(owner, 'owner')
  expect((await owner.call('DELETE', '/v1/workspace', undefined, anyVersion)).status).toBe(204)
  const before = await possessions(owner, bob)
  const demote = (tx: Tx) =>
    tx`update workspace_members set role = 'admin' where user_id = ${bob.id} and workspace_id = ${owner.workspaceId}`
  const restore = async () => await bob.call('POST', '/v1/workspaces/restore', { workspaceId: owner.workspaceId })
  const [answer] = await whileHeld(app, demote, restore)
  expectRefusal(answer as Answer, { status: 403, code: 'permission/denied' })
  expect(await possessions(owner, bob)).toEqual(before)
})

test('whoever leaves while being demoted leaves all the same', async () => {
  const bob = await join(ada, 'admin')
  const leave = async () => await bob.call('DELETE', `/v1/workspace/members/${bob.id}`, undefined, anyVersion)
  const demote = (tx: Tx) =>
    tx`update workspace_members set role = 'client' where user_id = ${bob.id} and workspace_id = ${ada.workspaceId}`
  expect((await whileHeld(app, demote, leave))[0]?.status).toBe(204)
})

describe('what a member grants in the moment before the role goes, goes with it', () => {
  // The rows that both write refer to the workspace: held like this, the first waits where it has done everything else.
  const holdWorkspace = (workspaceId: string) => (tx: Tx) =>
    tx`select from workspaces where id = ${workspaceId} for update`

  test('an invitation', async () => {
    const owner = await newOwner()
    const bob = await join(owner, 'admin')
    const demote = async () =>
      await owner.call('PATCH', `/v1/workspace/members/${bob.id}`, { role: 'editor' }, anyVersion)
    const answers = await whileHeld(app, holdWorkspace(owner.workspaceId), async () => await invite(bob), demote)
    expect(answers.map(({ status }) => status)).toEqual([201, 200])
    const rows = await app.owner`select 1 from workspace_invitations where user_id = ${bob.id} and revoked_at is null`
    expect(rows).toHaveLength(0)
  })

  test('an API key', async () => {
    const owner = await newOwner()
    const bob = await join(owner, 'admin')
    const remove = async () => await owner.call('DELETE', `/v1/workspace/members/${bob.id}`, undefined, anyVersion)
    const answers = await whileHeld(app, holdWorkspace(owner.workspaceId), async () => await makeKey(bob), remove)
    expect(answers.map(({ status }) => status)).toEqual([201, 204])
    expect(await app.owner`select 1 from api_keys where user_id = ${bob.id} and revoked_at is null`).toHaveLength(0)
  })
})

test('members who grant, change each other and rename at once do not wait for each other in a circle', async () => {
  const owner = await newOwner()
  const [bob, eve] = [await join(owner, 'owner'), await join(owner, 'admin')]
  const everybody = [owner, bob, eve]
  const keys = await Promise.all(everybody.map(async (user) => made(await makeKey(user))))
  const patch = async (by: SignedInUser, path: string, body: object) => await by.call('PATCH', path, body, anyVersion)
  const round = everybody.flatMap((user, index) => {
    const other = everybody[(index + 1) % everybody.length] ?? owner
    return [
      () => patch(user, `/v1/workspace/members/${other.id}`, { role: 'owner' }),
      () => patch(user, `/v1/workspace/members/${user.id}`, { role: 'admin' }),
      () => invite(user),
      () => makeKey(user),
      () => user.call('POST', `/v1/api-keys/${keys[index]}/rotate`),
      () => patch(user, '/v1/workspace', { name: `Named ${randomUUID()}` }),
    ]
  })
  const mark = app.logs.length
  const answers = await Promise.all(Array.from({ length: 4 }, () => round.map((request) => request())).flat())
  expect([...new Set(answers.map(({ status }) => status))].sort().filter((status) => status >= 500)).toEqual([])
  expect(app.logs.slice(mark).filter(({ level }) => level === 'error')).toEqual([])
})
