import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lintFiles } from '../scripts/lint-sql/lint.ts'
import { TABLES } from '../scripts/lint-sql/tables.ts'
import { connect } from '../scripts/local/migrate.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'

const PATHS = { tenant: 'sql/posts/posts.sql', user: 'sql/auth/sessions.user.sql', jobs: 'sql/jobs/jobs.jobs.sql' }
const ACTOR = `actor as materialized (select set_config('app.actor', :actor!, true) as value)`
const TENANT = PATHS.tenant

/** Each statement of a file under its line `-- what it is | ... | class | name`; the fields in between are the test's. */
function casesOf(file: string): { fields: string[]; path: string; name: string; sql: string }[] {
  const text = readFileSync(new URL(`lint-sql/${file}`, import.meta.url), 'utf8')
  return [...text.matchAll(/^-- (.*)\n((?:(?!-- ).*\n?)+)/gm)].map(([, heading = '', sql = '']) => {
    const fields = heading.split(' | ')
    const [name = '', fileClass] = [fields.pop(), fields.pop()]
    if (fileClass !== 'tenant' && fileClass !== 'user' && fileClass !== 'jobs') throw new Error(`no class: ${heading}`)
    return { fields, path: PATHS[fileClass], name, sql: sql.replaceAll('ACTOR', ACTOR) }
  })
}

async function lint(path: string, sql: string, name = 'findPost'): Promise<string[]> {
  const { problems } = await lintFiles(new Map([[path, `/* @name ${name} */\n${sql.trim().replace(/;?$/, ';\n')}`]]))
  return problems
}

describe('lint-sql refuses', () => {
  test.each(casesOf('refused.sql'))('$fields', async ({ fields: [, rule], path, sql, name }) => {
    const problems = await lint(path, sql, name)
    expect(problems.map((problem) => problem.split(': ')[1])).toContain(rule)
    for (const problem of problems) expect(problem).toMatch(/^sql\/[\w./-]+:\d+ \w+: [\w-]+: .+$/)
  })

  test('a statement that nothing imports', async () => {
    const sql =
      '/* @name findPost */\nselect 1 as a;\n/* @name findPosts */\nselect 1 as a;\n/* @name countPosts */\nselect 1 as a;\n'
    const sources = new Map([
      ['src/posts/posts.sql.ts', 'export const findPost = 1'],
      ['src/posts/service.ts', `import { findPost } from './posts.sql.ts'`],
      ['src/campaigns/service.ts', `import * as posts from '../posts/posts.sql.ts'\nposts.countPosts`],
    ])
    const { problems } = await lintFiles(new Map([[TENANT, sql]]), sources)
    expect(problems.filter((problem) => problem.includes(': unused: '))).toEqual([
      `${TENANT}:4 findPosts: unused: nothing imports it; delete it`,
    ])
  })

  test('a statement out of the order of verbs', async () => {
    const sql =
      '/* @name insertA */\nselect 1 as a;\n/* @name claimA */\nselect 1 as a;\n/* @name findA */\nselect 1 as a;\n'
    const { problems } = await lintFiles(new Map([[TENANT, sql]]))
    expect(problems).toEqual([expect.stringMatching(`^${TENANT}:6 findA: order: `)])
  })

  test.each([
    ['without a name', 'select 1 as a;'],
    ['named twice', '/* @name findA */\nselect 1 as a;\n/* @name findA */\nselect 1 as a;'],
    ['with prose in the comment of its name', '/* @name findA the first */\nselect 1 as a;'],
    ['under a line comment', '-- the first\n/* @name findA */\nselect 1 as a;'],
    ['without an end', '/* @name findA */\nselect 1 as a'],
  ])('a statement %s', async (_, text) => {
    const { problems } = await lintFiles(new Map([[TENANT, text]]))
    expect(problems).not.toEqual([])
  })

  test('on the line where the fault is', async () => {
    const problems = await lint(
      TENANT,
      `select p.id, 'größer' as word\nfrom posts p\nwhere\n  p.workspace_id = :workspaceId!\n  and p.created_at < now()`,
    )
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(`${TENANT}:6 findPost: clock: `)
  })
})

test('each :workspaceId of the project’s statements is needed: another parameter in its place is refused', async () => {
  const tried: string[] = []
  for await (const path of glob('sql/**/*.sql')) {
    if (/\.(user|jobs)\.sql$/.test(path)) continue
    const text = readFileSync(path, 'utf8')
    for (const { index } of text.matchAll(/:workspaceId!/g)) {
      const other = `${text.slice(0, index)}:anotherId! ${text.slice(index + ':workspaceId!'.length)}`
      const { problems } = await lintFiles(new Map([[path, other]]))
      expect([path, index, problems.filter((problem) => problem.includes(': tenant-binding: ')).length > 0]).toEqual([
        path,
        index,
        true,
      ])
      tried.push(path)
    }
  }
  expect(tried.length).toBeGreaterThan(10)
})

describe('lint-sql accepts', () => {
  test.each(casesOf('accepted.sql'))('$fields', async ({ path, sql, name }) => {
    expect(await lint(path, sql, name)).toEqual([])
  })
})

describe('the list of tables', () => {
  let database: TestDatabase
  let tables: { name: string; columns: string[]; primaryKey: string[]; hasAudit: boolean }[]

  beforeAll(async () => {
    database = await createTestDatabase()
    const sql = connect(database.ownerUrl)
    tables = await sql`
      select
        c.relname as name,
        array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
        array(select attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
          where i.indrelid = c.oid and i.indisprimary) as "primaryKey",
        exists (
          select 1 from pg_trigger t join pg_proc p on p.oid = t.tgfoid
          where t.tgrelid = c.oid and p.proname = 'audit_row_change' and t.tgtype & 29 = 29 and t.tgenabled <> 'D'
        ) as "hasAudit"
      from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`
    await sql.end()
  })

  afterAll(() => database.drop())

  test('names every table of the database, and no other', () => {
    expect(Object.keys(TABLES).sort()).toEqual(tables.map(({ name }) => name).sort())
  })

  test('calls audited exactly the tables that have the trigger for insert, update and delete', () => {
    const audited = Object.entries(TABLES).filter(([, rule]) => rule.audited === true)
    expect(audited.map(([name]) => name).sort()).toEqual(
      tables
        .filter(({ hasAudit }) => hasAudit)
        .map(({ name }) => name)
        .sort(),
    )
  })

  test('calls a tenant’s every table that has a workspace, with the workspace first in its key', () => {
    for (const { name, columns, primaryKey } of tables) {
      const rule = TABLES[name]
      if (columns.includes('workspace_id')) expect([name, rule?.class]).not.toEqual([name, 'lookup'])
      if (rule?.class !== 'tenant' || rule.tenantColumn !== 'workspace_id') continue
      expect([name, columns.includes('workspace_id')]).toEqual([name, true])
      // Partitioned tables have the time in their keys; a record may be of a request that was in no workspace; a
      // secret is looked up before the workspace is known.
      const isExcepted = ['analytics_events', 'audit_logs', 'idempotency_keys', 'api_key_digests'].includes(name)
      expect([name, primaryKey.includes('workspace_id') || isExcepted]).toEqual([name, true])
    }
  })

  test('asks for an explicit id exactly where a table has one, or says why not', () => {
    for (const { name, columns } of tables) {
      const rule = TABLES[name]
      if (rule?.explicitId === true) expect([name, columns.includes('id')]).toEqual([name, true])
      if (rule?.explicitId === 'natural key') expect([name, columns.includes('id')]).toEqual([name, false])
    }
  })

  test('names columns that exist', () => {
    for (const { name, columns } of tables) {
      const { tenantColumn, keys = [], anchors = {}, ownerless = [] } = TABLES[name] ?? {}
      const named = [...(tenantColumn ? [tenantColumn] : []), ...keys, ...Object.keys(anchors), ...ownerless]
      expect([name, named.filter((column) => !columns.includes(column))]).toEqual([name, []])
    }
  })
})
