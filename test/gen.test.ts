import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runGen } from '../scripts/gen/run.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const SQL = 'sql/posts/posts.sql'
const GENERATED = 'src/posts/posts.sql.ts'

let database: TestDatabase
let project: string

beforeAll(async () => {
  database = await createTestDatabase()
})

afterAll(() => database.drop())

/** A project with the real migrations and run-time, and no statements yet. */
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'defeah-gen-test-'))
  await mkdir(join(project, 'db'))
  await symlink(join(ROOT, 'db/migrations'), join(project, 'db/migrations'))
  await mkdir(join(project, 'src/db'), { recursive: true })
  await cp(join(ROOT, 'src/db/run.ts'), join(project, 'src/db/run.ts'))
  process.chdir(project)
  return async () => {
    process.chdir(ROOT)
    await rm(project, { recursive: true })
  }
})

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(project, path)), { recursive: true })
  await writeFile(join(project, path), text)
}

function get(path: string): Promise<string | undefined> {
  return readFile(join(project, path), 'utf8').catch(() => undefined)
}

async function gen(isCheck = false): Promise<{ isOk: boolean; output: string }> {
  const { isOk, lines } = await runGen(database.ownerUrl, { isCheck })
  return { isOk, output: lines.join('\n') }
}

const statement = `/* The post, or nothing. */
/* @name findPost */
select
  p.id,
  p.status,
  p.caption, -- a ':notParameter' in a comment
  p.options,
  array(select m.media_id from post_media m where m.workspace_id = :workspaceId!) as "mediaIds!",
  count(*) over () as "total!" /* another one */
from posts p
where
  p.workspace_id = :workspaceId!
  and (:status::post_status is null or p.status = :status)
  and p.caption <> 'it''s :this "that!" \`\${x}\` \\d';

/* @name deletePost */
delete from posts p where p.id = :id!;
`

describe('gen', () => {
  test('writes what the database says, in the order of the file', async () => {
    await put(SQL, statement)
    expect(await gen()).toMatchObject({ isOk: true })
    expect(await get(GENERATED)).toBe(`// Generated from sql/posts/posts.sql by \`npm run gen\`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type PostStatus = 'approved' | 'archived' | 'changes_requested' | 'draft' | 'failed' | 'in_review' | 'missed' | 'published' | 'publishing' | 'scheduled' | 'unconfirmed'

export type FindPostParams = {
  workspaceId: string
  status?: PostStatus | null | undefined
}

export type FindPostResult = {
  id: string
  status: PostStatus
  caption: string | null
  options: unknown
  mediaIds: string[]
  total: number
}

/** The post, or nothing. */
export const findPost = new PreparedQuery<FindPostParams, FindPostResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 120, b: 132 }, { a: 218, b: 230 }] },
    { name: 'status', required: false, locs: [{ a: 239, b: 245 }, { a: 282, b: 288 }] },
  ],
  statement: \`select
  p.id,
  p.status,
  p.caption,
  p.options,
  array(select m.media_id from post_media m where m.workspace_id = :workspaceId!) as "mediaIds",
  count(*) over () as "total"
from posts p
where
  p.workspace_id = :workspaceId!
  and (:status::post_status is null or p.status = :status)
  and p.caption <> 'it''s :this "that!" \\\`\\\${x}\\\` \\\\d'\`,
})

export type DeletePostParams = {
  id: string
}

export type DeletePostResult = void

export const deletePost = new PreparedQuery<DeletePostParams, DeletePostResult>({
  params: [
    { name: 'id', required: true, locs: [{ a: 33, b: 36 }] },
  ],
  statement: \`delete from posts p where p.id = :id!\`,
})
`)
  })

  test('places the parameters where the run-time puts them, and the database takes the text', async () => {
    await put(SQL, statement)
    await gen()
    const { findPost } = await import(join(project, GENERATED))
    expect(findPost.compiled.params.map(({ name }: { name: string }) => name)).toEqual(['workspaceId', 'status'])
    expect(findPost.compiled.text).toContain(`p.workspace_id = $1\n  and ($2::post_status is null or p.status = $2)`)
    expect(findPost.compiled.text).toContain(`'it''s :this "that!" \`\${x}\` \\d'`)
  })

  test('gives the same bytes again, and removes what has no source any more', async () => {
    await put(SQL, statement)
    await gen()
    const first = await get(GENERATED)
    await put('sql/users/users.user.sql', '/* @name findUser */\nselect u.id from users u where u.id = :userId!;\n')
    await put('src/old/old.sql.ts', 'export {}')
    expect(await gen()).toMatchObject({ isOk: true })
    expect(await get(GENERATED)).toBe(first)
    expect(await get('src/users/users.user.sql.ts')).toContain('export const findUser = ')
    expect(await get('src/old/old.sql.ts')).toBeUndefined()
  })

  test('names the newest migration', async () => {
    await gen()
    expect(await get('src/db/schema-version.ts')).toMatch(/^export const schemaVersion = '\d{14}'$/m)
  })
})

describe('gen fails, names the line and writes nothing, when', () => {
  test.each([
    [
      'a column does not exist',
      'select\n  p.id,\n  p.nope\nfrom posts p where p.workspace_id = :workspaceId!',
      4,
      'p.nope',
    ],
    ['the syntax is wrong', 'select p.id from from posts p', 2, 'syntax error'],
    ['a column has no name', 'select 1 + 1', 2, 'no name'],
    ['two columns have one name', 'select p.id, c.id from posts p, campaigns c', 2, 'two columns'],
    ['a result has a type nobody mapped', 'select point(1, 2) as p', 2, '"point"'],
    ['a parameter has a type nobody mapped', 'select 1 as a where point(1, 2) ~= :at!', 2, '"point"'],
    ['bytes would leave the database', 'select s.secret from user_sessions s', 2, 'encode'],
    [
      'the driver could not send the array',
      'select p.id from posts p where p.status = any(:s!::post_status[])',
      2,
      'arrays',
    ],
    ['a list would be expanded', 'select 1 as a where 1 in :ids!', 3, 'unnest', '\n@param ids -> (...) '],
  ])('%s', async (_, sql, line, message, tags = ' ') => {
    const before = '// as the last good run left it\n'
    await put(GENERATED, before)
    await put('sql/other/other.sql', '/* @name findOther */\nselect 1 as a;\n')
    await put(SQL, `/* @name findPost${tags}*/\n${sql};\n\n/* @name findGood */\nselect 1 as a;\n`)
    const { isOk, output } = await gen()
    expect(isOk).toBe(false)
    expect(output).toMatch(`${SQL}:${line} findPost: `)
    expect(output).toContain(message)
    expect(output).not.toContain('findGood')
    expect(await get(GENERATED)).toBe(before)
    expect(await get('src/other/other.sql.ts')).toBeUndefined()
  })

  test.each([
    ['a statement has no name', 'select 1 as a;\n'],
    ['prose stands in the comment of the name', '/* @name findPost the post */\nselect 1 as a;\n'],
    ['a line comment stands above the name', '-- the post\n/* @name findPost */\nselect 1 as a;\n'],
    ['a statement has no end', '/* @name findPost */\nselect 1 as a\n'],
    ['a second statement has no name', '/* @name findPost */\nselect 1 as a;\nselect 2 as b;\n'],
    ['a name is used twice', '/* @name findPost */\nselect 1 as a;\n/* @name findPost */\nselect 2 as a;\n'],
    ['a file is empty', '\n'],
  ])('%s', async (_, text) => {
    await put(SQL, text)
    const { isOk, output } = await gen()
    expect(isOk).toBe(false)
    expect(output).toMatch(/^sql\/posts\/posts\.sql:\d+ /)
    expect(await get(GENERATED)).toBeUndefined()
  })

  test('a file lies outside a feature', async () => {
    await put('sql/posts.sql', '/* @name findPost */\nselect 1 as a;\n')
    expect(await gen()).toMatchObject({ isOk: false, output: expect.stringContaining('sql/posts.sql:1 ') })
  })

  test('the database is not at the newest migration', async () => {
    await rm(join(project, 'db/migrations'))
    await put('db/migrations/20990101000000_later.sql', '-- migrate:up\n')
    await expect(gen()).rejects.toThrow('20990101000000: run npm run db:up')
  })

  test('the database is out of reach', async () => {
    await expect(runGen('postgres://nobody@127.0.0.1:1/none', { isCheck: false })).rejects.toThrow('ECONNREFUSED')
  })
})

test('the command leaves with 1 on a failure, and with 0 without', async () => {
  const run = () =>
    new Promise<number>((resolve) => {
      const args = [join(ROOT, 'scripts/gen.ts'), '--database', database.ownerUrl]
      execFile(process.execPath, args, { cwd: project }, (error) => resolve(Number(error?.code ?? 0)))
    })
  expect(await run()).toBe(0)
  await put(SQL, '/* @name findPost */\nselect p.nope from posts p;\n')
  expect(await run()).toBe(1)
})

describe('gen --check', () => {
  beforeEach(async () => {
    await put(SQL, '/* @name findPost */\nselect 1 as a;\n')
    await gen()
  })

  test('passes when all is current, and writes nothing', async () => {
    expect(await gen(true)).toMatchObject({ isOk: true })
  })

  test.each([
    ['a statement changed', () => put(SQL, '/* @name findPost */\nselect 2 as a;\n'), GENERATED],
    ['a generated file was edited', () => put(GENERATED, 'export {}'), GENERATED],
    ['a generated file is missing', () => rm(join(project, GENERATED)), GENERATED],
    ['a statement file is gone', () => rm(join(project, SQL)), GENERATED],
    ['the schema version is old', () => put('src/db/schema-version.ts', ''), 'src/db/schema-version.ts'],
  ])('fails when %s', async (_, change, path) => {
    await change()
    const before = await get(path)
    const { isOk, output } = await gen(true)
    expect(isOk).toBe(false)
    expect(output).toContain(`${path}: `)
    expect(await get(path)).toBe(before)
  })
})
