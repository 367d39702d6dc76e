import { afterAll, beforeAll, expect, test } from 'vitest'
import { schemaVersion } from '../src/db/schema-version.ts'
import { startApp, type TestApp } from './support/app.ts'
import { send } from './support/client.ts'
import { type OwnRedis, startRedis } from './support/redis.ts'

let redis: OwnRedis
let app: TestApp
let homeless: TestApp
beforeAll(async () => {
  redis = await startRedis()
  app = await startApp({ restUrl: redis.restUrl, token: redis.token })
  const gone = new URL(app.database.apiUrl)
  gone.port = '1'
  homeless = await startApp({ database: { ...app.database, apiUrl: gone.href } })
})
afterAll(async () => await redis.end())

const ready = { status: 'ready', database: 'ok', migrations: 'ok', cache: 'ok' }
/** Readiness as it is now: an earlier answer is kept for a second. */
const readiness = async (of = app) => {
  of.advance(1_000)
  return await send(of, 'GET', '/readyz')
}
const statementsOf = (answer: { headers: Headers }, of = app): unknown =>
  of.logs.find((line) => line['requestId'] === answer.headers.get('X-Request-Id'))?.['statements']

test('the process says that it lives, and asks nobody for it', async () => {
  const answer = await send(homeless, 'GET', '/healthz')
  expect([answer.status, answer.body]).toEqual([200, { status: 'ok' }])
  expect(statementsOf(answer, homeless)).toBe(0)
})

test('ready is who has database, schema and cache', async () => {
  const { status, body, headers } = await readiness()
  expect([status, body]).toEqual([200, ready])
  expect(headers.get('Cache-Control')).toBe('no-store')
})

test('the answer is kept for a second, so that probes cost the database nothing', async () => {
  expect(statementsOf(await readiness())).toBe(1)
  app.advance(900)
  const kept = await send(app, 'GET', '/readyz')
  expect([statementsOf(kept), kept.body]).toEqual([0, ready])
  app.advance(100)
  expect(statementsOf(await send(app, 'GET', '/readyz'))).toBe(1)
})

test('a database behind this build is not ready; one ahead of it is', async () => {
  const versions = await app.owner<{ version: string }[]>`select version from schema_migrations order by version`
  expect(versions.at(-1)?.version).toBe(schemaVersion)
  await app.owner`delete from schema_migrations where version = ${schemaVersion}`
  const behind = await readiness()
  expect([behind.status, behind.body]).toEqual([503, { ...ready, status: 'unavailable', migrations: 'behind' }])
  expect(Number(behind.headers.get('Retry-After'))).toBeGreaterThan(0)
  await app.owner`delete from schema_migrations`
  expect((await readiness()).body.migrations).toBe('behind')
  await app.owner`insert into schema_migrations ${app.owner(versions.map(({ version }) => ({ version })))}`
  expect((await readiness()).status).toBe(200)
  await app.owner`insert into schema_migrations (version) values ('20991231235959')`
  expect((await readiness()).body).toEqual(ready)
})

test('without a database it is not ready, and says nothing of the inside', async () => {
  const { status, body, headers } = await readiness(homeless)
  expect([status, body]).toEqual([
    503,
    { status: 'unavailable', database: 'unavailable', migrations: 'unknown', cache: 'ok' },
  ])
  expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
  const line = homeless.logs.find((log) => log['requestId'] === headers.get('X-Request-Id'))
  expect(line).toMatchObject({ level: 'error', status: 503, error: expect.stringContaining('ECONNREFUSED') })
})

test('without Redis it is ready, and says that it is degraded until Redis is back', async () => {
  await redis.stop()
  expect(await readiness()).toMatchObject({ status: 200, body: { ...ready, cache: 'degraded' } })
  await redis.start()
  app.advance(5_000)
  expect((await readiness()).body).toEqual(ready)
})

test('a table that cannot be read is no readiness', async () => {
  await app.owner`revoke select on schema_migrations from defeah_api`
  expect((await readiness()).status).toBe(503)
  await app.owner`grant select on schema_migrations to defeah_api`
  expect((await readiness()).status).toBe(200)
})
