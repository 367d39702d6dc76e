import { SecondFactorAnswer } from '../factors/schema.ts'
import type { PublicEnv, UserEnv } from '../http/env.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, json, noContent, page, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { jwkSet } from './access-token.ts'
import { login, loginWithSecondFactor } from './login.ts'
import { register } from './registration.ts'
import { Jwks, Login, LoginAnswer, Refresh, Registration, SessionPage, SessionQuery, SignedIn } from './schema.ts'
import { listMySessions, logout, refresh, revokeMyOtherSessions, revokeMySession } from './sessions.ts'

const tag = 'auth'
const answer = json(SignedIn, 'Signed in')

const registerRoute = route({
  method: 'post',
  path: '/auth/register',
  tag,
  summary: 'Make an account',
  access: 'public',
  limits: ['register'],
  body: Registration,
  responses: { 201: answer },
  problems: ['user/email-taken', 'auth/throttled', 'service/busy'],
})
const loginRoute = route({
  method: 'post',
  path: '/auth/login',
  tag,
  summary: 'Sign in',
  access: 'public',
  limits: ['login'],
  body: Login,
  responses: { 200: json(LoginAnswer, 'Signed in, or asked for a second factor') },
  problems: ['auth/credentials-wrong', 'auth/throttled', 'reference/not-found', 'service/busy'],
})
const secondFactorRoute = route({
  method: 'post',
  path: '/auth/second-factor',
  tag,
  summary: 'Finish signing in with a second factor',
  access: 'public',
  limits: ['login'],
  body: SecondFactorAnswer,
  responses: { 200: answer },
  problems: ['auth/challenge-invalid', 'auth/second-factor-wrong', 'auth/throttled'],
})
const refreshRoute = route({
  method: 'post',
  path: '/auth/refresh',
  tag,
  summary: 'Trade a refresh token for the next one',
  access: 'public',
  body: Refresh,
  responses: { 200: answer },
  problems: ['auth/refresh-token-invalid', 'auth/workspace-ambiguous', 'reference/not-found'],
})
const jwks = route({
  method: 'get',
  path: '/.well-known/jwks.json',
  tag,
  summary: 'Public keys of access tokens (RFC 7517)',
  access: 'public',
  responses: { 200: json(Jwks, 'The keys') },
})
const logoutRoute = route({
  method: 'post',
  path: '/auth/logout',
  tag,
  summary: 'End this session',
  access: 'user',
  responses: { 204: noContent },
})
const listSessions = route({
  method: 'get',
  path: '/auth/sessions',
  tag,
  summary: 'Live sessions, newest first',
  access: 'user',
  query: SessionQuery,
  responses: { 200: page(SessionPage) },
})
const revokeOthers = route({
  method: 'delete',
  path: '/auth/sessions',
  tag,
  summary: 'End all other sessions',
  access: 'user',
  isGrant: true,
  responses: { 204: noContent },
})
const revokeOne = route({
  method: 'delete',
  path: '/auth/sessions/{id}',
  tag,
  summary: 'End one session',
  access: 'user',
  isGrant: true,
  params: pathId('auth/session-not-found'),
  responses: { 204: noContent },
  problems: ['auth/session-not-found'],
})

export const authRoutes = createRouter<PublicEnv>()
  .openapi(registerRoute, async (c) => c.json(await register(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(loginRoute, async (c) => c.json(await login(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(secondFactorRoute, async (c) => c.json(await loginWithSecondFactor(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(refreshRoute, async (c) => c.json(await refresh(c.get('ctx'), c.req.valid('json')), 200))

export const sessionRoutes = createRouter<UserEnv>()
  .openapi(logoutRoute, async (c) => {
    await logout(c.get('ctx'))
    return c.body(null, 204)
  })
  .openapi(listSessions, async (c) =>
    answerPage(c, 'sessions', await listMySessions(c.get('ctx'), c.req.valid('query'))),
  )
  .openapi(revokeOthers, async (c) => {
    await revokeMyOtherSessions(c.get('ctx'))
    return c.body(null, 204)
  })
  .openapi(revokeOne, async (c) => {
    await revokeMySession(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })

export const wellKnownRoutes = createRouter<PublicEnv>().openapi(jwks, async (c) => {
  c.header('Cache-Control', 'public, max-age=60')
  return c.json(await jwkSet(c.get('ctx')), 200)
})
