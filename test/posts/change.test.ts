import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, invalid } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { insertAccount, insertMedium, movePost } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let accountId: string
let campaignId: string
let photos: string[]
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  accountId = await insertAccount(app, ada)
  photos = [await insertMedium(app, ada), await insertMedium(app, ada)]
  campaignId = (await ada.call('POST', '/v1/campaigns', { name: 'Spring', objective: 'sales' })).body.id
})

const make = async (more: object = {}) =>
  (await ada.call('POST', '/v1/posts', { kind: 'image', accountId, mediaIds: [photos[0]], ...more })).body
const patch = async (id: string, change: object) =>
  await ada.call('PATCH', `/v1/posts/${id}`, change, { 'If-Match': '*' })

describe('the revision of the content', () => {
  test('is raised by what an approver looks at, once a change', async () => {
    const { id } = await make()
    const changes = [
      { caption: 'Words' },
      { options: { firstComment: 'Hello' } },
      { mediaIds: [photos[1]] },
      { media: [{ mediaId: photos[1], altText: 'A cup' }] },
      { accountId: null },
      { caption: 'Other words', accountId, mediaIds: [photos[0]], options: {} },
    ]
    for (const [index, change] of changes.entries())
      expect((await patch(id, change)).body.contentRevision, JSON.stringify(change)).toBe(index + 2)
  })

  test('is raised by a cover', async () => {
    const { id } = await make({ kind: 'reel', mediaIds: [] })
    expect((await patch(id, { options: { coverMediaId: photos[0] } })).body.contentRevision).toBe(2)
    expect((await patch(id, { options: { coverMediaId: photos[1] } })).body.contentRevision).toBe(3)
  })

  test('stays when nothing of it changes, or only where the post belongs', async () => {
    const { id } = await make({ caption: 'Words' })
    for (const change of [{}, { caption: 'Words', accountId, mediaIds: [photos[0]], options: {} }])
      expect((await patch(id, change)).body).toMatchObject({ contentRevision: 1, version: 1 })
    expect((await patch(id, { tags: ['spring'] })).body).toMatchObject({ contentRevision: 1, version: 2 })
    expect((await patch(id, { campaignId })).body).toMatchObject({ contentRevision: 1, version: 3 })
  })

  test('is no news in the trail', async () => {
    const { id } = await make()
    await patch(id, { caption: 'Words' })
    const trail = await app.owner`
      select new_values as values from audit_logs where row_id = ${id} and operation = 'UPDATE'`
    expect(trail).toEqual([{ values: { caption: 'Words' } }])
  })
})

describe('a scheduled post', () => {
  test('stays one that can be published: what would leave it short is refused, with all that it would lack', async () => {
    const post = await make()
    await movePost(app, post.id, 'scheduled')
    const pending = await insertMedium(app, ada, 'pending', { status: 'pending' })
    const before = (await ada.call('GET', `/v1/posts/${post.id}`)).body
    for (const [change, codes] of [
      [{ accountId: null }, ['account/missing']],
      [{ mediaIds: [] }, ['media/missing']],
      [{ mediaIds: [pending], accountId: null }, ['account/missing', 'media/not-ready']],
    ] as const) {
      const answer = await patch(post.id, change)
      expectRefusal(answer, { status: 422, code: 'post/not-ready' })
      expect(answer.body.errors.map(({ code }: { code: string }) => code)).toEqual(codes)
    }
    expect((await ada.call('GET', `/v1/posts/${post.id}`)).body).toEqual(before)
    const { status, body } = await patch(post.id, { caption: 'New words', mediaIds: [photos[1]] })
    expect([status, body.status, body.scheduledAt]).toEqual([200, 'scheduled', before.scheduledAt])
  })
})

test('tags are kept once each, trimmed, in their order, and find the posts that have them', async () => {
  const { id, tags } = await make({ tags: [' new in', 'autumn', 'new in'] })
  expect(tags).toEqual(['new in', 'autumn'])
  const [other] = [await make({ tags: ['autumn'] }), await make({ tags: ['autumnal'] })]
  const found = async (tag: string) =>
    (await ada.call('GET', `/v1/posts?tag=${encodeURIComponent(tag)}`)).body.data.map((post: { id: string }) => post.id)
  expect(await found('autumn')).toEqual([other?.id, id])
  expect(await found('new in')).toEqual([id])
  expect(await found('new')).toEqual([])
  expect((await patch(id, { tags: [] })).body.tags).toEqual([])
  expect(await found('autumn')).toEqual([other?.id])
  expectRefusal(await patch(id, { tags: ['x'.repeat(51)] }), invalid('/tags/0'))
})

test('what was read can be sent back', async () => {
  const post = await make({ caption: 'Words', options: { firstComment: 'Hello' }, tags: ['autumn'] })
  const { caption, options, tags, media, campaignId: campaign } = post
  const answer = await patch(post.id, { caption, options, tags, media, campaignId: campaign, accountId })
  expect([answer.status, answer.body]).toEqual([200, post])
})
