import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { as, connectTo, insertCampaign, insertWorld, type World } from './world.ts'

let database: TestDatabase
let owner: Sql
let api: Sql
let world: World

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl)
  api = connectTo(database.apiUrl)
  world = await insertWorld(api)
})

afterAll(async () => {
  await Promise.all([owner.end(), api.end()])
  await database.drop()
})

describe('a version', () => {
  const update = async (id: string, columns: string) => {
    await as(owner, world.actor, (tx) => tx.unsafe(`update campaigns set ${columns} where id = '${id}'`))
    const [row] = await api`select version, updated_at > created_at as touched from campaigns where id = ${id}`
    return row
  }

  test('rises by one with a change, whatever the statement says of it', async () => {
    const id = await insertCampaign(api, world)
    expect(await update(id, `name = 'Summer'`)).toEqual({ version: 2, touched: true })
    expect(await update(id, `name = 'Autumn', version = version + 1`)).toEqual({ version: 3, touched: true })
    expect(await update(id, `version = 99, updated_at = '1999-01-01'`)).toEqual({ version: 4, touched: true })
  })

  test('rises with a touch, as a child table makes it', async () => {
    const id = await insertCampaign(api, world)
    expect(await update(id, 'version = version + 1')).toEqual({ version: 2, touched: true })
  })

  test('stays when nothing else changed', async () => {
    const id = await insertCampaign(api, world)
    expect(await update(id, 'name = name')).toEqual({ version: 1, touched: false })
    expect(await update(id, `updated_at = now() + interval '1 hour'`)).toEqual({ version: 1, touched: false })
  })

  test('or an instant of change is kept by trigger in every table that has the column', async () => {
    const rows = await api`
      select c.relname as table
      from pg_class as c
      join pg_attribute as a on a.attrelid = c.oid and a.attname = 'updated_at'
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and not exists (
          select from pg_trigger as t
          where t.tgrelid = c.oid
            and t.tgname = case
              when exists (select from pg_attribute as v where v.attrelid = c.oid and v.attname = 'version')
              then 'touch_version' else 'touch_updated_at' end)`
    expect(rows).toEqual([])
  })
})

describe('uuid_v7()', () => {
  test('has version 7, the variant of RFC 9562 and the current millisecond', async () => {
    const [row] = await api<{ id: string; before: string; after: string }[]>`
      select extract(epoch from now()) * 1000 as before, id, extract(epoch from clock_timestamp()) * 1000 as after
      from (select uuid_v7() as id offset 0) as made`
    expect(row?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const milliseconds = Number.parseInt(row?.id.replaceAll('-', '').slice(0, 12) ?? '', 16)
    expect(milliseconds).toBeGreaterThanOrEqual(Math.floor(Number(row?.before)))
    expect(milliseconds).toBeLessThanOrEqual(Number(row?.after))
  })

  test('sorts by time, also within a millisecond', async () => {
    const [row] = await api`
      select count(*)::int as made, count(*) filter (where id < previous)::int as "outOfOrder", count(distinct id)::int as different
      from (
        select id, lag(id) over (order by place) as previous
        from (select n as place, uuid_v7() as id from generate_series(1, 2000) as n) as ids
      ) as pairs`
    expect(row).toEqual({ made: 2000, outOfOrder: 0, different: 2000 })
  })
})
