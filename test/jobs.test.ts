import { readFileSync } from 'node:fs'
import type postgres from 'postgres'
import { parse } from 'smol-toml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../scripts/local/bundle.ts'
import type { SqlClient } from '../src/db/client.ts'
import { createDatabase, type Db } from '../src/db/database.ts'
import { databaseFailure } from '../src/db/errors.ts'
import { crons } from '../src/jobs/crons.ts'
import { type JobContext, makePartitions, purgeIdempotencyRecords } from '../src/maintenance/service.ts'
import { insertWorld } from './db/world.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'
import { createPool, openSql, type SqlPool } from './support/sql.ts'

/** Jobs, run as the role that they run as. */

let database: TestDatabase
let owner: postgres.Sql
let jobs: SqlPool
beforeAll(async () => {
  database = await createTestDatabase()
  owner = openSql(database.ownerUrl)
  jobs = createPool(database.jobsUrl, 2)
})
afterAll(async () => {
  jobs.end()
  await owner.end()
  await database.drop()
})

let offsetMs = 0
const now = () => new Date(Date.now() + offsetMs)
function contextOver(client: SqlClient): JobContext {
  const ports = {
    connect: () => client,
    monotonic: () => performance.now(),
    onStatement: () => undefined,
  }
  const db: Db = createDatabase(ports, { actor: JSON.stringify({ kind: 'job', id: 'test' }) })
  return { db, now }
}

test('each schedule of the code is one that the platform fires, and the other way round where there are jobs', () => {
  const { triggers } = parse(readFileSync(`${ROOT}wrangler.toml`, 'utf8')) as { triggers: { crons: string[] } }
  for (const schedule of Object.keys(crons)) expect(triggers.crons).toContain(schedule)
  expect(Object.values(crons).flatMap((each) => Object.keys(each))).toEqual(
    expect.arrayContaining(['make-partitions', 'purge-idempotency-records']),
  )
})

describe('partitions', () => {
  const partitions = async () =>
    (
      await owner<{ name: string }[]>`
        select relname as name from pg_class
        where relnamespace = 'partitions'::regnamespace and relkind = 'r' order by relname`
    ).map(({ name }) => name)

  test('of the last and the next three months are made where they are missing, once', async () => {
    const before = await partitions()
    for (const name of before.filter((each) => each.startsWith('analytics_events'))) {
      await owner.unsafe(`drop table partitions.${name}`)
    }
    expect(await makePartitions(contextOver(jobs))).toEqual({ made: 5 })
    expect(await partitions()).toEqual(before)
    expect(await makePartitions(contextOver(jobs))).toEqual({ made: 0 })
  })

  test('are made once when two runs meet', async () => {
    const [last = ''] = (await partitions()).filter((each) => each.startsWith('audit_logs')).reverse()
    await owner.unsafe(`drop table partitions.${last}`)
    const runs = await Promise.allSettled([makePartitions(contextOver(jobs)), makePartitions(contextOver(jobs))])
    expect(runs.some((run) => run.status === 'fulfilled')).toBe(true)
    expect(await makePartitions(contextOver(jobs))).toEqual({ made: 0 })
    expect(await partitions()).toContain(last)
  })

  test('are not for the api role to make', async () => {
    const api = createPool(database.apiUrl, 1)
    const failure = await makePartitions(contextOver(api)).catch((error: unknown) => error)
    expect(failure).toMatchObject({ sqlstate: '42501' })
    expect(databaseFailure(failure)).toBeUndefined()
    api.end()
  })
})

describe('idempotency records', () => {
  const insert = (workspaceId: string, principal: string, count: number, expiresIn: string) => owner`
    insert into idempotency_keys (workspace_id, principal_id, key, route, fingerprint, status, expires_at)
    select ${workspaceId}, ${principal}, n::text, 'POST /v1/posts', repeat('0', 64), 201, now() + ${expiresIn}::interval
    from generate_series(1, ${count}) n`
  const left = async () =>
    (await owner`select principal_id, count(*)::int as n from idempotency_keys group by 1 order by 1`).map((row) => [
      row['principal_id'],
      row['n'],
    ])

  test('past their 24 hours are forgotten, all of them, and no other', async () => {
    const { workspaceId } = await insertWorld(owner)
    await insert(workspaceId, 'expired', 2_500, '-1 second')
    await insert(workspaceId, 'soon', 3, '1 hour')
    await insert(workspaceId, 'fresh', 2, '24 hours')
    expect(await purgeIdempotencyRecords(contextOver(jobs))).toEqual({ deleted: 2_500 })
    expect(await left()).toEqual([
      ['fresh', 2],
      ['soon', 3],
    ])
    expect(await purgeIdempotencyRecords(contextOver(jobs))).toEqual({ deleted: 0 })
    offsetMs += 2 * 60 * 60_000
    expect(await purgeIdempotencyRecords(contextOver(jobs))).toEqual({ deleted: 3 })
    expect(await left()).toEqual([['fresh', 2]])
  })

  test('are forgotten by two runs at once without a quarrel', async () => {
    const { workspaceId } = await insertWorld(owner)
    await insert(workspaceId, 'again', 3_000, '-1 second')
    const runs = await Promise.all([
      purgeIdempotencyRecords(contextOver(jobs)),
      purgeIdempotencyRecords(contextOver(jobs)),
    ])
    expect(runs.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(3_000)
    expect((await left()).map(([principal]) => principal)).not.toContain('again')
  })
})
