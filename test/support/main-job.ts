import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { registerUser, type SignedInUser, send } from './client.ts'

type Runtime = { fetch: (request: Request) => Promise<Response> }
type Row = Record<string, unknown>

/**
 * The main job of the API, whatever runtime serves it: register, sign in, refresh, plan a campaign, write posts, page,
 * change, delete, and find it all in the trail. Returns the user, for further looks.
 */
export async function doMainJob(runtime: Runtime): Promise<SignedInUser> {
  const ada = await registerUser(runtime)
  const token = await signInAndRefresh(runtime, ada)
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(runtime, method, path, { token, body, headers })

  const key = { 'Idempotency-Key': randomUUID() }
  const plan = { name: 'Spring', objective: 'leads', budgetMinor: 50_000, currency: 'EUR', startsOn: '2027-03-01' }
  const campaign = await call('POST', '/v1/campaigns', plan, key)
  expect(campaign.status).toBe(201)
  const replayed = await call('POST', '/v1/campaigns', plan, key)
  expect([replayed.status, replayed.body]).toEqual([201, campaign.body])
  expect((await call('GET', '/v1/campaigns')).body.data).toEqual([campaign.body])

  const ids: string[] = []
  for (const kind of ['image', 'carousel', 'reel', 'story']) {
    const post = await call('POST', '/v1/posts', { kind, caption: `Ein ${kind} ✨`, campaignId: campaign.body.id })
    expect([post.status, post.body.status, post.headers.get('ETag')]).toEqual([201, 'draft', '"v1"'])
    ids.push(post.body.id)
  }
  expect(await allIds(runtime, token, `/v1/posts?campaignId=${campaign.body.id}&limit=3`)).toEqual(ids.toReversed())

  const [first = '', second = ''] = ids
  const path = `/v1/posts/${first}`
  expect((await call('GET', path, undefined, { 'If-None-Match': '"v1"' })).status).toBe(304)
  expect((await call('PATCH', path, { caption: 'x' })).status).toBe(428)
  const changed = await call('PATCH', path, { caption: 'New words' }, { 'If-Match': '"v1"' })
  expect([changed.status, changed.headers.get('ETag')]).toEqual([200, '"v2"'])
  expect((await call('PATCH', path, { caption: 'y' }, { 'If-Match': '"v1"' })).status).toBe(412)
  expect((await call('DELETE', `/v1/posts/${second}`, undefined, { 'If-Match': '*' })).status).toBe(204)
  expect((await call('GET', `/v1/posts/${second}`)).status).toBe(404)

  const trail = await call('GET', `/v1/audit-logs?table=posts&rowId=${first}`)
  expect(trail.body.data.map(({ operation, userId, newValues }: Row) => [operation, userId, newValues])).toEqual([
    ['UPDATE', ada.id, { caption: 'New words' }],
    ['INSERT', ada.id, expect.objectContaining({ caption: 'Ein image ✨', kind: 'image' })],
  ])
  return { ...ada, accessToken: token }
}

async function signInAndRefresh(runtime: Runtime, { id, email, password }: SignedInUser): Promise<string> {
  const login = await send(runtime, 'POST', '/v1/auth/login', { body: { email, password } })
  expect([login.status, login.body.user.id, login.body.user.email]).toEqual([200, id, email])
  const { refreshToken } = login.body
  const refreshed = await send(runtime, 'POST', '/v1/auth/refresh', { body: { refreshToken } })
  expect(refreshed.status).toBe(200)
  expect((await send(runtime, 'GET', '/v1/me', { token: refreshed.body.accessToken })).body.email).toBe(email)
  return refreshed.body.accessToken
}

async function allIds(runtime: Runtime, token: string, start: string): Promise<string[]> {
  const ids: string[] = []
  let path: string | undefined = start
  while (path !== undefined) {
    const { status, headers, body } = await send(runtime, 'GET', path, { token })
    expect(status).toBe(200)
    ids.push(...body.data.map(({ id }: Row) => id))
    path = /<([^>]+)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1]
  }
  return ids
}
