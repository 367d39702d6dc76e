import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../../scripts/local/process.ts'
import { expectRefusal } from '../support/answers.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { cutOff, film, jpeg, png, readyFile, sendBytes, start, upload } from '../support/media-files.ts'
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
