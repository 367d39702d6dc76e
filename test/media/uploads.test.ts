import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { runWaking } from '../../src/jobs/run.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import {
  animatedWebp,
  bombPng,
  cmykJpeg,
  cutOff,
  declarationOf,
  dottedPng,
  film,
  grayJpeg,
  jpeg,
  png,
  profiledJpeg,
  progressiveJpeg,
  readyFile,
  sendBytes,
  sha256Of,
  start,
  textNamedJpeg,
  turnedJpeg,
  type Upload,
  upload,
  webp,
  withComments,
  withIndexAtEnd,
  withInIndex,
  withJpegFrame,
  withJpegSize,
  withNumber,
} from '../support/media-files.ts'

/** Uploads through HTTP, over the platform's simulators of R2 and Images. */

let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
})

const tracks = (count: number): Upload =>
  Array.from({ length: count }).reduce<Upload>((made) => withInIndex(made, 'trak'), film('h264.mp4'))

/** A film whose pictures are shown in another order than they are stored in. */
function reordered({ samples }: { samples: number }): Upload {
  const content = Buffer.alloc(16)
  content.writeUInt32BE(1, 4)
  content.writeUInt32BE(samples, 8)
  return withInIndex(film('h264.mp4'), 'ctts', content, ['moov', 'trak', 'mdia', 'minf', 'stbl'])
}

/** What the store holds of a workspace once the worker has cleared away. */
const keysOf = async ({ workspaceId }: SignedInUser): Promise<readonly string[]> => {
  await runWaking(app.jobs)
  return await app.media.list(`media/${workspaceId}/`)
}
const storedOf = async (key: string | undefined): Promise<Buffer> =>
  Buffer.from(await new Response((await app.media.get(key ?? ''))?.body).arrayBuffer())
const objectsOf = async ({ workspaceId }: SignedInUser) =>
  await app.owner`select object_key as key, bytes::int, content_type as type from media_objects where workspace_id = ${workspaceId}`
const usageOf = async (user: SignedInUser) => (await user.call('GET', '/v1/media-usage')).body

describe('what passes its checks is ready', () => {
  const none = { colorProfile: null, colorModel: 'rgb' }
  test.each<[string, () => Promise<Upload> | Upload, object]>([
    ['a JPEG', () => jpeg(), { width: 40, height: 50, traits: { kind: 'image', ...none } }],
    ['a progressive JPEG', progressiveJpeg, { width: 200, height: 200, traits: { kind: 'image', ...none } }],
    ['a JPEG with comments before its end', async () => withComments(await jpeg(), 900), { width: 40, height: 50 }],
    ['a JPEG that lies on its side', turnedJpeg, { width: 50, height: 40 }],
    ['a JPEG with a profile', () => profiledJpeg('p3'), { traits: { colorProfile: expect.stringMatching(/P3/) } }],
    ['a JPEG for print', cmykJpeg, { traits: { colorModel: 'cmyk' } }],
    ['a JPEG in gray', grayJpeg, { traits: { colorModel: 'gray' } }],
    [
      'an MP4',
      () => film('h264.mp4'),
      {
        width: 108,
        height: 192,
        durationMs: expect.toSatisfy((ms: number) => ms >= 1000 && ms < 1050),
        contentType: 'video/mp4',
        traits: {
          kind: 'video',
          container: 'mp4',
          videoCodec: 'h264',
          frameRate: 30,
          audioCodec: 'aac',
          audioChannels: 2,
          audioSampleRate: 48_000,
          hasEditList: true,
          chroma: '4:2:0',
          isInterlaced: false,
        },
      },
    ],
    [
      'a QuickTime film',
      () => film('hevc.mov'),
      {
        durationMs: 400,
        traits: { container: 'mov', videoCodec: 'hevc', frameRate: 25, audioCodec: null, chroma: '4:2:0' },
      },
    ],
    ['a film in another order', () => reordered({ samples: 30 }), { durationMs: expect.any(Number) }],
    ['a film in halves', () => film('interlaced.mp4'), { traits: { chroma: '4:2:2', isInterlaced: true } }],
  ])('%s', async (_, make, facts) => {
    const file = await make()
    const user = await registerUser(app)
    const answer = await upload(app, user, file)
    const { bytes, sha256, ...declared } = declarationOf(file)
    expect(answer.body).toMatchObject({ ...declared, bytes, sha256, status: 'ready', rejectionCode: null, ...facts })
    expect(answer.status).toBe(200)
    const [key] = await keysOf(user)
    expect(sha256Of(await storedOf(key))).toBe(sha256)
    const read = await user.call('GET', `/v1/media/${answer.body.id}`)
    expect(read.body).toEqual(answer.body)
    expect(read.headers.get('ETag')).toBe(`"v${answer.body.version}"`)
    expect(await usageOf(user)).toEqual({ usedBytes: bytes, reservedBytes: 0, limitBytes: 5 * 1024 ** 3 })
  })

  test.each<[string, () => Promise<Upload>]>([
    ['a PNG', () => png()],
    ['a WebP', () => webp()],
  ])('%s becomes a JPEG, and twice the same one', async (_, make) => {
    const file = await make()
    const user = await registerUser(app)
    const first = await readyFile(app, user, file)
    expect(first).toMatchObject({ contentType: 'image/jpeg', width: 40, height: 50, traits: { kind: 'image' } })
    const second = await readyFile(app, user, file)
    expect(second).toMatchObject({ sha256: first.sha256, bytes: first.bytes, traits: first.traits })
    const keys = await keysOf(user)
    expect(keys).toHaveLength(1)
    const stored = await storedOf(keys[0])
    expect([stored.byteLength, sha256Of(stored)]).toEqual([first.bytes, first.sha256])
    expect(stored.subarray(0, 3).toString('hex')).toBe('ffd8ff')
    expect(await usageOf(user)).toMatchObject({ usedBytes: first.bytes, reservedBytes: 0 })
  })
})

test('a PNG whose JPEG Instagram would not take for its size becomes as wide as Instagram shows it', async () => {
  const user = await registerUser(app)
  const ready = await readyFile(app, user, await dottedPng(4_000, 4_000))
  expect(ready).toMatchObject({ contentType: 'image/jpeg', width: 1440, height: 1440 })
  expect(ready.bytes).toBeLessThan(8 * 1024 * 1024)
  expect(await keysOf(user)).toHaveLength(1)
  expect(await usageOf(user)).toMatchObject({ usedBytes: ready.bytes, reservedBytes: 0 })
})

test('whoever completes an upload that somebody else has just completed gets the same file', async () => {
  const user = await registerUser(app)
  const file = await dottedPng(600, 600)
  const { body } = await start(user, file)
  await sendBytes(app, user, body.upload, file.content)
  const complete = async () => await user.call('POST', `/v1/media/${body.id}/complete`, undefined, {})
  const answers = await Promise.all([complete(), complete(), complete()])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(new Set(answers.map(({ body: { sha256 } }) => sha256)).size).toBe(1)
  expect(await keysOf(user)).toHaveLength(1)
})

describe('what does not pass is rejected, and nothing is left of it', () => {
  test.each<[string, () => Promise<Upload> | Upload, string]>([
    ['a text named .jpg', textNamedJpeg, 'media/type-mismatch'],
    ['a PNG named .jpg', async () => ({ ...(await png()), contentType: 'image/jpeg' }), 'media/type-mismatch'],
    ['an MP4 named .mov', () => ({ ...film('h264.mp4'), contentType: 'video/quicktime' }), 'media/type-mismatch'],
    ['a truncated JPEG', async () => cutOff(await jpeg({ width: 200, height: 200 })), 'media/truncated'],
    ['a JPEG cut in its header', async () => cutOff(await jpeg(), 0.05), 'media/truncated'],
    ['a truncated PNG', async () => cutOff(await png()), 'media/truncated'],
    ['a truncated WebP', async () => cutOff(await webp()), 'media/truncated'],
    ['a truncated film', () => cutOff(film('h264.mp4')), 'media/truncated'],
    ['a huge JPEG by its header', async () => withJpegSize(await jpeg(), 30_000, 30_000), 'media/too-many-pixels'],
    ['a JPEG of empty parts', async () => withComments(await jpeg(), 2_000_000), 'media/unreadable'],
    ['a JPEG without loss', async () => withJpegFrame(await jpeg(), 0xc3), 'media/unreadable'],
    ['a JPEG of twelve bits', async () => withJpegFrame(await jpeg(), 0xc1, 12), 'media/unreadable'],
    ['a JPEG of no height', async () => withJpegSize(await jpeg(), 40, 0), 'media/unreadable'],
    ['a bomb of a PNG', () => bombPng(), 'media/too-many-pixels'],
    ['a film with its index at the end', () => withIndexAtEnd(film('h264.mp4')), 'media/moov-not-first'],
    ['a WebP that moves', animatedWebp, 'media/animated'],
    ['a film in fragments', () => withInIndex(film('h264.mp4'), 'mvex'), 'media/fragmented'],
    ['a film with a table out of place', () => withInIndex(film('h264.mp4'), 'stbl'), 'media/unreadable'],
    ['a film of too many tracks', () => tracks(65), 'media/unreadable'],
    ['a film of endless length', () => withNumber(film('h264.mp4'), 'stts', 8, 0xffffffff), 'media/unreadable'],
    ['a film of endless width', () => withNumber(film('h264.mp4'), 'pasp', 0, 0xffffffff), 'media/unreadable'],
    [
      'a film of too many samples',
      () => withNumber(reordered({ samples: 30 }), 'stts', 8, 0xffffffff),
      'media/unreadable',
    ],
    ['a film of too many offsets', () => reordered({ samples: 0xffffffff }), 'media/unreadable'],
    ['a film of too many chunks', () => withNumber(film('h264.mp4'), 'stsc', 8, 0xffffffff), 'media/unreadable'],
    ['a film of too many sizes', () => withNumber(film('h264.mp4'), 'stsz', 8, 0xffffffff), 'media/unreadable'],
    ['a film whose table breaks off', () => withNumber(film('h264.mp4'), 'stts', -8, 12), 'media/unreadable'],
  ])('%s', async (_, make, code) => {
    const user = await registerUser(app)
    const file = await make()
    const answer = await upload(app, user, file)
    expectRefusal(answer, { status: 422, code })
    expect(answer.body.detail).toMatch(/./)
    const [rejected] = (await user.call('GET', '/v1/media?status=rejected')).body.data
    expect(rejected).toMatchObject({ status: 'rejected', rejectionCode: code, sha256: null, traits: null })
    expectRefusal(await user.call('POST', `/v1/media/${rejected.id}/complete`), { status: 422, code })
    expect(await keysOf(user)).toEqual([])
    expect(await usageOf(user)).toMatchObject({ usedBytes: 0, reservedBytes: 0 })
  })

  test('a PNG whose picture is damaged cannot be decoded', async () => {
    const user = await registerUser(app)
    const file = bombPng(100, 100)
    file.content.fill(0x55, 60)
    const ending = Buffer.from('0000000049454e44ae426082', 'hex')
    const length = file.content.byteLength - 8 - 25 - 12 - ending.length
    new DataView(file.content.buffer).setUint32(33, length)
    file.content.set(ending, file.content.byteLength - ending.length)
    expectRefusal(await upload(app, user, file), { status: 422, code: 'media/unreadable' })
    expect(await keysOf(user)).toEqual([])
  })
})

describe('bytes that are not those declared are not stored', () => {
  test.each<[string, (file: Upload) => object, (file: Upload) => Uint8Array<ArrayBuffer>, number, string]>([
    ['another hash', () => ({ sha256: 'ab'.repeat(32) }), ({ content }) => content, 422, 'media/checksum-mismatch'],
    [
      'too few',
      ({ content }) => ({ bytes: content.byteLength + 1 }),
      ({ content }) => content,
      422,
      'media/size-mismatch',
    ],
    [
      'too many',
      ({ content }) => ({ bytes: content.byteLength - 1 }),
      ({ content }) => content,
      422,
      'media/size-mismatch',
    ],
  ])('%s, and the right ones may still be sent', async (_, lies, sent, status, code) => {
    const user = await registerUser(app)
    const file = await jpeg()
    const { body } = await start(user, file, lies(file))
    expectRefusal(await sendBytes(app, user, body.upload, sent(file)), { status, code })
    expect(await keysOf(user)).toEqual([])
    expectRefusal(await user.call('POST', `/v1/media/${body.id}/complete`), { status: 409, code: 'media/not-uploaded' })
  })

  test('a length that is not declared, or another than that of the bytes', async () => {
    const user = await registerUser(app)
    const file = await jpeg()
    const { body } = await start(user, file)
    const [other, none] = [String(file.content.byteLength + 1), 'x']
    const call = async (length: string) => {
      return await sendBytes(app, user, body.upload, file.content, { 'content-length': length })
    }
    expectRefusal(await call(other), { status: 422, code: 'media/size-mismatch' })
    expectRefusal(await call(none), { status: 411, code: 'request/length-required' })
    expect(await keysOf(user)).toEqual([])
    expect((await sendBytes(app, user, body.upload, file.content)).status).toBe(204)
    expect((await user.call('POST', `/v1/media/${body.id}/complete`)).body).toMatchObject({ status: 'ready' })
  })
})

describe('the same bytes', () => {
  test('of two clients at once are one object and two files, and go with the last', async () => {
    const user = await registerUser(app)
    const file = await jpeg()
    const answers = await Promise.all(Array.from({ length: 6 }, () => upload(app, user, file)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(6)
    expect(await objectsOf(user)).toHaveLength(1)
    expect(await keysOf(user)).toHaveLength(1)
    expect(await usageOf(user)).toMatchObject({ usedBytes: file.content.byteLength, reservedBytes: 0 })
    const [kept, ...gone] = answers.map(({ body }) => body.id)
    await Promise.all(gone.map((id) => user.call('DELETE', `/v1/media/${id}`)))
    const [key] = await keysOf(user)
    expect(sha256Of(await storedOf(key))).toBe(sha256Of(file.content))
    expect((await user.call('DELETE', `/v1/media/${kept}`)).status).toBe(204)
    expect(await keysOf(user)).toEqual([])
    expect(await objectsOf(user)).toEqual([])
    expect(await usageOf(user)).toMatchObject({ usedBytes: 0, reservedBytes: 0 })
  })

  test('deleted and uploaded over and over at once never leave a file without them', async () => {
    const user = await registerUser(app)
    const file = await jpeg()
    for (let round = 0; round < 8; round += 1) {
      const { id } = await readyFile(app, user, file)
      const [again] = await Promise.all([
        upload(app, user, file),
        user.call('DELETE', `/v1/media/${id}`),
        runWaking(app.jobs),
        runWaking(app.jobs),
      ])
      expect(again.status).toBe(200)
      const [key, ...others] = await keysOf(user)
      expect(others).toEqual([])
      const [object] = await objectsOf(user)
      expect(object?.['key']).toBe(key)
      await user.call('DELETE', `/v1/media/${again.body.id}`)
    }
    expect(await keysOf(user)).toEqual([])
  })

  test('completed twice at once are one ready file', async () => {
    for (const file of [await jpeg(), await png()]) {
      const user = await registerUser(app)
      const { body } = await start(user, file)
      await sendBytes(app, user, body.upload, file.content)
      const path = `/v1/media/${body.id}/complete`
      const answers = await Promise.all(Array.from({ length: 5 }, () => user.call('POST', path)))
      for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: answers[0]?.body })
      expect(await keysOf(user)).toHaveLength(1)
      expect(await objectsOf(user)).toHaveLength(1)
    }
  })
})

test('a completion that is repeated under its key runs once, and a refused one gives the key back', async () => {
  const user = await registerUser(app)
  const file = await png()
  const { body } = await start(user, file)
  const key = { 'Idempotency-Key': randomUUID() }
  const complete = async () => await user.call('POST', `/v1/media/${body.id}/complete`, undefined, key)
  expectRefusal(await complete(), { status: 409, code: 'media/not-uploaded' })
  await sendBytes(app, user, body.upload, file.content)
  const answers = await Promise.all(Array.from({ length: 5 }, complete))
  const done = answers.filter(({ status }) => status === 200)
  expect(done.length).toBeGreaterThan(0)
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    expectRefusal(answer, { status: 409, code: 'idempotency/in-progress' })
  }
  for (const answer of [...done, await complete()]) expect(answer.body).toEqual(done[0]?.body)
  expect(await keysOf(user)).toHaveLength(1)
})

describe('an upload', () => {
  test('that is repeated under its key is the same one, with the same place to send to', async () => {
    const file = await jpeg()
    const key = { 'Idempotency-Key': randomUUID() }
    const [first, second] = await Promise.all([
      ada.call('POST', '/v1/media', declarationOf(file), key),
      ada.call('POST', '/v1/media', declarationOf(file), key),
    ])
    expect(first.status).toBe(201)
    expect(second.body).toEqual(first.body)
    expect(first.body.upload).toEqual({
      method: 'PUT',
      url: `https://api.test/v1/media/${first.body.id}/content`,
      headers: { 'content-length': String(file.content.byteLength), 'content-type': 'image/jpeg' },
    })
  })

  test('is refused when it is too large for its type, or of no type that is taken', async () => {
    const call = async (more: object) => await start(ada, textNamedJpeg(), more)
    const mebibyte = 1024 * 1024
    for (const [contentType, bytes, status] of [
      ['image/jpeg', 30 * mebibyte, 201],
      ['image/jpeg', 30 * mebibyte + 1, 422],
      ['video/mp4', 300 * mebibyte, 201],
      ['video/mp4', 300 * mebibyte + 1, 422],
      ['image/gif', 10, 422],
      ['image/jpeg', 0, 422],
    ] as const) {
      expect((await call({ contentType, bytes })).status, `${contentType} ${bytes}`).toBe(status)
    }
  })

  test('of another workspace is not found', async () => {
    const stranger = await registerUser(app)
    const file = await jpeg()
    const { body } = await start(ada, file)
    const notFound = { status: 404, code: 'media/not-found' }
    expectRefusal(await sendBytes(app, stranger, body.upload, file.content), notFound)
    for (const [method, path] of [
      ['POST', `/v1/media/${body.id}/complete`],
      ['GET', `/v1/media/${body.id}`],
      ['DELETE', `/v1/media/${body.id}`],
    ] as const) {
      expectRefusal(await stranger.call(method, path), notFound)
    }
    expect((await stranger.call('GET', '/v1/media')).body.data).toEqual([])
  })

  test('that is ready takes no bytes any more', async () => {
    const file = await jpeg()
    const { body } = await start(ada, file)
    await sendBytes(app, ada, body.upload, file.content)
    await ada.call('POST', `/v1/media/${body.id}/complete`)
    const closed = { status: 409, code: 'media/upload-closed' }
    expectRefusal(await sendBytes(app, ada, body.upload, file.content), closed)
  })
})

test('a file that is the cover of a reel is not deleted', async () => {
  const { id: coverMediaId } = await readyFile(app, ada, await jpeg())
  const post = await ada.call('POST', '/v1/posts', { kind: 'reel', options: { coverMediaId } })
  expect(post.status).toBe(201)
  expectRefusal(await ada.call('DELETE', `/v1/media/${coverMediaId}`), { status: 409, code: 'media/in-use' })
  await ada.call('DELETE', `/v1/posts/${post.body.id}`, undefined, { 'If-Match': '*' })
  expect((await ada.call('DELETE', `/v1/media/${coverMediaId}`)).status).toBe(204)
})

test('a file that a post shows is not deleted', async () => {
  const { id } = await readyFile(app, ada, await jpeg())
  const post = await ada.call('POST', '/v1/posts', { kind: 'image', mediaIds: [id] })
  expect(post.status).toBe(201)
  expectRefusal(await ada.call('DELETE', `/v1/media/${id}`), { status: 409, code: 'media/in-use' })
  await ada.call('DELETE', `/v1/posts/${post.body.id}`, undefined, { 'If-Match': '*' })
  expect((await ada.call('DELETE', `/v1/media/${id}`)).status).toBe(204)
  expectRefusal(await ada.call('DELETE', `/v1/media/${id}`), { status: 404, code: 'media/not-found' })
})

test('files are listed by status and kind', async () => {
  const user = await registerUser(app)
  const picture = await readyFile(app, user, await png())
  const video = await readyFile(app, user, film('h264.mp4'))
  const open = (await start(user, await jpeg())).body
  const idsOf = async (query: string) =>
    (await user.call('GET', `/v1/media${query}`)).body.data.map(({ id }: { id: string }) => id)
  expect(await idsOf('')).toEqual([open.id, video.id, picture.id])
  expect(await idsOf('?kind=video')).toEqual([video.id])
  expect(await idsOf('?kind=image')).toEqual([open.id, picture.id])
  expect(await idsOf('?status=ready&kind=image')).toEqual([picture.id])
  expect(await idsOf('?status=pending')).toEqual([open.id])
})
