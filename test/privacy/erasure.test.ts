import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { decryptField } from '../../src/crypto/field.ts'
import { runCron, runWaking } from '../../src/jobs/run.ts'
import { createKeyring } from '../../src/keys/service.ts'
import { reconcileErasures } from '../../src/privacy/jobs.ts'
import { userField } from '../../src/users/service.ts'
import { expectRefusal } from '../support/answers.ts'
import { makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { exportOf } from '../support/archives.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { copyTables, dumpTenant } from '../support/dump.ts'
import { whileHeld } from '../support/held.ts'
import { jobContext } from '../support/jobs.ts'
import { openObjects } from '../support/objects.ts'
import { openSql } from '../support/sql.ts'
import { asOwner, populateTenant, registerMember, setRole, type Tenant } from '../support/tenants.ts'

const secrets = makeSecrets()
let app: TestApp
beforeAll(async () => {
  app = await startApp({ secrets })
})

const erase = async (
  user: Pick<SignedInUser, 'call' | 'password'>,
  more: Record<string, string> = {},
): Promise<Answer> => await user.call('DELETE', '/v1/me', { password: user.password }, { 'If-Match': '*', ...more })
const statusOf = async (userId: string) =>
  (await app.owner`select status from users where id = ${userId}`)[0]?.['status']
const requestOf = async (userId: string) =>
  (await app.owner`select id, erased_at, recorded_at from erasure_requests where user_id = ${userId}`)[0]

/** Someone with something everywhere, of whom nobody has erased anything yet. */
async function populated(own: TestApp, marker: string): Promise<Tenant> {
  const tenant = await populateTenant(own, marker)
  await asOwner(own, (tx) => tx`delete from erasure_requests where user_id = ${tenant.user.id}`)
  return tenant
}

describe('whoever is erased', () => {
  let tenant: Tenant
  let user: SignedInUser
  let before: { ciphertexts: string[]; keys: string[]; digests: string[]; dataKeyId: string }
  let answer: Answer
  const device = `Device-${randomUUID()}`

  beforeAll(async () => {
    tenant = await populated(app, 'erased_marker')
    user = tenant.user
    const login = { email: user.email, password: user.password }
    const headers = { 'User-Agent': device, 'CF-Connecting-IP': '198.51.100.77' }
    expect((await send(app, 'POST', '/v1/auth/login', { body: login, headers })).status).toBe(200)
    await asOwner(
      app,
      (tx) => tx`
        update users set pending_email_ciphertext = email_ciphertext where id = ${user.id}`,
    )
    await asOwner(app, (tx) => tx`update user_sessions set second_factor_at = now() where user_id = ${user.id}`)
    const [row] = await app.owner<(typeof before)[]>`
      select array[u.email_ciphertext, u.name_ciphertext] as ciphertexts, u.data_key_id as "dataKeyId",
        (select array_agg(k.wrapped_key) from encryption_keys k where k.user_id = u.id) as keys,
        (select array_agg(encode(e.digest, 'hex')) from user_email_index e where e.user_id = u.id) as digests
      from users u where u.id = ${user.id}`
    if (row === undefined) throw new Error('the person is not there')
    before = row
    answer = await erase(user)
  })

  test('gets a receipt, which says what has happened and when backups will have forgotten too', async () => {
    expect(answer).toMatchObject({
      status: 200,
      body: { receipt: expect.stringMatching(/^[\w-]{43}$/), recordedAt: null },
    })
    const { receipt, erasedAt, backupsExpireAt } = answer.body
    // The same instants: the database writes no zeros at the end of a fraction.
    const check = async () => {
      const { body } = await send(app, 'GET', `/v1/erasures/${receipt}`)
      const [said, expires] = [body.erasedAt, body.backupsExpireAt].map((text) => new Date(text).toISOString())
      return { ...body, erasedAt: said, backupsExpireAt: expires }
    }
    expect(await check()).toEqual({ erasedAt, recordedAt: null, backupsExpireAt })
    expect(Date.parse(backupsExpireAt) - Date.parse(erasedAt)).toBe(35 * 24 * 60 * 60_000)
    await runWaking(app.jobs)
    expect(await check()).toEqual({ erasedAt, recordedAt: expect.any(String), backupsExpireAt })
    expectRefusal(await send(app, 'GET', `/v1/erasures/${receipt}x`), { status: 404, code: 'erasure/not-found' })
  })

  test('is in no copy of any table, in clear or in a form that could be opened', async () => {
    const [idle = '', hash = ''] = [device, answer.body.receipt]
    const traces = [user.email, user.name, idle, hash, ...before.ciphertexts, ...before.keys, ...before.digests]
    expect(traces.every((trace) => trace.length > 10)).toBe(true)
    const copies = await copyTables(app)
    expect(copies.size).toBeGreaterThan(20)
    for (const [table, text] of copies) {
      for (const trace of traces) expect(text.includes(trace), `${trace} in ${table}`).toBe(false)
      // The trail keeps the network that each act came from; nothing else does.
      if (!table.startsWith('partitions.audit_logs')) expect(text.includes('198.51.100.0/24'), table).toBe(false)
    }
  })

  test('keeps an id, and nothing in the rows that sign in, find or describe people', async () => {
    const [row] = await app.owner`select * from users where id = ${user.id}`
    expect(row).toMatchObject({
      status: 'erased',
      email_ciphertext: null,
      name_ciphertext: null,
      pending_email_ciphertext: null,
      password_hash: null,
      email_verified_at: null,
      locale: 'en',
      time_zone: 'UTC',
    })
    const gone = [
      'user_email_index',
      'user_totp',
      'user_recovery_codes',
      'user_passkeys',
      'account_tokens',
      'auth_challenges',
    ]
    for (const table of [...gone, 'workspace_members']) {
      expect(await app.owner.unsafe(`select 1 from ${table} where user_id = $1`, [user.id]), table).toEqual([])
    }
    expect(await app.owner`select 1 from idempotency_keys where principal_id = ${user.id}`).toEqual([])
    const sessions = await app.owner`
      select distinct device, place, address_prefix, revoked_reason from user_sessions where user_id = ${user.id}`
    expect(sessions).toEqual([{ device: null, place: null, address_prefix: null, revoked_reason: 'erased' }])
    const waiting = await app.owner`select kind from outbox where user_id = ${user.id} and status = 'pending'`
    expect(waiting.map(({ kind }) => kind)).toEqual([])
  })

  test('has no key any more: what an old copy of the row held does not open', async () => {
    const [key] = await app.owner`
      select status, wrapped_key, destroyed_at is not null as is_dated from encryption_keys where user_id = ${user.id}`
    expect(key).toEqual({ status: 'destroyed', wrapped_key: null, is_dated: true })
    // With the key, as a backup has it until it expires, it would: so it is the key that counts.
    const [wrappedKey = ''] = before.keys
    const dataKey = await createKeyring({ ...secrets, now: app.now }).openDataKey({
      id: before.dataKeyId,
      owner: user.id,
      kekVersion: 1,
      wrappedKey,
    })
    const [ciphertext = ''] = before.ciphertexts
    expect(await decryptField(dataKey, userField(user.id, 'email_ciphertext'), ciphertext)).toBe(user.email)
  })

  test('is refused everywhere: by token, by refresh, by password', async () => {
    expectRefusal(await user.call('GET', '/v1/me'), { status: 401, code: 'auth/credentials-required' })
    expectRefusal(await user.call('GET', '/v1/campaigns'), { status: 401, code: 'auth/credentials-required' })
    const refresh = await send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: user.refreshToken } })
    expectRefusal(refresh, { status: 401, code: 'auth/refresh-token-invalid' })
    const body = { email: user.email, password: user.password }
    expectRefusal(await send(app, 'POST', '/v1/auth/login', { body }), { status: 401, code: 'auth/credentials-wrong' })
  })

  test('may come back as somebody else with the same address', async () => {
    const { email, password } = user
    const again = await send(app, 'POST', '/v1/auth/register', { body: { email, password, name: 'New' } })
    expect(again.status).toBe(201)
    expect(again.body.user.id).not.toBe(user.id)
    expect(again.body.workspace.id).not.toBe(user.workspaceId)
    const login = await send(app, 'POST', '/v1/auth/login', { body: { email, password } })
    expect(login.body.user.id).toBe(again.body.user.id)
  })

  test('takes along the workspace that nobody else was in', async () => {
    const { workspaceId } = user
    const [workspace] = await app.owner`
      select status, closed_at is not null as is_dated from workspaces where id = ${workspaceId}`
    expect(workspace).toEqual({ status: 'closed', is_dated: true })
    const live = {
      encryption_keys: "status <> 'destroyed'",
      api_keys: 'revoked_at is null',
      workspace_invitations: 'accepted_at is null and revoked_at is null',
      instagram_tokens: "status = 'current'",
      instagram_accounts: "status <> 'disconnected'",
      outbox: "status = 'pending'",
      idempotency_keys: 'true',
    }
    for (const [table, condition] of Object.entries(live)) {
      const [found] = await app.owner.unsafe(
        `select count(*)::int as rows, count(*) filter (where ${condition})::int as live from ${table}
        where workspace_id = $1`,
        [workspaceId],
      )
      expect(found?.['live'], table).toBe(0)
      if (table !== 'idempotency_keys') expect(found?.['rows'], table).toBeGreaterThan(0)
    }
  })

  test('is on the list outside the database, by id alone', async () => {
    const { id } = (await requestOf(user.id)) ?? {}
    expect(await app.objects.list(`erasures/${id}/`)).toEqual([
      `erasures/${id}/erased.json`,
      `erasures/${id}/requested.json`,
    ])
    const read = async (name: string) =>
      await new Response((await app.objects.get(`erasures/${id}/${name}`))?.body).json()
    const [requested, erased] = [await read('requested.json'), await read('erased.json')]
    expect(Object.keys(requested)).toEqual(['id', 'userId', 'receiptDigest', 'requestedAt', 'backupsExpireAt'])
    expect(erased).toEqual({ id, userId: user.id, erasedAt: expect.any(String) })
    expect(Date.parse(erased.erasedAt)).toBe(Date.parse(answer.body.erasedAt))
  })

  test('stays on the trail as an id that acted', async () => {
    const [last] = await app.owner`
      select user_id, actor_kind, new_values from audit_logs
      where table_name = 'users' and row_id = ${user.id} order by id desc limit 1`
    expect(last).toMatchObject({ user_id: user.id, actor_kind: 'user', new_values: { status: 'erased' } })
  })
})

test('a password that is longer as it is typed than as it is hashed erases too', async () => {
  const password = 'e\u0301'.repeat(128)
  const body = { email: `${randomUUID()}@example.test`, password, name: 'Zoe Someone' }
  const { accessToken: token } = (await send(app, 'POST', '/v1/auth/register', { body })).body
  const headers = { 'If-Match': '*' }
  const answer = await send(app, 'DELETE', '/v1/me', { token, body: { password }, headers })
  expect(answer.status).toBe(200)
})

test('another isolate refuses the token within ten seconds', async () => {
  const own = await startApp()
  const [user, elsewhere] = [await registerUser(own), own.secondIsolate()]
  const ask = () => send(elsewhere, 'GET', '/v1/me', { token: user.accessToken })
  expect((await ask()).status).toBe(200)
  expect((await erase(user)).status).toBe(200)
  own.advance(10_000)
  expectRefusal(await ask(), { status: 401, code: 'auth/credentials-required' })
})

test('archives of the person are deleted, and their links lead nowhere', async () => {
  const user = await registerUser(app)
  const { id } = await exportOf(app, user)
  const { body } = await user.call('GET', `/v1/me/exports/${id}`)
  expect((await erase(user)).status).toBe(200)
  const link = new URL(body.download.url).pathname
  expectRefusal(await send(app, 'GET', link), { status: 404, code: 'export/not-found' })
  await runWaking(app.jobs)
  expect(await app.objects.list(`exports/${user.id}/`)).toEqual([])
})

describe('a workspace with others in it', () => {
  test('goes on: its content keeps the author by id, its members do not see the person any more', async () => {
    const owner = await registerUser(app)
    const { workspaceId } = owner
    const editor = await registerMember(app, { workspaceId, role: 'editor' })
    const post = await editor.call('POST', '/v1/posts', { kind: 'story', caption: 'Stays' })
    const keyId = randomUUID()
    await asOwner(
      app,
      (tx) => tx`
        insert into api_keys (workspace_id, id, user_id, name, hint, scopes)
        values (${workspaceId}, ${keyId}, ${editor.id}, 'Key', 'x', '{posts:read}')`,
    )
    expect((await erase(editor)).status).toBe(200)
    expect((await owner.call('GET', `/v1/posts/${post.body.id}`)).body).toMatchObject({
      caption: 'Stays',
      authorId: editor.id,
    })
    const members = await app.owner`select user_id from workspace_members where workspace_id = ${workspaceId}`
    expect(members).toEqual([{ user_id: owner.id }])
    const [workspace] = await app.owner`select status from workspaces where id = ${workspaceId}`
    expect(workspace).toEqual({ status: 'active' })
    const [key] = await app.owner`select revoked_at is not null as revoked from api_keys where id = ${keyId}`
    expect(key).toEqual({ revoked: true })
  })

  const lastOwner = { status: 409, code: 'user/last-owner' }

  test('needs another owner first; until then nothing is erased and nothing is on the list', async () => {
    const owner = await registerUser(app)
    const { workspaceId } = owner
    const member = await registerMember(app, { workspaceId, role: 'admin' })
    const before = await dumpTenant(app, owner)
    const listed = await app.objects.list('erasures/')
    const refused = await erase(owner)
    expectRefusal(refused, lastOwner)
    expect(refused.body.errors.map(({ detail }: { detail: string }) => detail)).toEqual([workspaceId])
    expect(await dumpTenant(app, owner)).toEqual(before)
    expect(await app.objects.list('erasures/')).toEqual(listed)
    await setRole(app, member.id, { workspaceId, role: 'owner' })
    expect((await erase(owner)).status).toBe(200)
  })

  test('does not take a workspace along that somebody joins at that moment', async () => {
    const owner = await registerUser(app)
    const guest = await registerUser(app)
    const [answer] = await whileHeld(
      app,
      async (tx) => {
        // As an invitation is accepted.
        await tx`select 1 from workspaces where id = ${owner.workspaceId} for share`
        await tx`
          insert into workspace_members (workspace_id, user_id, role) values (${owner.workspaceId}, ${guest.id}, 'admin')`
      },
      () => erase(owner),
    )
    expectRefusal(answer as Answer, lastOwner)
    expect(await statusOf(owner.id)).toBe('active')
    const [workspace] = await app.owner`select status, name from workspaces where id = ${owner.workspaceId}`
    expect(workspace).toEqual({ status: 'active', name: expect.not.stringMatching(/^Closed/) })
  })

  test('forgets what was under way when it came: a session that is opened, a workspace that is joined', async () => {
    const [user, other] = [await registerUser(app), await registerUser(app)]
    const [answer] = await whileHeld(
      app,
      async (tx) => {
        await tx`select 1 from users where id = ${user.id} for share`
        await tx`
          insert into user_sessions (id, user_id, device, last_seen_at, idle_expires_at, absolute_expires_at)
          values (gen_random_uuid(), ${user.id}, 'Telephone', now(), now() + interval '1 day', now() + interval '1 day')`
        await tx`
          insert into workspace_members (workspace_id, user_id, role) values (${other.workspaceId}, ${user.id}, 'admin')`
      },
      () => erase(user),
    )
    expect(answer?.status).toBe(200)
    const left = await app.owner`
      select device, revoked_at is null as "isOpen" from user_sessions where user_id = ${user.id} and (device is not null or revoked_at is null)`
    expect(left).toEqual([])
    expect(await app.owner`select role from workspace_members where user_id = ${user.id}`).toEqual([])
    expect((await erase(other)).status).toBe(200)
  })

  test('waits for nobody who waits for it: roles and names may change at that moment', async () => {
    for (let round = 0; round < 8; round += 1) {
      const owner = await registerUser(app)
      const { workspaceId } = owner
      const member = await registerMember(app, { workspaceId, role: 'editor' })
      const any = { 'If-Match': '*' }
      const answers = await Promise.all([
        erase(member),
        owner.call('PATCH', `/v1/workspace/members/${member.id}`, { role: 'client' }, any),
        owner.call('PATCH', '/v1/workspace', { name: `Round ${round}` }, any),
        owner.call('PATCH', `/v1/workspace/members/${member.id}`, { role: 'analyst' }, any),
      ])
      for (const { status } of answers) expect([200, 404]).toContain(status)
      expect(answers[0].status).toBe(200)
    }
  })

  test('of two owners who go at the same moment keeps one, who is taken off the list again', async () => {
    const one = await registerUser(app)
    const { workspaceId } = one
    const two = await registerMember(app, { workspaceId, role: 'owner' })
    await registerMember(app, { workspaceId, role: 'client' })
    const answers = await Promise.all([erase(one), erase(two)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const refused = answers.findIndex(({ status }) => status === 409)
    expectRefusal(answers[refused] as Answer, lastOwner)
    expect(await statusOf([one.id, two.id][refused] ?? '')).toBe('active')
    const listed = async () => {
      const keys = await app.objects.list('erasures/')
      const entries = keys
        .filter((key) => key.endsWith('requested.json'))
        .map(async (key) => await new Response((await app.objects.get(key))?.body).json())
      return (await Promise.all(entries)).map(({ userId }) => userId)
    }
    await expect.poll(listed).not.toContain([one.id, two.id][refused])
    expect(await listed()).toContain([two.id, one.id][refused])
  })
})

describe('nothing is erased', () => {
  async function expectUntouched(user: SignedInUser, work: () => Promise<unknown>, own = app) {
    const before = await dumpTenant(own, user)
    const listed = await own.objects.list('erasures/')
    await work()
    expect(await dumpTenant(own, user)).toEqual(before)
    expect(await own.objects.list('erasures/')).toEqual(listed)
  }

  test('with a wrong password', async () => {
    const user = await registerUser(app)
    await expectUntouched(user, async () => {
      const answer = await erase({ ...user, password: `${user.password}x` })
      expectRefusal(answer, { status: 401, code: 'auth/credentials-wrong' })
    })
  })

  test('without a version, with a stale one, or with a header that holds none', async () => {
    const user = await registerUser(app)
    const body = { password: user.password }
    await expectUntouched(user, async () => {
      const refused = { status: 428, code: 'request/version-required' }
      expectRefusal(await user.call('DELETE', '/v1/me', body), refused)
      expectRefusal(await erase(user, { 'If-Match': '"v9"' }), { status: 412, code: 'request/version-stale' })
      expectRefusal(await erase(user, { 'If-Match': 'v1' }), { status: 422, code: 'request/invalid' })
    })
    const { headers } = await user.call('GET', '/v1/me')
    expect((await erase(user, { 'If-Match': headers.get('ETag') ?? '' })).status).toBe(200)
  })

  test('by a session that owes its second factor', async () => {
    const user = await registerUser(app)
    await asOwner(
      app,
      (tx) => tx`
        insert into user_totp (user_id, data_key_id, secret_ciphertext, confirmed_at)
        select id, data_key_id, 'v1.' || data_key_id || '.x', now() from users where id = ${user.id}`,
    )
    await expectUntouched(user, async () => {
      expectRefusal(await erase(user), { status: 403, code: 'auth/second-factor-required' })
    })
    await asOwner(app, (tx) => tx`update user_sessions set second_factor_at = now() where user_id = ${user.id}`)
    expect((await erase(user)).status).toBe(200)
  })

  test('while the list cannot be written', async () => {
    const objects = openObjects()
    const own = await startApp({ objects: { ...objects, put: () => Promise.reject(new Error('away')) } })
    const user = await registerUser(own)
    await expectUntouched(
      user,
      async () => expectRefusal(await erase(user), { status: 503, code: 'service/unavailable' }),
      own,
    )
  })

  test('twice: of ten requests at once one is done', async () => {
    const user = await registerUser(app)
    const answers = await Promise.all(Array.from({ length: 10 }, () => erase(user)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status } of answers.filter((each) => each.status !== 200)) expect([401, 412, 429]).toContain(status)
    expect(await app.owner`select id from erasure_requests where user_id = ${user.id}`).toHaveLength(1)
  })
})

describe('what was under way while the person was erased', () => {
  const tables = [
    'account_tokens',
    'api_keys',
    'auth_challenges',
    'data_exports',
    'encryption_keys',
    'user_email_index',
    'user_passkeys',
    'user_recovery_codes',
    'user_sessions',
    'user_totp',
    'workspace_invitations',
    'workspace_members',
  ]

  test('is refused by each table that would hold something of them', async () => {
    const found = await app.owner<{ table: string }[]>`
      select tgrelid::regclass::text as table from pg_trigger where tgname = 'refuse_erased' order by 1`
    expect(found.map(({ table }) => table)).toEqual(tables)
  })

  test('waits for the erasure, and is refused', async () => {
    const user = await registerUser(app)
    const api = openSql(app.database.apiUrl, 1)
    try {
      let login: Promise<unknown> = Promise.resolve()
      await asOwner(app, async (tx) => {
        await tx`
          update users set status = 'erased', erased_at = now(), email_ciphertext = null, name_ciphertext = null,
            password_hash = null, email_verified_at = null where id = ${user.id}`
        login = api
          .begin(async (session) => {
            const actor = { kind: 'user', id: user.id, userId: user.id, requestId: 'test' }
            await session`select set_config('app.actor', ${JSON.stringify(actor)}, true)`
            await session`
              insert into user_sessions (user_id, device, idle_expires_at, absolute_expires_at)
              values (${user.id}, 'A device', now() + interval '1 day', now() + interval '1 day')`
          })
          .catch((error: unknown) => error)
        const isWaiting = async () =>
          (
            await app.owner`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
          )[0]
        await expect.poll(isWaiting).toEqual({ n: 1 })
      })
      expect(await login).toMatchObject({ code: '23514', constraint_name: 'erased_person' })
    } finally {
      await api.end()
    }
  })
})

describe('the list of erasures', () => {
  const entry = (id: string, userId: string) =>
    new TextEncoder().encode(
      JSON.stringify({
        id,
        userId,
        receiptDigest: '0'.repeat(64),
        requestedAt: app.now().toISOString(),
        backupsExpireAt: app.now().toISOString(),
      }),
    )

  test('loses who asked and was not erased, an hour later; and completes who was', async () => {
    const own = await startApp()
    const [user, asked] = [await registerUser(own), own.jobs.makeId()]
    await own.objects.put(`erasures/${asked}/requested.json`, entry(asked, randomUUID()))
    expect((await erase(user)).status).toBe(200)
    const [request] = await own.owner`select id from erasure_requests`
    const done = request?.['id']
    expect(await reconcileErasures(jobContext(own))).toEqual({ withdrawn: 0, completed: 1 })
    expect(await own.objects.list('erasures/')).toEqual(
      [`erasures/${asked}/requested.json`, `erasures/${done}/erased.json`, `erasures/${done}/requested.json`].sort(),
    )
    own.advance(61 * 60_000)
    await runCron('23 3 * * *', own.jobs)
    expect(await own.objects.list('erasures/')).toEqual([
      `erasures/${done}/erased.json`,
      `erasures/${done}/requested.json`,
    ])
  })

  test('is completed when the store is back', async () => {
    const objects = openObjects()
    let isAway = false
    const own = await startApp({
      objects: {
        ...objects,
        put: (key, body) => (isAway ? Promise.reject(new Error('away')) : objects.put(key, body)),
      },
    })
    const user = await registerUser(own)
    const { body } = await erase(user)
    isAway = true
    await runWaking(own.jobs)
    const check = async () => (await send(own, 'GET', `/v1/erasures/${body.receipt}`)).body.recordedAt
    expect(await check()).toBeNull()
    isAway = false
    own.advance(10_000)
    await runWaking(own.jobs)
    expect(await check()).toEqual(expect.any(String))
  })
})
