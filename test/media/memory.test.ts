import { createHash } from 'node:crypto'
import { get, type IncomingMessage, request as openRequest } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publicUrl } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { film, largeFilm, start } from '../support/media-files.ts'
import { mebibyte, peakDuring, workerMebibytes } from '../support/memory.ts'
import { publicAddress } from '../support/outbound.ts'
import { type SharedStorage, startSharing, startStorage } from '../support/storage.ts'
import { startWorker, type TestWorker } from '../support/worker.ts'

/** The memory of workerd with nothing but the Worker in it: R2 is simulated in another process. */

/** What an isolate may have in all. */
const limitBytes = 128_000_000
const bytes = 300 * mebibyte

let database: TestDatabase
let storage: SharedStorage
let worker: TestWorker
let ada: SignedInUser
/** Before its first request. */
let idle: number
beforeAll(async () => {
  database = await createTestDatabase()
  storage = await startStorage()
  worker = await startWorker({ database, storage, outbound })
  idle = workerMebibytes()
  ada = await registerUser(worker)
})
afterAll(() => database.drop())

function outbound({ host, searchParams }: URL): Response | undefined {
  if (host === 'cloudflare-dns.com') {
    const isIpv4 = searchParams.get('type') === 'A'
    return Response.json({
      Status: 0,
      ...(isIpv4 && { Answer: [{ name: 'x', type: 1, TTL: 60, data: publicAddress }] }),
    })
  }
  if (host !== 'files.shop.com') return undefined
  const body = Readable.toWeb(Readable.from(largeFilm(bytes))) as ReadableStream<Uint8Array>
  return new Response(body, { headers: { 'Content-Length': String(bytes) } })
}

const filmHash = () => {
  const hash = createHash('sha256')
  for (const chunk of largeFilm(bytes)) hash.update(chunk)
  return hash.digest('hex')
}

/** A PUT with a known length that leaves as it is made. */
async function putFilm(url: string): Promise<number> {
  const headers = { Authorization: `Bearer ${ada.accessToken}`, 'Content-Length': bytes, 'Content-Type': 'video/mp4' }
  const request = openRequest(url, { method: 'PUT', headers })
  const answered = new Promise<number>((resolve, reject) => {
    request.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject)
  })
  await pipeline(Readable.from(largeFilm(bytes)), request)
  return await answered
}

async function drained(url: string, headers: Record<string, string> = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers }, resolve).on('error', reject)
  })
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of response) {
    length += chunk.byteLength
    hash.update(chunk)
  }
  return {
    status: response.statusCode,
    bytes: length,
    sha256: hash.digest('hex'),
    range: response.headers['content-range'],
  }
}

/** By how many bytes workerd had grown at most, since before its first request. */
async function growthDuring(what: string, work: () => Promise<unknown>, from = idle): Promise<number> {
  const grown = (await peakDuring(work)) - from
  process.stdout.write(`${what} of 300 MiB: workerd grew by ${Math.round(grown)} MiB\n`)
  return grown * mebibyte
}

const within = (url: string): string => url.replace(publicUrl, worker.url)

test('a film of 300 MiB is uploaded and downloaded within 128 MB of memory', async () => {
  const sha256 = filmHash()
  const { body } = await start(ada, film('h264.mp4'), { bytes, sha256 })
  const upload = await growthDuring('upload', async () => {
    expect(await putFilm(within(body.upload.url))).toBe(204)
    expect((await ada.call('POST', `/v1/media/${body.id}/complete`)).status).toBe(200)
  })
  expect(upload).toBeLessThan(limitBytes)
  const { body: file } = await ada.call('GET', `/v1/media/${body.id}`)
  expect(file).toMatchObject({ bytes, sha256, durationMs: expect.any(Number) })

  const download = await growthDuring('download', async () => {
    expect(await drained(within(file.url))).toMatchObject({ status: 200, bytes, sha256 })
  })
  expect(download).toBeLessThan(limitBytes)
  const last = await drained(within(file.url), { Range: `bytes=${bytes - 10}-` })
  expect(last).toMatchObject({ status: 206, bytes: 10, range: `bytes ${bytes - 10}-${bytes - 1}/${bytes}` })
}, 120_000)

test('a film of 300 MiB is imported within 128 MB of memory', async () => {
  const grown = await growthDuring('import', async () => {
    const { status, body } = await ada.call('POST', '/v1/media/import', { url: 'https://files.shop.com/film.mp4' })
    expect([status, body.bytes]).toEqual([201, bytes])
  })
  expect(grown).toBeLessThan(limitBytes)
}, 120_000)

test('a Worker that held the film, either way, would be seen to', async () => {
  const script = `export default { fetch: async (request, { FILES }) => {
    if (request.method === 'GET') return new Response(await (await FILES.get('a')).arrayBuffer())
    await FILES.put('a', await request.arrayBuffer())
    return new Response(null, { status: 204 })
  } }`
  for (const [what, work] of [
    ['upload that is held', async (url: string) => expect(await putFilm(url)).toBe(204)],
    ['download that is held', async (url: string) => expect(await drained(url)).toMatchObject({ bytes })],
  ] as const) {
    const { href } = await startSharing(storage, what.replaceAll(' ', '-'), script)
    expect(await growthDuring(what, () => work(href), workerMebibytes())).toBeGreaterThan(limitBytes)
  }
}, 120_000)
