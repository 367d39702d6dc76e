import { createHash } from 'node:crypto'
import { request as openRequest } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../../scripts/local/process.ts'
import { expectRefusal } from '../support/answers.ts'
import { publicUrl } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { cutOff, film, jpeg, largeFilm, png, readyFile, sendBytes, start, upload } from '../support/media-files.ts'
import { mebibyte, peakDuring, workerMebibytes } from '../support/memory.ts'
import { startWorker, type TestWorker } from '../support/worker.ts'

/** Media through the bundle as it is deployed, in workerd, with its own simulators of R2 and Images. */

let database: TestDatabase
let worker: TestWorker
let ada: SignedInUser
beforeAll(async () => {
  database = await createTestDatabase()
  worker = await startWorker({ database })
  ada = await registerUser(worker)
})
afterAll(() => database.drop())

/** A PUT with a known length that leaves as it is made. */
async function putStream(url: string, bytes: number): Promise<number> {
  const headers = { Authorization: `Bearer ${ada.accessToken}`, 'Content-Length': bytes, 'Content-Type': 'video/mp4' }
  const request = openRequest(url, { method: 'PUT', headers })
  const answered = new Promise<number>((resolve, reject) => {
    request.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject)
  })
  await pipeline(Readable.from(largeFilm(bytes)), request)
  return await answered
}

/** What the simulator of R2 takes, which runs in the same process here: the growth of one that nothing else is in. */
async function simulatorMebibytes(bytes: number): Promise<number> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'bare',
      modules: true,
      script:
        "export default { fetch: async (q, e) => (await e.FILES.put('a', q.body), new Response(null, { status: 204 })) }",
      r2Buckets: ['FILES'],
      cf: false,
      log: new Log(LogLevel.ERROR),
    }),
  )
  const { origin } = await miniflare.ready
  const before = workerMebibytes()
  const peak = await peakDuring(async () => await putStream(origin, bytes))
  await miniflare.dispose()
  return peak - before
}

test('a film of 300 MiB goes through within 128 MB of memory', async () => {
  const bytes = 300 * mebibyte
  const hash = createHash('sha256')
  for (const chunk of largeFilm(bytes)) hash.update(chunk)
  await readyFile(worker, ada, film('h264.mp4'))
  const { body } = await start(ada, film('h264.mp4'), { bytes, sha256: hash.digest('hex') })
  const before = workerMebibytes()
  let [sent, completed] = [0, 0]
  const peak = await peakDuring(async () => {
    sent = await putStream(body.upload.url.replace(publicUrl, worker.url), bytes)
    completed = (await ada.call('POST', `/v1/media/${body.id}/complete`)).status
  })
  expect([sent, completed]).toEqual([204, 200])
  expect((await ada.call('GET', `/v1/media/${body.id}`)).body).toMatchObject({ bytes, durationMs: expect.any(Number) })
  const simulator = await simulatorMebibytes(bytes)
  const [all, own] = [Math.round(peak - before), Math.round(peak - before - simulator)]
  process.stdout.write(
    `300 MiB: workerd grew by ${all} MiB; without what the simulator of R2 alone takes, ${own} MiB\n`,
  )
  expect(own * mebibyte).toBeLessThan(128_000_000)
}, 120_000)

test('the same bytes of two clients at once are one object and two files', async () => {
  const file = await jpeg()
  const answers = await Promise.all([upload(worker, ada, file), upload(worker, ada, file)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(answers[0]?.body.sha256).toBe(answers[1]?.body.sha256)
  expect(answers[0]?.body.id).not.toBe(answers[1]?.body.id)
})

test('a PNG becomes a JPEG, twice the same', async () => {
  const file = await png()
  const [first, second] = [await readyFile(worker, ada, file), await readyFile(worker, ada, file)]
  expect(first).toMatchObject({ status: 'ready', contentType: 'image/jpeg', width: 40, height: 50 })
  expect(second.sha256).toBe(first.sha256)
})

test('other bytes than declared are not stored, and the right ones may follow', async () => {
  const file = await jpeg()
  const { body } = await start(ada, file, { sha256: 'ab'.repeat(32) })
  const wrong = await sendBytes(worker, ada, body.upload, file.content)
  expectRefusal(wrong, { status: 422, code: 'media/checksum-mismatch' })
  expectRefusal(await ada.call('POST', `/v1/media/${body.id}/complete`), { status: 409, code: 'media/not-uploaded' })
})

test('a rejected film is gone a moment later, and no line of the log says that anything failed', async () => {
  const file = cutOff(film('hevc.mov'))
  expectRefusal(await upload(worker, ada, file), { status: 422, code: 'media/truncated' })
  const isCleared = () =>
    worker.lines.some((line) => line.includes('drain-outbox') && /"done":[1-9]/.test(line)) || undefined
  expect(await waitFor(async () => isCleared(), { timeoutMs: 5_000 })).toBe(true)
  const levels = worker.lines.map((line) => JSON.parse(line).level)
  expect(levels.filter((level) => level === 'error')).toEqual([])
})
