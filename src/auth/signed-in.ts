import type { Context } from '../context.ts'
import { formatRefreshToken, innerMacs } from '../crypto/refresh-token.ts'
import type { User } from '../users/schema.ts'
import { accessTokenSeconds, signAccessToken } from './access-token.ts'
import type { SignedIn } from './schema.ts'

/** What whoever signs in gets: a session and its tokens. */

const dayMs = 24 * 60 * 60 * 1000
export const sessionIdleMs = 30 * dayMs
const sessionAbsoluteMs = 90 * dayMs

/** The columns of a session that begins now, on this device. */
export async function newSession(ctx: Context, sessionId: string) {
  const [innerMac] = await innerMacs((await ctx.keyring.refreshMacKeys()).slice(0, 1), sessionId, 0)
  if (innerMac === undefined) throw new Error('no refresh MAC key is configured')
  const nowMs = ctx.now().getTime()
  return {
    sessionId,
    innerMac,
    device: ctx.client.device,
    place: ctx.client.place,
    address: ctx.actor.address,
    now: ctx.now().toISOString(),
    idleExpiresAt: new Date(nowMs + sessionIdleMs).toISOString(),
    absoluteExpiresAt: new Date(nowMs + sessionAbsoluteMs).toISOString(),
  }
}

type WorkspaceColumns = {
  readonly workspaceId: string | null
  readonly workspaceName: string | null
  readonly role: NonNullable<SignedIn['workspace']>['role'] | null
}

/** The workspace that a session is for; null for none. */
export function workspaceOf({ workspaceId, workspaceName, role }: WorkspaceColumns): SignedIn['workspace'] {
  if (workspaceId === null || workspaceName === null || role === null) return null
  return { id: workspaceId, name: workspaceName, role }
}

/** The answer: an access token, and the refresh token of the session. */
export async function signedIn(
  ctx: Context,
  user: User,
  workspace: SignedIn['workspace'],
  token: { readonly sessionId: string; readonly generation: number; readonly mac: string },
): Promise<SignedIn> {
  const claims = { userId: user.id, sessionId: token.sessionId, workspaceId: workspace?.id ?? null }
  ctx.note({ userId: claims.userId, workspaceId: claims.workspaceId })
  const accessToken = await signAccessToken(ctx, claims)
  return { accessToken, expiresIn: accessTokenSeconds, refreshToken: formatRefreshToken(token), user, workspace }
}
