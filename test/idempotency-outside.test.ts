import { randomUUID } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { beforeAll, expect, test } from 'vitest'
import type { UserContext } from '../src/context.ts'
import type { UserEnv } from '../src/http/env.ts'
import { createRouter, json, route } from '../src/http/route.ts'
import { Id, Name, Timestamp } from '../src/http/values.ts'
import { once } from '../src/idempotency/service.ts'
import { purgeIdempotencyRecords } from '../src/maintenance/service.ts'
import { expectRefusal } from './support/answers.ts'
import { startApp, type TestApp } from './support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from './support/client.ts'
import { jobContext } from './support/jobs.ts'
import { statement } from './support/statement.ts'

/** Equal requests of a person outside any workspace, by a route made here: what it creates is a workspace. */

const Thing = z.object({ id: Id, name: z.string(), createdAt: Timestamp })
type Thing = z.infer<typeof Thing>

const insertThing = statement<Thing>(`
  with
    actor as materialized (select set_config('app.actor', :actor!, true) as value),
    inserted_thing as (
      insert into workspaces (id, name, created_by) select :id!, :name!, :userId! from actor
      returning id, name, created_at as "createdAt"
    ),
    recorded_answer as (
      insert into idempotency_keys (principal_id, key, route, fingerprint, status, response, created_at, expires_at)
      select :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201, to_jsonb(t),
        :now!, :now!::timestamptz + interval '24 hours'
      from inserted_thing t
      where :idempotencyKey::text is not null
    )
  select t.id, t.name, t."createdAt" from inserted_thing t`)

const createThing = async (ctx: UserContext, name: string): Promise<Thing> =>
  await once(ctx, Thing, async () => {
    const given = { id: ctx.makeId(), name, userId: ctx.userId, now: ctx.now().toISOString() }
    return await ctx.db.one(insertThing, given as never)
  })

const path = '/v1/things'
const create = route({
  method: 'post',
  path,
  tag: 'test',
  summary: 'Make a thing',
  access: 'user',
  isIdempotent: true,
  body: z.strictObject({ name: Name(100) }),
  responses: { 201: json(Thing, 'The thing') },
})
const things = createRouter<UserEnv>().openapi(create, async (c) =>
  c.json(await createThing(c.get('ctx'), c.req.valid('json').name), 201),
)

let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp({ extend: (made) => void made.route('/', things) })
  ada = await registerUser(app)
})

const make = async (name: string, key: string, user = ada): Promise<Answer> =>
  await user.call('POST', path, { name }, { 'Idempotency-Key': key })
const named = async (name: string) => await app.owner`select id from workspaces where name = ${name}`
const keyReused = { status: 422, code: 'idempotency/key-reused' }

test('fifty equal requests at once with one key make one row and get fifty equal answers', async () => {
  const [key, name] = [randomUUID(), randomUUID()]
  const isolate = app.secondIsolate()
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const headers = { 'Idempotency-Key': key }
      return await send(index % 2 === 0 ? app : isolate, 'POST', path, {
        body: { name },
        token: ada.accessToken,
        headers,
      })
    }),
  )
  const [first] = answers
  expect(first).toMatchObject({ status: 201, body: { name } })
  for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 201, body: first?.body })
  expect(await named(name)).toEqual([{ id: first?.body.id }])
  const records = await app.owner`select workspace_id, principal_id, route from idempotency_keys where key = ${key}`
  expect(records).toEqual([{ workspace_id: null, principal_id: ada.id, route: `POST ${path}` }])
})

test('the same key with another body is refused and makes nothing', async () => {
  const [key, other] = [randomUUID(), randomUUID()]
  expect((await make(randomUUID(), key)).status).toBe(201)
  expectRefusal(await make(other, key), keyReused)
  expect(await named(other)).toEqual([])
})

test('without a key, equal requests each make their own', async () => {
  const name = randomUUID()
  const answers = [await ada.call('POST', path, { name }), await ada.call('POST', path, { name })]
  expect(answers.map(({ status }) => status)).toEqual([201, 201])
  expect(await named(name)).toHaveLength(2)
})

test("equal keys of two people do not meet, nor a person's keys inside a workspace and outside", async () => {
  const [bob, key, name] = [await registerUser(app), randomUUID(), randomUUID()]
  const inside = await ada.call('POST', '/v1/campaigns', { name, objective: 'sales' }, { 'Idempotency-Key': key })
  const [mine, theirs] = [await make(name, key), await make(name, key, bob)]
  expect([inside.status, mine.status, theirs.status]).toEqual([201, 201, 201])
  expect(new Set([inside.body.id, mine.body.id, theirs.body.id]).size).toBe(3)
  expect((await make(name, key)).body).toEqual(mine.body)
  const again = await ada.call('POST', '/v1/campaigns', { name, objective: 'sales' }, { 'Idempotency-Key': key })
  expect(again.body).toEqual(inside.body)
})

test('after 24 hours the record is forgotten, and the key free before that', async () => {
  const own = await startApp({ extend: (made) => void made.route('/', things) })
  const bob = await registerUser(own)
  const first = await make('First', 'key', bob)
  const records = async () =>
    (await own.owner`select response ->> 'id' as id from idempotency_keys`).map(({ id }) => id)
  own.advance(24 * 60 * 60_000 + 1_000)
  const { email, password } = bob
  const { body } = await send(own, 'POST', '/v1/auth/login', { body: { email, password } })
  const headers = { 'Idempotency-Key': 'key' }
  const second = await send(own, 'POST', path, { token: body.accessToken, body: { name: 'Second' }, headers })
  expect([first.status, second.status]).toEqual([201, 201])
  expect(await records()).toEqual([second.body.id])
  own.advance(24 * 60 * 60_000 + 1_000)
  expect(await purgeIdempotencyRecords(jobContext(own))).toEqual({ deleted: 1 })
  expect(await records()).toEqual([])
})
