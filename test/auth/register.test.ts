import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'

let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app, 'Ada Lovelace')
})

const register = (body: object, headers?: Record<string, string>) =>
  send(app, 'POST', '/v1/auth/register', { body, ...(headers && { headers }) })
const newAccount = () => ({ email: `${randomUUID()}@example.test`, password: 'a long pass phrase', name: 'Grace' })

test('registering makes an account, a workspace that it owns and a session, and signs in', async () => {
  const account = { ...newAccount(), timeZone: 'Europe/Vienna', locale: 'de-AT' }
  const { status, body } = await register(account)
  expect(status).toBe(201)
  expect(body).toEqual({
    accessToken: expect.any(String),
    expiresIn: 900,
    refreshToken: expect.any(String),
    user: {
      id: expect.any(String),
      email: account.email,
      name: 'Grace',
      emailVerified: false,
      locale: 'de-AT',
      timeZone: 'Europe/Vienna',
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      updatedAt: expect.any(String),
    },
    workspace: { id: expect.any(String), name: expect.any(String), role: 'owner' },
  })
  const { user, workspace, accessToken, refreshToken } = body
  expect(await app.owner`select user_id, role from workspace_members where workspace_id = ${workspace.id}`).toEqual([
    { user_id: user.id, role: 'owner' },
  ])
  expect(await app.owner`select created_by, plan, status from workspaces where id = ${workspace.id}`).toEqual([
    { created_by: user.id, plan: 'free', status: 'active' },
  ])
  expect(
    await app.owner`select user_id, workspace_id, generation from user_sessions where user_id = ${user.id}`,
  ).toEqual([{ user_id: user.id, workspace_id: workspace.id, generation: 0 }])
  expect(refreshToken.split('.')[1]).toBe('0')
  const me = await send(app, 'GET', '/v1/me', { token: accessToken })
  expect(me.body).toMatchObject({ ...user, workspace })
  expect((await send(app, 'GET', '/v1/campaigns', { token: accessToken })).status).toBe(200)
})

test('the workspace is not named after the person', async () => {
  const [workspace] = await app.owner`select name from workspaces where id = ${ada.workspaceId}`
  for (const word of ada.name.split(' ')) expect(workspace?.['name']).not.toContain(word)
})

test('the rows hold e-mail and name as ciphertexts, the password as a PHC string, the address as a digest', async () => {
  const [row] = await app.owner`select * from users where id = ${ada.id}`
  const ciphertext = new RegExp(`^v1\\.${row?.['data_key_id']}\\.[\\w-]{16}\\.[\\w-]+$`)
  expect(row?.['email_ciphertext']).toMatch(ciphertext)
  expect(row?.['name_ciphertext']).toMatch(ciphertext)
  expect(row?.['password_hash']).toMatch(/^\$scrypt\$ln=15,r=8,p=3,keyid=1\$[\w-]{22}\$[\w-]{43}$/)
  const index = await app.owner`
    select key_version, encode(digest, 'hex') as digest from user_email_index where user_id = ${ada.id}`
  expect(index).toEqual([{ key_version: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/) }])
  const [key] = await app.owner`select * from encryption_keys where user_id = ${ada.id}`
  expect(key).toMatchObject({ purpose: 'user_data', status: 'active', kek_version: 1, id: row?.['data_key_id'] })
})

test('an address that is taken is refused in every spelling and case, and leaves nothing behind', async () => {
  const before = await counts()
  const spellings = [ada.email, ada.email.toUpperCase(), ada.email.replace('example', 'eXample')]
  for (const email of spellings) {
    const { status, body } = await register({ ...newAccount(), email })
    expect([status, body.code]).toEqual([409, 'user/email-taken'])
  }
  expect(await counts()).toEqual(before)
})

test('of equal registrations at once one is made', async () => {
  const account = newAccount()
  const answers = await Promise.all([1, 2, 3].map((turn) => register({ ...account, name: `Grace ${turn}` })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
})

describe('bounds', () => {
  test.each([
    ['a password of 9', { password: 'x'.repeat(9) }, '/password'],
    ['a password of 129', { password: 'x'.repeat(129) }, '/password'],
    ['a password with U+0000', { password: 'long enough \0 but' }, '/password'],
    ['an address without @', { email: 'nobody' }, '/email'],
    ['an address of 255', { email: `${'a'.repeat(242)}@example.test` }, '/email'],
    ['a name of spaces', { name: '   ' }, '/name'],
    ['a name of 201', { name: 'n'.repeat(201) }, '/name'],
    ['a zone that is none', { timeZone: 'Europe/Atlantis' }, '/timeZone'],
    ['a zone that is an offset', { timeZone: '+02:00' }, '/timeZone'],
    ['a language that is none', { locale: 'no_such-locale!' }, '/locale'],
    ['a member that is not known', { isAdmin: true }, '/isAdmin'],
  ])('%s is refused by its pointer', async (_name, fault, pointer) => {
    const { status, body } = await register({ ...newAccount(), ...fault })
    expect([status, body.code]).toEqual([422, 'request/invalid'])
    expect(body.errors.map((item: { pointer: string }) => item.pointer)).toEqual([pointer])
  })

  test('passwords of 10 and of 128 characters are taken, and the longest signs in', async () => {
    expect((await register({ ...newAccount(), password: 'p'.repeat(10) })).status).toBe(201)
    const account = { ...newAccount(), password: `${'ü'.repeat(126)} !` }
    expect((await register(account)).status).toBe(201)
    const { email, password } = account
    expect((await send(app, 'POST', '/v1/auth/login', { body: { email, password } })).status).toBe(200)
  })
})

test('the session keeps device and network of the client, the network cut short', async () => {
  const headers = { 'User-Agent': 'Firefox/140 \u0007(Linux)', 'CF-Connecting-IP': '203.0.113.77' }
  const { body } = await register(newAccount(), headers)
  const [session] = await app.owner`
    select device, address_prefix::text as prefix from user_sessions where user_id = ${body.user.id}`
  expect(session).toEqual({ device: 'Firefox/140 (Linux)', prefix: '203.0.113.0/24' })
})

test('the trail says that the user made it all, and shows none of it', async () => {
  const trail = await app.owner`
    select table_name, operation, actor_kind, actor_id, new_values::text as values from audit_logs
    where user_id = ${ada.id} order by table_name`
  expect(trail.map((row) => [row['table_name'], row['operation'], row['actor_kind'], row['actor_id']])).toEqual(
    ['encryption_keys', 'user_email_index', 'user_sessions', 'users', 'workspace_members', 'workspaces'].map(
      (table) => [table, 'INSERT', 'user', ada.id],
    ),
  )
  const text = trail.map((row) => row['values']).join('\n')
  const [index] = await app.owner`select encode(digest, 'hex') as hex from user_email_index where user_id = ${ada.id}`
  expect(text).not.toContain(index?.['hex'])
  for (const secret of [ada.email, ada.name, ada.password, 'v1.', '$scrypt$']) expect(text).not.toContain(secret)
  expect(text).not.toMatch(/"secret"|"wrapped_key": "(?!\[redacted\])/)
})

async function counts() {
  const [row] = await app.owner`
    select
      (select count(*) from users) as users,
      (select count(*) from workspaces) as workspaces,
      (select count(*) from user_sessions) as sessions,
      (select count(*) from encryption_keys) as keys`
  return row
}
