import { randomUUID } from 'node:crypto'
import type { Role } from '../../src/auth/permissions.ts'
import { startApp, type TestApp } from './app.ts'
import { registerUser, type SignedInUser, send } from './client.ts'
import { populateTenant, registerMember, type Tenant } from './tenants.ts'

/**
 * Every route of the API, by hand: who may call it, by the table of roles and permissions, and a request that succeeds. The
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
  status: 200 | 201 | 204
  /** Roles that may call it; `user`: whoever is signed in; `anybody`: without credentials. */
  mayCall: readonly Role[] | 'user' | 'anybody'
  /** Made anew for each call, since some consume what they name. */
  request: (world: World) => Promise<RouteRequest> | RouteRequest
  /** The id that another tenant has where this route's path takes one. */
  idOf?: (tenant: Tenant) => string
  /** The code of an id that is not found. */
  notFound?: string
}

const writers = ['owner', 'admin', 'editor'] as const
const readers = [...writers, 'analyst'] as const
const everyone = [...readers, 'client'] as const

const newestCampaign = { idOf: ({ campaigns: [id = ''] }: Tenant) => id, notFound: 'campaign/not-found' }
const newestPost = { idOf: ({ posts: [id = ''] }: Tenant) => id, notFound: 'post/not-found' }
const anyVersion = { 'If-Match': '*' }

export const routes: Readonly<Record<string, RouteCase>> = {
  'GET /.well-known/jwks.json': {
    status: 200,
    mayCall: 'anybody',
    request: () => ({ path: '/.well-known/jwks.json' }),
  },
  'POST /v1/auth/register': {
    status: 201,
    mayCall: 'anybody',
    request: () => {
      const email = `${randomUUID()}@example.test`
      return { path: '/v1/auth/register', body: { email, password: 'a long enough password', name: 'Grace' } }
    },
  },
  'POST /v1/auth/login': {
    status: 200,
    mayCall: 'anybody',
    request: ({ home }) => {
      const { email, password, workspaceId } = home.user
      return { path: '/v1/auth/login', body: { email, password, workspaceId } }
    },
  },
  'POST /v1/auth/refresh': {
    status: 200,
    mayCall: 'anybody',
    request: async ({ app }) => {
      const { refreshToken, workspaceId } = await registerUser(app)
      return { path: '/v1/auth/refresh', body: { refreshToken, workspaceId } }
    },
  },
  'POST /v1/auth/logout': {
    status: 204,
    mayCall: 'user',
    request: async ({ app }) => ({ path: '/v1/auth/logout', token: (await registerUser(app)).accessToken }),
  },
  'GET /v1/auth/sessions': { status: 200, mayCall: 'user', request: () => ({ path: '/v1/auth/sessions' }) },
  'DELETE /v1/auth/sessions': {
    status: 204,
    mayCall: 'user',
    request: async ({ app }) => ({ path: '/v1/auth/sessions', token: (await registerUser(app)).accessToken }),
  },
  'DELETE /v1/auth/sessions/{id}': {
    status: 204,
    mayCall: 'user',
    request: async ({ app }) => {
      const { sessionId, accessToken } = await registerUser(app)
      return { path: `/v1/auth/sessions/${sessionId}`, token: accessToken }
    },
    idOf: ({ user }) => user.sessionId,
    notFound: 'auth/session-not-found',
  },
  'GET /v1/me': { status: 200, mayCall: 'user', request: () => ({ path: '/v1/me' }) },
  'PATCH /v1/me': {
    status: 200,
    mayCall: 'user',
    request: () => ({ path: '/v1/me', body: { locale: 'de-AT' }, headers: anyVersion }),
  },
  'POST /v1/campaigns': {
    status: 201,
    mayCall: writers,
    request: () => ({ path: '/v1/campaigns', body: { name: 'Autumn', objective: 'traffic' } }),
  },
  'GET /v1/campaigns': { status: 200, mayCall: readers, request: () => ({ path: '/v1/campaigns' }) },
  'GET /v1/campaigns/{id}': {
    status: 200,
    mayCall: readers,
    request: ({ home }) => ({ path: `/v1/campaigns/${home.campaigns[0]}` }),
    ...newestCampaign,
  },
  'PATCH /v1/campaigns/{id}': {
    status: 200,
    mayCall: writers,
    request: ({ home }) => ({
      path: `/v1/campaigns/${home.campaigns[0]}`,
      body: { name: 'Winter' },
      headers: anyVersion,
    }),
    ...newestCampaign,
  },
  'DELETE /v1/campaigns/{id}': {
    status: 204,
    mayCall: writers,
    request: async ({ home }) => {
      const { body } = await home.user.call('POST', '/v1/campaigns', { name: 'Short', objective: 'other' })
      return { path: `/v1/campaigns/${body.id}`, headers: anyVersion }
    },
    ...newestCampaign,
  },
  'POST /v1/posts': {
    status: 201,
    mayCall: writers,
    request: ({ home }) => {
      const [campaignId] = home.campaigns
      const [accountId] = home.accounts
      return { path: '/v1/posts', body: { kind: 'image', campaignId, accountId, mediaIds: home.media.slice(0, 1) } }
    },
  },
  'GET /v1/posts': { status: 200, mayCall: everyone, request: () => ({ path: '/v1/posts' }) },
  'GET /v1/campaigns/{id}/posts': {
    status: 200,
    mayCall: everyone,
    request: ({ home }) => ({ path: `/v1/campaigns/${home.campaigns[0]}/posts` }),
    ...newestCampaign,
  },
  'GET /v1/posts/{id}': {
    status: 200,
    mayCall: everyone,
    request: ({ home }) => ({ path: `/v1/posts/${home.posts[0]}` }),
    ...newestPost,
  },
  'PATCH /v1/posts/{id}': {
    status: 200,
    mayCall: writers,
    request: ({ home }) => ({
      path: `/v1/posts/${home.posts[0]}`,
      body: { caption: 'New words' },
      headers: anyVersion,
    }),
    ...newestPost,
  },
  'DELETE /v1/posts/{id}': {
    status: 204,
    mayCall: writers,
    request: async ({ home }) => {
      const { body } = await home.user.call('POST', '/v1/posts', { kind: 'story' })
      return { path: `/v1/posts/${body.id}`, headers: anyVersion }
    },
    ...newestPost,
  },
  'GET /v1/audit-logs': { status: 200, mayCall: ['owner', 'admin'], request: () => ({ path: '/v1/audit-logs' }) },
}

export const routeNames = Object.keys(routes)

export function routeOf(name: string): RouteCase {
  const route = routes[name]
  if (route === undefined) throw new Error(`${name} is not in the table of routes`)
  return route
}

export const methodOf = (name: string): string => name.slice(0, name.indexOf(' '))

/** A route's path with an id in it, where it takes one. */
export const pathOf = (name: string, id: string): string => name.slice(name.indexOf('/')).replace('{id}', id)

/** A path of the route that exists in the tenant's workspace. */
export const pathWithin = (name: string, tenant: Tenant): string => pathOf(name, routeOf(name).idOf?.(tenant) ?? '')

/** Two workspaces, both with something in every table. */
export async function startWorld(): Promise<World> {
  const app = await startApp()
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
