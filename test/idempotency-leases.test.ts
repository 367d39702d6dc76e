import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once as nextEvent } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from '@hono/zod-openapi'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { MemberContext, UserContext } from '../src/context.ts'
import type { MemberEnv, UserEnv } from '../src/http/env.ts'
import { fingerprintsOf } from '../src/http/idempotency.ts'
import { createRouter, json, route } from '../src/http/route.ts'
import { Name } from '../src/http/values.ts'
import { leased } from '../src/idempotency/service.ts'
import { createKeyring } from '../src/keys/service.ts'
import { purgeIdempotencyRecords } from '../src/maintenance/service.ts'
import { ProblemError } from '../src/problem.ts'
import { expectRefusal } from './support/answers.ts'
import { makeSecrets, startApp, type TestApp } from './support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from './support/client.ts'
import { jobContext } from './support/jobs.ts'
import type { Held } from './support/lease-holder.ts'

/** Equal requests whose effect lies outside the database, by routes made here: what they do is what a test says. */

const Sent = z.object({ name: z.string(), number: z.int(), fence: z.int() })
type Sent = z.infer<typeof Sent>

type Effect = (attempt: { fence: number }) => Promise<Sent>
/** What a request of that name does, and how often it was done. */
const effects = new Map<string, Effect>()
const done: string[] = []
const doneTimes = (name: string) => done.filter((each) => each === name).length
const plain =
  (name: string): Effect =>
  async ({ fence }) => {
    done.push(name)
    await sleep(20)
    return { name, number: doneTimes(name), fence }
  }

const leaseSeconds = 1
const sendOut = async (ctx: UserContext | MemberContext, name: string): Promise<Sent> =>
  await leased(ctx, { answer: Sent, status: 202, leaseSeconds }, effects.get(name) ?? plain(name))

const declared = { method: 'post', tag: 'test', summary: 'Do it', isIdempotent: true } as const
const body = z.strictObject({ name: Name(100) })
const responses = { 202: json(Sent, 'Done') }
const outside = createRouter<UserEnv>().openapi(
  route({ ...declared, path: '/v1/outside', access: 'user', body, responses }),
  async (c) => c.json(await sendOut(c.get('ctx'), c.req.valid('json').name), 202),
)
const inside = createRouter<MemberEnv>().openapi(
  route({ ...declared, path: '/v1/inside', access: 'campaigns:write', body, responses }),
  async (c) => c.json(await sendOut(c.get('ctx'), c.req.valid('json').name), 202),
)

/** The key of the hashes has just been changed: the one before is still listed. */
const earlier = makeSecrets()
const secrets = {
  ...earlier,
  refreshMacKeys: new Map([[2, new Uint8Array(randomBytes(32))], ...earlier.refreshMacKeys]),
}

let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp({
    secrets,
    extend: (made) => {
      made.route('/', outside)
      made.route('/', inside)
    },
  })
  ada = await registerUser(app)
})

const inProgress = { status: 409, code: 'idempotency/in-progress' }
const recordOf = async (key: string) =>
  (await app.owner`select workspace_id, status, leased_until, fence from idempotency_keys where key = ${key}`)[0]
const gate = () => {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

describe.each([
  ['outside a workspace', '/v1/outside'],
  ['in a workspace', '/v1/inside'],
])('%s', (_, path) => {
  const ask = async (name: string, key: string, { fetch }: Pick<TestApp, 'fetch'> = app): Promise<Answer> =>
    await send({ fetch }, 'POST', path, {
      body: { name },
      token: ada.accessToken,
      headers: { 'Idempotency-Key': key },
    })

  test('of fifty equal requests at once one has the effect; the others are told to wait, or get its answer', async () => {
    const [key, name] = [randomUUID(), randomUUID()]
    const isolate = app.secondIsolate()
    const all = Array.from(
      { length: 50 },
      async (_each, index) => await ask(name, key, index % 2 === 0 ? app : isolate),
    )
    const answers = await Promise.all(all)
    const waiting = answers.filter(({ status }) => status === 409)
    const answered = answers.filter(({ status }) => status !== 409)
    expect(answered.length).toBeGreaterThan(0)
    for (const answer of answered) expect(answer).toMatchObject({ status: 202, body: { name, number: 1, fence: 1 } })
    for (const answer of waiting) {
      expectRefusal(answer, inProgress)
      expect(answer.headers.get('Retry-After')).toBe('1')
    }
    expect(doneTimes(name)).toBe(1)
    expect((await ask(name, key)).body).toEqual(answered[0]?.body)
    expect(doneTimes(name)).toBe(1)
  })

  test('while the effect is under way an equal request waits, and another one under its key is refused', async () => {
    const [key, name] = [randomUUID(), randomUUID()]
    const { open, opened } = gate()
    effects.set(name, async (attempt) => {
      await opened
      return await plain(name)(attempt)
    })
    const first = ask(name, key)
    await expect.poll(() => recordOf(key)).toMatchObject({ status: null, fence: 1 })
    expectRefusal(await ask(name, key), inProgress)
    expectRefusal(await ask('Another', key), { status: 422, code: 'idempotency/key-reused' })
    open()
    const answer = await first
    expect(answer.status).toBe(202)
    expect((await ask(name, key)).body).toEqual(answer.body)
    expectRefusal(await ask('Another', key), { status: 422, code: 'idempotency/key-reused' })
    expect(await recordOf(key)).toMatchObject({ status: 202, leased_until: null })
    expect([doneTimes(name), doneTimes('Another')]).toEqual([1, 0])
  })

  test('whoever lost the lease cannot overwrite the answer, and gives the one that stands', async () => {
    const [key, name] = [randomUUID(), randomUUID()]
    const { open, opened } = gate()
    effects.set(name, async ({ fence }) => {
      done.push(name)
      if (fence === 1) await opened
      return { name, number: fence * 100, fence }
    })
    const slow = ask(name, key)
    await expect.poll(() => recordOf(key)).toMatchObject({ status: null, fence: 1 })
    await sleep(leaseSeconds * 1_000 + 100)
    const second = await ask(name, key)
    expect(second).toMatchObject({ status: 202, body: { number: 200, fence: 2 } })
    open()
    expect((await slow).body).toEqual(second.body)
    expect((await ask(name, key)).body).toEqual(second.body)
    expect(doneTimes(name)).toBe(2)
  })

  test('whoever lost the lease to one that is still at work stores nothing', async () => {
    const [key, name] = [randomUUID(), randomUUID()]
    const [slow, second] = [gate(), gate()]
    effects.set(name, async ({ fence }) => {
      await (fence === 1 ? slow : second).opened
      return { name, number: fence * 100, fence }
    })
    const first = ask(name, key)
    await expect.poll(() => recordOf(key)).toMatchObject({ fence: 1 })
    await sleep(leaseSeconds * 1_000 + 100)
    const next = ask(name, key)
    await expect.poll(() => recordOf(key)).toMatchObject({ fence: 2 })
    slow.open()
    expectRefusal(await first, inProgress)
    expect(await recordOf(key)).toMatchObject({ status: null, fence: 2 })
    second.open()
    expect((await next).body).toEqual({ name, number: 200, fence: 2 })
    expect((await ask(name, key)).body).toEqual({ name, number: 200, fence: 2 })
  })

  test('after the lease another request does not get the key of the one that began', async () => {
    const [key, name] = [randomUUID(), randomUUID()]
    effects.set(name, () => Promise.reject(new Error('nobody knows what happened')))
    expect((await ask(name, key)).status).toBe(500)
    expectRefusal(await ask(name, key), inProgress)
    await sleep(leaseSeconds * 1_000 + 100)
    expectRefusal(await ask('Another', key), { status: 422, code: 'idempotency/key-reused' })
    effects.delete(name)
    expect(await ask(name, key)).toMatchObject({ status: 202, body: { number: 1, fence: 2 } })
  })

  test('a refusal gives the key back', async () => {
    const [key, name] = [randomUUID(), randomUUID()]
    effects.set(name, () => Promise.reject(new ProblemError('request/conflict')))
    expectRefusal(await ask(name, key), { status: 409, code: 'request/conflict' })
    expect(await recordOf(key)).toBeUndefined()
    expect((await ask('Repaired', key)).status).toBe(202)
  })

  test('without a key each request has its own effect', async () => {
    const name = randomUUID()
    const numbers = [await ada.call('POST', path, { name }), await ada.call('POST', path, { name })]
    expect(numbers.map(({ body: { number } }) => number)).toEqual([1, 2])
  })

  test('a worker that is killed between intent and finish leaves a lease; then the effect runs again', async () => {
    const [key, name] = [randomUUID(), randomUUID()]
    const isInside = path === '/v1/inside'
    const request = `POST ${path}\n${JSON.stringify({ name })}`
    const fingerprints = await fingerprintsOf(createKeyring({ ...earlier, now: app.now }), request)
    const filled = {
      ...(isInside && { workspaceId: ada.workspaceId }),
      idempotencyKey: key,
      idempotencyRoute: `POST ${path}`,
      idempotencyFingerprint: fingerprints[0] ?? '',
      idempotencyPrincipal: ada.id,
    }
    const held: Held = { apiUrl: app.database.apiUrl, filled, fingerprints, leaseSeconds: 2, isInside }
    const script = join(import.meta.dirname, 'support/lease-holder.ts')
    const holder = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(held)], {
      stdio: ['ignore', 'pipe', 2],
    })
    onTestFinished(() => void holder.kill('SIGKILL'))
    const [begun] = await nextEvent(holder.stdout as Readable, 'data')
    expect(String(begun)).toBe('begun\n')
    expectRefusal(await ask(name, key), inProgress)
    holder.kill('SIGKILL')
    await nextEvent(holder, 'exit')
    const early = await ask(name, key)
    expectRefusal(early, inProgress)
    expect(Number(early.headers.get('Retry-After'))).toBeLessThanOrEqual(2)
    expect(doneTimes(name)).toBe(0)
    await sleep(2_100)
    const answer = await ask(name, key)
    expect(answer).toMatchObject({ status: 202, body: { name, number: 1, fence: 2 } })
    expect((await ask(name, key)).body).toEqual(answer.body)
  })
})

test('the record belongs to the place of the request, and is forgotten after 24 hours, finished or not', async () => {
  const own = await startApp({ extend: (made) => void made.route('/', outside) })
  const bob = await registerUser(own)
  const ask = async (name: string, key: string, token = bob.accessToken) =>
    await send(own, 'POST', '/v1/outside', { body: { name }, token, headers: { 'Idempotency-Key': key } })
  const broken = randomUUID()
  effects.set(broken, () => Promise.reject(new Error('nobody knows what happened')))
  expect([(await ask('A', 'finished')).status, (await ask(broken, 'unfinished')).status]).toEqual([202, 500])
  const records = async () => await own.owner`select key, workspace_id, status from idempotency_keys order by key`
  expect(await records()).toEqual([
    { key: 'finished', workspace_id: null, status: 202 },
    { key: 'unfinished', workspace_id: null, status: null },
  ])
  own.advance(24 * 60 * 60_000 + 1_000)
  const login = { email: bob.email, password: bob.password }
  const { body: signedIn } = await send(own, 'POST', '/v1/auth/login', { body: login })
  expect((await ask('B', 'finished', signedIn.accessToken)).status).toBe(202)
  expect(await purgeIdempotencyRecords(jobContext(own))).toEqual({ deleted: 1 })
  expect(await records()).toEqual([{ key: 'finished', workspace_id: null, status: 202 }])
})
