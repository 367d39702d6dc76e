import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, withoutRequestId } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { staleFingerprints } from '../support/fingerprints.ts'
import { asOwner, insertAccount, insertMedium, movePost } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let accountId: string
let photos: string[]
/** The bytes of the first photo once more. */
let copy: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  accountId = await insertAccount(app, ada)
  const digest = randomBytes(32).toString('hex')
  copy = await insertMedium(app, ada, 'copy', {}, digest)
  photos = [await insertMedium(app, ada, 'photo', {}, digest), await insertMedium(app, ada, 'other')]
})

const day = 24 * 60 * 60 * 1000
let words = 0
const freshCaption = () => {
  words += 1
  return `Words no. ${words} and more`
}

const make = async (more: object = {}) => {
  const answer = await ada.call('POST', '/v1/posts', { kind: 'image', accountId, mediaIds: [photos[0]], ...more })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
type Told = { warnings: { pointer: string; code: string; detail: string }[] }
const duplicatesIn = ({ warnings }: Told) => warnings.filter(({ code }) => code === 'content/duplicate')
const isTold = (post: Told, of: string) => {
  const [warning, ...more] = duplicatesIn(post)
  expect(more).toEqual([])
  expect(warning?.pointer).toBe('')
  expect(warning?.detail).toContain(of)
}

describe('the same words and media on one account', () => {
  test('are told when a post is made, read, validated and changed, with the other post', async () => {
    const caption = freshCaption()
    const first = await make({ caption })
    expect(duplicatesIn(first)).toEqual([])
    const second = await make({ caption })
    isTold(second, first.id)
    isTold((await ada.call('GET', `/v1/posts/${first.id}`)).body, second.id)
    const body = { kind: 'image', accountId, mediaIds: [photos[0]], caption }
    isTold((await ada.call('POST', '/v1/posts/validate', body)).body, second.id)
    const patch = async (change: object) =>
      (await ada.call('PATCH', `/v1/posts/${second.id}`, change, { 'If-Match': '*' })).body
    expect(duplicatesIn(await patch({ caption: `${caption}!` }))).toEqual([])
    expect(duplicatesIn(await patch({ mediaIds: [photos[1]] }))).toEqual([])
    expect(duplicatesIn(await patch({ caption }))).toEqual([])
    isTold(await patch({ mediaIds: [copy] }), first.id)
  })

  test('are the same whatever the case, the white space and the way letters are written, and whichever file holds the bytes', async () => {
    const { id } = await make({ caption: 'Grüße  aus\nWien' })
    isTold(await make({ caption: 'GRU\u0308SSE AUS WIEN'.replace('SS', 'ß'), mediaIds: [copy] }), id)
  })

  test('are not the same on another account, in other media, in another order, or without words', async () => {
    const caption = freshCaption()
    await make({ kind: 'carousel', caption, mediaIds: photos })
    for (const more of [
      { accountId: await insertAccount(app, ada) },
      { accountId: null },
      { mediaIds: [photos[1], photos[0]] },
      { mediaIds: [photos[0]] },
      { mediaIds: [...photos, photos[0]] },
      { mediaIds: [] },
      { caption: null },
    ])
      expect(duplicatesIn(await make({ kind: 'carousel', caption, mediaIds: photos, ...more }))).toEqual([])
  })

  test('count for 30 days from when the other was, or is, to go out', async () => {
    const caption = freshCaption()
    const { id } = await make({ caption })
    const now = app.now().getTime()
    await movePost(app, id, 'published', new Date(now - 29 * day).toISOString())
    isTold(await make({ caption }), id)
    const old = freshCaption()
    const gone = await make({ caption: old })
    await movePost(app, gone.id, 'published', new Date(now - 31 * day).toISOString())
    expect(duplicatesIn(await make({ caption: old }))).toEqual([])
  })

  test('are nobody’s business in another workspace', async () => {
    const caption = freshCaption()
    await make({ caption })
    const bob = await registerUser(app)
    const account = await insertAccount(app, bob)
    const medium = await insertMedium(app, bob)
    await asOwner(app, async (tx) => {
      await tx`
        insert into media_objects (workspace_id, sha256, bytes, content_type, object_key)
        select ${bob.workspaceId}, o.sha256, o.bytes, o.content_type, 'twin' from media_objects o
        join media_files f on f.workspace_id = o.workspace_id and f.sha256 = o.sha256 where f.id = ${copy}`
      await tx`update media_files set sha256 = (select sha256 from media_files where id = ${copy}) where id = ${medium}`
    })
    const answer = await bob.call('POST', '/v1/posts', {
      kind: 'image',
      caption,
      accountId: account,
      mediaIds: [medium],
    })
    expect([answer.status, duplicatesIn(answer.body)]).toEqual([201, []])
  })
})

test('every way to make or change a post keeps its fingerprint', async () => {
  const caption = freshCaption()
  const first = await make({ caption })
  const { body: copy } = await ada.call('POST', `/v1/posts/${first.id}/duplicate`)
  const change = async (body: object) =>
    expect((await ada.call('PATCH', `/v1/posts/${copy.id}`, body, { 'If-Match': '*' })).status).toBe(200)
  await change({ tags: ['only'] })
  await change({ media: [] })
  await change({ caption: null, mediaIds: photos.slice(1) })
  await change({ accountId: null })
  const posts = [{ kind: 'image', accountId, mediaIds: photos.slice(0, 1), caption }, { kind: 'image' }]
  const { status, body } = await ada.call('POST', '/v1/posts/batch', { mode: 'all', posts })
  expect([status, body.created]).toEqual([200, 2])
  isTold(body.data[0].post, first.id)
  expect(await staleFingerprints(app.owner)).toEqual([])
})

describe('a duplicate', () => {
  test('is a new draft of its maker with all that the other consists of, wherever that one stands', async () => {
    const campaignId = (await ada.call('POST', '/v1/campaigns', { name: 'Spring', objective: 'sales' })).body.id
    const source = await make({
      kind: 'carousel',
      mediaIds: undefined,
      caption: freshCaption(),
      campaignId,
      tags: ['spring'],
      options: { collaborators: ['brand'], firstComment: 'Hello' },
      media: [
        { mediaId: photos[0], altText: 'One', userTags: [{ username: 'a', x: 0, y: 1 }] },
        { mediaId: photos[1], altText: 'Two' },
      ],
    })
    await movePost(app, source.id, 'published')
    const answer = await ada.call('POST', `/v1/posts/${source.id}/duplicate`)
    expect([answer.status, answer.headers.get('ETag')]).toEqual([201, '"v1"'])
    const { id, version, status, createdAt, updatedAt, warnings, ...content } = answer.body
    expect(source).toMatchObject(content)
    expect([id === source.id, version, status]).toEqual([false, 1, 'draft'])
    isTold({ warnings }, source.id)
    expect((await ada.call('GET', `/v1/posts/${id}`)).body).toEqual(answer.body)
  })

  test('keeps a cover, and is made of a post that could no longer be made', async () => {
    const film = await insertMedium(app, ada, 'film', { contentType: 'video/mp4', height: 1920, durationMs: 5000 })
    const options = { coverMediaId: copy }
    const source = await make({ kind: 'reel', mediaIds: [film], options })
    await asOwner(app, (tx) => tx`update media_files set duration_ms = 1 where id = ${film}`)
    const { status, body } = await ada.call('POST', `/v1/posts/${source.id}/duplicate`)
    expect([status, body.options]).toEqual([201, options])
    expect(body.problems.map(({ code }: { code: string }) => code)).toEqual(['media/too-short'])
  })
})

test('a file that is a cover is not deleted while it is one', async () => {
  const cover = await insertMedium(app, ada)
  await make({ kind: 'reel', mediaIds: [], options: { coverMediaId: cover } })
  await expect(asOwner(app, (tx) => tx`delete from media_files where id = ${cover}`)).rejects.toMatchObject({
    constraint_name: 'posts_cover_media_fkey',
  })
})

test('what is deleted between reading and writing is missed by name, and an equal request is refused alike', async () => {
  const medium = await insertMedium(app, ada)
  const body = { kind: 'image', accountId, mediaIds: [medium] }
  await asOwner(app, (tx) => tx`delete from media_files where id = ${medium}`)
  const answers = await Promise.all(
    [1, 2].map(() => ada.call('POST', '/v1/posts', body, { 'Idempotency-Key': 'gone' })),
  )
  for (const answer of answers) {
    expectRefusal(answer, { status: 422, code: 'reference/not-found', pointers: ['/mediaIds/0'] })
    expect(withoutRequestId(answer)).toEqual(withoutRequestId(answers[0] ?? answer))
  }
})
