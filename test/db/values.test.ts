import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase } from '../../src/db/database.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createPool, openSql, queryText, type SqlPool } from '../support/sql.ts'
import { statement } from '../support/statement.ts'

/** How values cross the wire, in both directions, as the api role's own connection does it. */

let database: TestDatabase
let pool: SqlPool
beforeAll(async () => {
  database = await createTestDatabase()
  pool = createPool(database.apiUrl, 1)
})
afterAll(async () => {
  pool.end()
  await database.drop()
})

const db = createDatabase({ connect: () => pool, monotonic: () => 0, onStatement: () => undefined }, {})

/** What a literal reads as. */
const read = async (literal: string): Promise<unknown> =>
  (await db.one(statement<{ value: unknown }>(`select ${literal} as value`), {})).value

/** What a parameter of a type comes back as. */
const echo = async (value: unknown, type: string): Promise<unknown> =>
  (await db.one(statement<{ value: unknown }>(`select :value::${type} as value`), { value })).value

describe('numbers', () => {
  test.each([
    ['0::int8', 0],
    ['-1::int8', -1],
    ['9007199254740991::int8', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991::int8', Number.MIN_SAFE_INTEGER],
    ['42::int4', 42],
    ['7::int2', 7],
    ['1.5::float8', 1.5],
    ['count(*)', 1],
    ["'12345678901234567890.0123456789'::numeric", '12345678901234567890.0123456789'],
    ['sum(1::int8)', '1'],
  ])('%s reads as %j', async (literal, value) => {
    expect(await read(literal)).toBe(value)
  })

  test.each(['9007199254740992', '-9007199254740992', '9223372036854775807'])(
    'int8 %s is an error, not a near miss',
    async (value) => {
      await expect(read(`'${value}'::int8`)).rejects.toThrow('beyond 2^53')
      await expect(read(`array['${value}'::int8]`)).rejects.toThrow('beyond 2^53')
      // The connection is good for the next statement.
      expect(await read('1')).toBe(1)
    },
  )

  test.each([0, -5, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])('int8 parameter %d', async (value) => {
    expect(await echo(value, 'int8')).toBe(value)
  })
})

describe('dates and times', () => {
  test.each([
    ["'2026-11-23'::date", '2026-11-23'],
    ["'0001-01-01'::date", '0001-01-01'],
    ["'2026-11-23 02:58:12.123456+00'::timestamptz", '2026-11-23T02:58:12.123456Z'],
    ["'2026-11-23 02:58:12.1+05:30'::timestamptz", '2026-11-22T21:28:12.1Z'],
    ["'2026-11-23 02:58:12Z'::timestamptz", '2026-11-23T02:58:12Z'],
    ["'1969-12-31T23:59:59.999999Z'::timestamptz", '1969-12-31T23:59:59.999999Z'],
    ["'9999-12-31T23:59:59Z'::timestamptz", '9999-12-31T23:59:59Z'],
    ["'2026-11-23 02:58:12.5'::timestamp", '2026-11-23 02:58:12.5'],
    ["'04:05:06'::time", '04:05:06'],
  ])('%s reads as %j', async (literal, value) => {
    expect(await read(literal)).toBe(value)
  })

  test.each(['infinity', '-infinity', '10000-01-01 00:00:00Z', '0044-03-15 12:00:00Z BC'])(
    'the instant %s, which RFC 3339 cannot say, is an error',
    async (instant) => {
      await expect(read(`'${instant}'::timestamptz`)).rejects.toThrow('timestamptz')
      expect(await read('1')).toBe(1)
    },
  )

  test('microseconds come back from a parameter as they were sent', async () => {
    for (const instant of ['2026-11-23T02:58:12.123456Z', '2026-11-23T02:58:12.000001Z', '2026-02-28T23:59:59Z']) {
      expect(await echo(instant, 'timestamptz')).toBe(instant)
    }
    expect(await echo('2026-11-23T02:58:12.123456+01:00', 'timestamptz')).toBe('2026-11-23T01:58:12.123456Z')
    expect(await echo('2024-02-29', 'date')).toBe('2024-02-29')
  })

  test('the roles of the Worker are in UTC; in another zone an instant is an error, never another instant', async () => {
    for (const url of [database.apiUrl, database.jobsUrl]) {
      const session = createPool(url, 1)
      expect(await queryText(session, `select current_setting('timezone') as zone`)).toEqual([{ zone: 'UTC' }])
      session.end()
    }
    const owner = openSql(database.ownerUrl)
    await owner.unsafe(`alter role current_user in database ${database.name} set timezone = 'Asia/Tokyo'`)
    await owner.end()
    const abroad = createPool(database.ownerUrl, 1)
    await expect(queryText(abroad, `select '2026-11-23T02:58:12Z'::timestamptz as value`)).rejects.toThrow(
      'outside UTC',
    )
    abroad.end()
  })
})

describe('arrays', () => {
  const awkward = [
    '',
    ' ',
    ',',
    '"',
    '\\',
    '\\"',
    '{',
    '}',
    'NULL',
    'null',
    "'",
    'a,b',
    '\n',
    '\t',
    'ü',
    '👩‍👩‍👧',
    '$1',
    '\\\\',
  ]

  test.each([
    ['text[]', []],
    ['text[]', awkward],
    ['text[]', [null, 'NULL', null]],
    ['int4[]', [1, -2, null, 2_147_483_647]],
    ['int8[]', [0, Number.MAX_SAFE_INTEGER, null]],
    ['bool[]', [true, false, null]],
    ['uuid[]', ['0190b6a0-0000-7000-8000-000000000001', null]],
    ['date[]', ['2026-11-23', null]],
    ['timestamptz[]', ['2026-11-23T02:58:12.123456Z', null]],
  ])('%s %j comes back as it was sent', async (type, values) => {
    expect(await echo(values, type)).toEqual(values)
  })

  test('null in place of an array is NULL', async () => {
    for (const type of ['text[]', 'uuid[]', 'int8[]']) expect(await echo(null, type)).toBeNull()
  })

  test('whatever texts an array holds, it holds them in the database too', async () => {
    const texts = fc.array(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...awkward), fc.constant(null)),
    )
    const lists = fc.sample(texts, 60).map((list) => list.map((text) => text?.replaceAll('\0', '') ?? null))
    for (const list of lists) {
      const query = statement(
        'select :list::text[] as list, (select jsonb_agg(e order by n) from unnest(:list::text[]) with ordinality u (e, n)) as seen',
      )
      expect(await db.one(query, { list })).toEqual({ list, seen: list.length === 0 ? null : list })
    }
  })

  test('something else in place of an array is refused before it is sent', async () => {
    await expect(echo({ 0: 'a' }, 'text[]')).rejects.toThrow('a parameter may not be object')
    await expect(echo([{ a: 1 }], 'text[]')).rejects.toThrow('a parameter may not be object')
    await expect(echo([['a']], 'text[]')).rejects.toThrow('a parameter may not be object')
  })

  test.each(['array[array[1,2],array[3,4]]', `'[0:1]={5,6}'::int4[]`])(
    '%s is an error, not something else',
    async (literal) => {
      await expect(read(literal)).rejects.toThrow('several dimensions')
    },
  )

  test('unnest takes columns side by side', async () => {
    const query = statement('select u.n, u.t from unnest(:numbers!::int4[], :texts!::text[]) u (n, t)')
    expect(await db.many(query, { numbers: [1, 2], texts: ['a', 'b"c'] })).toEqual([
      { n: 1, t: 'a' },
      { n: 2, t: 'b"c' },
    ])
  })
})

describe('JSON', () => {
  const values = [
    {},
    { a: 1, 'b c': [true, null, 'ü"\\'] },
    [],
    [1, 'two', { three: [3] }],
    ['a', 'b'],
    [[1, 2], [3]],
    [true, 1],
    [[false], null],
    'a text',
    '{"looks":"like JSON"}',
    '',
    0,
    1.5,
  ]
  test.each(values.map((value) => [value]))('%j comes back as it was sent', async (value) => {
    expect(await echo(value, 'jsonb')).toEqual(value)
  })

  test.each([
    [{ a: 1 }, 'object'],
    [[1, 2], 'array'],
    [['a'], 'array'],
    [[], 'array'],
    ['a text', 'string'],
    ['[1]', 'string'],
    [1, 'number'],
  ])('%j is a JSON %s in the database, encoded once', async (value, type) => {
    expect(await db.one(statement('select jsonb_typeof(:value::jsonb) as type'), { value })).toEqual({ type })
  })

  test('null is NULL, and a JSON null reads as null', async () => {
    expect(await db.one(statement('select :value::jsonb is null as "isNull"'), {})).toEqual({ isNull: true })
    expect(await read("'null'::jsonb")).toBeNull()
  })

  test('json reads as jsonb does', async () => {
    expect(await read(`'{"a": [1, "x"]}'::json`)).toEqual({ a: [1, 'x'] })
  })
})

describe('others', () => {
  test.each([
    ['true', true],
    ["'0190B6A0-0000-7000-8000-000000000001'::uuid", '0190b6a0-0000-7000-8000-000000000001'],
    ["'owner'::workspace_role", 'owner'],
    ["'EUR'::char(3)", 'EUR'],
    ["'203.0.113.0/24'::cidr", '203.0.113.0/24'],
    ['null::text', null],
    ["E'a\\nb'", 'a\nb'],
    ["U&'\\FEFFa'", '\uFEFFa'],
  ])('%s reads as %j', async (literal, value) => {
    expect(await read(literal)).toBe(value)
  })

  test.each([[new Date()], [1n], [Symbol('x')], [() => 1]])(
    '%s is refused rather than sent as something else',
    async (value) => {
      await expect(echo(value, 'text')).rejects.toThrow('a parameter may not be')
    },
  )
})
