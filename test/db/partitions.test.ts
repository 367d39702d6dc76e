import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { as, connectTo, insertCampaign, insertWorld, refusal, type World } from './world.ts'

let database: TestDatabase
let owner: Sql
let api: Sql
let jobs: Sql
let world: World

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl)
  api = connectTo(database.apiUrl)
  jobs = connectTo(database.jobsUrl)
  world = await insertWorld(api)
})

afterAll(async () => {
  await Promise.all([owner.end(), api.end(), jobs.end()])
  await database.drop()
})

const parents = ['audit_logs', 'analytics_events'] as const

async function partitionsOf(parent: string): Promise<string[]> {
  const rows = await owner<{ name: string }[]>`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = ${parent}::regclass order by 1`
  return rows.map(({ name }) => name)
}

const insertEvent = (sql: Sql, eventId: string, occurredAt: string) => sql`
  insert into analytics_events (workspace_id, event_id, type, occurred_at)
  values (${world.workspaceId}, ${eventId}, 'view', ${occurredAt}::text::timestamptz)`

describe('after the migrations', () => {
  test.each(parents)('%s has last month, this one and the next three', async (parent) => {
    const rows = await owner`
      select format('partitions.%s_%s', ${parent}::text, to_char(month, 'YYYY_MM')) as name
      from generate_series(
        date_trunc('month', now() at time zone 'UTC') - interval '1 month',
        date_trunc('month', now() at time zone 'UTC') + interval '3 months', '1 month') as month`
    expect(await partitionsOf(parent)).toEqual(rows.map((row) => row['name']))
  })

  test('there is no default partition to hide a missing month', async () => {
    const rows = await owner`select partrelid::regclass from pg_partitioned_table where partdefid <> 0`
    expect(rows).toEqual([])
    expect(await refusal(insertEvent(api, 'e', '2001-01-01T00:00Z'))).toMatchObject({ code: '23514' })
  })
})

describe('a partition made later', () => {
  test.each(parents)('of %s covers its month of UTC, whatever the zone of the session', async (parent) => {
    await jobs`set timezone = 'Pacific/Kiritimati'`
    expect(await jobs`select ensure_partitions(${parent}, '2031-05-17', 2) as made`).toEqual([{ made: 2 }])
    expect(await jobs`select ensure_partitions(${parent}, '2031-05-01', 3) as made`).toEqual([{ made: 1 }])
    await jobs`reset timezone`
    const [row] = await owner`
      select pg_get_expr(c.relpartbound, c.oid) as bound
      from pg_class as c where c.oid = ${`partitions.${parent}_2031_05`}::regclass`
    expect(row).toEqual({ bound: "FOR VALUES FROM ('2031-05-01 00:00:00+00') TO ('2031-06-01 00:00:00+00')" })
  })

  test('takes rows, each in its month', async () => {
    await jobs`select ensure_partitions('analytics_events', '2032-01-01', 2)`
    await insertEvent(api, 'last', '2032-01-31T23:59:59.999999Z')
    await insertEvent(api, 'first', '2032-02-01T00:00:00Z')
    const rows =
      await owner`select tableoid::regclass::text as name, event_id from analytics_events order by occurred_at`
    expect(rows).toEqual([
      { name: 'partitions.analytics_events_2032_01', event_id: 'last' },
      { name: 'partitions.analytics_events_2032_02', event_id: 'first' },
    ])
    const twice = await refusal(insertEvent(api, 'first', '2032-02-01T00:00:00Z'))
    expect(twice.code).toBe('23505')
  })

  test('is as closed as the first ones', async () => {
    await jobs`select ensure_partitions('audit_logs', '2033-01-01', 1), ensure_partitions('analytics_events', '2033-01-01', 1)`
    const refused = { code: 'DF002', constraint: 'statement_refused' }
    for (const statement of ['update {} set row_id = $$x$$', 'delete from {}', 'truncate {}']) {
      const text = statement.replace('{}', 'partitions.audit_logs_2033_01')
      expect(await refusal(owner.unsafe(text)), text).toEqual(refused)
    }
    expect(await refusal(owner`truncate partitions.analytics_events_2033_01`)).toEqual(refused)
    for (const sql of [api, jobs]) {
      expect(await refusal(sql`select from partitions.audit_logs_2033_01`)).toMatchObject({ code: '42501' })
    }
    const rows = await owner`
      select c.relname, c.relacl from pg_class as c
      where c.relnamespace = 'partitions'::regnamespace and c.relkind = 'r'
        and (c.relacl is not null or c.relowner <> 'defeah_owner'::regrole)`
    expect(rows).toEqual([])
  })

  test('has every index and constraint of its parent', async () => {
    await jobs`select ensure_partitions('audit_logs', '2034-01-01', 1)`
    const [row] = await owner`
      select
        (select count(*)::int from pg_index where indrelid = 'audit_logs'::regclass) as wanted,
        (select count(*)::int from pg_index as i join pg_inherits as h on h.inhrelid = i.indexrelid
         where i.indrelid = 'partitions.audit_logs_2034_01'::regclass) as found,
        (select count(*)::int from pg_constraint
         where conrelid = 'partitions.audit_logs_2034_01'::regclass and contype = 'c' and coninhcount = 1) as checks`
    expect(row).toMatchObject({ found: row?.['wanted'], checks: 2 })
  })

  test('is made while its parent is read and written', async () => {
    const id = await insertCampaign(api, world)
    await as(api, world.actor, async (tx) => {
      await tx`update campaigns set name = 'Meanwhile' where id = ${id}`
      expect(await jobs`select ensure_partitions('audit_logs', '2035-01-01', 1) as made`).toEqual([{ made: 1 }])
    })
  })

  test('is made by the daily call as far ahead as asked, and only once', async () => {
    const before = (await partitionsOf('audit_logs')).length
    expect(await jobs`select ensure_all_partitions(5) as made`).toEqual([{ made: 4 }])
    expect(await jobs`select ensure_all_partitions(5) as made`).toEqual([{ made: 0 }])
    expect(await partitionsOf('audit_logs')).toHaveLength(before + 2)
  })
})

test('partitions are made of our partitioned tables alone', async () => {
  await owner.unsafe(`create table public.forged (at timestamptz) partition by range (at)`)
  for (const parent of ['posts', 'pg_class', 'forged']) {
    expect(await refusal(jobs`select ensure_partitions(${parent}, '2036-01-01', 1)`), parent).toMatchObject({
      code: '42809',
    })
  }
  await owner`drop table public.forged`
  expect(await refusal(jobs`select ensure_partitions('audit_logs', '2036-01-01', 0)`)).toMatchObject({ code: '22023' })
})
