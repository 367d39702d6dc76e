import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { emailDigests } from '../../src/crypto/blind-index.ts'
import { rotateIndexKey } from '../../src/keys/index-key-rotation.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { openGlobalKeys } from '../support/keys.ts'
import {
  insertPeople,
  makeRotationSecrets,
  type Person,
  registerAgain,
  rotate,
  rotationContext,
} from '../support/rotation.ts'
import { asOwner } from '../support/tenants.ts'

/** The key under which addresses are found, and which makes them unique. */

const secrets = makeRotationSecrets()
let app: TestApp
/** An isolate that goes on with its keys for a minute, which the rotation is not told. */
let stale: TestApp
let people: Person[]
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp({ secrets })
  stale = await startApp({ database: app.database, secrets: { ...secrets, keyCacheSeconds: 60 } })
  people = await insertPeople(app, secrets, 10)
  ada = await registerUser(stale)
})

const index = async (...more: string[]) => await rotate(app, secrets, ['blind-index', '--batch', '4', ...more])
const rowsByVersion = async () =>
  Object.fromEntries(
    (
      await app.owner`select key_version as version, count(*)::int as n from user_email_index group by 1 order by 1`
    ).map((row) => [row['version'], row['n']]),
  )
const states = async () =>
  (await app.owner`select status from encryption_keys where purpose = 'blind_index' order by key_version`).map(
    (row) => row['status'],
  )
/** Ends at its first pause, as by a kill: the new key is there, and nothing has been filled. */
const killedAtOnce = () => ({
  ...rotationContext(app, secrets),
  pause: async () => await Promise.reject(new Error('killed')),
})
/** Until the newest key must be known to every isolate, by the database's clock, which no test moves. */
async function untilFirstUse(): Promise<void> {
  for (;;) {
    const [row] = await app.owner`
      select not_before <= clock_timestamp() as "isUsed" from encryption_keys
      where purpose = 'blind_index' and status = 'active'`
    if (row?.['isUsed'] === true) return
    await sleep(20)
  }
}
const login = async (isolate: Pick<TestApp, 'fetch'>, { email, password }: SignedInUser) =>
  (await send(isolate, 'POST', '/v1/auth/login', { body: { email, password } })).status

test('a dry run says what it would do, and does nothing', async () => {
  const { code, output } = await index('--dry-run')
  expect([code, output]).toEqual([
    0,
    expect.stringContaining('would: index 11 people and 10 open invitations under it'),
  ])
  expect(await states()).toEqual(['active'])
  expect(await rowsByVersion()).toEqual({ 1: 11 })
})

describe('a rotation', () => {
  test('is under way: two keys live, both find, and addresses are written under both', async () => {
    await expect(rotateIndexKey(killedAtOnce())).rejects.toThrow('killed')
    expect(await states()).toEqual(['retiring', 'active'])
    const isolate = app.secondIsolate()
    const user = await registerUser(isolate)
    expect(await rowsByVersion()).toEqual({ 1: 12, 2: 1 })
    for (const each of [ada, user]) expect([await login(isolate, each), await login(stale, each)]).toEqual([200, 200])
    // The stale isolate knows the old key alone, which still is everybody's.
    expect(await registerAgain(stale, user.email)).toBe(409)
  })

  test('refuses an address without the new key from its first use on, and the isolate then learns of it', async () => {
    await untilFirstUse()
    const raw = async (version: number) =>
      await asOwner(
        app,
        (tx) => tx`
          with u as (
            insert into users (id, email_ciphertext, name_ciphertext, password_hash, data_key_id)
            values ('00000000-0000-4000-8000-000000000001', 'v1.00000000-0000-4000-8000-000000000002.x',
              'v1.00000000-0000-4000-8000-000000000002.x', 'x', '00000000-0000-4000-8000-000000000002')),
          k as (
            insert into encryption_keys (id, purpose, key_version, user_id, kek_version, wrapped_key)
            values ('00000000-0000-4000-8000-000000000002', 'user_data', 1, '00000000-0000-4000-8000-000000000001', 1, 'x'))
          insert into user_email_index (key_version, digest, user_id)
          values (${version}, sha256('x'), '00000000-0000-4000-8000-000000000001')`,
      )
    await expect(raw(1)).rejects.toMatchObject({ code: '23514', constraint_name: 'user_email_index_current_key' })
    const before = await rowsByVersion()
    const user = await registerUser(stale)
    expect(await rowsByVersion()).toEqual({ 1: before['1'] + 1, 2: before['2'] + 1 })
    expect(await registerAgain(app, user.email)).toBe(409)
  })

  test('goes on where it was killed, and leaves one key that finds everybody', async () => {
    const { code, output } = await index()
    expect([code, output]).toEqual([0, expect.stringContaining('went on with the rotation to index key 2')])
    expect(output).toContain('index key 2 finds everybody: indexed 11 people and 10 open invitations')
    expect(await states()).toEqual(['retired', 'active'])
    expect(await rowsByVersion()).toEqual({ 2: 13 })
    const [invitations] = await app.owner`
      select count(*) filter (where index_key_version = 2)::int as new, count(*)::int as all from workspace_invitations`
    expect(invitations).toEqual({ new: 10, all: 10 })
    const isolate = app.secondIsolate()
    expect(await login(isolate, ada)).toBe(200)
    for (const { email } of people) expect(await registerAgain(isolate, email)).toBe(409)
  })

  test('is done once by two runs that begin together, and the next run begins another', async () => {
    const runs = await Promise.all([index(), index()])
    expect(runs.map(({ code, output }) => [code, output])).toEqual([
      [0, expect.stringContaining('index key 3 finds everybody')],
      [0, expect.stringContaining('index key 3 finds everybody')],
    ])
    expect(await states()).toEqual(['retired', 'retired', 'active'])
    expect(await rowsByVersion()).toEqual({ 3: 13 })
  })

  test('waits for who began to write before the key was known', async () => {
    await expect(rotateIndexKey(killedAtOnce())).rejects.toThrow('killed')
    const user = await registerUser(app.secondIsolate())
    let pauses = 0
    const pause = async (ms: number) => {
      pauses += 1
      await sleep(ms)
    }
    let rotation: Promise<unknown> = Promise.resolve()
    await asOwner(app, async (tx) => {
      // Nobody else sees it until it commits: to the rotation this person is found, and will not be.
      await tx`delete from user_email_index where user_id = ${user.id} and key_version = 4`
      await untilFirstUse()
      rotation = rotateIndexKey({ ...rotationContext(app, secrets), pause })
      while (pauses < 3) await sleep(10)
      expect(await states()).toEqual(['retired', 'retired', 'retiring', 'active'])
    })
    await rotation
    expect(await rowsByVersion()).toEqual({ 4: 14 })
    expect(await registerAgain(app.secondIsolate(), user.email)).toBe(409)
  })

  test('keeps the newer of two invitations of one address', async () => {
    const [invitation] = await app.owner`
      select workspace_id, id, user_id, data_key_id, email_ciphertext from workspace_invitations limit 1`
    await expect(rotateIndexKey(killedAtOnce())).rejects.toThrow('killed')
    const newer = randomUUID()
    const person = people.find(({ id }) => id === invitation?.['user_id'])
    const keys = (await openGlobalKeys(app, secrets)).blindIndex.filter(({ version }) => version === 5)
    const { digests } = await emailDigests(keys, person?.texts['workspace_invitations.email_ciphertext'] ?? '')
    const [digest = ''] = digests
    await asOwner(
      app,
      (tx) => tx`
        insert into workspace_invitations (
          workspace_id, id, user_id, role, data_key_id, email_ciphertext, index_key_version, email_digest, expires_at)
        values (${invitation?.['workspace_id']}, ${newer}, ${invitation?.['user_id']}, 'editor',
          ${invitation?.['data_key_id']}, ${invitation?.['email_ciphertext']}, 5, decode(${digest}, 'hex'), now())`,
    )
    expect((await index()).code).toBe(0)
    const rows = await app.owner`
      select id, index_key_version as version, revoked_at is not null as "isRevoked", email_ciphertext is null as "isEmpty"
      from workspace_invitations where workspace_id = ${invitation?.['workspace_id']} order by created_at`
    expect([...rows]).toEqual([
      { id: invitation?.['id'], version: null, isRevoked: true, isEmpty: true },
      { id: newer, version: 5, isRevoked: false, isEmpty: false },
    ])
  })
})
