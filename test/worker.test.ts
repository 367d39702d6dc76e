import { createHash, randomUUID } from 'node:crypto'
import { request as openRequest } from 'node:http'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../scripts/local/process.ts'
import { uuidMaker } from '../src/ids.ts'
import { instantOf } from '../src/scheduling/zones.ts'
import { makeSecrets } from './support/app.ts'
import { readArchive } from './support/archives.ts'
import { registerUser, type SignedInUser, send } from './support/client.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'
import { openGlobalKeys, weakPasswordHash } from './support/keys.ts'
import { doMainJob } from './support/main-job.ts'
import { openSql } from './support/sql.ts'
import { asOwner, insertAccount, insertMedium, verifyEmail } from './support/tenants.ts'
import { startWorker, type TestWorker } from './support/worker.ts'

/** The bundle as it is deployed, in workerd. */

const secrets = makeSecrets()
let database: TestDatabase
let owner: postgres.Sql
let world: { database: TestDatabase; owner: postgres.Sql; now: () => Date }
let worker: TestWorker
let ada: SignedInUser
beforeAll(async () => {
  database = await createTestDatabase()
  owner = openSql(database.ownerUrl)
  world = { database, owner, now: () => new Date() }
  worker = await startWorker({ database, secrets })
  ada = await registerUser(worker)
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})

type Line = Record<string, unknown>
/** Lines of the Worker's own log since a mark, but for what a busy machine does to the cache. */
const linesSince = (mark: number): Line[] =>
  worker.lines
    .slice(mark)
    .map((line): Line => JSON.parse(line))
    .filter(({ message }) => message !== 'cache unavailable' && message !== 'throttle unavailable')

test('the main job is done, and the log has one line for each request', async () => {
  const mark = worker.lines.length
  await doMainJob(worker)
  // The queue's message wakes the outbox meanwhile.
  const lines = linesSince(mark).filter(({ level, message }) => level !== 'info' || message !== 'job')
  expect(lines.map(({ level, message }) => [level, message])).toEqual(lines.map(() => ['info', 'request']))
  expect(lines.length).toBeGreaterThan(15)
  for (const line of lines) {
    expect(line).toMatchObject({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      method: expect.stringMatching(/^(GET|POST|PATCH|DELETE)$/),
      route: expect.stringMatching(/^\/v1\/[a-z-/:]+$/),
      status: expect.any(Number),
      durationMs: expect.any(Number),
      databaseMs: expect.any(Number),
    })
  }
  expect(lines).toContainEqual(expect.objectContaining({ method: 'PATCH', route: '/v1/posts/:id', status: 412 }))
})

describe('many at once', () => {
  test("hundreds of requests do not meet: each gets its own answer, and none hangs or reaches for another's connection", async () => {
    const mark = worker.lines.length
    const names = Array.from({ length: 60 }, () => randomUUID())
    const round = Array.from({ length: 200 }, async (_, index) => {
      if (index % 4 === 3) {
        const name = names[index % names.length] as string
        const made = await ada.call('POST', '/v1/campaigns', { name, objective: 'sales' })
        return [made.status, made.body.name] as const
      }
      if (index % 4 === 2) return [(await send(worker, 'GET', '/v1/me', { token: 'x' })).status, 'nobody'] as const
      const me = await ada.call('GET', '/v1/me')
      return [me.status, me.body.id] as const
    })
    for (const [index, [status, what]] of (await Promise.all(round)).entries()) {
      if (index % 4 === 3) expect([status, what]).toEqual([201, names[index % names.length]])
      else expect([status, what]).toEqual(index % 4 === 2 ? [401, 'nobody'] : [200, ada.id])
    }
    const again = await Promise.all(Array.from({ length: 150 }, () => ada.call('GET', '/v1/campaigns?limit=1')))
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]))
    expect(linesSince(mark).filter(({ level }) => level !== 'info')).toEqual([])
  })

  test('sign-ins beyond the queue are sent away, and others are served between two hashes', async () => {
    // Five attempts at one account are free, and from one address thirty.
    const users = await Promise.all(Array.from({ length: 5 }, () => registerUser(worker)))
    // A cheaper hash than today's: it holds up the isolate for tens of milliseconds instead of hundreds.
    const hash = await weakPasswordHash(await openGlobalKeys(world, secrets), randomUUID(), 13)
    const ids = users.map(({ id }) => id)
    await asOwner(world, (tx) => tx`update users set password_hash = ${hash} where id = any(${ids}::uuid[])`)
    const logins = Array.from({ length: 24 }, async (_, index) => {
      const body = { email: users[index % users.length]?.email, password: randomUUID() }
      const answer = await send(worker, 'POST', '/v1/auth/login', { body })
      return { ...answer, at: performance.now() }
    })
    await Promise.race(logins)
    const bystander = await ada.call('GET', '/v1/me')
    const servedAt = performance.now()
    const answers = await Promise.all(logins)
    expect(bystander.status).toBe(200)
    expect(Math.max(...answers.map(({ at }) => at))).toBeGreaterThan(servedAt)
    const busy = answers.filter(({ status }) => status !== 401)
    expect(busy.length).toBeGreaterThan(0)
    expect(busy.length).toBeLessThanOrEqual(8)
    for (const { status, body: problem, headers } of busy) {
      expect([status, problem.code, headers.get('Retry-After')]).toEqual([503, 'service/busy', '2'])
    }
  })

  test('clients that go away midway harm nobody', async () => {
    const before = worker.lines.length
    const started = Array.from({ length: 40 }, (_, index) => startAndLeave(index))
    await Promise.all(started)
    const answers = await Promise.all(Array.from({ length: 40 }, () => ada.call('GET', '/v1/campaigns?limit=5')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const login = await send(worker, 'POST', '/v1/auth/login', { body: { email: ada.email, password: ada.password } })
    expect(login.status).toBe(200)
    expect(linesSince(before).filter(({ status }) => Number(status) >= 500)).toEqual([])
    // A connection ends with its request, whoever is there to see it.
    const areClosed = async () => {
      const [row] = await owner`
        select count(*)::int as open from pg_stat_activity where datname = current_database() and usename = 'api'`
      return row?.['open'] === 0 ? true : undefined
    }
    expect(await waitFor(areClosed, { timeoutMs: 5_000 })).toBe(true)
  })

  /** A request whose client is gone before the answer: some before the body is sent, some while it is worked on. */
  function startAndLeave(index: number): Promise<void> {
    return new Promise((resolve) => {
      const paths = ['/v1/campaigns', '/v1/auth/login', '/v1/posts']
      const request = openRequest(`${worker.url}${paths[index % 3]}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${ada.accessToken}` },
      })
      request.on('error', () => undefined).on('close', resolve)
      const body = { name: 'Left', objective: 'sales', kind: 'image', email: ada.email, password: ada.password }
      request.write(index % 2 === 0 ? '{"half": "a body' : JSON.stringify(body))
      if (index % 2 === 1) request.end()
      setTimeout(() => request.destroy(), index * 5)
    })
  }
})

describe('crons', () => {
  test('make the months to come and forget idempotency records of yesterday, as the jobs role', async () => {
    await owner`alter table audit_logs detach partition partitions.${owner(await latestPartition())}`
    await owner.unsafe(`drop table partitions.${await latestPartition()}`)
    const missing = await partitions()
    await insertRecords()
    const mark = worker.lines.length
    expect(await worker.scheduled('23 3 * * *')).toMatchObject({ outcome: 'ok' })
    expect(await partitions()).toBe(missing + 1)
    expect(await worker.scheduled('* * * * *')).toMatchObject({ outcome: 'ok' })
    expect(
      (await owner`select key from idempotency_keys where principal_id = 'cron' order by key`).map((row) => row['key']),
    ).toEqual(['live'])
    const jobs = linesSince(mark).filter(({ message }) => message === 'job')
    expect(jobs).toMatchObject([
      { level: 'info', name: 'make-partitions', made: 1, runId: expect.any(String), durationMs: expect.any(Number) },
      { level: 'info', name: 'purge-sessions', deleted: 0 },
      { level: 'info', name: 'sweep-exports', deleted: 0 },
      { level: 'info', name: 'sweep-media', looked: 0, deleted: 0, missing: 0, found: 0 },
      { level: 'info', name: 'reconcile-erasures', withdrawn: 0, completed: 0 },
      { level: 'info', name: 'follow-zones', looked: 0, moved: 0, unknownZones: 0, posts: '' },
      { level: 'info', name: 'drain-outbox', done: expect.any(Number), failed: 0, dead: 0, lost: 0 },
      { level: 'info', name: 'purge-idempotency-records', deleted: 2 },
      { level: 'info', name: 'purge-outbox', deleted: 0 },
      { level: 'info', name: 'purge-account-tokens', deleted: 0 },
      { level: 'info', name: 'purge-auth-challenges', deleted: 0 },
      { level: 'info', name: 'purge-auth-throttles', deleted: 0 },
      { level: 'info', name: 'close-workspaces', closed: 0 },
      { level: 'info', name: 'revoke-invitations', revoked: 0 },
      { level: 'info', name: 'retire-signing-keys', retiring: 0, retired: 0 },
      { level: 'info', name: 'expire-exports', expired: 0, givenUp: 0 },
      { level: 'info', name: 'expire-uploads', deleted: 0, rejected: 0 },
      { level: 'info', name: 'make-occurrences', looked: 0, made: 0, waiting: 0, failed: 0 },
    ])
  })

  const latestPartition = async (): Promise<string> => {
    const [row] = await owner`
      select relname as name from pg_class where relnamespace = 'partitions'::regnamespace and relname like 'audit_logs_2%'
        and relkind = 'r' order by relname desc limit 1`
    return row?.['name'] as string
  }
  const partitions = async () =>
    (await owner`select 1 from pg_class where relnamespace = 'partitions'::regnamespace and relkind = 'r'`).length
  const insertRecords = () => owner`
    insert into idempotency_keys (workspace_id, principal_id, key, route, fingerprint, status, expires_at)
    select ${ada.workspaceId}, 'cron', key, 'POST /v1/posts', repeat('0', 64), 201, now() + age::interval
    from (values ('old', '-1 minute'), ('older', '-2 days'), ('live', '1 hour')) as given (key, age)`

  test('that fail are reported as failed', async () => {
    await owner`revoke execute on function ensure_all_partitions(integer) from defeah_jobs`
    const mark = worker.lines.length
    expect(await worker.scheduled('23 3 * * *')).toMatchObject({ outcome: 'exception' })
    await owner`grant execute on function ensure_all_partitions(integer) to defeah_jobs`
    const own = worker.lines.slice(mark).filter((line) => line.startsWith('{'))
    const lines = own.map((line) => JSON.parse(line))
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([
      { level: 'error', message: 'job', name: 'make-partitions', error: expect.stringContaining('permission denied') },
    ])
  })
})

test('a message of the queue sends what the outbox holds, and the mailbox shows it', async () => {
  const id = uuidMaker(world.now)()
  const mark = worker.lines.length
  await owner`
    insert into outbox (id, kind, user_id, due_at) values (${id}, 'mail/reset-password', ${ada.id}, now())`
  const reset = async () => {
    const { body } = await send(worker, 'GET', '/dev/mailbox', { headers: { Accept: 'application/json' } })
    return body.data.find(
      (mail: { to: string; subject: string }) => mail.to === ada.email && /^Reset/.test(mail.subject),
    )
  }
  expect(await reset()).toBeUndefined()
  await worker.wake()
  const mail = await waitFor(reset, { timeoutMs: 10_000, everyMs: 50 })
  expect(mail.text).toContain(`Hello ${ada.name},`)
  const [token] = await owner`
    select encode(digest, 'hex') = encode(sha256(${mail.token}::bytea), 'hex') as "isGood" from account_tokens
    where user_id = ${ada.id} and purpose = 'password_reset'`
  expect(token).toEqual({ isGood: true })
  const isDone = async () => {
    const [row] = await owner`select status from outbox where id = ${id}`
    return row?.['status'] === 'done' ? true : undefined
  }
  expect(await waitFor(isDone, { timeoutMs: 5_000, everyMs: 50 })).toBe(true)
  const hasLine = () => linesSince(mark).some(({ message, done }) => message === 'job' && Number(done) > 0) || undefined
  expect(await waitFor(hasLine, { timeoutMs: 5_000, everyMs: 50 })).toBe(true)
  const page = await send(worker, 'GET', '/dev/mailbox')
  expect([page.status, page.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8'])
})

describe('people', () => {
  test('take an archive along that is larger than what the store takes at once, and are forgotten', async () => {
    const user = await registerUser(worker)
    const captions = 5_000
    await asOwner(
      world,
      (tx) => tx`
        insert into posts (workspace_id, user_id, kind, caption)
        select ${user.workspaceId}, ${user.id}, 'story', string_agg(encode(sha256(random()::text::bytea), 'base64'), '')
        from generate_series(1, ${captions}) n cross join generate_series(1, 45) part group by n`,
    )
    const { body: asked } = await user.call('POST', '/v1/me/export')
    const read = async () => (await user.call('GET', `/v1/me/exports/${asked.id}`)).body
    await expect.poll(async () => (await read()).status, { timeout: 15_000, interval: 200 }).toBe('ready')
    const { bytes, sha256, download } = await read()
    expect(bytes).toBeGreaterThan(5 * 1024 * 1024)
    const path = new URL(download.url).pathname
    const response = await fetch(`${worker.url}${path}`)
    const archive = new Uint8Array(await response.arrayBuffer())
    expect([response.status, archive.byteLength]).toEqual([200, bytes])
    expect(createHash('sha256').update(archive).digest('hex')).toBe(sha256)
    expect(readArchive(archive).rows['posts']).toHaveLength(captions)

    const erased = await user.call('DELETE', '/v1/me', { password: user.password }, { 'If-Match': '*' })
    expect(erased.status).toBe(200)
    const check = async () => (await send(worker, 'GET', `/v1/erasures/${erased.body.receipt}`)).body.recordedAt
    await expect.poll(check, { timeout: 10_000, interval: 200 }).toEqual(expect.any(String))
    expect((await user.call('GET', '/v1/me')).status).toBe(401)
    expect((await fetch(`${worker.url}${path}`)).status).toBe(404)
  }, 60_000)
})

describe('what is not the API', () => {
  const get = (path: string, method = 'GET') => send(worker, method, path)

  test('the document and its page are served', async () => {
    const document = await get('/openapi.json')
    expect([document.status, document.body.openapi, document.body.servers]).toEqual([
      200,
      '3.1.0',
      [{ url: 'https://api.test' }],
    ])
    expect(Object.keys(document.body.paths)).toEqual(expect.arrayContaining(['/v1/auth/login', '/v1/posts/{id}']))
    const page = await get('/docs')
    expect([page.status, page.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8'])
    const policy = page.headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    for (const [, path = ''] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const asset = await get(path)
      expect([path, asset.status]).toEqual([path, 200])
      expect(asset.headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(asset.headers.get('Cache-Control')).toBe('public, max-age=86400')
      expect(asset.headers.get('Content-Security-Policy')).toBe("default-src 'none'; frame-ancestors 'none'")
    }
  })

  test('probes answer', async () => {
    expect((await get('/healthz')).body).toEqual({ status: 'ok' })
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ready', database: 'ok', migrations: 'ok' },
    })
  })

  test('other paths are 404, other methods 405 with Allow, both as problems', async () => {
    for (const path of ['/', '/v1', '/v1/nothing', '/docs/nothing.js', '/docs/../wrangler.toml', '/_headers']) {
      const { status, body, headers } = await get(path)
      expect([path, status, body.code]).toEqual([path, 404, 'request/not-found'])
      expect(headers.get('Content-Type')).toBe('application/problem+json')
    }
    const wrong = await get('/v1/campaigns', 'PUT')
    expect([wrong.status, wrong.body.code]).toEqual([405, 'request/method-not-allowed'])
    expect(wrong.headers.get('Allow')).toBe('GET, HEAD, POST')
  })

  test('every answer has its request id and the security headers', async () => {
    for (const { headers } of [await get('/healthz'), await get('/v1/nothing'), await ada.call('GET', '/v1/me')]) {
      expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
      expect(headers.get('Strict-Transport-Security')).toContain('max-age=')
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('Cache-Control')).toBe('no-store')
    }
  })
})

// On Sundays at that time, clocks there skip an hour or show one twice.
test.each([
  ['Europe/Berlin', '02:30'],
  ['America/New_York', '02:30'],
  ['Australia/Lord_Howe', '02:15'],
  ['Asia/Kathmandu', '02:30'],
])('workerd knows the hours of %s half a year ahead', async (timeZone, time) => {
  const tenant = { owner, fetch: worker.fetch }
  await verifyEmail(tenant, ada.id)
  const [accountId, mediaId] = [await insertAccount(tenant, ada), await insertMedium(tenant, ada)]
  const slots = [{ weekday: 7, time }]
  const set = await ada.call('PUT', `/v1/instagram-accounts/${accountId}/slots`, { timeZone, slots })
  expect(set.body).toEqual({ timeZone, slots })
  const posts = Array.from({ length: 26 }, () => ({ kind: 'image', accountId, mediaIds: [mediaId] }))
  const drafts: { post: { id: string } }[] = (await ada.call('POST', '/v1/posts/batch', { posts })).body.data
  const answers = await Promise.all(
    drafts.map(({ post }) => ada.call('POST', `/v1/posts/${post.id}/schedule`, { slot: 'next' })),
  )
  const times = answers.map(({ body }) => [body.localTime, new Date(body.scheduledAt)] as const)
  expect(new Set(times.map(([localTime]) => localTime)).size).toBe(26)
  for (const [localTime, scheduledAt] of times) {
    expect(localTime).toMatch(new RegExp(`T${time}:00$`))
    expect(scheduledAt).toEqual(instantOf({ localTime, timeZone }))
  }
})

test('bodies over 1 MiB are refused, said to be so long or not', async () => {
  const body = JSON.stringify({ kind: 'image', caption: 'x'.repeat(1024 * 1024) })
  const told = await ada.call('POST', '/v1/posts', body)
  expect([told.status, told.body.code]).toEqual([413, 'request/too-large'])
  const chunks = new ReadableStream({
    start: (controller) => {
      for (let part = 0; part < 20; part += 1) controller.enqueue(new TextEncoder().encode(body.slice(0, 65_536)))
      controller.close()
    },
  })
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${ada.accessToken}` }
  const untold = await fetch(`${worker.url}/v1/posts`, {
    method: 'POST',
    headers,
    body: chunks,
    duplex: 'half',
  } as RequestInit)
  expect(untold.status).toBe(413)
  expect((await ada.call('GET', '/v1/me')).status).toBe(200)
})

test("the client's address is what the platform says, cut short, whatever else the client claims", async () => {
  const headers = { 'CF-Connecting-IP': '203.0.113.77', 'X-Forwarded-For': '198.51.100.9', 'X-Real-IP': '198.51.100.9' }
  const { body } = await ada.call('POST', '/v1/campaigns', { name: 'Where', objective: 'sales' }, headers)
  const [entry] = await owner`select address::text from audit_logs where row_id = ${body.id}`
  expect(entry).toEqual({ address: '203.0.113.0/24' })
})

test('nothing that was printed is anything but JSON, and none of it is secret or personal', () => {
  const text = worker.lines.join('\n')
  expect(worker.lines.length).toBeGreaterThan(300)
  for (const line of worker.lines) expect(() => JSON.parse(line), line).not.toThrow()
  const tokens = [ada.accessToken, ada.refreshToken, ada.refreshToken.split('.')[2] as string]
  for (const secret of [ada.email, ada.name, ada.password, ...tokens, '203.0.113.77'])
    expect(text).not.toContain(secret)
})
