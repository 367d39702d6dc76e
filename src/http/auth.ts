import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import type { AccessState, Credential } from '../auth/access-state.ts'
import type { AccessClaims } from '../auth/access-token.ts'
import { lacking, type Permission, permissionsOf, rolesThatMay } from '../auth/permissions.ts'
import { actingAs, type Context, type MemberContext, type UserContext } from '../context.ts'
import { apiKeyDigest, isApiKey } from '../crypto/api-key.ts'
import { ProblemError } from '../problem.ts'
import type { MemberEnv, UserEnv } from './env.ts'
import { drawAddress, enforceLimits, principalBuckets } from './rate-limit.ts'

/** Who may pass. Access is decided before anything else of a request is read, and fails closed. */

/** Whether access is asked of the database now, or may be some seconds old. */
type Freshness = { readonly isFresh: boolean }

/** A signed-in user; the workspace does not matter. */
export const requireUser =
  ({ isFresh }: Freshness): MiddlewareHandler<UserEnv> =>
  async (c, next) => {
    const { credential, state } = await authenticate(c, isFresh)
    if (credential.kind === 'api_key') throw new ProblemError('auth/user-required')
    const { claims } = credential
    // Who is no longer a member writes nothing into the workspace's trail.
    c.set('ctx', userContext(c.get('ctx'), state.role === null ? { ...claims, workspaceId: null } : claims))
    await next()
  }

/**
 * A member whose role holds the permission, or, where the route is open to that, who asks about nobody else: the path's
 * `id` is the caller's. Or an API key whose scopes hold it and whose maker's role still does. Binds the tenant, and the roles
 * that hold the permission, into the database access of the rest of the request.
 */
export const requirePermission = (
  permission: Permission,
  { isFresh, isOpenToSelf }: Freshness & { isOpenToSelf: boolean },
): MiddlewareHandler<MemberEnv> => {
  const permittedRoles = rolesThatMay(permission)
  return async (c, next) => {
    const { credential, state } = await authenticate(c, isFresh)
    const workspaceId = state.apiKey?.workspaceId ?? (credential.kind === 'session' && credential.claims.workspaceId)
    if (!workspaceId) throw new ProblemError('workspace/none')
    const isSelf = isOpenToSelf && isAboutCaller(credential, state, c.req.param('id'))
    if (!isSelf && !holds(state, permission)) throw lacking(permission)
    if (state.lacksFactor) throw new ProblemError('auth/second-factor-required')
    c.set('ctx', memberContext(c.get('ctx'), credential, state, { workspaceId, permittedRoles }))
    await next()
  }
}

/** Whoever is still a member may ask about itself; an API key is nobody. */
const isAboutCaller = (credential: Credential, { role }: AccessState, id: string | undefined): boolean =>
  credential.kind === 'session' && role !== null && id?.toLowerCase() === credential.claims.userId

function holds({ role, apiKey }: AccessState, permission: Permission): boolean {
  if (role === null || !permissionsOf[role].has(permission)) return false
  return apiKey === null || apiKey.scopes.includes(permission)
}

async function authenticate(c: HonoContext, isFresh: boolean) {
  const ctx: Context = c.get('ctx')
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  const credential = token === undefined ? undefined : await credentialOf(ctx, token)
  if (credential === undefined) {
    await drawAddress(c)
    throw unauthenticated(token === undefined ? undefined : 'invalid_token')
  }
  const bucketsOf = async (plan: Parameters<typeof principalBuckets>[2]) => await principalBuckets(c, credential, plan)
  const { state, buckets, levels } = await ctx.access.enter(ctx, credential, bucketsOf, isFresh)
  noteCredential(ctx, credential, state)
  enforceLimits(c, buckets, levels)
  if (!state.isLive) throw unauthenticated('invalid_token')
  return { credential, state }
}

async function credentialOf(ctx: Context, token: string): Promise<Credential | undefined> {
  if (isApiKey(token)) {
    const digest = await apiKeyDigest(token)
    return digest === undefined ? undefined : { kind: 'api_key', digest }
  }
  const claims = await ctx.verifyAccessToken(ctx, token)
  return claims === undefined ? undefined : { kind: 'session', claims }
}

function noteCredential(ctx: Context, credential: Credential, { apiKey }: AccessState): void {
  if (credential.kind === 'session') {
    ctx.note({ userId: credential.claims.userId, workspaceId: credential.claims.workspaceId })
  } else if (apiKey !== null) ctx.note({ apiKeyId: apiKey.id, workspaceId: apiKey.workspaceId })
}

/** RFC 6750, section 3: no error code when no credential came. */
function unauthenticated(error?: 'invalid_token'): ProblemError {
  const headers = error === undefined ? {} : { 'WWW-Authenticate': `Bearer realm="defeah", error="${error}"` }
  return new ProblemError('auth/credentials-required', { headers })
}

function userContext(ctx: Context, { userId, sessionId, workspaceId }: AccessClaims): UserContext {
  const acting = actingAs(ctx, { kind: 'user', id: userId, userId, sessionId, workspaceId })
  return { ...acting, userId, sessionId }
}

/** An API key acts for the person who made it, under its own id. */
function memberContext(
  ctx: Context,
  credential: Credential,
  { apiKey }: AccessState,
  filled: { readonly workspaceId: string; readonly permittedRoles: readonly string[] },
): MemberContext {
  const { workspaceId } = filled
  const bound = { workspaceId, fingerprints: undefined }
  if (credential.kind === 'session') {
    const user = userContext(ctx, credential.claims)
    return { ...user, ...bound, accountIds: null, db: user.db.with(filled) }
  }
  if (apiKey === null) throw new Error('an API key without its row has passed')
  const { id, userId, accountIds } = apiKey
  const acting = actingAs(ctx, { kind: 'api_key', id, userId, workspaceId })
  return { ...acting, ...bound, userId, accountIds, db: acting.db.with({ ...filled, visibleAccountIds: accountIds }) }
}
