import { beforeAll, expect, test } from 'vitest'
import { expectRefusal, invalid } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { insertAccount, registerMember, verifyEmail } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  // An API key is for those who have.
  await verifyEmail(app, ada.id)
})

const makePost = async (more = {}) => (await ada.call('POST', '/v1/posts', { kind: 'story', ...more })).body
const note = async (postId: string, text: string, user = ada) =>
  await user.call('POST', `/v1/posts/${postId}/notes`, { text })

test('a note is its writer’s, newest first, and leaves the post as it is', async () => {
  const post = await makePost()
  const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'editor' })
  const first = await note(post.id, ' The light is good ')
  expect(first.status).toBe(201)
  expect(first.body).toEqual({
    id: expect.any(String),
    authorId: ada.id,
    text: 'The light is good',
    createdAt: expect.stringMatching(/Z$/),
  })
  const second = await note(post.id, 'It is', bob)
  expect((await ada.call('GET', `/v1/posts/${post.id}/notes`)).body).toEqual({
    data: [second.body, first.body],
    nextCursor: null,
  })
  expect((await ada.call('GET', `/v1/posts/${post.id}`)).body).toEqual(post)
  const trail = await app.owner`
    select user_id, new_values ->> 'text' as text from audit_logs where table_name = 'post_notes' and row_id = ${second.body.id}`
  expect(trail).toEqual([{ user_id: bob.id, text: '[redacted]' }])
})

test('goes with its post, and with its writer', async () => {
  const [kept, deleted] = [await makePost(), await makePost()]
  const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'editor' })
  await note(kept.id, 'Mine')
  await note(kept.id, 'His', bob)
  await note(deleted.id, 'Lost')
  expect((await ada.call('DELETE', `/v1/posts/${deleted.id}`, undefined, { 'If-Match': '*' })).status).toBe(204)
  expect(await app.owner`select id from post_notes where post_id = ${deleted.id}`).toEqual([])
  const erased = await bob.call('DELETE', '/v1/me', { password: bob.password }, { 'If-Match': '*' })
  expect(erased.status).toBeLessThan(300)
  const { data } = (await ada.call('GET', `/v1/posts/${kept.id}/notes`)).body
  expect(data.map(({ text }: { text: string }) => text)).toEqual(['Mine'])
})

test.each([
  ['', '/text'],
  [' ', '/text'],
  ['x'.repeat(4001), '/text'],
  [1, '/text'],
])('%j is no note', async (text, pointer) => {
  expectRefusal(await note((await makePost()).id, text as string), invalid(pointer))
})

test('a key that is limited to accounts reads and writes notes of their posts alone', async () => {
  const accountId = await insertAccount(app, ada)
  const [own, other] = [await makePost({ accountId }), await makePost()]
  const body = { name: 'Shop', scopes: ['posts:read', 'posts:write'], accountIds: [accountId] }
  const { key: token } = (await ada.call('POST', '/v1/api-keys', body)).body
  await note(other.id, 'Not for the shop')
  const ask = async (method: string, id: string) =>
    await send(app, method, `/v1/posts/${id}/notes`, { token, ...(method === 'POST' && { body: { text: 'x' } }) })
  expect([(await ask('POST', own.id)).status, (await ask('GET', own.id)).status]).toEqual([201, 200])
  for (const method of ['GET', 'POST'])
    expectRefusal(await ask(method, other.id), { status: 404, code: 'post/not-found' })
})
