import { randomUUID } from 'node:crypto'
import { type Role, roles } from '../../src/auth/permissions.ts'
import type { Context } from '../../src/context.ts'
import { runWaking } from '../../src/jobs/run.ts'
import { expectedOf } from './access-matrix.ts'
import { newPassword, resetToken, tokenTo } from './accounts.ts'
import { startApp, type TestApp } from './app.ts'
import { createAuthenticator } from './authenticator.ts'
import { registerUser, type SignedInUser, send } from './client.ts'
import { inviteByToken } from './invitations.ts'
import { declarationOf, jpeg, readyFile, sendBytes, start } from './media-files.ts'
import { publicAddress } from './outbound.ts'
import { addPasskey, addTotp, challengeOf, totpCode } from './second-factor.ts'
import { movePost, populateTenant, registerMember, type Tenant } from './tenants.ts'

/**
 * Every route of the API, by hand: a request that succeeds. Who may make it stands in test/access-matrix.txt. The
 * tests that walk the routes compare this table with the OpenAPI document, so a route that is missing here fails them.
 */

export type World = {
  app: TestApp
  /** The workspace where the requests are made. */
  home: Tenant
  /** Somebody else's workspace. */
  away: Tenant
}

export type RouteRequest = {
  path: string
  body?: unknown
  headers?: Record<string, string>
  /** Where another than the given caller has to ask. */
  token?: string
}

type RouteCase = {
  /** Made anew for each call, since some consume what they name. */
  request: (world: World) => Promise<RouteRequest> | RouteRequest
  /** The id that another tenant has where this route's path takes one. */
  idOf?: (tenant: Tenant) => string
  /** Refused to admins too, although their role holds the permission. */
  isForOwnersAlone?: boolean
  /** It ends the caller's workspace: made in one that was set up for it. */
  endsWorkspace?: boolean
  /** The code of an id that is not found. */
  notFound?: string
}

const person = { idOf: ({ user: { id } }: Tenant) => id, notFound: 'member/not-found' }
const firstAccount = { idOf: ({ accounts: [id = ''] }: Tenant) => id, notFound: 'instagram-account/not-found' }
const newestCampaign = { idOf: ({ campaigns: [id = ''] }: Tenant) => id, notFound: 'campaign/not-found' }
const openMedia = { idOf: ({ openMedia: id }: Tenant) => id, notFound: 'media/not-found' }
const newestPost = { idOf: ({ posts: [id = ''] }: Tenant) => id, notFound: 'post/not-found' }
const newestApiKey = { idOf: ({ apiKeys: [id = ''] }: Tenant) => id, notFound: 'api-key/not-found' }
const noToken = { idOf: () => 'no-such-token' }
const anyVersion = { 'If-Match': '*' }
const everyDay = { frequency: 'daily', time: '09:30', timeZone: 'Europe/Berlin' }

const routes: Readonly<Record<string, RouteCase>> = {
  'GET /.well-known/jwks.json': { request: () => ({ path: '/.well-known/jwks.json' }) },
  'POST /v1/auth/register': {
    request: () => {
      const email = `${randomUUID()}@example.test`
      return { path: '/v1/auth/register', body: { email, password: 'a long enough password', name: 'Grace' } }
    },
  },
  'POST /v1/auth/login': {
    request: ({ home }) => {
      const { email, password, workspaceId } = home.user
      return { path: '/v1/auth/login', body: { email, password, workspaceId } }
    },
  },
  'POST /v1/auth/refresh': {
    request: async ({ app }) => {
      const { refreshToken, workspaceId } = await registerUser(app)
      return { path: '/v1/auth/refresh', body: { refreshToken, workspaceId } }
    },
  },
  'POST /v1/auth/email/verify': {
    request: async ({ app }) => {
      const { email, password } = await registerUser(app)
      return { path: '/v1/auth/email/verify', body: { token: await tokenTo(app, email), password } }
    },
  },
  'POST /v1/auth/email/resend': {
    request: async ({ app }) => ({ path: '/v1/auth/email/resend', token: (await registerUser(app)).accessToken }),
  },
  'POST /v1/auth/email/change': {
    request: async ({ app }) => {
      const { accessToken: token, password } = await registerUser(app)
      const newEmail = `${randomUUID()}@example.test`
      return { path: '/v1/auth/email/change', body: { password, newEmail }, token }
    },
  },
  'POST /v1/auth/password/forgot': {
    request: ({ home }) => ({ path: '/v1/auth/password/forgot', body: { email: home.user.email } }),
  },
  'POST /v1/auth/password/reset': {
    request: async ({ app }) => {
      const token = await resetToken(app, (await registerUser(app)).email)
      return { path: '/v1/auth/password/reset', body: { token, newPassword: newPassword() } }
    },
  },
  'POST /v1/auth/password/change': {
    request: async ({ app }) => {
      const { accessToken: token, password } = await registerUser(app)
      return { path: '/v1/auth/password/change', body: { password, newPassword: newPassword() }, token }
    },
  },
  'POST /v1/auth/logout': {
    request: async ({ app }) => ({ path: '/v1/auth/logout', token: (await registerUser(app)).accessToken }),
  },
  'GET /v1/auth/sessions': { request: () => ({ path: '/v1/auth/sessions' }) },
  'DELETE /v1/auth/sessions': {
    request: async ({ app }) => ({ path: '/v1/auth/sessions', token: (await registerUser(app)).accessToken }),
  },
  'DELETE /v1/auth/sessions/{id}': {
    request: async ({ app }) => {
      const { sessionId, accessToken } = await registerUser(app)
      return { path: `/v1/auth/sessions/${sessionId}`, token: accessToken }
    },
    idOf: ({ user }) => user.sessionId,
    notFound: 'auth/session-not-found',
  },
  'POST /v1/auth/second-factor': {
    request: async ({ app }) => {
      const user = await registerUser(app)
      const { secret } = await addTotp(app, user)
      const { challengeToken } = await challengeOf(app, user)
      return { path: '/v1/auth/second-factor', body: { challengeToken, code: totpCode(secret, app.now()) } }
    },
  },
  'POST /v1/auth/totp': {
    request: async ({ app }) => ({ path: '/v1/auth/totp', token: (await registerUser(app)).accessToken }),
  },
  'POST /v1/auth/totp/confirm': {
    request: async ({ app }) => {
      const user = await registerUser(app)
      const { body } = await user.call('POST', '/v1/auth/totp')
      const code = totpCode(body.secret, app.now())
      return { path: '/v1/auth/totp/confirm', body: { code }, token: user.accessToken }
    },
  },
  'DELETE /v1/auth/totp': {
    request: async ({ app }) => {
      const user = await registerUser(app)
      const { secret } = await addTotp(app, user)
      return { path: '/v1/auth/totp', body: { code: totpCode(secret, app.now()) }, token: user.accessToken }
    },
  },
  'POST /v1/auth/passkeys/options': {
    request: async ({ app }) => ({ path: '/v1/auth/passkeys/options', token: (await registerUser(app)).accessToken }),
  },
  'POST /v1/auth/passkeys': {
    request: async ({ app }) => {
      const user = await registerUser(app)
      const { body: options } = await user.call('POST', '/v1/auth/passkeys/options')
      return { path: '/v1/auth/passkeys', body: createAuthenticator().create(options), token: user.accessToken }
    },
  },
  'GET /v1/auth/passkeys': { request: () => ({ path: '/v1/auth/passkeys' }) },
  'DELETE /v1/auth/passkeys/{id}': {
    request: async ({ app }) => {
      const user = await registerUser(app)
      return { path: `/v1/auth/passkeys/${(await addPasskey(user)).id}`, token: user.accessToken }
    },
    idOf: ({ passkey }) => passkey,
    notFound: 'passkey/not-found',
  },
  'GET /v1/me': { request: () => ({ path: '/v1/me' }) },
  'PATCH /v1/me': { request: () => ({ path: '/v1/me', body: { locale: 'de-AT' }, headers: anyVersion }) },
  'GET /v1/workspaces': { request: () => ({ path: '/v1/workspaces' }) },
  'POST /v1/workspaces': {
    request: async ({ app }) => ({
      path: '/v1/workspaces',
      body: { name: 'Spring' },
      token: (await registerUser(app)).accessToken,
    }),
  },
  'POST /v1/workspaces/restore': {
    request: async ({ app }) => {
      const { call, workspaceId, accessToken } = await registerUser(app)
      await call('DELETE', '/v1/workspace', undefined, anyVersion)
      return { path: '/v1/workspaces/restore', body: { workspaceId }, token: accessToken }
    },
  },
  'GET /v1/workspace': { request: () => ({ path: '/v1/workspace' }) },
  'PATCH /v1/workspace': { request: () => ({ path: '/v1/workspace', body: { name: 'Renamed' }, headers: anyVersion }) },
  'DELETE /v1/workspace': {
    isForOwnersAlone: true,
    endsWorkspace: true,
    request: async ({ app }) => {
      const { accessToken } = await registerUser(app)
      return { path: '/v1/workspace', headers: anyVersion, token: accessToken }
    },
  },
  'GET /v1/workspace/members': { request: () => ({ path: '/v1/workspace/members' }) },
  'PATCH /v1/workspace/members/{id}': {
    request: async (world) => ({
      path: `/v1/workspace/members/${await newMember(world)}`,
      body: { role: 'analyst' },
      headers: anyVersion,
    }),
    ...person,
  },
  'DELETE /v1/workspace/members/{id}': {
    request: async (world) => ({ path: `/v1/workspace/members/${await newMember(world)}`, headers: anyVersion }),
    ...person,
  },
  'GET /v1/workspace/invitations': { request: () => ({ path: '/v1/workspace/invitations' }) },
  'POST /v1/workspace/invitations': {
    request: () => ({
      path: '/v1/workspace/invitations',
      body: { email: `${randomUUID()}@example.test`, role: 'editor' },
    }),
  },
  'DELETE /v1/workspace/invitations/{id}': {
    request: async ({ home }) => {
      const body = { email: `${randomUUID()}@example.test`, role: 'client' }
      const invitation = await home.user.call('POST', '/v1/workspace/invitations', body)
      return { path: `/v1/workspace/invitations/${invitation.body.id}` }
    },
    idOf: ({ invitations: [id = ''] }) => id,
    notFound: 'invitation/not-found',
  },
  'POST /v1/invitations/accept': {
    request: async ({ app, home }) => {
      const guest = await registerUser(app)
      const token = await inviteByToken(app, home.user, guest, 'client')
      return { path: '/v1/invitations/accept', body: { token }, token: guest.accessToken }
    },
  },
  'DELETE /v1/me': {
    request: async ({ app }) => {
      const { password, accessToken } = await registerUser(app)
      return { path: '/v1/me', body: { password }, headers: anyVersion, token: accessToken }
    },
  },
  'POST /v1/me/export': { request: () => ({ path: '/v1/me/export' }) },
  'GET /v1/me/exports': { request: () => ({ path: '/v1/me/exports' }) },
  'GET /v1/me/exports/{id}': {
    request: async ({ app }) => await exportOf(app),
    idOf: ({ exportId }) => exportId,
    notFound: 'export/not-found',
  },
  'GET /v1/exports/{token}': {
    request: async ({ app }) => {
      const { path, token } = await exportOf(app)
      const { body } = await send(app, 'GET', path, { token })
      return { path: new URL(body.download.url).pathname }
    },
    ...noToken,
    notFound: 'export/not-found',
  },
  'GET /v1/erasures/{receipt}': {
    request: async ({ app }) => {
      const user = await registerUser(app)
      const { body } = await user.call('DELETE', '/v1/me', { password: user.password }, anyVersion)
      return { path: `/v1/erasures/${body.receipt}` }
    },
    ...noToken,
    notFound: 'erasure/not-found',
  },
  'GET /v1/instagram-accounts/{id}/slots': {
    request: ({ home }) => ({ path: `/v1/instagram-accounts/${home.accounts[0]}/slots` }),
    ...firstAccount,
  },
  'PUT /v1/instagram-accounts/{id}/slots': {
    request: ({ home }) => ({
      path: `/v1/instagram-accounts/${home.accounts[0]}/slots`,
      body: { timeZone: 'Europe/Berlin', slots: [{ weekday: 1, time: '09:30' }] },
    }),
    ...firstAccount,
  },
  'POST /v1/campaigns': { request: () => ({ path: '/v1/campaigns', body: { name: 'Autumn', objective: 'traffic' } }) },
  'GET /v1/campaigns': { request: () => ({ path: '/v1/campaigns' }) },
  'GET /v1/campaigns/{id}': {
    request: ({ home }) => ({ path: `/v1/campaigns/${home.campaigns[0]}` }),
    ...newestCampaign,
  },
  'PATCH /v1/campaigns/{id}': {
    request: ({ home }) => ({
      path: `/v1/campaigns/${home.campaigns[0]}`,
      body: { name: 'Winter' },
      headers: anyVersion,
    }),
    ...newestCampaign,
  },
  'DELETE /v1/campaigns/{id}': {
    request: async ({ home }) => {
      const { body } = await home.user.call('POST', '/v1/campaigns', { name: 'Short', objective: 'other' })
      return { path: `/v1/campaigns/${body.id}`, headers: anyVersion }
    },
    ...newestCampaign,
  },
  'POST /v1/campaigns/{id}/archive': {
    request: async ({ home }) => {
      const { body } = await home.user.call('POST', '/v1/campaigns', { name: 'Over', objective: 'other' })
      return { path: `/v1/campaigns/${body.id}/archive` }
    },
    ...newestCampaign,
  },
  'POST /v1/campaigns/{id}/spend': {
    request: ({ home }) => ({
      path: `/v1/campaigns/${home.campaigns[0]}/spend`,
      body: { amountMinor: 1_250, currency: 'EUR', spentOn: '2026-12-01', note: 'Advertisements' },
    }),
    ...newestCampaign,
  },
  'GET /v1/campaigns/{id}/spend': {
    request: ({ home }) => ({ path: `/v1/campaigns/${home.campaigns[0]}/spend` }),
    ...newestCampaign,
  },
  'POST /v1/posts': {
    request: ({ home }) => {
      const [campaignId] = home.campaigns
      const [accountId] = home.accounts
      return { path: '/v1/posts', body: { kind: 'image', campaignId, accountId, mediaIds: home.media.slice(0, 1) } }
    },
  },
  'POST /v1/posts/validate': {
    request: ({ home }) => ({ path: '/v1/posts/validate', body: { kind: 'image', mediaIds: home.media.slice(0, 1) } }),
  },
  'POST /v1/posts/batch': {
    request: ({ home }) => {
      const posts = [{ kind: 'image', mediaIds: home.media.slice(0, 1) }, { kind: 'story' }]
      return { path: '/v1/posts/batch', body: { posts } }
    },
  },
  'POST /v1/posts/import': {
    request: ({ home }) => ({
      path: '/v1/posts/import',
      body: `kind,media\nimage,${home.media[0]}\nstory,\n`,
      headers: { 'Content-Type': 'text/csv' },
    }),
  },
  'POST /v1/posts/{id}/duplicate': {
    request: ({ home }) => ({ path: `/v1/posts/${home.posts[0]}/duplicate` }),
    ...newestPost,
  },
  'POST /v1/posts/{id}/submit': {
    ...newestPost,
    request: (world) => actionOn(world, 'draft', 'submit', { note: 'Look' }),
  },
  'POST /v1/posts/{id}/approve': {
    ...newestPost,
    request: (world) => actionOn(world, 'in_review', 'approve', { note: 'Good' }),
  },
  'POST /v1/posts/{id}/reject': {
    ...newestPost,
    request: (world) => actionOn(world, 'in_review', 'reject', { reason: 'Too dark' }),
  },
  'POST /v1/posts/{id}/schedule': {
    ...newestPost,
    request: (world) => {
      const at = new Date(world.app.now().getTime() + 24 * 60 * 60 * 1000).toISOString()
      return actionOn(world, 'draft', 'schedule', { at })
    },
  },
  'POST /v1/posts/{id}/unschedule': { ...newestPost, request: (world) => actionOn(world, 'scheduled', 'unschedule') },
  'POST /v1/posts/{id}/archive': { ...newestPost, request: (world) => actionOn(world, 'published', 'archive') },
  'GET /v1/posts/calendar': { request: () => ({ path: '/v1/posts/calendar?from=2026-12-01&to=2026-12-31' }) },
  'GET /v1/posts/{id}/history': {
    request: ({ home }) => ({ path: `/v1/posts/${home.posts[0]}/history` }),
    ...newestPost,
  },
  'GET /v1/posts/{id}/approvals': {
    request: ({ home }) => ({ path: `/v1/posts/${home.posts[0]}/approvals` }),
    ...newestPost,
  },
  'GET /v1/posts/{id}/recurrence': {
    request: ({ home }) => ({ path: `/v1/posts/${home.posts[0]}/recurrence` }),
    ...newestPost,
  },
  'PUT /v1/posts/{id}/recurrence': {
    request: async (world) => ({ ...(await actionOn(world, 'draft', 'recurrence')), body: everyDay }),
    ...newestPost,
  },
  'DELETE /v1/posts/{id}/recurrence': {
    request: async (world) => {
      const { path } = await actionOn(world, 'draft', 'recurrence')
      await world.home.user.call('PUT', path, everyDay)
      return { path }
    },
    ...newestPost,
  },
  'GET /v1/posts/{id}/notes': { request: ({ home }) => ({ path: `/v1/posts/${home.posts[0]}/notes` }), ...newestPost },
  'POST /v1/posts/{id}/notes': {
    request: ({ home }) => ({ path: `/v1/posts/${home.posts[0]}/notes`, body: { text: 'The light is good' } }),
    ...newestPost,
  },
  'GET /v1/posts': { request: () => ({ path: '/v1/posts' }) },
  'GET /v1/campaigns/{id}/posts': {
    request: ({ home }) => ({ path: `/v1/campaigns/${home.campaigns[0]}/posts` }),
    ...newestCampaign,
  },
  'GET /v1/posts/{id}': { request: ({ home }) => ({ path: `/v1/posts/${home.posts[0]}` }), ...newestPost },
  'PATCH /v1/posts/{id}': {
    request: ({ home }) => ({
      path: `/v1/posts/${home.posts[0]}`,
      body: { caption: 'New words' },
      headers: anyVersion,
    }),
    ...newestPost,
  },
  'DELETE /v1/posts/{id}': {
    request: async ({ home }) => {
      const { body } = await home.user.call('POST', '/v1/posts', { kind: 'story' })
      return { path: `/v1/posts/${body.id}`, headers: anyVersion }
    },
    ...newestPost,
  },
  'POST /v1/media': { request: async () => ({ path: '/v1/media', body: declarationOf(await jpeg()) }) },
  'PUT /v1/media/{id}/content': {
    request: async ({ home }) => {
      const file = await jpeg()
      const { body } = await start(home.user, file)
      return { path: `/v1/media/${body.id}/content`, body: file.content, headers: body.upload.headers }
    },
    ...openMedia,
  },
  'POST /v1/media/{id}/complete': {
    request: async ({ app, home }) => {
      const file = await jpeg()
      const { body } = await start(home.user, file)
      await sendBytes(app, home.user, body.upload, file.content)
      return { path: `/v1/media/${body.id}/complete` }
    },
    ...openMedia,
  },
  'POST /v1/media/import': {
    request: () => ({ path: '/v1/media/import', body: { url: 'https://files.shop.com/a.jpg', fileName: 'a.jpg' } }),
  },
  'GET /media/{token}': {
    request: async ({ app, home }) => {
      const { url } = await readyFile(app, home.user, await jpeg())
      return { path: new URL(url).pathname }
    },
    ...noToken,
    notFound: 'media/not-found',
  },
  'GET /v1/media': { request: () => ({ path: '/v1/media' }) },
  'GET /v1/media-usage': { request: () => ({ path: '/v1/media-usage' }) },
  'GET /v1/media/{id}': { request: ({ home }) => ({ path: `/v1/media/${home.media[0]}` }), ...openMedia },
  'DELETE /v1/media/{id}': {
    request: async ({ home }) => ({ path: `/v1/media/${(await start(home.user, await jpeg())).body.id}` }),
    ...openMedia,
  },
  'GET /v1/api-keys': { request: () => ({ path: '/v1/api-keys' }) },
  'POST /v1/api-keys': { request: () => ({ path: '/v1/api-keys', body: { name: 'Shop', scopes: ['posts:read'] } }) },
  'POST /v1/api-keys/{id}/rotate': {
    request: async ({ home }) => ({ path: `/v1/api-keys/${await makeKey(home)}/rotate` }),
    ...newestApiKey,
  },
  'DELETE /v1/api-keys/{id}': {
    request: async ({ home }) => ({ path: `/v1/api-keys/${await makeKey(home)}` }),
    ...newestApiKey,
  },
  'GET /v1/audit-logs': { request: () => ({ path: '/v1/audit-logs' }) },
}

async function makeKey({ user }: Tenant): Promise<string> {
  return (await user.call('POST', '/v1/api-keys', { name: 'Short', scopes: ['posts:read'] })).body.id
}

const newMember = async ({ app, home: { user } }: World): Promise<string> =>
  (await registerMember(app, { workspaceId: user.workspaceId, role: 'client' })).id

/** An export that is ready, and who may see it. */
/** An action on a post of its own that stands where the action begins. */
async function actionOn(
  { app, home }: World,
  status: Parameters<typeof movePost>[2],
  action: string,
  body?: object,
): Promise<RouteRequest> {
  const post = { kind: 'image', accountId: home.accounts[0], mediaIds: home.media.slice(0, 1) }
  const made = await home.user.call('POST', '/v1/posts', post)
  await movePost(app, made.body.id, status)
  return { path: `/v1/posts/${made.body.id}/${action}`, body }
}

async function exportOf(app: TestApp): Promise<{ path: string; token: string }> {
  const { call, accessToken } = await registerUser(app)
  const { body } = await call('POST', '/v1/me/export')
  await runWaking(app.jobs)
  return { path: `/v1/me/exports/${body.id}`, token: accessToken }
}

export const routeNames = Object.keys(routes)

type Route = RouteCase & {
  status: number
  /** Roles that may call it; `user`: whoever is signed in; `anybody`: without credentials. */
  mayCall: readonly Role[] | 'user' | 'anybody'
}

export function routeOf(name: string): Route {
  const route = routes[name]
  if (route === undefined) throw new Error(`${name} is not in the table of routes`)
  const expected = expectedOf(name)
  const holds = (role: Role) => expected[role] < 400 || (route.isForOwnersAlone === true && role === 'admin')
  const allowed = roles.filter(holds)
  const everybody: Record<string, 'anybody' | 'user'> = { open: 'anybody', user: 'user' }
  return { ...route, status: expected.owner, mayCall: everybody[expected.key] ?? allowed }
}

export const methodOf = (name: string): string => name.slice(0, name.indexOf(' '))

/** A route's path with an id in it, where it takes one. */
export const pathOf = (name: string, id: string): string => name.slice(name.indexOf('/')).replace(/\{\w+\}/, () => id)

/** A path of the route that exists in the tenant's workspace. */
export const pathWithin = (name: string, tenant: Tenant): string => pathOf(name, routeOf(name).idOf?.(tenant) ?? '')

/** Every other host has another picture at every path, each time it is asked. */
const pictures: Pick<Context, 'fetch' | 'resolve'> = {
  fetch: async () => new Response((await jpeg()).content),
  resolve: () => Promise.resolve([publicAddress]),
}

/** Two workspaces, both with something in every table. */
export async function startWorld(): Promise<World> {
  const app = await startApp({ outbound: pictures })
  const [home, away] = await Promise.all([populateTenant(app, 'home_marker'), populateTenant(app, 'away_marker')])
  return { app, home, away }
}

/** A member of the home workspace in each role. */
export async function inviteMembers({ app, home }: World): Promise<Record<Role, SignedInUser>> {
  const { workspaceId } = home.user
  const [admin, editor, analyst, client] = await Promise.all([
    registerMember(app, { workspaceId, role: 'admin' }),
    registerMember(app, { workspaceId, role: 'editor' }),
    registerMember(app, { workspaceId, role: 'analyst' }),
    registerMember(app, { workspaceId, role: 'client' }),
  ])
  return { owner: home.user, admin, editor, analyst, client }
}

/** Sends a route's own request, with parts of it replaced. */
export async function callRoute(
  world: World,
  name: string,
  { token, ...changed }: Partial<Omit<RouteRequest, 'token'>> & { token?: string | null } = {},
) {
  const request = { ...(await routeOf(name).request(world)), ...changed }
  const caller = token === undefined ? (request.token ?? world.home.user.accessToken) : (token ?? undefined)
  return await send(world.app, methodOf(name), request.path, { ...request, token: caller })
}
