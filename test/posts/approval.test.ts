import { randomUUID } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectRefusal, referenceNotFound } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { removeMember } from '../support/members.ts'
import { insertAccount, insertMedium, movePost, registerMember, setRole } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let editor: SignedInUser
let client: SignedInUser
let accountId: string
let mediaId: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  const { workspaceId } = ada
  editor = await registerMember(app, { workspaceId, role: 'editor' })
  client = await registerMember(app, { workspaceId, role: 'client' })
  accountId = await insertAccount(app, ada)
  mediaId = await insertMedium(app, ada)
})
beforeEach(async () => {
  await setRole(app, client.id, { workspaceId: ada.workspaceId, role: 'client' })
  // What the isolate knows of roles is older than that.
  app.advance(11_000)
  await policy('off')
})

const anyVersion = { 'If-Match': '*' }
const setPolicy = async (body: object, user = ada): Promise<Answer> =>
  await user.call('PATCH', '/v1/workspace', body, anyVersion)
const policy = async (approvalPolicy: string, approvers: SignedInUser[] = []): Promise<void> => {
  const answer = await setPolicy({ approvalPolicy, approverIds: approvers.map(({ id }) => id) })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
}
const draft = async (): Promise<string> =>
  (await editor.call('POST', '/v1/posts', { kind: 'image', accountId, mediaIds: [mediaId] })).body.id
const act = async (user: SignedInUser, id: string, action: string, body: object = {}, headers = {}): Promise<Answer> =>
  await user.call('POST', `/v1/posts/${id}/${action}`, body, headers)
const submitted = async (): Promise<string> => {
  const id = await draft()
  expect((await act(editor, id, 'submit')).body.status).toBe('in_review')
  return id
}
const patch = async (id: string, body: object): Promise<Answer> =>
  await editor.call('PATCH', `/v1/posts/${id}`, body, anyVersion)
const tomorrow = () => ({ at: new Date(app.now().getTime() + 24 * 60 * 60 * 1000).toISOString() })
const lastMove = async (id: string) => (await ada.call('GET', `/v1/posts/${id}/history`)).body.data[0]
const words = async (id: string) =>
  (await ada.call('GET', `/v1/posts/${id}/approvals`)).body.data.map(
    ({ userId, decision, contentRevision, reason }: Record<string, unknown>) => [
      userId,
      decision,
      contentRevision,
      reason,
    ],
  )
const statusOf = async (id: string) => (await ada.call('GET', `/v1/posts/${id}`)).body.status

describe('who has to approve', () => {
  test('is nobody until the workspace says so', async () => {
    expect((await ada.call('GET', '/v1/workspace')).body).toMatchObject({ approvalPolicy: 'off', approverIds: [] })
    expect((await act(editor, await draft(), 'schedule', tomorrow())).status).toBe(200)
  })

  test('is said by owners and admins, in one answer with its version', async () => {
    await policy('off')
    const before = (await ada.call('GET', '/v1/workspace')).body.version
    const answer = await setPolicy({ approvalPolicy: 'all', approverIds: [client.id, ada.id] })
    const approverIds = [client.id, ada.id].sort()
    expect(answer.body).toMatchObject({ approvalPolicy: 'all', approverIds, version: before + 1 })
    expect((await ada.call('GET', '/v1/workspace')).body).toEqual(answer.body)
    const again = await setPolicy({ approverIds: [ada.id, client.id] })
    expect(again.body).toEqual(answer.body)
    const shorter = await setPolicy({ approverIds: [client.id] })
    expect(shorter.body).toMatchObject({ approverIds: [client.id], version: before + 2 })
    expectRefusal(await setPolicy({ approvalPolicy: 'off' }, editor), { status: 403, code: 'permission/denied' })
    const trail = await app.owner`
      select operation, row_id, user_id from audit_logs
      where table_name = 'workspace_approvers' and workspace_id = ${ada.workspaceId} order by timestamp desc, id desc`
    expect(
      trail
        .slice(0, 3)
        .reverse()
        .map(({ operation, user_id }) => [operation, user_id]),
    ).toEqual([
      ['INSERT', ada.id],
      ['INSERT', ada.id],
      ['DELETE', ada.id],
    ])
  })

  test('can only be members who may', async () => {
    const stranger = await registerUser(app)
    const answer = await setPolicy({ approverIds: [client.id, editor.id, stranger.id, randomUUID()] })
    expectRefusal(answer, {
      ...referenceNotFound(''),
      pointers: ['/approverIds/1', '/approverIds/2', '/approverIds/3'],
    })
    const twice = await setPolicy({ approverIds: [client.id, client.id] })
    expectRefusal(twice, { status: 422, code: 'request/invalid' })
    expect((await ada.call('GET', '/v1/workspace')).body.approverIds).toEqual([])
  })

  test.each(['leaves', 'may no longer'])('is one fewer when one %s', async (how) => {
    await policy('all', [ada, client])
    const { version } = (await ada.call('GET', '/v1/workspace')).body
    const answer =
      how === 'leaves'
        ? await ada.call('DELETE', `/v1/workspace/members/${client.id}`, undefined, anyVersion)
        : await ada.call('PATCH', `/v1/workspace/members/${client.id}`, { role: 'analyst' }, anyVersion)
    expect(answer.status).toBeLessThan(300)
    const { body } = await ada.call('GET', '/v1/workspace')
    expect(body).toMatchObject({ approverIds: [ada.id], version: version + 1 })
    expect((await act(ada, await submitted(), 'approve')).body.status).toBe('approved')
  })
})

describe('one approval', () => {
  test('opens the way to a schedule, which is closed without it', async () => {
    await policy('one')
    const id = await submitted()
    const closed = await act(editor, await draft(), 'schedule', tomorrow())
    expectRefusal(closed, { status: 409, code: 'post/approval-required' })
    const approved = await act(client, id, 'approve', { note: 'Lovely' })
    expect(approved.body).toMatchObject({ status: 'approved', approvedRevision: 1, contentRevision: 1 })
    expect(await lastMove(id)).toMatchObject({ to: 'approved', userId: client.id, reason: 'Lovely' })
    expect(await words(id)).toEqual([[client.id, 'approved', 1, 'Lovely']])
    expect((await act(editor, id, 'schedule', tomorrow())).body.status).toBe('scheduled')
    expect((await act(editor, id, 'unschedule')).body).toMatchObject({ status: 'approved', approvedRevision: 1 })
  })

  test('suffices where the workspace has no policy', async () => {
    const id = await submitted()
    expect((await act(client, id, 'approve')).body.status).toBe('approved')
  })

  test('is not for editors, and a client does nothing but that', async () => {
    const id = await submitted()
    const denied = { status: 403, code: 'permission/denied' }
    expectRefusal(await act(editor, id, 'approve'), denied)
    expectRefusal(await act(editor, id, 'reject', { reason: 'No' }), denied)
    for (const action of ['submit', 'schedule', 'unschedule', 'archive'])
      expectRefusal(await act(client, id, action, action === 'schedule' ? tomorrow() : {}), denied)
  })

  test('is of the content that was looked at', async () => {
    const id = await submitted()
    await patch(id, { caption: 'Other words' })
    const stale = await act(client, id, 'approve', { contentRevision: 1 })
    expectRefusal(stale, { status: 412, code: 'request/version-stale' })
    expect((await act(client, id, 'approve', { contentRevision: 2 })).body.approvedRevision).toBe(2)
  })

  test.each(['one', 'all'])('counts by the right that is held when it is given (%s)', async (name) => {
    await policy(name, [client])
    const id = await submitted()
    // Known to be a client in the isolate, and none any more in the database.
    expect((await client.call('GET', `/v1/posts/${id}`)).status).toBe(200)
    await setRole(app, client.id, { workspaceId: ada.workspaceId, role: 'analyst' })
    expectRefusal(await act(client, id, 'approve'), { status: 403, code: 'permission/denied' })
    expect([await statusOf(id), await words(id)]).toEqual(['in_review', []])
  })
})

describe('the approval of all', () => {
  test('is complete with the last of the list, whoever else approves', async () => {
    const admin = await registerMember(app, { workspaceId: ada.workspaceId, role: 'admin' })
    await policy('all', [ada, client])
    const id = await submitted()
    expect((await act(admin, id, 'approve')).body).toMatchObject({ status: 'in_review', approvedRevision: null })
    expect((await act(client, id, 'approve')).body.status).toBe('in_review')
    expectRefusal(await act(client, id, 'approve'), { status: 409, code: 'post/already-approved' })
    expect((await act(ada, id, 'approve')).body).toMatchObject({ status: 'approved', approvedRevision: 1 })
    expect((await words(id)).map(([userId]: string[]) => userId)).toEqual([ada.id, client.id, admin.id])
  })

  test('of nobody is the approval of one', async () => {
    await policy('all', [])
    expect((await act(client, await submitted(), 'approve')).body.status).toBe('approved')
  })

  test.each(['leaves', 'is taken off the list'])('is no longer awaited of one who %s', async (how) => {
    await policy('all', [ada, client])
    const id = await submitted()
    expect((await act(ada, id, 'approve')).body.status).toBe('in_review')
    if (how === 'leaves') await removeMember(app, ada.workspaceId, client.id)
    else await policy('all', [ada])
    // Said before, and enough by now.
    expect((await act(ada, id, 'approve')).body.status).toBe('approved')
    expect(await words(id)).toHaveLength(1)
  })

  test.each(Array.from({ length: 10 }, (_, round) => round))('of two at once is complete (round %i)', async () => {
    await policy('all', [ada, client])
    const id = await submitted()
    const elsewhere = app.secondIsolate()
    const answers = await Promise.all([
      act(ada, id, 'approve'),
      send(elsewhere, 'POST', `/v1/posts/${id}/approve`, { token: client.accessToken }),
    ])
    expect(answers.map(({ status, body }) => [status, body.status]).sort()).toEqual([
      [200, 'approved'],
      [200, 'in_review'],
    ])
    expect(await statusOf(id)).toBe('approved')
  })
})

describe('a rejection', () => {
  test('says why, and the next approval is asked of the one who rejected too', async () => {
    await policy('all', [ada, client])
    const id = await submitted()
    await act(ada, id, 'approve')
    expectRefusal(await act(client, id, 'reject', {}), { status: 422, code: 'request/invalid' })
    const rejected = await act(client, id, 'reject', { reason: 'The logo is old' })
    expect(rejected.body.status).toBe('changes_requested')
    expect(await lastMove(id)).toMatchObject({ reason: 'The logo is old', userId: client.id })
    await act(editor, id, 'submit', { note: 'It is the new one' })
    expect((await act(client, id, 'approve')).body.status).toBe('approved')
    expect(await words(id)).toEqual([
      [client.id, 'approved', 1, null],
      [client.id, 'rejected', 1, 'The logo is old'],
      [ada.id, 'approved', 1, null],
    ])
  })

  test('of what one has approved takes that back', async () => {
    await policy('all', [ada, client])
    const id = await submitted()
    await act(client, id, 'approve')
    await act(client, id, 'reject', { reason: 'On second thoughts' })
    await act(editor, id, 'submit')
    expect((await act(ada, id, 'approve')).body.status).toBe('in_review')
  })
})

describe('another content', () => {
  test('makes earlier approvals void', async () => {
    await policy('all', [ada, client])
    const id = await submitted()
    await act(client, id, 'approve')
    expect((await patch(id, { caption: 'Other words' })).body).toMatchObject({ status: 'in_review' })
    expect((await act(ada, id, 'approve')).body.status).toBe('in_review')
    expect((await act(client, id, 'approve')).body).toMatchObject({ status: 'approved', approvedRevision: 2 })
  })

  test.each(['off', 'one'])('takes an approved post back into review (%s)', async (name) => {
    await policy(name)
    const id = await submitted()
    await act(client, id, 'approve')
    expect((await patch(id, { caption: null, tags: ['spring'] })).body.status).toBe('approved')
    const changed = await patch(id, { caption: 'Other words' })
    expect(changed.body).toMatchObject({ status: 'in_review', approvedRevision: 1, contentRevision: 2 })
    expect((await ada.call('GET', `/v1/posts/${id}`)).body).toEqual(changed.body)
    expect(await lastMove(id)).toMatchObject({ from: 'approved', to: 'in_review', reason: 'The content has changed.' })
  })

  test('takes a scheduled post back into review where posts are approved first, and its time with it', async () => {
    await policy('one')
    const id = await submitted()
    await act(client, id, 'approve')
    await act(editor, id, 'schedule', tomorrow())
    const changed = await patch(id, { caption: 'Other words' })
    expect(changed.body).toMatchObject({ status: 'in_review', scheduledAt: null, timeZone: null })
    expectRefusal(await act(editor, id, 'schedule', tomorrow()), { status: 409, code: 'post/illegal-move' })
  })

  test('leaves a scheduled post alone where they are not', async () => {
    const id = await draft()
    await act(editor, id, 'schedule', tomorrow())
    expect((await patch(id, { caption: 'Other words' })).body).toMatchObject({
      status: 'scheduled',
      scheduledAt: expect.any(String),
    })
  })
})

describe('the database', () => {
  test('schedules and publishes nothing without the approval that the workspace wants, whoever asks', async () => {
    await policy('one')
    for (const status of ['scheduled', 'publishing'] as const)
      await expect(movePost(app, await draft(), status)).rejects.toMatchObject({
        constraint_name: 'posts_approval_required',
      })
    const id = await draft()
    await policy('off')
    await movePost(app, id, 'scheduled')
    await policy('one')
    // Under way since before.
    await movePost(app, id, 'missed')
    expectRefusal(await act(editor, id, 'schedule', tomorrow()), { status: 409, code: 'post/approval-required' })
  })

  test('keeps no post approved whose content has changed', async () => {
    const id = await submitted()
    await act(client, id, 'approve')
    await expect(
      app.owner.begin(async (tx) => {
        await tx`select set_config('app.actor', '{"kind":"migration","id":"test","requestId":"test"}', true)`
        await tx`update posts set content_revision = content_revision + 1 where id = ${id}`
      }),
    ).rejects.toMatchObject({ constraint_name: 'posts_approved_check' })
  })
})

test('the lists of a post that does not exist are not found', async () => {
  for (const list of ['history', 'approvals'])
    expectRefusal(await ada.call('GET', `/v1/posts/${randomUUID()}/${list}`), {
      status: 404,
      code: 'post/not-found',
    })
})
