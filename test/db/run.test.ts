import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openNodeSocket } from '../../scripts/local/socket.ts'
import { connectTo } from '../../src/db/connect.ts'
import { createDatabase, type Db, type FilledParams } from '../../src/db/database.ts'
import { databaseFailure, violatedConstraint } from '../../src/db/errors.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createPool, openSql, type SqlPool } from '../support/sql.ts'
import { statement } from '../support/statement.ts'

let database: TestDatabase
let owner: postgres.Sql
beforeAll(async () => {
  database = await createTestDatabase()
  owner = openSql(database.ownerUrl)
  await owner`
    create table notes (
      id int constraint notes_pkey primary key, body text constraint notes_body_check check (body <> 'bad'),
      parent int constraint notes_parent_fkey references notes (id), actor text default current_setting('app.actor', true)
    )`
})
const pools: SqlPool[] = []
afterAll(async () => {
  for (const pool of pools) pool.end()
  await owner.end({ timeout: 2 })
  await database.drop()
})
beforeEach(async () => await owner`truncate notes`)

/** A connection of its own. */
function connect(url: string): SqlPool {
  const made = createPool(url, 1)
  pools.push(made)
  return made
}

let durations: number[] = []
/** The request's view of the database, as the owner, who may use the table of this test. */
function open(filled: FilledParams = {}): Db {
  const ports = {
    connect: () => connect(database.ownerUrl),
    monotonic: () => performance.now(),
    onStatement: (ms: number) => void durations.push(ms),
  }
  return createDatabase(ports, filled)
}
const insertNote = statement('insert into notes (id, body, parent) values (:id!, :body, :parent) returning id')
const ids = async () => (await owner`select id from notes order by id`).map((row) => row['id'])

describe('one statement', () => {
  test('takes its parameters by name, each as often as it is used, in any order', async () => {
    const query = statement('select :b!::text || :a!::text || :b!::text as joined, :c::text is null as "isAbsent"')
    const { text, params } = query.compiled
    expect(text).toBe('select $1::text || $2::text || $1::text as joined, $3::text is null as "isAbsent"')
    expect(params.map(({ name }) => name)).toEqual(['b', 'a', 'c'])
    expect(await open().one(query, { a: 'x', b: '-', more: 'is not sent' })).toEqual({ joined: '-x-', isAbsent: true })
  })

  test('a name that begins another is told from it', async () => {
    const query = statement('select :id!::text as a, :id2!::text as b, :idempotent!::text as c')
    expect(await open().one(query, { id: '1', id2: '2', idempotent: '3' })).toEqual({ a: '1', b: '2', c: '3' })
  })

  test('a value stays a value, whatever it says', async () => {
    const body = `'); drop table notes; -- $1 :id {"a":1} \\ "`
    await open().one(insertNote, { id: 1, body })
    expect(await owner`select body from notes`).toEqual([{ body }])
  })

  test.each([
    ['left out', {}],
    ['undefined', { id: undefined }],
    ['null', { id: null }],
  ])('never runs when a required parameter is %s', async (_name, params) => {
    await expect(open().many(insertNote, params)).rejects.toThrow(':id is required and has no value')
    expect(await ids()).toEqual([])
  })

  test('an optional parameter that is left out is NULL', async () => {
    const query = statement('select :a::text as a, :b::int as b, :c::jsonb as c')
    expect(await open().one(query, { a: undefined, b: null })).toEqual({ a: null, b: null, c: null })
  })

  test('one, maybeOne and many say how many rows there are, and no row is dropped in silence', async () => {
    const rows = statement('select n from generate_series(1, :count!::int) n')
    const db = open()
    expect(await db.many(rows, { count: 2 })).toEqual([{ n: 1 }, { n: 2 }])
    expect(await db.many(rows, { count: 0 })).toEqual([])
    expect(await db.maybeOne(rows, { count: 0 })).toBeUndefined()
    expect(await db.maybeOne(rows, { count: 1 })).toEqual({ n: 1 })
    expect(await db.one(rows, { count: 1 })).toEqual({ n: 1 })
    await expect(db.one(rows, { count: 0 })).rejects.toThrow('expected one row, got none')
    await expect(db.one(rows, { count: 2 })).rejects.toThrow('got 2')
    await expect(db.maybeOne(rows, { count: 2 })).rejects.toThrow('got 2')
  })

  test('its duration is reported, also when it fails', async () => {
    durations = []
    const db = open()
    await db.many(statement('select pg_sleep(0.05)'), {})
    await expect(db.many(statement('select 1 / 0'), {})).rejects.toThrow()
    expect(durations).toHaveLength(2)
    expect(durations[0]).toBeGreaterThanOrEqual(45)
  })

  test('no connection is opened before the first one', async () => {
    let opened = 0
    const counted = () => {
      opened += 1
      return connect(database.ownerUrl)
    }
    const db = createDatabase({ connect: counted, monotonic: () => 0, onStatement: () => undefined }, {})
    const other = db.with({ workspaceId: randomUUID() })
    expect(opened).toBe(0)
    await other.many(statement('select 1'), {})
    await db.many(statement('select 1'), {})
    expect(opened).toBe(1)
  })
})

describe('what the request fills', () => {
  const show = statement('select :workspaceId!::text as "workspaceId", :actor::text as actor, :other::text as other')

  test('comes from the request, and a service that passes the same name changes nothing', async () => {
    const workspaceId = randomUUID()
    const db = open({ workspaceId, actor: 'the caller' })
    const forged = { workspaceId: randomUUID(), actor: 'somebody else', other: 'own' }
    expect(await db.one(show, forged)).toEqual({ workspaceId, actor: 'the caller', other: 'own' })
  })

  test('is not taken from a service where the request has none', async () => {
    const forged = { workspaceId: randomUUID(), actor: 'somebody' }
    await expect(open({ actor: 'the caller' }).one(show, forged)).rejects.toThrow(':workspaceId is required')
    const db = open({ workspaceId: randomUUID() })
    expect((await db.one(show, forged))['actor']).toBeNull()
    const record = statement('select :idempotencyKey::text as key, :idempotencyPrincipal::text as principal')
    expect(await db.one(record, { idempotencyKey: 'k', idempotencyPrincipal: 'p' })).toEqual({
      key: null,
      principal: null,
    })
  })

  test('changes for whom it is changed, and stays for all others', async () => {
    const db = open({ workspaceId: 'first', actor: 'a' })
    const other = db.with({ workspaceId: 'second' })
    expect(await other.one(show, {})).toMatchObject({ workspaceId: 'second', actor: 'a' })
    expect(await db.one(show, {})).toMatchObject({ workspaceId: 'first', actor: 'a' })
  })

  test('is there within a transaction too', async () => {
    const db = open({ workspaceId: 'first' })
    const seen = await db.transaction(async (tx) => [
      await tx.one(show, {}),
      await tx.with({ actor: 'b' }).one(show, {}),
    ])
    expect(seen).toMatchObject([
      { workspaceId: 'first', actor: null },
      { workspaceId: 'first', actor: 'b' },
    ])
  })
})

describe('a transaction', () => {
  test('commits all of its statements and answers what its work answers', async () => {
    const answer = await open().transaction(async (tx) => {
      await tx.one(insertNote, { id: 1 })
      await tx.one(insertNote, { id: 2, parent: 1 })
      return 'done'
    })
    expect([answer, await ids()]).toEqual(['done', [1, 2]])
  })

  test('rolls back when a statement fails, and its error is the one that comes out', async () => {
    const work = open().transaction(async (tx) => {
      await tx.one(insertNote, { id: 1 })
      await tx.one(insertNote, { id: 2, parent: 99 })
    })
    expect(violatedConstraint(await work.catch((error: unknown) => error))).toBe('notes_parent_fkey')
    expect(await ids()).toEqual([])
  })

  test('rolls back when its work throws', async () => {
    const work = open().transaction(async (tx) => {
      await tx.one(insertNote, { id: 1 })
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await ids()).toEqual([])
  })

  test('rolls back when a failure in it was caught', async () => {
    const work = open().transaction(async (tx) => {
      await tx.one(insertNote, { id: 1 })
      await tx.one(insertNote, { id: 1 }).catch(() => undefined)
      return 'as if nothing were'
    })
    await work.catch(() => undefined)
    expect(await ids()).toEqual([])
  })

  test('refuses to nest, also through another filling', async () => {
    const nested = open().transaction(async (tx) => {
      await tx.one(insertNote, { id: 1 })
      await tx.with({ actor: 'x' }).transaction((inner) => inner.one(insertNote, { id: 2 }))
    })
    await expect(nested).rejects.toThrow('a transaction does not nest')
    expect(await ids()).toEqual([])
  })

  test('leaves the connection usable, and its settings behind', async () => {
    const db = open()
    const set = statement(`select set_config('app.actor', 'in here', true)`)
    const get = statement(`select coalesce(current_setting('app.actor', true), '') as actor`)
    await db.transaction(async (tx) => await tx.one(set, {}))
    expect(await db.one(get, {})).toEqual({ actor: '' })
    await db.transaction((tx) => tx.many(statement('select 1 / 0'), {})).catch(() => undefined)
    expect(await db.one(get, {})).toEqual({ actor: '' })
  })
})

describe('a failure', () => {
  const failureOf = async (work: Promise<unknown>) =>
    databaseFailure(
      await work.then(
        () => undefined,
        (error: unknown) => error,
      ),
    )

  test.each([
    ['notes_pkey', '23505', { id: 1 }],
    ['notes_parent_fkey', '23503', { id: 2, parent: 99 }],
    ['notes_body_check', '23514', { id: 2, body: 'bad' }],
  ])('of the constraint %s names it', async (constraint, sqlstate, note) => {
    const db = open()
    await db.one(insertNote, { id: 1 })
    const failure = await failureOf(db.one(insertNote, note))
    expect(failure).toMatchObject({ kind: 'constraint', constraint, sqlstate })
  })

  test('of a trigger that names a constraint is like one of a constraint', async () => {
    const wrong = statement(`insert into campaigns (workspace_id, user_id, name, objective)
      select :a!, :b!, 'x', 'sales' from (select set_config('app.actor', '{"kind":"job"}', true)) actor`)
    const failure = await failureOf(open().many(wrong, { a: randomUUID(), b: randomUUID() }))
    expect(failure).toMatchObject({ kind: 'constraint', constraint: 'campaigns_workspace_fkey' })
  })

  test.each([
    ['text that is no number', `select :value!::text::int`, { value: 'x' }, '22P02'],
    ['a number out of range', `select :value!::text::int`, { value: '99999999999' }, '22003'],
    ['U+0000 in a text', `select :value!::text`, { value: 'a\0b' }, '22021'],
    ['a division by zero', `select 1 / :value!::int`, { value: 0 }, '22012'],
  ])('%s is one of a value', async (_name, sql, params, sqlstate) => {
    expect(await failureOf(open().many(statement(sql), params))).toEqual({ kind: 'value', sqlstate })
  })

  test('a statement that takes too long makes the database unavailable', async () => {
    const db = open()
    await db.many(statement(`set statement_timeout = '50ms'`), {})
    const slow = db.many(statement('select pg_sleep(5)'), {})
    expect(await failureOf(slow)).toEqual({ kind: 'unavailable', reason: '57014' })
  })

  test('an answer that is late ends the connection, in a transaction too: nothing after it waits, or is done', async () => {
    const connection = connectTo(database.ownerUrl, openNodeSocket)()
    const ports = { connect: () => connection, monotonic: () => 0, answerTimeoutMs: 200, onStatement: () => undefined }
    const db = createDatabase(ports, {})
    const startedAt = performance.now()
    const work = db.transaction(async (tx) => {
      await tx.one(insertNote, { id: 7 })
      await tx.many(statement('select pg_sleep(3)'), {})
    })
    const queued = failureOf(db.one(insertNote, { id: 8 }))
    expect(await failureOf(work)).toMatchObject({ kind: 'unavailable' })
    expect(await queued).toMatchObject({ kind: 'unavailable' })
    expect(await failureOf(db.many(statement('select 1'), {}))).toEqual({ kind: 'unavailable', reason: 'connection' })
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(await ids()).toEqual([])
  })

  test('a lock that is not given in time makes the database unavailable', async () => {
    await owner`insert into notes (id) values (1)`
    const update = statement(`update notes set body = 'x' where id = 1`)
    await open().transaction(async (tx) => {
      await tx.many(update, {})
      const other = open()
      await other.many(statement(`set lock_timeout = '50ms'`), {})
      const waiting = other.many(update, {})
      expect(await failureOf(waiting)).toEqual({ kind: 'unavailable', reason: '55P03' })
    })
  })

  test('two that wait for each other make the database unavailable to one of them', async () => {
    await owner`insert into notes (id) values (1), (2)`
    const update = statement(`update notes set body = 'x' where id = :id!`)
    let bothHold: () => void = () => undefined
    const together = new Promise<void>((resolve) => {
      bothHold = resolve
    })
    let holding = 0
    const crossing = (first: number, second: number) =>
      open().transaction(async (tx) => {
        await tx.many(statement(`set local deadlock_timeout = '50ms'`), {})
        await tx.many(update, { id: first })
        holding += 1
        if (holding === 2) bothHold()
        await together
        await tx.many(update, { id: second })
      })
    const failures = await Promise.all([failureOf(crossing(1, 2)), failureOf(crossing(2, 1))])
    expect(failures).toContainEqual({ kind: 'unavailable', reason: '40P01' })
    expect(failures).toContainEqual(undefined)
  })

  test('a connection that is cut while a statement runs makes the database unavailable', async () => {
    const sleeping = open().many(statement(`select pg_sleep(20), 'to be cut' as mark`), {})
    const cut = async () =>
      await owner`select pg_terminate_backend(pid) from pg_stat_activity where query like '%to be cut%' and pid <> pg_backend_pid()`
    const failure = failureOf(sleeping)
    while ((await cut()).length === 0) await owner`select pg_sleep(0.02)`
    expect(await failure).toMatchObject({ kind: 'unavailable' })
  })

  test.each([
    ['a port where nobody listens', (url: URL) => Object.assign(url, { port: '1' })],
    ['a name that does not resolve', (url: URL) => Object.assign(url, { hostname: 'nowhere.invalid' })],
    ['a database that is not there', (url: URL) => Object.assign(url, { pathname: '/no_such_database' })],
    ['a password that is refused', (url: URL) => Object.assign(url, { password: 'wrong' })],
  ])('%s makes the database unavailable', async (_name, spoil) => {
    const url = spoil(new URL(database.apiUrl)).href
    const ports = {
      connect: () => connect(url),
      monotonic: () => 0,
      onStatement: () => undefined,
    }
    const db = createDatabase(ports, {})
    expect(await failureOf(db.many(statement('select 1'), {}))).toMatchObject({ kind: 'unavailable' })
  })

  test('of our own making is none of the database', () => {
    expect(databaseFailure(new Error('a bug'))).toBeUndefined()
    expect(databaseFailure(Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' }))).toBeUndefined()
    expect(databaseFailure('text')).toBeUndefined()
  })
})
