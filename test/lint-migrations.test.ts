import { expect, test } from 'vitest'
import { checkMigrations } from '../scripts/lint-migrations/check.ts'

const NAME = 'db/migrations/20270101000000_change_posts.sql'
const TIMEOUTS = `set local lock_timeout = '2s';\nset local statement_timeout = '1min';\n`
const DOWN = '\n-- migrate:down\ndrop table later;\n'

const up = (sql: string, options = '') => `-- migrate:up${options}\n${sql}${DOWN}`

test.each([
  [
    'an index that blocks writes',
    'require-concurrent-index-creation',
    up(`${TIMEOUTS}create index posts_later_idx on posts (later);`),
  ],
  [
    'a required column without default',
    'adding-required-field',
    up(`${TIMEOUTS}alter table posts add column later text not null;`),
  ],
  [
    'a constraint that reads the whole table',
    'constraint-missing-not-valid',
    up(`${TIMEOUTS}alter table posts add constraint posts_later_check check (later > 1);`),
  ],
  [
    'a column that changes its type',
    'changing-column-type',
    up(`${TIMEOUTS}alter table posts alter column later type text;`),
  ],
  [
    'a column that changes its name',
    'renaming-column',
    up(`${TIMEOUTS}alter table posts rename column later to sooner;`),
  ],
  ['a lock without a time limit', 'require-lock-timeout', up('alter table posts add column later text;')],
  ['a time without a zone', 'prefer-timestamp-tz', up('create table later (at timestamp not null);')],
  ['two statements without a transaction', 'parts', up('select 1;\nselect 2;', ' transaction:false')],
  ['no way down', 'parts', '-- migrate:up\nselect 1;\n'],
  ['an empty way down', 'parts', '-- migrate:up\nselect 1;\n-- migrate:down\n-- nothing\n'],
  ['an empty way up', 'parts', up('')],
  ['two ways up', 'parts', `-- migrate:up\nselect 1;\n-- migrate:up\nselect 2;${DOWN}`],
])('refuses %s (%s)', async (_, rule, text) => {
  const problems = await checkMigrations(new Map([[NAME, text]]))
  expect(problems.map((problem) => problem.split(': ')[1])).toContain(rule)
})

test('refuses names that dbmate would skip or confuse', async () => {
  const text = up('create table later (id uuid primary key);')
  expect(await checkMigrations(new Map([['db/migrations/change.sql', text]]))).toHaveLength(1)
  const twins = new Map([
    [NAME, text],
    ['db/migrations/20270101000000_again.sql', text],
  ])
  expect(await checkMigrations(twins)).toHaveLength(1)
})

test.each([
  [
    'a new table with its indexes',
    up(
      `${TIMEOUTS}create table later (id uuid primary key, at timestamptz not null);\ncreate index later_at_idx on later (at);`,
    ),
  ],
  ['a column that may be empty', up(`${TIMEOUTS}alter table posts add column later text;`)],
  [
    'an index made beside the writers',
    up('create index concurrently if not exists posts_later_idx on posts (later);', ' transaction:false'),
  ],
  [
    'a constraint validated later',
    up(`${TIMEOUTS}alter table posts add constraint posts_later_check check (later > 1) not valid;`),
  ],
])('accepts %s', async (_, text) => {
  expect(await checkMigrations(new Map([[NAME, text]]))).toEqual([])
})

test('names the line of the file, and looks at the way up alone', async () => {
  const problems = await checkMigrations(new Map([[NAME, `\n\n${up(`${TIMEOUTS}drop table posts;`)}`]]))
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(`${NAME}:6: ban-drop-table: `)
})
