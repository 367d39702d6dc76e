import { beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from './support/app.ts'
import { registerUser, send } from './support/client.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

test('a client plans a campaign, writes posts of four kinds, pages, changes and deletes them, and the trail has it all', async () => {
  const ada = await registerUser(app)
  const login = await send(app, 'POST', '/v1/auth/login', { body: { email: ada.email, password: ada.password } })
  expect(login.status).toBe(200)
  expect(login.body.user).toMatchObject({ id: ada.id, email: ada.email, name: ada.name })
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(app, method, path, { token: login.body.accessToken, body, headers })

  const campaign = await call('POST', '/v1/campaigns', {
    name: 'Spring',
    objective: 'awareness',
    budgetMinor: 50_000,
    currency: 'EUR',
  })
  expect(campaign.status).toBe(201)
  expect(campaign.headers.get('ETag')).toBe('"v1"')
  expect(campaign.body).toMatchObject({
    name: 'Spring',
    status: 'draft',
    version: 1,
    budgetMinor: 50_000,
    currency: 'EUR',
  })

  const ids: string[] = []
  for (const kind of ['image', 'carousel', 'reel', 'story', 'image']) {
    const post = await call('POST', '/v1/posts', { kind, caption: `A ${kind}`, campaignId: campaign.body.id })
    expect(post.status).toBe(201)
    expect(post.body).toMatchObject({ kind, status: 'draft', version: 1, media: [] })
    ids.push(post.body.id)
  }

  const seen: string[] = []
  let path: string | null = `/v1/campaigns/${campaign.body.id}/posts?limit=2`
  while (path !== null) {
    const page = await call('GET', path)
    expect(page.status).toBe(200)
    seen.push(...page.body.data.map(({ id }: { id: string }) => id))
    const link = page.headers.get('Link')
    expect(link === null).toBe(page.body.nextCursor === null)
    path = link === null ? null : (/<([^>]+)>/.exec(link)?.[1] ?? null)
  }
  expect(seen).toEqual(ids.toReversed())

  const [first = '', second = ''] = ids
  expect((await call('PATCH', `/v1/posts/${first}`, { caption: 'x' })).status).toBe(428)
  const changed = await call('PATCH', `/v1/posts/${first}`, { caption: 'New words' }, { 'If-Match': '"v1"' })
  expect(changed.status).toBe(200)
  expect(changed.headers.get('ETag')).toBe('"v2"')
  expect((await call('PATCH', `/v1/posts/${first}`, { caption: 'y' }, { 'If-Match': '"v1"' })).status).toBe(412)
  expect((await call('DELETE', `/v1/posts/${second}`, undefined, { 'If-Match': '"v1"' })).status).toBe(204)
  expect((await call('GET', `/v1/posts/${second}`)).status).toBe(404)

  const trail = await call('GET', '/v1/audit-logs?limit=100')
  expect(trail.status).toBe(200)
  const acts = trail.body.data.map((log: Record<string, unknown>) => [
    log['tableName'],
    log['operation'],
    log['userId'],
  ])
  expect(acts).toContainEqual(['workspaces', 'INSERT', ada.id])
  expect(acts).toContainEqual(['users', 'INSERT', ada.id])
  expect(acts).toContainEqual(['user_sessions', 'INSERT', ada.id])
  expect(acts).toContainEqual(['campaigns', 'INSERT', ada.id])
  expect(acts.filter(([table, operation]: string[]) => table === 'posts' && operation === 'INSERT')).toHaveLength(5)
  const update = trail.body.data.find(
    (log: Record<string, unknown>) => log['tableName'] === 'posts' && log['operation'] === 'UPDATE',
  )
  expect(update).toMatchObject({
    rowId: first,
    userId: ada.id,
    oldValues: { caption: 'A image' },
    newValues: { caption: 'New words' },
    requestId: changed.headers.get('X-Request-Id'),
  })
  expect(Object.keys(update.newValues)).toEqual(['caption'])
  const text = JSON.stringify(trail.body)
  for (const secret of [ada.email, ada.name, ada.password, login.body.refreshToken, login.body.accessToken]) {
    expect(text).not.toContain(secret)
  }
})
