import { describe, expect, test } from 'vitest'
import { runWaking } from '../../src/jobs/run.ts'
import { type Bucket, connectObjects } from '../../src/objects/store.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser } from '../support/client.ts'
import { film, jpeg, png, sendBytes, start, textNamedJpeg, type Upload } from '../support/media-files.ts'
import { openBucket, openImages } from '../support/objects.ts'

/** The store and the converter that fail, or do not answer, at each step. */

type Fault = 'none' | 'fails' | 'hangs'
type Call = keyof Bucket | 'toJpeg'

/** An application over a bucket whose calls go wrong as the test says. */
async function startFaulty() {
  const faults = new Map<Call, Fault>()
  const bucket = await openBucket()
  const meet = async (name: Call) => {
    const fault = faults.get(name) ?? 'none'
    if (fault === 'fails') throw new Error('the store is broken')
    if (fault === 'hangs') await new Promise(() => undefined)
  }
  const faulty = new Proxy(bucket, {
    get: (target, name: keyof Bucket) =>
      name === ('then' as string)
        ? undefined
        : async (...values: never[]) => {
            await meet(name)
            return await (target[name] as (...given: never[]) => unknown)(...values)
          },
  })
  const images = openImages()
  const app = await startApp({
    media: connectObjects(faulty, { timeoutMs: 2_000, idleMs: 300 }),
    images: {
      toJpeg: async (source, maxWidth) => {
        if (faults.get('toJpeg') === 'fails') throw new Error('broken')
        return await images.toJpeg(source, maxWidth)
      },
    },
  })
  return { app, set: (name: Call, fault: Fault) => void faults.set(name, fault) }
}

const unavailable = { status: 503, code: 'service/unavailable' }

const keysOf = async (app: TestApp, workspaceId: string) => {
  await runWaking(app.jobs)
  return await app.media.list(`media/${workspaceId}/`)
}

describe.each<Fault>(['fails', 'hangs'])('a store that %s', (fault) => {
  test('at the upload is a 503, and sending again works', async () => {
    const { app, set } = await startFaulty()
    const user = await registerUser(app)
    const file = await jpeg()
    const { body } = await start(user, file)
    set('put', fault)
    expectRefusal(await sendBytes(app, user, body.upload, file.content), unavailable)
    set('put', 'none')
    expect((await sendBytes(app, user, body.upload, file.content)).status).toBe(204)
    expect((await user.call('POST', `/v1/media/${body.id}/complete`)).body).toMatchObject({ status: 'ready' })
  })

  test.each<[Call, () => Promise<Upload>]>([
    ['head', () => jpeg()],
    ['get', () => jpeg()],
    ['get', async () => film('h264.mp4')],
    ['put', () => png()],
  ])('at the completion (%s) is a 503 that decides nothing, and completing again works', async (call, make) => {
    const { app, set } = await startFaulty()
    const user = await registerUser(app)
    const file = await make()
    const { body } = await start(user, file)
    await sendBytes(app, user, body.upload, file.content)
    set(call, fault)
    expectRefusal(await user.call('POST', `/v1/media/${body.id}/complete`), unavailable)
    expect((await user.call('GET', `/v1/media/${body.id}`)).body).toMatchObject({ status: 'pending' })
    set(call, 'none')
    expect((await user.call('POST', `/v1/media/${body.id}/complete`)).body).toMatchObject({ status: 'ready' })
    expect(await keysOf(app, user.workspaceId)).toHaveLength(1)
  })
})

test('a store that is away when a rejected file is cleared away is asked again', async () => {
  const { app, set } = await startFaulty()
  const user = await registerUser(app)
  const file = textNamedJpeg()
  const { body } = await start(user, file)
  await sendBytes(app, user, body.upload, file.content)
  set('delete', 'fails')
  expectRefusal(await user.call('POST', `/v1/media/${body.id}/complete`), { status: 422, code: 'media/type-mismatch' })
  expect(await keysOf(app, user.workspaceId)).toHaveLength(1)
  set('delete', 'none')
  app.advance(10_000)
  expect(await keysOf(app, user.workspaceId)).toEqual([])
})

test('a converter that is broken decides nothing', async () => {
  const { app, set } = await startFaulty()
  const user = await registerUser(app)
  const file = await png()
  const { body } = await start(user, file)
  await sendBytes(app, user, body.upload, file.content)
  set('toJpeg', 'fails')
  expect((await user.call('POST', `/v1/media/${body.id}/complete`)).status).toBeGreaterThanOrEqual(500)
  set('toJpeg', 'none')
  expect((await user.call('POST', `/v1/media/${body.id}/complete`)).body).toMatchObject({ status: 'ready' })
})

test.each<[string, (content: Uint8Array<ArrayBuffer>) => ReadableStream<Uint8Array>]>([
  [
    'breaks off',
    (content) =>
      new ReadableStream({
        start: (controller) => controller.enqueue(content.subarray(0, 100)),
        pull: (controller) => controller.error(new Error('gone')),
      }),
  ],
  [
    'falls silent',
    (content) => new ReadableStream({ start: (controller) => controller.enqueue(content.subarray(0, 9)) }),
  ],
])('a sender that %s leaves nothing, and may send again', async (_, bodyOf) => {
  const { app } = await startFaulty()
  const user = await registerUser(app)
  const file = await jpeg()
  const { body } = await start(user, file)
  const answer = await sendBytes(app, user, body.upload, bodyOf(file.content))
  expectRefusal(answer, { status: 400, code: 'media/upload-incomplete' })
  expect(await keysOf(app, user.workspaceId)).toEqual([])
  expect((await sendBytes(app, user, body.upload, file.content)).status).toBe(204)
})
