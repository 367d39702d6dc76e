import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../scripts/local/bundle.ts'
import { run } from '../../scripts/local/process.ts'
import { runWaking } from '../../src/jobs/run.ts'
import { expectRefusal } from '../support/answers.ts'
import { makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { copyTestDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts'
import { copyTables } from '../support/dump.ts'
import { openObjects } from '../support/objects.ts'
import { asOwner, populateTenant, registerMember, setRole } from '../support/tenants.ts'

/**
 * A backup from before people were erased is restored, and the list replayed over it, by the command that an operator
 * runs. The tests are steps of one restore.
 */

const [secrets, objects] = [makeSecrets(), openObjects()]
const folder = mkdtempSync(join(tmpdir(), 'defeah-erasures-'))
let databases: TestDatabase[] = []
let live: TestApp
let restored: TestApp
const people = {} as Record<'ada' | 'early' | 'late' | 'founder' | 'heir' | 'waiting' | 'bystander', SignedInUser>
let receipt = ''

const erase = async ({ call, password }: SignedInUser) => {
  const { status, body } = await call('DELETE', '/v1/me', { password }, { 'If-Match': '*' })
  expect(status).toBe(200)
  return body.receipt as string
}

beforeAll(async () => {
  const database = await createTestDatabase()
  const before = await startApp({ database, secrets, objects })
  people.ada = (await populateTenant(before, 'ada_marker')).user
  await asOwner(before, async (tx) => {
    await tx`delete from erasure_requests`
    await tx`update user_sessions set second_factor_at = now()`
  })
  people.early = await registerUser(before, 'Early Erased')
  people.founder = await registerUser(before, 'Founder Leaving')
  const { workspaceId } = people.founder
  await registerMember(before, { workspaceId, role: 'client' })
  people.heir = await registerMember(before, { workspaceId, role: 'admin' })
  people.waiting = await registerUser(before, 'Waiting Person')
  people.bystander = await registerUser(before, 'Innocent Bystander')
  await erase(people.early)

  const backup = await copyTestDatabase(database)
  databases = [database, backup]

  live = await startApp({ database, secrets, objects })
  const again = (user: SignedInUser): SignedInUser => ({
    ...user,
    call: async (method, path, body, headers) =>
      await send(live, method, path, { token: user.accessToken, body, ...(headers && { headers }) }),
  })
  receipt = await erase(again(people.ada))
  await setRole(live, people.heir.id, { workspaceId, role: 'owner' })
  await erase(again(people.founder))
  people.late = await registerUser(live)
  await erase(people.late)
  await runWaking(live.jobs)
  await writeList()
  restored = await startApp({ database: backup, secrets, objects: openObjects() })
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  for (const database of databases) await database.drop()
})

/** What `rclone copy` makes of the bucket; and one person who asked, of whom nothing more is known. */
async function writeList(): Promise<void> {
  for (const key of await objects.list('erasures/')) {
    mkdirSync(dirname(join(folder, key)), { recursive: true })
    writeFileSync(join(folder, key), await new Response((await objects.get(key))?.body).text())
  }
  const id = randomUUID()
  const at = new Date().toISOString()
  const asked = { id, userId: people.waiting.id, receiptDigest: 'a'.repeat(64), requestedAt: at, backupsExpireAt: at }
  mkdirSync(join(folder, 'erasures', id))
  writeFileSync(join(folder, 'erasures', id, 'requested.json'), JSON.stringify(asked))
}

async function replay(...args: string[]) {
  const command = [join(ROOT, 'scripts/erasures-replay.ts'), ...args]
  const env = { ...process.env, DATABASE_URL: restored.database.ownerUrl }
  const { code, output } = await run(process.execPath, ['--no-warnings', ...command], { cwd: ROOT, env })
  const outcomeOf = ({ id }: SignedInUser) =>
    output
      .split('\n')
      .find((line) => line.startsWith(id))
      ?.replace(/^.*?Z {2}/, '')
  const outcomes = Object.fromEntries(Object.entries(people).map(([name, user]) => [name, outcomeOf(user)]))
  return { code, output, outcomes }
}

const login = async ({ email, password }: SignedInUser) =>
  await send(restored, 'POST', '/v1/auth/login', { body: { email, password } })
const left = { bystander: undefined, heir: undefined }

test('the backup brings everybody back', async () => {
  for (const user of [people.ada, people.founder]) expect((await login(user)).status).toBe(200)
})

test('a dry run says what would be done, and does nothing', async () => {
  const before = await copyTables(restored)
  const { code, outcomes } = await replay('--list', folder, '--dry-run')
  expect(outcomes).toEqual({
    ...left,
    ada: 'would be erased',
    founder: 'would be erased',
    early: 'already erased',
    late: 'unknown',
    waiting: 'unfinished',
  })
  expect(code).toBe(1)
  expect(await copyTables(restored)).toEqual(before)
})

test('the replay erases again who was erased since, and leaves who only asked', async () => {
  const { code, output, outcomes } = await replay('--list', folder)
  expect(outcomes).toEqual({
    ...left,
    ada: 'erased',
    founder: 'erased, 1 workspaces have a new owner',
    early: 'already erased',
    late: 'unknown',
    waiting: 'unfinished',
  })
  expect([code, output]).toEqual([1, expect.stringContaining('--unfinished')])
  for (const { email, name } of [people.ada, people.founder]) {
    for (const [table, text] of await copyTables(restored)) {
      for (const trace of [email, name]) expect(text.includes(trace), `${trace} in ${table}`).toBe(false)
    }
  }
  for (const user of [people.ada, people.founder, people.early]) {
    expectRefusal(await login(user), { status: 401, code: 'auth/credentials-wrong' })
    const answer = await send(restored, 'GET', '/v1/me', { token: user.accessToken })
    expectRefusal(answer, { status: 401, code: 'auth/credentials-required' })
  }
  for (const user of [people.waiting, people.bystander, people.heir]) expect((await login(user)).status).toBe(200)
  const [heir] = await restored.owner`
    select role from workspace_members where user_id = ${people.heir.id} and workspace_id = ${people.founder.workspaceId}`
  expect(heir).toEqual({ role: 'owner' })
  expect(await restored.owner`select distinct status from encryption_keys where user_id = ${people.ada.id}`).toEqual([
    { status: 'destroyed' },
  ])
  const actors = await restored.owner`
    select distinct actor_kind, actor_id from audit_logs where table_name = 'users' and new_values ->> 'status' = 'erased'
      and row_id = ${people.ada.id}`
  expect(actors).toEqual([{ actor_kind: 'job', actor_id: 'erasures-replay' }])
})

test('the receipt holds in the restored database too', async () => {
  const [there, here] = await Promise.all(
    [live, restored].map(async (app) => (await send(app, 'GET', `/v1/erasures/${receipt}`)).body),
  )
  expect(Date.parse(here.erasedAt)).toBe(Date.parse(there.erasedAt))
  expect(here.backupsExpireAt).toBe(there.backupsExpireAt)
})

test('a second run finds everybody erased and changes nothing', async () => {
  const before = await copyTables(restored)
  const { outcomes } = await replay('--list', join(folder, 'erasures'))
  expect(outcomes).toMatchObject({ ada: 'already erased', founder: 'already erased', early: 'already erased' })
  expect(await copyTables(restored)).toEqual(before)
})

test('a list that cannot be read whole is refused', async () => {
  expect(await replay('--list', join(folder, 'nowhere'))).toMatchObject({ code: 1 })
  expect(await replay()).toMatchObject({ code: 1 })
  const broken = join(folder, 'erasures', randomUUID())
  mkdirSync(broken)
  writeFileSync(join(broken, 'requested.json'), '{')
  const { code, output } = await replay('--list', folder, '--unfinished')
  expect([code, output]).toEqual([1, expect.stringContaining(broken)])
  expect((await login(people.waiting)).status).toBe(200)
  rmSync(broken, { recursive: true })
})

test('who only asked is erased when the operator says so, and then all are done', async () => {
  expect(await replay('--list', folder, '--unfinished')).toMatchObject({ code: 0, outcomes: { waiting: 'erased' } })
  expectRefusal(await login(people.waiting), { status: 401, code: 'auth/credentials-wrong' })
  expect(await replay('--list', folder)).toMatchObject({ code: 0 })
})
