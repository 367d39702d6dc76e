import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal } from './support/answers.ts'
import { startApp, type TestApp } from './support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from './support/client.ts'
import { callRoute, routeNames, startWorld } from './support/routes.ts'
import { asOwner, insertAccount, insertMedium, registerMember, setRole } from './support/tenants.ts'
import { forgeTrail } from './support/trail.ts'

type Log = {
  id: number
  tableName: string
  operation: string
  rowId: string
  userId: string | null
  actorKind: string
  actorId: string | null
  sessionId: string | null
  requestId: string | null
  address: string | null
  oldValues: Record<string, unknown> | null
  newValues: Record<string, unknown> | null
  timestamp: string
}

let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
})

const read = async (query = '', user = ada): Promise<Log[]> => {
  const { status, body } = await user.call('GET', `/v1/audit-logs?limit=100&${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data
}
const acts = (logs: Log[]) => logs.map(({ tableName, operation, rowId }) => `${tableName} ${operation} ${rowId}`)
const makeCampaign = async (user = ada, headers: Record<string, string> = {}): Promise<Answer> =>
  await user.call('POST', '/v1/campaigns', { name: 'Spring', objective: 'sales' }, headers)

describe('the trail of a workspace', () => {
  test('begins with its making, by the person whose it is', async () => {
    const bob = await registerUser(app)
    const logs = await read('', bob)
    expect(acts(logs).sort()).toEqual(
      [
        `encryption_keys INSERT ${logs.find(({ tableName }) => tableName === 'encryption_keys')?.rowId}`,
        `user_email_index INSERT ${bob.id}/1`,
        `user_sessions INSERT ${bob.sessionId}`,
        `users INSERT ${bob.id}`,
        `workspace_members INSERT ${bob.id}`,
        `workspaces INSERT ${bob.workspaceId}`,
      ].sort(),
    )
    for (const log of logs) {
      expect(log).toMatchObject({
        userId: bob.id,
        actorKind: 'user',
        actorId: bob.id,
        sessionId: bob.sessionId,
        oldValues: null,
      })
    }
    expect(new Set(logs.map(({ requestId }) => requestId)).size).toBe(1)
  })

  test('shows who did what in which request, from where, with the changed columns alone', async () => {
    const from = { 'CF-Connecting-IP': '198.51.100.77' }
    const made = await makeCampaign(ada, from)
    const { id } = made.body
    const changed = await ada.call(
      'PATCH',
      `/v1/campaigns/${id}`,
      { name: 'Summer', currency: 'EUR' },
      { ...from, 'If-Match': '*' },
    )
    const deleted = await ada.call('DELETE', `/v1/campaigns/${id}`, undefined, { ...from, 'If-Match': '*' })
    const by = {
      tableName: 'campaigns',
      rowId: id,
      userId: ada.id,
      actorKind: 'user',
      actorId: ada.id,
      sessionId: ada.sessionId,
      address: '198.51.100.0/24',
    }
    const requestIdOf = (answer: Answer) => answer.headers.get('X-Request-Id')
    const logs = await read(`rowId=${id}`)
    expect(logs).toEqual([
      {
        ...by,
        id: expect.any(Number),
        timestamp: expect.stringMatching(/Z$/),
        operation: 'DELETE',
        requestId: requestIdOf(deleted),
        oldValues: expect.objectContaining({ name: 'Summer', currency: 'EUR', workspace_id: ada.workspaceId }),
        newValues: null,
      },
      {
        ...by,
        id: expect.any(Number),
        timestamp: expect.stringMatching(/Z$/),
        operation: 'UPDATE',
        requestId: requestIdOf(changed),
        oldValues: { name: 'Spring', currency: null },
        newValues: { name: 'Summer', currency: 'EUR' },
      },
      {
        ...by,
        id: expect.any(Number),
        timestamp: expect.stringMatching(/Z$/),
        operation: 'INSERT',
        requestId: requestIdOf(made),
        oldValues: null,
        newValues: expect.objectContaining({ name: 'Spring', objective: 'sales', status: 'draft', user_id: ada.id }),
      },
    ])
    expect(Object.values(logs[2]?.newValues ?? {}), 'an insert shows what was set').not.toContain(null)
  })

  test('shows that a hidden value changed, and not what it is', async () => {
    await ada.call('PATCH', '/v1/me', { name: 'Augusta King', timeZone: 'Europe/London' }, { 'If-Match': '*' })
    const [log] = await read('table=users&operation=UPDATE')
    const hidden = { name_ciphertext: '[redacted]', time_zone: '[redacted]' }
    expect(log).toMatchObject({ rowId: ada.id, userId: ada.id, oldValues: hidden, newValues: hidden })
  })

  test('holds no reading, no refusal and no change that changed nothing', async () => {
    const { id } = (await makeCampaign()).body
    const before = await read()
    await ada.call('GET', `/v1/campaigns/${id}`)
    await ada.call('GET', '/v1/audit-logs')
    await ada.call('PATCH', `/v1/campaigns/${id}`, { name: 'Spring' }, { 'If-Match': '*' })
    await ada.call('PATCH', `/v1/campaigns/${id}`, { name: 'Late' }, { 'If-Match': '"v9"' })
    await ada.call('PATCH', `/v1/campaigns/${id}`, { budgetMinor: 5 }, { 'If-Match': '*' })
    await ada.call('POST', '/v1/posts', { kind: 'image', campaignId: randomUUID() })
    expect(await read()).toEqual(before)
  })

  test('names the member who acted, not the owner', async () => {
    const editor = await registerMember(app, { workspaceId: ada.workspaceId, role: 'editor' })
    const { id } = (await makeCampaign(editor)).body
    expect(await read(`rowId=${id}`)).toMatchObject([
      { userId: editor.id, actorId: editor.id, sessionId: editor.sessionId },
    ])
    expect(await read(`userId=${editor.id}&table=campaigns`)).toMatchObject([{ rowId: id }])
  })

  test('is for owner and admin alone', async () => {
    for (const role of ['admin', 'editor', 'analyst', 'client'] as const) {
      const member = await registerMember(app, { workspaceId: ada.workspaceId, role })
      const answer = await member.call('GET', '/v1/audit-logs')
      if (role === 'admin') expect(answer.status).toBe(200)
      else expectRefusal(answer, { status: 403, code: 'permission/denied' })
    }
  })
})

describe('the address of who acted', () => {
  test.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['255.255.255.255', '255.255.255.0/24'],
    ['2001:db8:abcd:12:1:2:3:4', '2001:db8:abcd::/48'],
    ['2001:DB8::1', '2001:db8::/48'],
    ['::1', '::/48'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['203.0.113', null],
    ['203.0.113.256', null],
    ['203.0.113.7, 198.51.100.1', null],
    ['fe80::1%eth0', null],
    ['localhost', null],
    ['', null],
  ])('%s is kept as %s', async (address, kept) => {
    const { status, body } = await makeCampaign(ada, { 'CF-Connecting-IP': address })
    expect(status).toBe(201)
    expect(await read(`rowId=${body.id}`)).toMatchObject([{ address: kept }])
  })

  test('is taken from no header that a caller can write', async () => {
    const forged = {
      'X-Forwarded-For': '198.51.100.1',
      'X-Real-IP': '198.51.100.1',
      Forwarded: 'for=198.51.100.1',
      'True-Client-IP': '198.51.100.1',
    }
    const { body } = await makeCampaign(ada, forged)
    expect(await read(`rowId=${body.id}`)).toMatchObject([{ address: null }])
  })
})

describe('filters', () => {
  let bob: SignedInUser
  let editor: SignedInUser
  let campaignId: string
  let postId: string
  beforeAll(async () => {
    bob = await registerUser(app)
    editor = await registerMember(app, { workspaceId: bob.workspaceId, role: 'editor' })
    campaignId = (await makeCampaign(bob)).body.id
    postId = (await editor.call('POST', '/v1/posts', { kind: 'image', campaignId })).body.id
    await bob.call('PATCH', `/v1/posts/${postId}`, { caption: 'Words' }, { 'If-Match': '*' })
    await bob.call('DELETE', `/v1/posts/${postId}`, undefined, { 'If-Match': '*' })
  })

  test('by table, row, operation and user, each and together', async () => {
    const [posts, campaigns] = [`posts %s ${postId}`, `campaigns INSERT ${campaignId}`]
    const post = (operation: string) => posts.replace('%s', operation)
    expect(acts(await read('table=posts', bob))).toEqual([post('DELETE'), post('UPDATE'), post('INSERT')])
    expect(acts(await read('table=campaigns', bob))).toEqual([campaigns])
    expect(acts(await read(`rowId=${postId}`, bob))).toEqual([post('DELETE'), post('UPDATE'), post('INSERT')])
    expect(acts(await read('operation=UPDATE&table=posts', bob))).toEqual([post('UPDATE')])
    expect(acts(await read(`userId=${editor.id}&table=posts`, bob))).toEqual([post('INSERT')])
    expect(acts(await read(`userId=${bob.id}&table=posts&operation=DELETE&rowId=${postId}`, bob))).toEqual([
      post('DELETE'),
    ])
    expect(await read(`userId=${editor.id}&operation=DELETE`, bob)).toEqual([])
    expect(await read('table=nothing', bob)).toEqual([])
    expect(await read('table=', bob)).toEqual([])
  })

  test('by time: from is in, to is not, to the microsecond, whatever the offset', async () => {
    const [last, middle, first] = await read('table=posts', bob)
    if (!last || !middle || !first) throw new Error('three entries were made')
    const within = async (from: string, to: string) => acts(await read(`table=posts&from=${from}&to=${to}`, bob))
    expect(await within(first.timestamp, last.timestamp)).toEqual(acts([middle, first]))
    expect(await within(middle.timestamp, middle.timestamp)).toEqual([])
    expect(acts(await read(`table=posts&from=${middle.timestamp}`, bob))).toEqual(acts([last, middle]))
    expect(acts(await read(`table=posts&to=${middle.timestamp}`, bob))).toEqual(acts([first]))
    const shifted = middle.timestamp.replace('Z', '%2B02:00')
    expect(acts(await read(`table=posts&from=${shifted}`, bob)), 'two hours earlier').toEqual(
      acts([last, middle, first]),
    )
  })
})

test('entries of one instant keep one order from page to page, each once', async () => {
  const carol = await registerUser(app)
  const at = '2026-11-23T09:30:00.123456Z'
  await forgeTrail(
    app.owner,
    (tx) => tx`
    insert into audit_logs (table_name, operation, row_id, workspace_id, user_id, actor_kind, actor_id, new_values, "timestamp")
    select 'posts', 'INSERT', 'row-' || n, ${carol.workspaceId}, ${carol.id}, 'user', ${carol.id}, '{}',
      ${at}::timestamptz + (n / 10) * interval '1 microsecond'
    from generate_series(1, 35) n`,
  )
  const whole = await read('table=posts', carol)
  expect(whole).toHaveLength(35)
  expect(new Set(whole.map(({ timestamp }) => timestamp)).size).toBe(4)
  const inOrder = whole.toSorted((left, right) => right.timestamp.localeCompare(left.timestamp) || right.id - left.id)
  expect(whole).toEqual(inOrder)
  for (const limit of [1, 3, 10]) {
    const seen: Log[] = []
    let cursor = ''
    do {
      const { body } = await carol.call('GET', `/v1/audit-logs?table=posts&limit=${limit}${cursor}`)
      seen.push(...body.data)
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
    } while (cursor !== '')
    expect(seen).toEqual(whole)
  }
})

describe('another workspace', () => {
  test('sees none of it, whatever it filters by', async () => {
    const { id } = (await makeCampaign()).body
    const eve = await registerUser(app)
    for (const query of ['', `rowId=${id}`, `userId=${ada.id}`, `table=campaigns`, `rowId=${ada.workspaceId}`]) {
      for (const log of await read(query, eve)) expect(log.userId).toBe(eve.id)
    }
    const text = JSON.stringify(await read('', eve))
    for (const foreign of [ada.id, ada.workspaceId, ada.sessionId, id]) expect(text).not.toContain(foreign)
  })

  test('cannot be written into by signing in with its id', async () => {
    const eve = await registerUser(app)
    const before = await read()
    const { email, password, refreshToken } = eve
    const foreign = { workspaceId: ada.workspaceId }
    expect((await send(app, 'POST', '/v1/auth/login', { body: { email, password, ...foreign } })).status).toBe(422)
    expect((await send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken, ...foreign } })).status).toBe(422)
    expect(await read()).toEqual(before)
  })

  test('cannot be written into by a session that ends while it names it', async () => {
    const eve = await registerUser(app)
    await asOwner(app, (tx) => tx`delete from workspace_members where user_id = ${eve.id}`)
    const refresh = async (body: object) => await send(app, 'POST', '/v1/auth/refresh', { body })
    expect((await refresh({ refreshToken: eve.refreshToken })).body.workspace).toBeNull()
    const before = await read()
    app.advance(60_000)
    const reused = await refresh({ refreshToken: eve.refreshToken, workspaceId: ada.workspaceId })
    expectRefusal(reused, { status: 401, code: 'auth/refresh-token-invalid' })
    const [session] = await app.owner`select revoked_reason from user_sessions where id = ${eve.sessionId}`
    expect(session).toEqual({ revoked_reason: 'reuse' })
    expect(await read()).toEqual(before)
  })

  test('is not written into by who is no longer its member', async () => {
    const former = await registerMember(app, { workspaceId: ada.workspaceId, role: 'editor' })
    await asOwner(
      app,
      (tx) => tx`delete from workspace_members where user_id = ${former.id} and workspace_id = ${ada.workspaceId}`,
    )
    const before = await read()
    expect((await former.call('PATCH', '/v1/me', { locale: 'fr' }, { 'If-Match': '*' })).status).toBe(200)
    expect(await read()).toEqual(before)
    const [log] = await app.owner`
      select workspace_id, user_id from audit_logs where row_id = ${former.id} and operation = 'UPDATE' and table_name = 'users'
        and actor_kind = 'user'`
    expect(log).toEqual({ workspace_id: null, user_id: former.id })
  })
})

test('nothing secret and nothing that names a person stands anywhere in the trail, after every route was called', {
  timeout: 60_000,
}, async () => {
  const world = await startWorld()
  const { user } = world.home
  const secrets = new Set<string>([user.email, user.password, user.name, user.accessToken, user.refreshToken])
  const userAgent = 'Browser of a certain Person'
  for (const name of routeNames) {
    const answer = await callRoute(world, name)
    collectSecrets(answer.body, secrets)
    expect(answer.status, name).toBeLessThan(300)
  }
  const login = await send(world.app, 'POST', '/v1/auth/login', {
    body: { email: user.email, password: user.password },
    headers: { 'User-Agent': userAgent, 'CF-Connecting-IP': '198.51.100.77' },
  })
  collectSecrets(login.body, secrets)
  const rename = await user.call('PATCH', '/v1/me', { name: 'Augusta Ada King' }, { 'If-Match': '*' })
  expect(rename.status).toBe(200)
  await setRole(world.app, world.away.user.id, { workspaceId: user.workspaceId, role: 'analyst' })
  const options = { collaborators: ['friend.of.brand'] }
  expect((await user.call('POST', '/v1/posts', { kind: 'image', options })).status).toBe(201)
  await insertAccount(world.app, user, 'brand.username')
  await insertMedium(world.app, user, 'holiday-photo')
  for (const text of [
    'Augusta Ada King',
    userAgent,
    '198.51.100.77',
    'brand.username',
    'friend.of.brand',
    'holiday-photo.jpg',
  ])
    secrets.add(text)

  const stored = await world.app.owner<{ secret: string | null }[]>`
    select unnest(array[u.email_ciphertext, u.name_ciphertext, u.password_hash]) as secret from users u
    union all select encode(s.secret, 'hex') from user_sessions s
    union all select encode(e.digest, 'hex') from user_email_index e
    union all select k.wrapped_key from encryption_keys k
    union all select t.token_ciphertext from instagram_tokens t
    union all select p.username from instagram_accounts p`
  for (const { secret } of stored) {
    // Of whoever has been erased there is nothing left to look for.
    if (secret !== null && secret !== 'home_marker' && secret !== 'away_marker') secrets.add(secret)
  }
  const [trail] = await world.app.owner<{ text: string; count: number }[]>`
    select string_agg(a::text, ' ') as text, count(*)::int as count from audit_logs a`
  expect(trail?.count).toBeGreaterThan(100)
  expect(secrets.size).toBeGreaterThan(20)
  for (const secret of secrets) expect(trail?.text.includes(secret), secret).toBe(false)
  expect(trail?.text).toContain('[redacted]')
})

/** Tokens, addresses and names, wherever an answer holds them. */
function collectSecrets(value: unknown, secrets: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    if (typeof member === 'string' && /^(accessToken|refreshToken|email)$/.test(key)) secrets.add(member)
    else collectSecrets(member, secrets)
  }
}
