import { randomUUID } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runWaking } from '../../src/jobs/run.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { film, jpeg, png, sha256Of, textNamedJpeg, type Upload, withIndexAtEnd } from '../support/media-files.ts'
import { endless, type FakeHosts, fakeHosts, redirectTo } from '../support/outbound.ts'

/** Imports through HTTP, of hosts in this process. */

const hosts: FakeHosts = fakeHosts()
let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  const outbound: Pick<FakeHosts, 'fetch' | 'resolve'> = {
    fetch: async (url, init) => await hosts.fetch(url, init),
    resolve: async (name) => await hosts.resolve(name),
  }
  app = await startApp({ outbound })
})
beforeEach(async () => {
  Object.assign(hosts, { ...fakeHosts(), fetch: hosts.fetch, resolve: hosts.resolve })
  ada = await registerUser(app)
})

const url = 'https://files.shop.com/pictures/autumn%20sale.jpg?signature=not-to-be-kept'
const give = ({ content }: Upload, headers: Record<string, string> = {}) => {
  hosts.answers[url] = () =>
    new Response(content, { headers: { 'Content-Length': String(content.byteLength), ...headers } })
}
const importing = async (body: object = { url }, headers: Record<string, string> = {}) =>
  await ada.call('POST', '/v1/media/import', body, headers)
const usage = async () => (await ada.call('GET', '/v1/media-usage')).body
const leftBehind = async () => {
  await runWaking(app.jobs)
  return await app.media.list(`media/${ada.workspaceId}/`)
}
const bytesAt = async (link: string) => new Uint8Array(await (await app.fetch(new Request(link))).arrayBuffer())

test('a picture is fetched, checked, stored and served', async () => {
  const file = await jpeg()
  give(file)
  const answer = await importing()
  expect(answer.status).toBe(201)
  expect(answer.body).toMatchObject({
    status: 'ready',
    fileName: 'autumn sale.jpg',
    contentType: 'image/jpeg',
    bytes: file.content.byteLength,
    sha256: sha256Of(file.content),
    width: 40,
    height: 50,
  })
  expect(await bytesAt(answer.body.url)).toEqual(file.content)
  expect((await ada.call('GET', `/v1/media/${answer.body.id}`)).body).toEqual(answer.body)
  expect(await usage()).toMatchObject({ usedBytes: file.content.byteLength, reservedBytes: 0 })
})

test('the URL, which may hold a signature, is kept nowhere', async () => {
  give(await jpeg())
  await importing({ url }, { 'Idempotency-Key': randomUUID() })
  const tables =
    await app.owner`select to_jsonb(m) as row from media_files m union all select to_jsonb(k) from idempotency_keys k
    union all select to_jsonb(a) from audit_logs a`
  expect(JSON.stringify([tables, app.logs])).not.toContain('not-to-be-kept')
})

test('its type is what it is, whatever the host and the name say', async () => {
  give(film('h264.mp4'), { 'Content-Type': 'image/jpeg' })
  const { body } = await importing({ url, fileName: 'mine.jpg' })
  expect(body).toMatchObject({ fileName: 'mine.jpg', contentType: 'video/mp4', traits: { videoCodec: 'h264' } })
})

test('a PNG is converted, as an upload is', async () => {
  give(await png())
  expect((await importing()).body).toMatchObject({ status: 'ready', contentType: 'image/jpeg' })
})

test('the same bytes twice are one object and two files', async () => {
  const file = await jpeg()
  give(file)
  const [first, second] = [await importing(), await importing()]
  expect(first.body.id).not.toBe(second.body.id)
  expect(await leftBehind()).toHaveLength(1)
  expect(await usage()).toMatchObject({ usedBytes: file.content.byteLength, reservedBytes: 0 })
})

describe('what is not fetched makes no file', () => {
  test.each<[string, () => void, string, string?]>([
    ['http', () => undefined, 'media/import-url-refused', 'http://files.shop.com/a.jpg'],
    ['an address', () => undefined, 'media/import-url-refused', 'https://169.254.169.254/latest/meta-data'],
    ['this API', () => undefined, 'media/import-url-refused', 'https://api.test/v1/me'],
    ['no URL', () => undefined, 'media/import-url-refused', 'picture.jpg'],
    [
      'a private host',
      () => Object.assign(hosts.names, { 'files.shop.com': ['10.0.0.1'] }),
      'media/import-address-refused',
    ],
    ['no such name', () => Object.assign(hosts.names, { 'files.shop.com': [] }), 'media/import-failed'],
    ['no such file', () => (hosts.answers[url] = () => new Response(null, { status: 404 })), 'media/import-failed'],
    ['a host that is away', () => undefined, 'media/import-failed'],
    ['a circle', () => (hosts.answers[url] = () => redirectTo(url)), 'media/import-redirected'],
    [
      'a redirect inwards',
      () => (hosts.answers[url] = () => redirectTo('https://metadata.google.internal/')),
      'media/import-url-refused',
    ],
    [
      'more than may be',
      () => (hosts.answers[url] = () => new Response('x', { headers: { 'Content-Length': '314572801' } })),
      'media/too-large',
    ],
  ])('%s', async (_what, arrange, code, from = url) => {
    arrange()
    expectRefusal(await importing({ url: from }), { status: 422, code })
    expect((await ada.call('GET', '/v1/media')).body.data).toEqual([])
    expect(await usage()).toMatchObject({ usedBytes: 0, reservedBytes: 0 })
  })
})

describe('what is fetched and is no good is rejected, and leaves nothing', () => {
  const broken = () =>
    new Response(
      new ReadableStream({
        type: 'bytes',
        start: (controller) => controller.enqueue(new Uint8Array([0xff, 0xd8, 0xff])),
        pull: (controller) => controller.error(new Error('cut')),
      }),
    )
  test.each<[string, () => Promise<Response> | Response, string]>([
    ['text', () => new Response(textNamedJpeg().content), 'media/unsupported-type'],
    ['nothing', () => new Response(''), 'media/unreadable'],
    [
      'a film whose index comes last',
      () => new Response(withIndexAtEnd(film('h264.mp4')).content),
      'media/moov-not-first',
    ],
    ['half an answer', broken, 'media/import-failed'],
    [
      'less than was announced',
      async () => new Response((await jpeg()).content, { headers: { 'Content-Length': '1000000' } }),
      'media/import-failed',
    ],
  ])('%s', async (_what, answer, code) => {
    hosts.answers[url] = answer
    expectRefusal(await importing(), { status: 422, code })
    expect(await leftBehind()).toEqual([])
    expect(await usage()).toMatchObject({ usedBytes: 0, reservedBytes: 0 })
    const { body } = await ada.call('GET', '/v1/media')
    expect(body.data).toMatchObject([{ status: 'rejected', rejectionCode: code, url: null, urlExpiresAt: null }])
  })
})

test('where names cannot be looked up, it is 503', async () => {
  hosts.isDnsAway = true
  expectRefusal(await importing(), { status: 503, code: 'service/unavailable' })
})

test('room is reserved before the first byte is read, for as much as was announced', async () => {
  const [{ limitBytes }] = [await usage()]
  const { body, sent } = endless()
  await app.owner`update media_quotas set bytes = ${1_000_000} where plan = 'free'`
  try {
    hosts.answers[url] = () => new Response(body, { headers: { 'Content-Length': '1000001' } })
    expectRefusal(await importing(), { status: 409, code: 'media/quota-exceeded' })
    // What announces nothing may become as large as a file may be.
    hosts.answers[url] = () => new Response(body)
    expectRefusal(await importing(), { status: 409, code: 'media/quota-exceeded' })
    expect(sent()).toBe(0)
    give(await jpeg())
    expect((await importing()).status).toBe(201)
  } finally {
    await app.owner`update media_quotas set bytes = ${limitBytes} where plan = 'free'`
  }
})

test('of fifty equal requests at once one fetches, and all who ask later get its answer', async () => {
  const file = await jpeg()
  give(file)
  const key = { 'Idempotency-Key': randomUUID() }
  const answers = await Promise.all(Array.from({ length: 50 }, () => importing({ url }, key)))
  const made = answers.filter(({ status }) => status === 201)
  expect(made.length).toBeGreaterThan(0)
  for (const { status, body } of answers) if (status !== 201) expect(body.code).toBe('idempotency/in-progress')
  expect(hosts.requests).toHaveLength(1)
  expect((await importing({ url }, key)).body).toEqual(made[0]?.body)
  expect((await ada.call('GET', '/v1/media')).body.data).toHaveLength(1)
  const { body: other } = await importing({ url: `${url}&other` }, key)
  expect(other.code).toBe('idempotency/key-reused')
})

test('a refusal gives the key back', async () => {
  const key = { 'Idempotency-Key': randomUUID() }
  expectRefusal(await importing({ url }, key), { status: 422, code: 'media/import-failed' })
  give(await jpeg())
  expect((await importing({ url }, key)).status).toBe(201)
})
