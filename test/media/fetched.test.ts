import { beforeAll, expect, test } from 'vitest'
import type { MemberEnv } from '../../src/http/env.ts'
import { createRouter, json, route } from '../../src/http/route.ts'
import { runWaking } from '../../src/jobs/run.ts'
import { StoredFile } from '../../src/media/schema.ts'
import { storeFetched } from '../../src/media/service.ts'
import { ObjectStoreError } from '../../src/objects/in-time.ts'
import { connectObjects } from '../../src/objects/store.ts'
import { ProblemError } from '../../src/problem.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { film, jpeg, png, sha256Of, textNamedJpeg } from '../support/media-files.ts'
import { openBucket } from '../support/objects.ts'

/** Bytes that the server has fetched itself, by a route made here. */

let body: AsyncIterable<Uint8Array>
let maxBytes: number
const fetching = route({
  method: 'post',
  path: '/fetched',
  tag: 'test',
  summary: 'Stores what the test holds',
  access: 'media:write',
  responses: { 200: json(StoredFile, 'The file') },
})
const routes = createRouter<MemberEnv>().openapi(fetching, async (c) =>
  c.json(await storeFetched(c.get('ctx'), { fileName: 'from-afar', body, maxBytes }), 200),
)

let app: TestApp
beforeAll(async () => {
  app = await startApp({ extend: (made) => void made.route('/v1', routes) })
})

const inPieces = (content: Uint8Array<ArrayBuffer>): AsyncIterable<Uint8Array> => new Blob([content]).stream()

async function store(user: SignedInUser, pieces: AsyncIterable<Uint8Array>, most = 100_000) {
  body = pieces
  maxBytes = most
  return await user.call('POST', '/v1/fetched')
}

const leftOf = async (user: SignedInUser) => {
  await runWaking(app.jobs)
  const usage = (await user.call('GET', '/v1/media-usage')).body
  return { keys: (await app.media.list(`media/${user.workspaceId}/`)).length, reserved: usage.reservedBytes }
}

test.each([
  ['a JPEG', () => jpeg(), 'image/jpeg'],
  ['a PNG', () => png(), 'image/jpeg'],
  ['a film', async () => film('hevc.mov'), 'video/quicktime'],
])('%s is what it is, whatever it was called', async (_, make, contentType) => {
  const user = await registerUser(app)
  const { content } = await make()
  const answer = await store(user, inPieces(content))
  expect(answer.body).toMatchObject({ status: 'ready', fileName: 'from-afar', contentType })
  if (answer.body.bytes === content.byteLength) expect(answer.body.sha256).toBe(sha256Of(content))
  expect(await leftOf(user)).toEqual({ keys: 1, reserved: 0 })
})

test.each<[string, () => AsyncIterable<Uint8Array>, number, string]>([
  ['a text', () => inPieces(textNamedJpeg().content), 100_000, 'media/unsupported-type'],
  ['more than announced', () => inPieces(film('h264.mp4').content), 8_000, 'media/too-large'],
  ['nothing', () => inPieces(new Uint8Array(0)), 1_000, 'media/unreadable'],
])('%s is rejected, and nothing is left of it', async (_, pieces, most, code) => {
  const user = await registerUser(app)
  expectRefusal(await store(user, pieces(), most), { status: 422, code })
  expect(await leftOf(user)).toEqual({ keys: 0, reserved: 0 })
})

test('a sender that fails ends the file with its own problem', async () => {
  const user = await registerUser(app)
  async function* failing() {
    yield (await jpeg()).content
    throw new ProblemError('service/busy')
  }
  expectRefusal(await store(user, failing()), { status: 503, code: 'service/busy' })
  const { data } = (await user.call('GET', '/v1/media')).body
  expect(data).toMatchObject([{ status: 'rejected', rejectionCode: 'media/upload-incomplete' }])
  expect(await leftOf(user)).toEqual({ keys: 0, reserved: 0 })
})

test('a store that fails at the checks is a 503, and nothing stays reserved', async () => {
  const objects = connectObjects(await openBucket())
  const media = { ...objects, get: () => Promise.reject(new ObjectStoreError('away')) }
  const broken = await startApp({ media, extend: (made) => void made.route('/v1', routes) })
  const user = await registerUser(broken)
  const answer = await store(user, inPieces((await jpeg()).content))
  expectRefusal(answer, { status: 503, code: 'service/unavailable' })
  await runWaking(broken.jobs)
  expect((await user.call('GET', '/v1/media-usage')).body).toMatchObject({ usedBytes: 0, reservedBytes: 0 })
  expect(await objects.list(`media/${user.workspaceId}/`)).toEqual([])
})
