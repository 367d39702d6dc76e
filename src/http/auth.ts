import type { MiddlewareHandler } from 'hono'
import type { AccessClaims } from '../auth/access-token.ts'
import { type Permission, permissionsOf } from '../auth/permissions.ts'
import { actingAs, type Context, type MemberContext, type UserContext } from '../context.ts'
import { ProblemError } from '../problem.ts'
import type { MemberEnv, UserEnv } from './env.ts'

/** Who may pass. Access is decided before anything else of a request is read, and fails closed. */

/** A signed-in user; the workspace does not matter. */
export const requireUser: MiddlewareHandler<UserEnv> = async (c, next) => {
  const { claims, role } = await authenticate(c.get('ctx'), c.req.header('Authorization'))
  // Who is no longer a member writes nothing into the workspace's trail.
  c.set('ctx', userContext(c.get('ctx'), role === null ? { ...claims, workspaceId: null } : claims))
  await next()
}

/** A member whose role holds the permission. Binds the tenant into the database access of the rest of the request. */
export const requirePermission =
  (permission: Permission): MiddlewareHandler<MemberEnv> =>
  async (c, next) => {
    const { claims, role } = await authenticate(c.get('ctx'), c.req.header('Authorization'))
    const { workspaceId } = claims
    if (workspaceId === null) throw new ProblemError('workspace/none')
    if (role === null || !permissionsOf[role].has(permission)) {
      throw new ProblemError('permission/denied', { detail: `This needs ${permission}.` })
    }
    const ctx = userContext(c.get('ctx'), claims)
    const member: MemberContext = { ...ctx, workspaceId, fingerprint: undefined, db: ctx.db.with({ workspaceId }) }
    c.set('ctx', member)
    await next()
  }

async function authenticate(ctx: Context, authorization: string | undefined) {
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) throw unauthenticated()
  const claims = await ctx.verifyAccessToken(ctx, token)
  if (claims === undefined) throw unauthenticated('invalid_token')
  ctx.note({ userId: claims.userId, workspaceId: claims.workspaceId })
  const { isLive, role } = await ctx.access.of(ctx, claims)
  if (!isLive) throw unauthenticated('invalid_token')
  return { claims, role }
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
