import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createProgress } from '../../scripts/keys-rotate/progress.ts'
import { rotateDataKeys } from '../../src/keys/data-key-rotation.ts'
import { encryptedColumns, notRotated } from '../../src/keys/encrypted-columns.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, send } from '../support/client.ts'
import {
  insertPeople,
  makeRotationSecrets,
  type Person,
  rotate,
  rotationContext,
  unreadableValues,
} from '../support/rotation.ts'
import { asOwner } from '../support/tenants.ts'

/** The keys of people and workspaces, and the key that wraps all keys. */

const secrets = makeRotationSecrets()
let app: TestApp
let people: Person[]
beforeAll(async () => {
  app = await startApp({ secrets })
  people = await insertPeople(app, secrets, 12)
})

const dek = async (...more: string[]) => await rotate(app, secrets, ['dek', '--batch', '5', ...more])
const keysOf = async (id: string) => [
  ...(await app.owner`
    select key_version as version, status, retired_at is not null as "isRetired" from encryption_keys
    where user_id = ${id} order by key_version`),
]
const keyIds = async () =>
  new Map((await app.owner`select id, data_key_id as key from users`).map((row) => [row['id'], row['key']]))
const all = async () => [...(await app.owner`select * from encryption_keys order by id`)]

test('every column of ciphertexts is on the list of what rotates, or says why not', async () => {
  const rows = await app.owner<{ name: string }[]>`
    select c.relname || '.' || a.attname as name
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname like '%\_ciphertext'
    order by 1`
  const listed = Object.entries(encryptedColumns).flatMap(([table, columns]) =>
    columns.map((name) => `${table}.${name}`),
  )
  expect(rows.map(({ name }) => name)).toEqual([...listed, ...Object.keys(notRotated)].sort())
  for (const reason of Object.values(notRotated)) expect(reason.length).toBeGreaterThan(10)
})

describe('a rotation of data keys', () => {
  test('says in a dry run what it would do, and does nothing', async () => {
    const before = await all()
    const { code, output } = await dek('--dry-run')
    expect([code, output]).toEqual([0, expect.stringContaining('would: give 12 people and 12 workspaces new keys')])
    expect(await all()).toEqual(before)
  })

  test('moves every value of the list to a new key, and retires the old one', async () => {
    const before = await ciphertexts()
    const { code, output } = await dek()
    expect([code, output]).toEqual([0, expect.stringContaining('gave 12 people and 12 workspaces new keys')])
    const after = await ciphertexts()
    expect(Object.keys(after)).toEqual(Object.keys(before))
    expect(Object.keys(after)).toHaveLength(12 * 5)
    for (const [place, stored] of Object.entries(after)) expect(stored, place).not.toBe(before[place])
    expect(await unreadableValues(app, secrets, people)).toEqual([])
    for (const { id } of people) {
      expect(await keysOf(id)).toEqual([
        { version: 1, status: 'retired', isRetired: true },
        { version: 2, status: 'active', isRetired: false },
      ])
    }
  })

  test('is done anew by the next run, and not endlessly by one', async () => {
    const { output } = await dek()
    expect(output).toContain('gave 12 people and 12 workspaces new keys')
    expect(await keysOf(people[0]?.id ?? '')).toHaveLength(3)
  })

  test('is done once by two runs that begin together', async () => {
    const versions = async () => (await app.owner`select max(key_version) as n from encryption_keys`)[0]?.['n']
    const before = await versions()
    const runs = await Promise.all([dek(), dek()])
    expect(runs.map(({ code }) => code)).toEqual([0, 0])
    expect((await versions()) - before).toBeLessThanOrEqual(2)
    expect(await unreadableValues(app, secrets, people)).toEqual([])
    const [left] = await app.owner`select count(*)::int as n from encryption_keys where status = 'retiring'`
    expect(left).toEqual({ n: 0 })
  })

  test('is no change of a person: the version and the instant of change stay', async () => {
    const user = await registerUser(app)
    const read = async () => {
      const { body, headers } = await user.call('GET', '/v1/me')
      return { body, tag: headers.get('ETag') }
    }
    const before = await read()
    await dek()
    expect(await keysOf(user.id)).toHaveLength(2)
    expect(await read()).toEqual(before)
    const headers = { 'If-Match': before.tag ?? '' }
    const changed = await user.call('PATCH', '/v1/me', { name: 'Augusta' }, headers)
    expect([changed.status, changed.body.version]).toEqual([200, before.body.version + 1])
  })

  test('leaves the erased alone', async () => {
    const user = await registerUser(app)
    await asOwner(app, async (tx) => {
      await tx`
        update users set status = 'erased', erased_at = now(), email_ciphertext = null, name_ciphertext = null,
          password_hash = null, email_verified_at = null
        where id = ${user.id}`
      await tx`
        update encryption_keys set status = 'destroyed', destroyed_at = now(), wrapped_key = null
        where user_id = ${user.id}`
    })
    expect((await dek()).code).toBe(0)
    expect(await keysOf(user.id)).toEqual([{ version: 1, status: 'destroyed', isRetired: false }])
  })

  test('finds what was written under a key that had been retired by then', async () => {
    const id = people[0]?.id ?? ''
    await dek()
    const [late] = await app.owner`
      select k.id, t.secret_ciphertext as stored from user_totp t
      join encryption_keys k on k.user_id = t.user_id and k.status = 'active' where t.user_id = ${id}`
    await dek()
    await asOwner(
      app,
      (tx) => tx`
        update user_totp set data_key_id = ${late?.['id']}, secret_ciphertext = ${late?.['stored']} where user_id = ${id}`,
    )
    expect(await unreadableValues(app, secrets, people)).toEqual([])
    await dek()
    const [row] = await app.owner`
      select k.status from user_totp t join encryption_keys k on k.id = t.data_key_id where t.user_id = ${id}`
    expect(row).toEqual({ status: 'active' })
    expect(await unreadableValues(app, secrets, people)).toEqual([])
  })

  test('names a value that cannot be read, and moves all others', async () => {
    const broken = people[3]?.id ?? ''
    const setName = async (name: string) =>
      await asOwner(app, (tx) => tx`update users set name_ciphertext = ${name} where id = ${broken}`)
    const [row] = await app.owner`select name_ciphertext as name, data_key_id as key from users where id = ${broken}`
    const before = await keyIds()
    await setName(`v1.${row?.['key']}.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`)
    const { code, output } = await dek()
    expect([code, output]).toEqual([1, expect.stringContaining(`people: 1 cannot be read, the first is ${broken}`)])
    const after = await keyIds()
    for (const { id } of people) expect(after.get(id) === before.get(id), id).toBe(id === broken)
    await setName(row?.['name'])
    const again = await dek()
    expect([again.code, again.output]).toEqual([0, expect.stringContaining('went on with the rotation that began at')])
    expect(await unreadableValues(app, secrets, people)).toEqual([])
  })

  test('meets a profile that is being changed: the change is made, under the new key', async () => {
    const user = await registerUser(app)
    const { body, headers } = await user.call('GET', '/v1/me')
    let rotation: Promise<unknown> | undefined
    let change: ReturnType<typeof user.call> | undefined
    await asOwner(app, async (tx) => {
      await tx`select from users where id = ${user.id} for update`
      rotation = rotateDataKeys(rotationContext(app, secrets))
      await untilWaiting(1)
      const tag = headers.get('ETag') ?? ''
      change = user.call('PATCH', '/v1/me', { name: 'Augusta Ada' }, { 'If-Match': tag })
      await untilWaiting(2)
    })
    await rotation
    const answer = await change
    expect([answer?.status, answer?.body.name, answer?.body.version]).toEqual([200, 'Augusta Ada', body.version + 1])
    expect((await user.call('GET', '/v1/me')).body).toMatchObject({ name: 'Augusta Ada', email: user.email })
    expect(await keysOf(user.id)).toHaveLength(2)
  })

  async function untilWaiting(count: number): Promise<void> {
    for (;;) {
      const [row] = await app.owner`
        select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      if ((row?.['n'] ?? 0) >= count) return
    }
  }

  test('is in the trail as the work of a job, without a value', async () => {
    const { id = '' } = people[0] ?? {}
    const rows = await app.owner`
      select actor_kind, actor_id, database_role, new_values from audit_logs
      where table_name = 'users' and row_id = ${id} and operation = 'UPDATE'`
    expect(rows.length).toBeGreaterThan(1)
    for (const row of rows) {
      expect(row).toMatchObject({ actor_kind: 'job', actor_id: 'keys-rotate', database_role: 'jobs' })
      expect(row['new_values']).toMatchObject({ email_ciphertext: '[redacted]', data_key_id: expect.any(String) })
    }
  })

  async function ciphertexts(): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const [table, columns] of Object.entries(encryptedColumns)) {
      for (const column of columns) {
        const rows = await app.owner.unsafe(`
          select ${table === 'users' ? 'id' : 'user_id'}::text as id, ${column} as stored from ${table}
          where ${column} is not null order by 1`)
        for (const { id, stored } of rows) found[`${table}.${column} ${id}`] = stored
      }
    }
    return found
  }
})

describe('a rotation of the key-encryption key', () => {
  const kek = async (...more: string[]) => await rotate(app, secrets.next, ['kek', '--batch', '7', ...more])
  const under = async (version: number) =>
    (
      await app.owner`select count(*)::int as n from encryption_keys where kek_version = ${version} and status <> 'destroyed'`
    )[0]?.['n']

  test('says in a dry run what it would do, and does nothing', async () => {
    const before = await all()
    const { code, output } = await kek('--dry-run')
    expect([code, output]).toEqual([0, `would: wrap ${await under(1)} keys under key-encryption key 2\n`])
    expect(await all()).toEqual(before)
  })

  test('wraps every key anew, once, and a Worker that knows the new one alone reads everything', async () => {
    const count = await under(1)
    const runs = await Promise.all([kek(), kek()])
    expect(runs.map(({ code }) => code)).toEqual([0, 0])
    const wrapped = runs.map(({ output }) => Number(/wrapped (\d+) keys/.exec(output)?.[1]))
    expect((wrapped[0] ?? 0) + (wrapped[1] ?? 0)).toBe(count)
    expect([await under(1), await under(2)]).toEqual([0, count])
    expect((await kek()).output).toContain('wrapped 0 keys')
    const [young] = secrets.next.keyEncryptionKeys
    if (young === undefined) throw new Error('there is no second key')
    const alone = { ...secrets.next, keyEncryptionKeys: new Map([young]) }
    expect(await unreadableValues(app, alone, people)).toEqual([])
    const after = await startApp({ database: app.database, secrets: alone })
    const user = await registerUser(after)
    expect((await send(after, 'GET', '/v1/me', { token: user.accessToken })).status).toBe(200)
  })

  test('says which key it lacks', async () => {
    const keyEncryptionKeys = new Map([[3, new Uint8Array(Buffer.from(randomUUID().slice(0, 32)))]])
    const { code, output } = await rotate(app, { ...secrets, keyEncryptionKeys }, ['kek'])
    expect([code, output]).toEqual([1, expect.stringContaining('key-encryption key 2 is not configured')])
  })
})

describe('the command', () => {
  test.each([
    [[], 'npm run keys:rotate -- kek|dek|signing|blind-index'],
    [['all'], 'npm run keys:rotate'],
    [['kek', 'dek'], 'npm run keys:rotate'],
    [['toString'], 'npm run keys:rotate'],
    [['kek', '--batch', '0'], '--batch is a whole number'],
    [['kek', '--batch', '1e2'], '--batch is a whole number'],
    [['kek', '--batch', '1001'], '--batch is a whole number'],
    [['blind-index', '--key-cache-seconds', '61'], '--key-cache-seconds is a whole number'],
    [['kek', '--dryrun'], 'Unknown option'],
    [['kek', '--database', 'nonsense'], 'no URL'],
  ])('with %j is refused in one line', async (args, words) => {
    const { code, output } = await rotate(app, secrets, args)
    expect([code, output]).toEqual([1, expect.stringContaining(words)])
    expect(output.trimEnd().split('\n')).toHaveLength(1)
  })

  test('without the settings of the Workers is refused, and prints no value', async () => {
    const { code, output } = await rotate(app, { ...secrets, keyEncryptionKeys: new Map() }, ['kek'])
    expect([code, output]).toEqual([1, expect.stringContaining('KEY_ENCRYPTION_KEYS')])
    const wrong = app.database.jobsUrl.replace(/:[^:@]+@/, ':wrong-password@')
    const refused = await rotate(app, secrets, ['kek', '--database', wrong])
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('password authentication failed')])
    expect(refused.output).not.toContain('wrong-password')
  })

  test('draws a bar on a terminal, and elsewhere writes a line when a stage begins, ends, or 5 s have passed', () => {
    const shown = (isTTY: boolean, steps: readonly number[]): string => {
      const written: string[] = []
      let nowMs = 0
      const progress = createProgress({ isTTY, write: (text) => written.push(text) }, () => nowMs)
      for (const done of steps) {
        nowMs = done * 1_000
        progress.report({ stage: 'keys', done, total: 15 })
      }
      progress.say('wrapped 15 keys')
      return written.join('')
    }
    expect(shown(false, [1, 2, 3, 6, 7, 15])).toBe('keys: 1 of 15\nkeys: 6 of 15\nkeys: 15 of 15\nwrapped 15 keys\n')
    const frames = shown(true, [5, 15]).split(/[\r\n]+/)
    expect(frames.map((frame) => frame.trim()).filter((frame) => frame !== '')).toEqual([
      `keys             [${'#'.repeat(10)}${'.'.repeat(20)}] 5/15`,
      `keys             [${'#'.repeat(30)}] 15/15`,
      'wrapped 15 keys',
    ])
  })

  test('sends no password to a server that does not speak TLS where it was told to', async () => {
    for (const sslMode of ['require', 'verify-full']) {
      const over = await rotate(app, secrets, ['kek', '--database', `${app.database.jobsUrl}?sslmode=${sslMode}`])
      expect([over.code, over.output]).toEqual([1, expect.stringContaining('the server does not speak TLS')])
    }
  })
})
