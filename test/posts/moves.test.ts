import { beforeAll, describe, expect, test } from 'vitest'
import { sources } from '../../src/posts/moves.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { insertAccount, insertMedium, movePost, postStatuses, verifyEmail } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let accountId: string
let mediaId: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  await verifyEmail(app, ada.id)
  accountId = await insertAccount(app, ada)
  mediaId = await insertMedium(app, ada)
})

const at = (daysAhead: number) => new Date(app.now().getTime() + daysAhead * 24 * 60 * 60 * 1000).toISOString()
const bodies: Readonly<Record<string, () => object | undefined>> = {
  submit: () => ({ note: 'Please look' }),
  approve: () => ({}),
  reject: () => ({ reason: 'Wrong picture' }),
  schedule: () => ({ at: at(1) }),
  unschedule: () => undefined,
  archive: () => undefined,
}
const actions = Object.keys(bodies) as (keyof typeof sources)[]

const draft = async (body: object = { accountId, mediaIds: [mediaId] }): Promise<string> => {
  const made = await ada.call('POST', '/v1/posts', { kind: 'image', ...body })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return made.body.id
}
const act = async (id: string, action: string, body = bodies[action]?.()): Promise<Answer> =>
  await ada.call('POST', `/v1/posts/${id}/${action}`, body)
const history = async (id: string): Promise<Record<string, unknown>[]> =>
  (await ada.call('GET', `/v1/posts/${id}/history`)).body.data

/** Where each action takes a post, from where it may; by hand, beside the code's own table. */
const targets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  submit: { draft: 'in_review', changes_requested: 'in_review' },
  approve: { in_review: 'approved' },
  reject: { in_review: 'changes_requested' },
  schedule: {
    draft: 'scheduled',
    approved: 'scheduled',
    scheduled: 'scheduled',
    failed: 'scheduled',
    missed: 'scheduled',
  },
  unschedule: { scheduled: 'draft', failed: 'draft', missed: 'draft' },
  archive: { published: 'archived', failed: 'archived', missed: 'archived' },
}

describe('each action from each status', () => {
  test.each(actions)('%s', async (action) => {
    expect([...sources[action]].sort()).toEqual(Object.keys(targets[action] ?? {}).sort())
    const moves = await app.owner<
      { move: string }[]
    >`select from_status || ' ' || to_status as move from post_status_moves`
    const legal = new Set(moves.map(({ move }) => move))
    for (const status of postStatuses) {
      const id = await draft()
      await movePost(app, id, status)
      const before = await history(id)
      const answer = await act(id, action)
      const target = targets[action]?.[status]
      if (target === undefined) {
        expectRefusal(answer, { status: 409, code: 'post/illegal-move' })
        expect(answer.body.detail).toContain(status)
        expect(await history(id)).toEqual(before)
        continue
      }
      expect([status, answer.status, answer.body.status]).toEqual([status, 200, target])
      expect((await ada.call('GET', `/v1/posts/${id}`)).body).toEqual(answer.body)
      const added = (await history(id)).slice(0, -before.length)
      if (target === status) {
        expect(added).toEqual([])
        continue
      }
      expect(legal).toContain(`${status} ${target}`)
      expect(added).toMatchObject([{ from: status, to: target, actorKind: 'user', actorId: ada.id, userId: ada.id }])
    }
  })
})

describe('a schedule', () => {
  test('holds the instant, and a later one takes its place', async () => {
    const id = await draft()
    const first = await act(id, 'schedule', { at: '2027-03-01T09:30:00+02:00' })
    expect(first.body).toMatchObject({ scheduledAt: '2027-03-01T07:30:00Z', localTime: null, timeZone: null })
    const second = await act(id, 'schedule', { at: at(3) })
    expect(second.body).toMatchObject({ status: 'scheduled', version: first.body.version + 1 })
    const [row] = await app.owner`
      select old_values, new_values, user_id from audit_logs
      where table_name = 'posts' and row_id = ${id} order by timestamp desc, id desc limit 1`
    expect(row).toMatchObject({ user_id: ada.id, old_values: { scheduled_at: expect.any(String) } })
    expect(await history(id)).toHaveLength(2)
  })

  test('for the time that it has already is refused', async () => {
    const id = await draft()
    const time = { at: at(1) }
    expect((await act(id, 'schedule', time)).status).toBe(200)
    expectRefusal(await act(id, 'schedule', time), { status: 409, code: 'post/illegal-move' })
  })

  test.each([
    ['the past', () => ({ at: at(-1) })],
    ['more than two years ahead', () => ({ at: at(733) })],
  ])('in %s is refused', async (_, body) => {
    const id = await draft()
    const answer = await act(id, 'schedule', body())
    expectRefusal(answer, { status: 422, code: 'request/invalid' })
    expect(answer.body.errors).toMatchObject([{ pointer: '/at', code: 'value/out-of-range' }])
  })

  test.each(['schedule', 'submit'])('%s needs a post without problems', async (action) => {
    const id = await draft({})
    const answer = await act(id, action)
    expectRefusal(answer, { status: 422, code: 'post/not-ready' })
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/accountId', '/media'])
    expect(await history(id)).toHaveLength(1)
  })

  test('that ends leaves no time behind', async () => {
    const id = await draft()
    await act(id, 'schedule')
    expect((await act(id, 'unschedule')).body).toMatchObject({ status: 'draft', scheduledAt: null, timeZone: null })
  })
})

test('the history has who and why, a page at a time', async () => {
  const id = await draft()
  await act(id, 'submit')
  await act(id, 'reject')
  const first = await ada.call('GET', `/v1/posts/${id}/history?limit=2`)
  expect(first.body.data).toMatchObject([
    { from: 'in_review', to: 'changes_requested', reason: 'Wrong picture' },
    { from: 'draft', to: 'in_review', reason: 'Please look' },
  ])
  const second = await ada.call('GET', `/v1/posts/${id}/history?limit=2&cursor=${first.body.nextCursor}`)
  expect(second.body).toMatchObject({ data: [{ from: null, to: 'draft', reason: null }], nextCursor: null })
})

test('a body may be left out where it says nothing that is needed', async () => {
  const id = await draft()
  expect((await ada.call('POST', `/v1/posts/${id}/submit`)).body.status).toBe('in_review')
  expect((await ada.call('POST', `/v1/posts/${id}/approve`)).body.status).toBe('approved')
  expect((await history(id))[0]).toMatchObject({ reason: null })
})

test('an API key sees and moves posts of its accounts alone, and speaks for who made it', async () => {
  const other = await insertAccount(app, ada)
  const scopes = ['posts:read', 'posts:write', 'posts:publish', 'posts:approve']
  const { body: key } = await ada.call('POST', '/v1/api-keys', { name: 'One', scopes, accountIds: [other] })
  const withKey = async (method: string, path: string, body?: object) =>
    await send(app, method, `/v1/posts/${path}`, { token: key.key, body })
  const id = await draft()
  const notFound = { status: 404, code: 'post/not-found' }
  for (const action of ['submit', 'schedule', 'unschedule', 'archive'])
    expectRefusal(await withKey('POST', `${id}/${action}`, bodies[action]?.()), notFound)
  for (const list of ['history', 'approvals']) expectRefusal(await withKey('GET', `${id}/${list}`), notFound)
  const own = await draft({ accountId: other, mediaIds: [mediaId] })
  expect((await withKey('POST', `${own}/submit`)).status).toBe(200)
  expect((await history(own))[0]).toMatchObject({ actorKind: 'api_key', actorId: key.id, userId: ada.id })
  expect((await withKey('POST', `${own}/approve`)).body.status).toBe('approved')
  const [approval] = (await ada.call('GET', `/v1/posts/${own}/approvals`)).body.data
  expect(approval).toMatchObject({ decision: 'approved', userId: ada.id })
})
