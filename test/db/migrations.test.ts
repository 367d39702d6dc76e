import { readdirSync } from 'node:fs'
import type { Sql } from 'postgres'
import { expect, test } from 'vitest'
import { dbmate, migrate } from '../../scripts/local/migrate.ts'
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts'
import { connectTo } from './world.ts'

const files = readdirSync('db/migrations').filter((file) => file.endsWith('.sql'))

/** What the migrations make, as the catalogs tell it: definitions, comments, owners and grants, but no month. */
async function describeSchema(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    with ours as (
      select oid, nspname from pg_namespace where nspname in ('public', 'partitions', 'masked')
    ), relation as (
      select c.* from pg_class as c join ours on ours.oid = c.relnamespace
      where ours.nspname <> 'partitions' and c.relname not like 'schema_migrations%'
    )
    select concat_ws(' ', 'schema', nspname, nspowner::regrole, nspacl::text, obj_description(oid, 'pg_namespace')) as line
    from pg_namespace where oid in (select oid from ours)
    union all
    select concat_ws(' ', 'relation', oid::regclass, relkind, relowner::regrole, relacl::text, reloptions::text,
      pg_get_partkeydef(oid), obj_description(oid, 'pg_class'), case relkind when 'v' then pg_get_viewdef(oid) end) from relation
    union all
    select concat_ws(' ', 'column', a.attrelid::regclass,
      row_number() over (partition by a.attrelid order by a.attnum), a.attname, format_type(a.atttypid, a.atttypmod),
      a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid), a.attacl::text, col_description(a.attrelid, a.attnum))
    from pg_attribute as a
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid in (select oid from relation) and a.attnum > 0 and not a.attisdropped
    union all
    select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint where conrelid in (select oid from relation)
    union all
    select pg_get_indexdef(indexrelid) from pg_index where indrelid in (select oid from relation)
    union all
    select pg_get_triggerdef(oid) from pg_trigger where tgrelid in (select oid from relation) and not tgisinternal
    union all
    select concat_ws(' ', pg_get_functiondef(oid), proowner::regrole, proacl::text)
    from pg_proc where pronamespace in (select oid from ours)
    union all
    select concat_ws(' ', 'type', t.typname, t.typowner::regrole, t.typacl::text, array_agg(e.enumlabel order by e.enumsortorder))
    from pg_type as t join pg_enum as e on e.enumtypid = t.oid group by t.oid
    union all
    select concat_ws(' ', 'default privileges', defaclrole::regrole, defaclobjtype, defaclacl::text) from pg_default_acl
    order by line`
  return rows.map(({ line }) => line)
}

async function rollBackAll(url: string): Promise<void> {
  for (const _ of files) {
    const { code, output } = await dbmate(['down'], url)
    expect(code, output).toBe(0)
  }
}

test('all down and up again makes the same schema, beside a second database of the cluster that keeps its own', async () => {
  const [first, second, untouched] = [
    await createEmptyDatabase(),
    await createEmptyDatabase(),
    await createEmptyDatabase(),
  ]
  const [firstSql, secondSql, untouchedSql] = [first, second, untouched].map(({ ownerUrl }) => connectTo(ownerUrl)) as [
    Sql,
    Sql,
    Sql,
  ]

  await migrate(first.ownerUrl)
  await migrate(second.ownerUrl)
  const made = await describeSchema(firstSql)
  expect(made.length).toBeGreaterThan(400)
  expect(await describeSchema(secondSql)).toEqual(made)

  await rollBackAll(first.ownerUrl)
  expect(await describeSchema(firstSql)).toEqual(await describeSchema(untouchedSql))
  expect(await describeSchema(secondSql)).toEqual(made)

  await migrate(first.ownerUrl)
  expect(await describeSchema(firstSql)).toEqual(made)

  await Promise.all([firstSql.end(), secondSql.end(), untouchedSql.end()])
  await Promise.all([first.drop(), second.drop(), untouched.drop()])
}, 60_000)

test('each migration down and up again makes the same schema', async () => {
  const database = await createTestDatabase()
  const sql = connectTo(database.ownerUrl)
  const made = await describeSchema(sql)
  for (let undone = 1; undone <= files.length; undone += 4) {
    for (let step = 0; step < undone; step++) expect((await dbmate(['down'], database.ownerUrl)).code).toBe(0)
    await migrate(database.ownerUrl)
    expect(await describeSchema(sql), `${undone} migrations`).toEqual(made)
  }
  await sql.end()
  await database.drop()
}, 60_000)
