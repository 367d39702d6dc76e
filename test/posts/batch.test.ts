import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, invalid } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { insertAccount, insertMedium, verifyEmail } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let accountId: string
let photo: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  // An API key is for those who have.
  await verifyEmail(app, ada.id)
  accountId = await insertAccount(app, ada)
  photo = await insertMedium(app, ada)
})

const batch = async (body: object, headers?: Record<string, string>): Promise<Answer> =>
  await ada.call('POST', '/v1/posts/batch', body, headers)
const countPosts = async () => (await app.owner`select id from posts where workspace_id = ${ada.workspaceId}`).length
const good = (caption: string) => ({ kind: 'image', caption, accountId, mediaIds: [photo], tags: ['batch'] })
const bad = { kind: 'story', options: { audioName: 'Song' } }
const lost = { kind: 'image', mediaIds: [randomUUID()] }

test('makes posts in the order of the body, each as if it were made alone', async () => {
  const captions = Array.from({ length: 100 }, (_, index) => `Batch ${index}`)
  const answer = await batch({ posts: captions.map(good) })
  expect([answer.status, answer.body.created]).toEqual([200, 100])
  expect(
    answer.body.data.map(({ index, status, post }: never) => [index, status, (post as { caption: string }).caption]),
  ).toEqual(captions.map((caption, index) => [index, 201, caption]))
  const [{ post }] = answer.body.data
  expect((await ada.call('GET', `/v1/posts/${post.id}`)).body).toEqual(post)
  const listed = (await ada.call('GET', '/v1/posts?limit=100&tag=batch')).body.data
  expect(listed.map(({ caption }: { caption: string }) => caption)).toEqual(captions.toReversed())
})

describe('with a faulty one', () => {
  test('all or nothing: nothing, and every fault is told', async () => {
    const before = await countPosts()
    const answer = await batch({ posts: [good('a'), bad, lost] })
    const pointers = ['/posts/1/options/audioName', '/posts/2/mediaIds/0']
    expectRefusal(answer, { status: 422, code: 'reference/not-found', pointers })
    expectRefusal(await batch({ posts: [good('a'), bad] }), invalid('/posts/1/options/audioName'))
    expect(await countPosts()).toBe(before)
  })

  test('each for itself: the others are made', async () => {
    const before = await countPosts()
    const { status, body } = await batch({ mode: 'each', posts: [bad, good('b'), lost, good('c')] })
    expect([status, body.created]).toEqual([200, 2])
    expect(body.data).toMatchObject([
      { index: 0, status: 422, problem: { code: 'request/invalid', errors: [{ pointer: '/options/audioName' }] } },
      { index: 1, status: 201, post: { caption: 'b' } },
      { index: 2, status: 422, problem: { code: 'reference/not-found', errors: [{ pointer: '/mediaIds/0' }] } },
      { index: 3, status: 201, post: { caption: 'c' } },
    ])
    expect(await countPosts()).toBe(before + 2)
  })

  test('of each for itself, and none good: none is made, and the answer is kept all the same', async () => {
    const key = { 'Idempotency-Key': randomUUID() }
    const [first, second] = [
      await batch({ mode: 'each', posts: [bad] }, key),
      await batch({ mode: 'each', posts: [bad] }, key),
    ]
    expect([first.status, first.body.created]).toEqual([200, 0])
    expect(second.body).toEqual(first.body)
    expectRefusal(await batch({ mode: 'each', posts: [lost] }, key), { status: 422, code: 'idempotency/key-reused' })
  })
})

test('a dry run tells what would be, in either mode, and keeps nothing', async () => {
  const before = await countPosts()
  for (const mode of ['all', 'each']) {
    const { status, body } = await batch({ mode, dryRun: true, posts: [bad, { kind: 'image' }] })
    expect([status, body.created]).toEqual([200, 0])
    expect(body.data).toMatchObject([
      { index: 0, status: 422, problem: { code: 'request/invalid', errors: [{ code: 'options/foreign' }] } },
      {
        index: 1,
        status: 200,
        report: { problems: [{ code: 'account/missing' }, { code: 'media/missing' }], warnings: [] },
      },
    ])
  }
  expect(await countPosts()).toBe(before)
})

test('an equal request gets the same posts, faults included', async () => {
  const key = { 'Idempotency-Key': randomUUID() }
  const body = { mode: 'each', posts: [good('once'), bad] }
  const answers = await Promise.all(Array.from({ length: 5 }, () => batch(body, key)))
  for (const answer of answers) expect(answer.body).toEqual(answers[0]?.body)
  const made = await app.owner`select id from posts where caption = 'once'`
  expect(made).toHaveLength(1)
})

test.each<[string, object, string]>([
  ['none', { posts: [] }, '/posts'],
  ['101', { posts: Array.from({ length: 101 }, () => ({ kind: 'story' })) }, '/posts'],
  ['no list', {}, '/posts'],
  ['one that is no post', { posts: [{ kind: 'story' }, { kind: 'igtv' }] }, '/posts/1/kind'],
  ['another mode', { mode: 'some', posts: [{ kind: 'story' }] }, '/mode'],
])('%s is refused', async (_, body, pointer) => expectRefusal(await batch(body), invalid(pointer)))

test('a key that is limited to accounts makes posts on these alone', async () => {
  const body = { name: 'Shop', scopes: ['posts:write'], accountIds: [accountId] }
  const { key } = (await ada.call('POST', '/v1/api-keys', body)).body
  const other = await insertAccount(app, ada)
  const posts = [good('limited'), { kind: 'story', accountId: other }, { kind: 'story' }]
  const answer = await send(app, 'POST', '/v1/posts/batch', { token: key, body: { mode: 'each', posts } })
  expect(answer.body.data.map(({ status }: { status: number }) => status)).toEqual([201, 422, 422])
  expect(answer.body.data[2].problem.errors).toMatchObject([{ pointer: '/accountId', code: 'reference/not-found' }])
})
