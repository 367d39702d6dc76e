import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, referenceNotFound } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { addWorkspace } from '../support/members.ts'
import { asOwner, enterWorkspace, registerMember } from '../support/tenants.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const anyVersion = { 'If-Match': '*' }
const denied = { status: 403, code: 'permission/denied' }
const make = async (user: SignedInUser, name: string, headers = {}): Promise<Answer> =>
  await user.call('POST', '/v1/workspaces', { name }, headers)
const proveFactor = async ({ sessionId }: SignedInUser) =>
  await asOwner(app, (tx) => tx`update user_sessions set second_factor_at = now() where id = ${sessionId}`)

describe('making a workspace', () => {
  test('makes its maker the owner, who then enters it by a refresh', async () => {
    const ada = await registerUser(app)
    const made = await make(ada, ' Spring ')
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ name: 'Spring', role: 'owner', plan: 'free', status: 'active', version: 1 })
    const list = await ada.call('GET', '/v1/workspaces')
    expect(list.body).toMatchObject({
      data: [
        { id: made.body.id, role: 'owner', closesAt: null },
        { id: ada.workspaceId, role: 'owner', membershipVersion: 1 },
      ],
      nextCursor: null,
    })
    const entered = await enterWorkspace(app, ada, made.body.id)
    expect((await entered.call('GET', '/v1/workspace')).body).toMatchObject({ id: made.body.id, name: 'Spring' })
    const [row] = await app.owner`
      select actor_kind, user_id, row_id from audit_logs where table_name = 'workspaces' and row_id = ${made.body.id}`
    expect(row).toEqual({ actor_kind: 'user', user_id: ada.id, row_id: made.body.id })
  })

  test('the list shows one page after the other', async () => {
    const ada = await registerUser(app)
    await make(ada, 'Two')
    await make(ada, 'Three')
    const first = await ada.call('GET', '/v1/workspaces?limit=2')
    expect(first.body.data.map(({ name }: { name: string }) => name)).toEqual(['Three', 'Two'])
    const second = await ada.call('GET', `/v1/workspaces?limit=2&cursor=${first.body.nextCursor}`)
    expect(second.body).toMatchObject({ data: [{ id: ada.workspaceId }], nextCursor: null })
  })

  test('one person owns at most 20 free ones, also when two are made at once', async () => {
    const ada = await registerUser(app)
    for (let index = 0; index < 18; index += 1) await addWorkspace(app, ada.id)
    await addWorkspace(app, ada.id, { role: 'admin' })
    const answers = await Promise.all([make(ada, 'One'), make(ada, 'Two')])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    for (const answer of answers.filter(({ status }) => status === 409))
      expectRefusal(answer, { status: 409, code: 'workspace/too-many' })
    expectRefusal(await make(ada, 'Three'), { status: 409, code: 'workspace/too-many' })
  })

  test('fifty equal requests at once with one key make one', async () => {
    const ada = await registerUser(app)
    const headers = { 'Idempotency-Key': randomUUID() }
    const answers = await Promise.all(Array.from({ length: 50 }, async () => await make(ada, 'Once', headers)))
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 201, body: answers[0]?.body })
    expect(await app.owner`select id from workspaces where created_by = ${ada.id} and name = 'Once'`).toHaveLength(1)
  })
})

describe('changing a workspace', () => {
  test('an admin renames it, from the version that was read', async () => {
    const ada = await registerUser(app)
    const admin = await registerMember(app, { workspaceId: ada.workspaceId, role: 'admin' })
    const answer = await admin.call('PATCH', '/v1/workspace', { name: 'Autumn' }, { 'If-Match': '"v1"' })
    expect([answer.status, answer.body.name, answer.headers.get('ETag')]).toEqual([200, 'Autumn', '"v2"'])
    const stale = await admin.call('PATCH', '/v1/workspace', { name: 'Winter' }, { 'If-Match': '"v1"' })
    expectRefusal(stale, { status: 412, code: 'request/version-stale' })
  })

  test('only an owner demands a second factor, in a session that has proved one', async () => {
    const ada = await registerUser(app)
    const admin = await registerMember(app, { workspaceId: ada.workspaceId, role: 'admin' })
    const demand = { name: 'Safe', requiresSecondFactor: true }
    const change = async (user: SignedInUser, body: object) =>
      await user.call('PATCH', '/v1/workspace', body, anyVersion)

    await proveFactor(admin)
    expectRefusal(await change(admin, demand), denied)
    expectRefusal(await change(ada, demand), { status: 409, code: 'workspace/second-factor-unproved' })
    expect((await ada.call('GET', '/v1/workspace')).body).toMatchObject({ name: 'My workspace', version: 1 })

    await proveFactor(ada)
    expect((await change(ada, demand)).body).toMatchObject({ name: 'Safe', requiresSecondFactor: true })
    expectRefusal(await change(admin, { requiresSecondFactor: false }), denied)
    expect((await change(ada, { requiresSecondFactor: false })).body.requiresSecondFactor).toBe(false)
  })
})

describe('closing a workspace', () => {
  const close = async (user: SignedInUser, version = '*') =>
    await user.call('DELETE', '/v1/workspace', undefined, { 'If-Match': version })
  const restore = async (user: SignedInUser, workspaceId: string, headers = {}) =>
    await user.call('POST', '/v1/workspaces/restore', { workspaceId }, headers)

  test('is for owners; it takes everybody’s access and tells each owner', async () => {
    const ada = await registerUser(app)
    const { workspaceId } = ada
    const second = await registerMember(app, { workspaceId, role: 'owner' })
    const admin = await registerMember(app, { workspaceId, role: 'admin' })
    const isolate = app.secondIsolate()
    const elsewhere = async () => await send(isolate, 'GET', '/v1/campaigns', { token: admin.accessToken })
    expect((await elsewhere()).status).toBe(200)

    expectRefusal(await close(admin), denied)
    expectRefusal(await close(ada, '"v9"'), { status: 412, code: 'request/version-stale' })
    expect((await close(ada)).status).toBe(204)

    expectRefusal(await ada.call('GET', '/v1/workspace'), denied)
    app.advance(10_000)
    expectRefusal(await elsewhere(), denied)
    expectRefusal(await close(second), denied)
    const mails = await app.owner`
      select user_id from outbox where workspace_id = ${workspaceId} and kind = 'mail/workspace-closing'`
    expect(mails.map((row) => row['user_id']).sort()).toEqual([ada.id, second.id].sort())

    const [entry] = (await ada.call('GET', '/v1/workspaces')).body.data
    expect(entry).toMatchObject({ id: workspaceId, status: 'closing' })
    const daysLeft = (Date.parse(entry.closesAt) - app.now().getTime()) / 86_400_000
    expect(daysLeft).toBeGreaterThan(29.9)
    expect(daysLeft).toBeLessThanOrEqual(30)
    const body = { refreshToken: ada.refreshToken, workspaceId }
    expectRefusal(await send(app, 'POST', '/v1/auth/refresh', { body }), referenceNotFound('/workspaceId'))
  })

  test('within 30 days an owner restores it, and nobody else', async () => {
    const ada = await registerUser(app)
    const { workspaceId } = ada
    const admin = await registerMember(app, { workspaceId, role: 'admin' })
    const stranger = await registerUser(app)
    expectRefusal(await restore(ada, workspaceId), { status: 409, code: 'workspace/not-closing' })
    await close(ada)
    expectRefusal(await restore(admin, workspaceId), denied)
    expectRefusal(await restore(stranger, workspaceId), referenceNotFound('/workspaceId'))
    const headers = { 'Idempotency-Key': 'restore' }
    const restored = await restore(ada, workspaceId, headers)
    expect(restored).toMatchObject({ status: 200, body: { id: workspaceId, status: 'active', closesAt: null } })
    expect((await restore(ada, workspaceId, headers)).body).toEqual(restored.body)
    app.advance(10_000)
    expect((await admin.call('GET', '/v1/campaigns')).status).toBe(200)
  })
  test('that demands a second factor is undone by a session that has proved one alone', async () => {
    const ada = await registerUser(app)
    const { workspaceId } = ada
    const prove = async (at: string | null) =>
      await asOwner(app, (tx) => tx`update user_sessions set second_factor_at = ${at} where user_id = ${ada.id}`)
    await asOwner(app, (tx) => tx`update workspaces set requires_second_factor = true where id = ${workspaceId}`)
    await prove('2026-01-01T00:00:00Z')
    app.advance(10_000)
    await close(ada)
    await prove(null)
    expectRefusal(await restore(ada, workspaceId), { status: 403, code: 'auth/second-factor-required' })
    expect((await app.owner`select status from workspaces where id = ${workspaceId}`)[0]?.['status']).toBe('closing')
    await prove('2026-01-01T00:00:00Z')
    expect((await restore(ada, workspaceId)).status).toBe(200)
  })
})
