import { createHash, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCron, runWaking } from '../../src/jobs/run.ts'
import { archiveTables, exemptTables } from '../../src/privacy/archive.ts'
import { privacyHandlers, sweepExports } from '../../src/privacy/jobs.ts'
import { newPassword, registerVerified, reset, resetToken, tokenTo, verify } from '../support/accounts.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { download, exportOf, readArchive } from '../support/archives.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { jobContext } from '../support/jobs.ts'
import { openObjects } from '../support/objects.ts'
import { asOwner, populateTenant, setRole, type Tenant } from '../support/tenants.ts'

const hourMs = 60 * 60_000
const notFound = { status: 404, code: 'export/not-found' }
const tokenOf = (url: string) => url.split('/').at(-1) ?? ''
const open = (own: Pick<TestApp, 'fetch'>, token: string) => send(own, 'GET', `/v1/exports/${token}`)

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const signInAgain = async ({ fetch }: Pick<TestApp, 'fetch'>, { email, password }: SignedInUser): Promise<string> =>
  (await send({ fetch }, 'POST', '/v1/auth/login', { body: { email, password } })).body.accessToken

async function mailedToken(own: TestApp, address: string): Promise<string> {
  const mail = (await own.mailTo(address)).find(({ text }) => text.includes('/v1/exports/'))
  if (mail?.token === undefined || mail.token === null) throw new Error('no mail about an archive')
  return mail.token
}

/** What a person has of exports besides what the populated one has under way. */
async function populated(marker: string): Promise<Tenant> {
  const tenant = await populateTenant(app, marker)
  await asOwner(
    app,
    (tx) => tx`update data_exports set status = 'failed', finished_at = now() where id = ${tenant.exportId}`,
  )
  return tenant
}

describe('the archive', () => {
  test('holds everything about the person, in clear, and no secret', async () => {
    const tenant = await populated('ada_marker')
    const { user, campaigns, posts, media, accounts, idempotencyKeys } = tenant
    const { head, rows, end, text } = await exportOf(app, user)
    expect(head).toMatchObject({ userId: user.id, formatVersion: 1 })
    expect(head['tables']).toEqual(Object.keys(archiveTables))
    // The person has something in each table, so none is left out of the archive for want of rows.
    expect(Object.keys(rows)).toEqual(Object.keys(archiveTables))
    expect(end).toEqual({ end: true, rows: Object.values(rows).flat().length })

    expect(rows['users']).toMatchObject([{ id: user.id, email: user.email, name: user.name, locale: 'en' }])
    const idsOf = (table: string) => rows[table]?.map(({ id }) => id).sort()
    expect(idsOf('campaigns')).toEqual([...campaigns].sort())
    expect(rows['post_recurrences']).toMatchObject([{ id: tenant.posts[0], frequency: 'daily', time: '09:30' }])
    expect(rows['campaign_spend']).toMatchObject([{ id: tenant.spend[0], amountMinor: 500, note: tenant.marker }])
    expect(idsOf('posts')).toEqual([...posts].sort())
    expect(idsOf('media_files')).toEqual([...media, tenant.openMedia].sort())
    expect(idsOf('instagram_accounts')).toEqual([...accounts].sort())
    expect(rows['posts']?.map(({ caption }) => caption)).toEqual(posts.map(() => tenant.marker))
    expect(rows['posts']?.flatMap((post) => post.media)).toContainEqual(
      expect.objectContaining({ altText: 'ada_marker' }),
    )
    expect(rows['ai_generations']).toMatchObject([{ prompt: tenant.marker }])
    expect(rows['workspace_members']).toMatchObject([{ workspaceId: user.workspaceId, role: 'owner' }])
    expect(idsOf('user_sessions')).toContain(user.sessionId)
    expect(rows['idempotency_keys']?.map(({ key }) => key)).toEqual(expect.arrayContaining(idempotencyKeys))

    const [{ trail = 0 } = {}] = await app.owner<{ trail: number }[]>`
      select count(*)::int as trail from audit_logs where user_id = ${user.id}`
    // Asking for the archive was itself on the trail; making it was a job's act.
    expect(rows['audit_logs']).toHaveLength(trail)

    const secrets = await app.owner<{ secret: string }[]>`
      select password_hash as secret from users where id = ${user.id}
      union all select email_ciphertext from users where id = ${user.id}
      union all select encode(secret, 'hex') from user_sessions where user_id = ${user.id}
      union all select encode(digest, 'hex') from user_email_index where user_id = ${user.id}
      union all select wrapped_key from encryption_keys where user_id = ${user.id}
      union all select secret_ciphertext from user_totp where user_id = ${user.id}
      union all select encode(digest, 'hex') from user_recovery_codes where user_id = ${user.id}
      union all select credential_id from user_passkeys where user_id = ${user.id}
      union all select encode(digest, 'hex') from account_tokens where user_id = ${user.id}
      union all select object_key from data_exports where user_id = ${user.id} and object_key is not null
      union all select email_ciphertext from workspace_invitations where user_id = ${user.id}
      union all select encode(digest, 'hex') from api_key_digests where workspace_id = ${user.workspaceId}`
    expect(secrets.length).toBeGreaterThan(11)
    for (const { secret } of secrets) expect(text).not.toContain(secret)
  })

  test('holds nothing of another person', async () => {
    const [{ user }, other] = [await populated('mine_marker'), await populated('other_marker')]
    const { text } = await exportOf(app, user)
    expect(text).toContain('mine_marker')
    for (const foreign of [other.user.id, other.user.email, other.user.workspaceId, other.marker, ...other.posts]) {
      expect(text).not.toContain(foreign)
    }
  })

  test('shows what was made in a team only while the person is in it, and afterwards that it exists', async () => {
    const [{ user, posts, campaigns }, heir] = [await populated('team_marker'), await registerUser(app)]
    await setRole(app, heir.id, { workspaceId: user.workspaceId, role: 'owner' })
    await asOwner(
      app,
      (tx) => tx`delete from workspace_members where user_id = ${user.id} and workspace_id = ${user.workspaceId}`,
    )
    const { rows, text } = await exportOf(app, user)
    expect(rows['posts']?.map(({ id }) => id).sort()).toEqual([...posts].sort())
    expect(rows['campaigns']).toHaveLength(campaigns.length)
    for (const { caption, media, isMember } of rows['posts'] ?? [])
      expect([caption, media, isMember]).toEqual([null, null, false])
    const own = text.replaceAll(user.name, '').replaceAll(/(key-|outside-|under-way-)[a-z-]*team_marker/g, '')
    expect(own.split('\n').filter((line) => line.includes('team_marker'))).toEqual([])
  })

  test('holds each row once, however many there are', async () => {
    const user = await registerUser(app)
    const { id, workspaceId } = user
    await asOwner(app, async (tx) => {
      await tx`
        insert into posts (workspace_id, user_id, kind, caption)
        select ${workspaceId}, ${id}, 'story', 'Caption ' || n from generate_series(1, 1250) n`
      await tx`
        insert into idempotency_keys (principal_id, key, route, fingerprint, status)
        select ${id}, 'key ' || n, 'POST /v1/x', repeat('0', 64), 201 from generate_series(1, 500) n`
    })
    const { rows, end } = await exportOf(app, user)
    expect(new Set(rows['posts']?.map(({ caption }) => caption)).size).toBe(1250)
    expect(rows['posts']).toHaveLength(1250)
    expect(new Set(rows['idempotency_keys']?.map(({ key }) => key)).size).toBe(500)
    expect(rows['idempotency_keys']).toHaveLength(500)
    expect(end['rows']).toBeGreaterThan(1750)
  })

  test('is of every table that names a person, or the table is exempt for a reason', async () => {
    const tables = await app.owner<{ name: string }[]>`
      select c.relname::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and (a.attname in ('user_id', 'created_by', 'accepted_by', 'principal_id') or c.relname = 'users')
      group by c.relname order by 1`
    const known = [...Object.keys(archiveTables), ...Object.keys(exemptTables)]
    expect(tables.map(({ name }) => name)).toEqual(known.sort())
    for (const reason of Object.values(exemptTables)) expect(reason).toMatch(/./)
  })

  test('is as long, and has the digest, as the export says', async () => {
    const user = await registerUser(app)
    const { id } = await exportOf(app, user)
    const { body } = await user.call('GET', `/v1/me/exports/${id}`)
    const bytes = await download(app, body.download.url)
    expect([bytes.byteLength, createHash('sha256').update(bytes).digest('hex')]).toEqual([body.bytes, body.sha256])
    const response = await app.fetch(new Request(body.download.url))
    const headers: Record<string, string> = {}
    response.headers.forEach((value, name) => {
      headers[name] = value
    })
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-disposition': expect.stringMatching(/^attachment; filename="defeah-data-\d{4}-\d\d-\d\d\.ndjson\.gz"$/),
      'content-length': String(body.bytes),
      'content-type': 'application/gzip',
    })
  })
})

describe('a session that lacks the second factor which a workspace demands', () => {
  const owed = { status: 403, code: 'auth/second-factor-required' }

  /** In one workspace of their own, and as a guest in another, which demands a factor. */
  async function guest() {
    const [user, host] = [await registerUser(app), await populated(`guarded_${randomUUID().slice(0, 8)}`)]
    await setRole(app, user.id, { workspaceId: host.user.workspaceId, role: 'editor' })
    const demand = async (isDemanded: boolean, status = 'active') =>
      await asOwner(
        app,
        (tx) => tx`
          update workspaces set requires_second_factor = ${isDemanded}, status = ${status}::workspace_status,
            closing_at = case when ${status} = 'closing' then now() end,
            closed_at = case when ${status} = 'closed' then now() end
          where id = ${host.user.workspaceId}`,
      )
    return { user, demand }
  }

  test('is refused an archive, while the person has one made in a session that has proved it', async () => {
    const { user, demand } = await guest()
    await demand(true)
    expectRefusal(await user.call('POST', '/v1/me/export'), owed)
    const made = await app.owner`select id from data_exports where user_id = ${user.id}`
    expect(made).toHaveLength(0)
    await asOwner(app, (tx) => tx`update user_sessions set second_factor_at = now() where user_id = ${user.id}`)
    const { id } = await exportOf(app, user)

    const token = await signInAgain(app, user)
    const other = async (method: string, path: string) => await send(app, method, path, { token })
    expectRefusal(await other('GET', `/v1/me/exports/${id}`), owed)
    expectRefusal(await other('POST', '/v1/me/export'), owed)
    expect((await user.call('POST', '/v1/me/export')).status).toBe(202)
    // Also while one is under way.
    expectRefusal(await other('POST', '/v1/me/export'), owed)
    await demand(false)
    expect((await other('POST', '/v1/me/export')).status).toBe(202)
    expect((await other('GET', `/v1/me/exports/${id}`)).body.download.url).toContain('/v1/exports/')
  })

  test('gets no link by mail: the mailbox alone does not open what the factor guards', async () => {
    const { user, demand } = await guest()
    const { id } = await exportOf(app, user)
    const linked = await mailedToken(app, user.email)
    expect((await open(app, linked)).status).toBe(200)
    const [made] = [(await user.call('GET', `/v1/me/exports/${id}`)).body.download.url]
    await demand(true)
    for (const link of [linked, tokenOf(made)]) expectRefusal(await open(app, link), notFound)
    await asOwner(app, (tx) => tx`update user_sessions set second_factor_at = now() where user_id = ${user.id}`)
    await exportOf(app, user)
    const [mail] = (await app.mailTo(user.email)).filter(({ subject }) => subject === 'Your data is ready')
    expect(mail).toMatchObject({ token: null, text: expect.stringContaining('Sign in to get it') })
    expect((await open(app, tokenOf(made))).status).toBe(200)
  })

  test('is refused it also while the workspace is closing, and no longer once it is closed', async () => {
    const { user, demand } = await guest()
    await demand(true, 'closing')
    expectRefusal(await user.call('POST', '/v1/me/export'), owed)
    await demand(true, 'closed')
    expect((await user.call('POST', '/v1/me/export')).status).toBe(202)
  })
})

describe('asking', () => {
  test('fifty times at once makes one export, which all are told of', async () => {
    const user = await registerUser(app)
    const answers = await Promise.all(Array.from({ length: 50 }, () => user.call('POST', '/v1/me/export')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect((await user.call('GET', '/v1/me/exports')).body.data).toHaveLength(1)
    const work = await app.owner`select id from outbox where user_id = ${user.id} and kind = 'privacy/export'`
    expect(work).toHaveLength(1)
  })

  test('fifty times at once with one key makes one export; those who come too early are told to wait', async () => {
    const user = await registerUser(app)
    const ask = () => user.call('POST', '/v1/me/export', undefined, { 'Idempotency-Key': 'one' })
    const answers = await Promise.all(Array.from({ length: 50 }, ask))
    const done = answers.filter(({ status }) => status === 202)
    expect(done.length).toBeGreaterThan(0)
    for (const { body } of done) expect(body).toEqual(done[0]?.body)
    for (const answer of answers.filter(({ status }) => status !== 202)) {
      expectRefusal(answer, { status: 409, code: 'idempotency/in-progress' })
    }
    await runWaking(app.jobs)
    const replay = await ask()
    expect(replay.body).toEqual(done[0]?.body)
    expect(replay.body.status).toBe('pending')
    expect((await user.call('GET', '/v1/me/exports')).body.data).toMatchObject([{ status: 'ready' }])
  })

  test('is bounded by the day', async () => {
    const own = await startApp()
    const user = await registerUser(own)
    for (let asked = 0; asked < 5; asked += 1) await exportOf(own, user)
    const refused = await user.call('POST', '/v1/me/export')
    expectRefusal(refused, { status: 429, code: 'export/too-many' })
    own.advance(25 * hourMs)
    const token = await signInAgain(own, user)
    expect((await send(own, 'POST', '/v1/me/export', { token })).status).toBe(202)
  })

  test('is on the trail, and its end too', async () => {
    const user = await registerUser(app)
    const { id } = await exportOf(app, user)
    const trail = await app.owner`
      select operation, actor_kind, new_values ->> 'status' as status from audit_logs
      where table_name = 'data_exports' and row_id = ${id} order by id`
    expect(trail).toEqual([
      { operation: 'INSERT', actor_kind: 'user', status: 'pending' },
      { operation: 'UPDATE', actor_kind: 'job', status: 'ready' },
    ])
  })
})

describe('a link', () => {
  test('comes by mail too, and leads to the archive for a day', async () => {
    const own = await startApp()
    const user = await registerUser(own)
    await user.call('POST', '/v1/me/export')
    await runWaking(own.jobs)
    const [mail] = await own.mailTo(user.email)
    const [url = ''] = mail?.text.match(/https:\S+/) ?? []
    expect(tokenOf(url)).toBe(mail?.token)
    expect(readArchive(await download(own, url)).rows['users']).toMatchObject([{ email: user.email }])
    own.advance(24 * hourMs - 60_000)
    await download(own, url)
    own.advance(120_000)
    expectRefusal(await open(own, tokenOf(url)), notFound)
  })

  test('from the account is good for minutes, and a new one can be had', async () => {
    const own = await startApp()
    const user = await registerUser(own)
    const { id } = await exportOf(own, user)
    const link = async () => (await user.call('GET', `/v1/me/exports/${id}`)).body.download
    const { url, expiresAt } = await link()
    expect(Date.parse(expiresAt) - own.now().getTime()).toBeLessThanOrEqual(10 * 60_000)
    own.advance(10 * 60_000 + 1_000)
    expectRefusal(await open(own, tokenOf(url)), notFound)
    await download(own, (await link()).url)
  })

  test('from the account ends with the session that it was made in, one from the mail does not', async () => {
    const own = await startApp()
    const user = await registerUser(own)
    const { id } = await exportOf(own, user)
    const token = await signInAgain(own, user)
    const linkOf = async (accessToken: string) =>
      (await send(own, 'GET', `/v1/me/exports/${id}`, { token: accessToken })).body.download.url
    const [first, second] = [await linkOf(user.accessToken), await linkOf(token)]
    const mailed = await mailedToken(own, user.email)
    expect((await user.call('POST', '/v1/auth/logout')).status).toBe(204)
    expectRefusal(await open(own, tokenOf(first)), notFound)
    await download(own, second)
    expect((await open(own, mailed)).status).toBe(200)
  })

  /** What opens an account, changed in each way that there is. */
  const changes: Readonly<Record<string, (own: TestApp, user: SignedInUser) => Promise<number>>> = {
    'the password': async (_own, user) => {
      const body = { password: user.password, newPassword: newPassword() }
      return (await user.call('POST', '/v1/auth/password/change', body)).status
    },
    'the password by mail': async (own, user) =>
      (await reset(own, { token: await resetToken(own, user.email), newPassword: newPassword() })).status,
    'the address': async (own, user) => {
      const [{ password }, newEmail] = [user, `${randomUUID()}@example.test`]
      expect((await user.call('POST', '/v1/auth/email/change', { password, newEmail })).status).toBe(202)
      return (await verify(own, { token: await tokenTo(own, newEmail, 'change'), password }, user.accessToken)).status
    },
  }

  test.each(Object.keys(changes))('ends with a change of %s, and the archive is deleted', async (what) => {
    const own = await startApp()
    const [user, other] = [await registerVerified(own), await registerUser(own)]
    const { id } = await exportOf(own, user)
    const others = await exportOf(own, other)
    const links = [tokenOf((await user.call('GET', `/v1/me/exports/${id}`)).body.download.url)]
    links.push(await mailedToken(own, user.email))
    for (const link of links) expect((await open(own, link)).status).toBe(200)
    expect([200, 204]).toContain(await changes[what]?.(own, user))
    for (const link of links) expectRefusal(await open(own, link), notFound)
    await runCron('* * * * *', own.jobs)
    expect(await own.objects.list(`exports/${user.id}/`)).toEqual([])
    const [kept] = await own.owner`select status from data_exports where id = ${id}`
    expect(kept).toEqual({ status: 'expired' })
    await download(own, (await other.call('GET', `/v1/me/exports/${others.id}`)).body.download.url)
  })

  test('that was not made here leads nowhere', async () => {
    const user = await registerUser(app)
    const { id } = await exportOf(app, user)
    const { body } = await user.call('GET', `/v1/me/exports/${id}`)
    const [text = '', mac = ''] = tokenOf(body.download.url).split('.')
    const encode = (value: string) => Buffer.from(value).toString('base64url')
    const later = encode(`${id} ${app.now().getTime() + 1e9}`)
    const strange = [
      `${later}.${mac}`,
      `${text}.${encode('x'.repeat(32))}`,
      `${text}.`,
      text,
      `${text}.${mac}.${mac}`,
      `${text}.${mac}x`,
      id,
      encode(id),
      'x',
      '%00',
      'a'.repeat(301),
    ]
    for (const token of strange) expectRefusal(await open(app, token), notFound)
    expect((await open(app, `${text}.${mac}`)).status).toBe(200)
  })

  test('of another installation, with keys of its own, leads nowhere', async () => {
    const [elsewhere, user] = [await startApp(), await registerUser(app)]
    const { id } = await exportOf(app, user)
    const { body } = await user.call('GET', `/v1/me/exports/${id}`)
    expectRefusal(await open(elsewhere, tokenOf(body.download.url)), notFound)
  })
})

describe('when something fails', () => {
  test('an object store that is away delays the archive, and a link says so', async () => {
    const objects = openObjects()
    let isAway = true
    const away = () => Promise.reject(new Error('away'))
    const own = await startApp({
      objects: {
        ...objects,
        put: (key, body) => (isAway ? away() : objects.put(key, body)),
        get: (key) => (isAway ? away() : objects.get(key)),
      },
    })
    const user = await registerUser(own)
    const { body: asked } = await user.call('POST', '/v1/me/export')
    const read = async () => (await user.call('GET', `/v1/me/exports/${asked.id}`)).body
    await runWaking(own.jobs)
    expect(await read()).toMatchObject({ status: 'pending', download: null })
    isAway = false
    own.advance(10_000)
    await runWaking(own.jobs)
    const { status, download: link } = await read()
    expect(status).toBe('ready')
    isAway = true
    expectRefusal(await send(own, 'GET', new URL(link.url).pathname), { status: 503, code: 'service/unavailable' })
    isAway = false
    await download(own, link.url)
  })

  test('two workers at one export leave one archive', async () => {
    const user = await registerUser(app)
    const { body } = await user.call('POST', '/v1/me/export')
    const row = {
      id: body.id,
      kind: 'privacy/export',
      userId: user.id,
      workspaceId: null,
      subjectId: body.id,
      attempts: 1,
      createdAt: app.now().toISOString(),
    }
    const work = (fence: number) => privacyHandlers['privacy/export']?.(jobContext(app), { ...row, fence })
    await Promise.all([work(1), work(2)])
    const [kept] = await app.owner`select object_key from data_exports where id = ${body.id}`
    expect(await app.objects.list(`exports/${user.id}/`)).toEqual([kept?.['object_key']])
    const mails = await app.owner`select id from outbox where user_id = ${user.id} and kind = 'mail/export-ready'`
    expect(mails).toHaveLength(1)
  })

  test('what a worker wrote before it died is swept, and nothing else', async () => {
    const user = await registerUser(app)
    const { id } = await exportOf(app, user)
    const pending = (await user.call('POST', '/v1/me/export')).body.id
    const kept = await app.objects.list(`exports/${user.id}/`)
    const underWay = `exports/${user.id}/${pending}/7.ndjson.gz`
    const strays = [
      `exports/${user.id}/${id}/999.ndjson.gz`,
      `exports/${user.id}/01900000-0000-7000-8000-000000000000/1.ndjson.gz`,
      'exports/what/is/this',
    ]
    for (const key of [underWay, ...strays]) await app.objects.put(key, new Uint8Array(1))
    await sweepExports(jobContext(app))
    expect(await app.objects.list(`exports/${user.id}/`)).toEqual([...kept, underWay].sort())
    expect(await app.objects.list('exports/what')).toEqual([])
  })

  test('an export that nobody could make within a day is given up, and the person may ask again', async () => {
    const own = await startApp()
    const user = await registerUser(own)
    const { body } = await user.call('POST', '/v1/me/export')
    own.advance(25 * hourMs)
    await own.owner`update outbox set status = 'dead', finished_at = now()`
    await runCron('* * * * *', own.jobs)
    const token = await signInAgain(own, user)
    const read = await send(own, 'GET', `/v1/me/exports/${body.id}`, { token })
    expect(read.body).toMatchObject({ status: 'failed', finishedAt: expect.any(String), download: null })
    const again = await send(own, 'POST', '/v1/me/export', { token })
    expect([again.status, again.body.id === body.id]).toEqual([202, false])
  })
})

test('after seven days the archive is deleted, and its links lead nowhere', async () => {
  const own = await startApp()
  const user = await registerUser(own)
  const { id } = await exportOf(own, user)
  own.advance(7 * 24 * hourMs - 60_000)
  const token = await signInAgain(own, user)
  const read = () => send(own, 'GET', `/v1/me/exports/${id}`, { token })
  await runCron('* * * * *', own.jobs)
  const { body } = await read()
  await download(own, body.download.url)
  own.advance(61_000)
  expectRefusal(await send(own, 'GET', new URL(body.download.url).pathname), notFound)
  expect(await read()).toMatchObject({ body: { status: 'ready', download: null } })
  await runCron('* * * * *', own.jobs)
  expect(await own.objects.list('exports/')).toEqual([])
  expect(await read()).toMatchObject({ body: { status: 'expired', download: null } })
})
