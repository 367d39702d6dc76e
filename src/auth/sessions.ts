import { actingAs, type Context, type UserContext } from '../context.ts'
import { innerMacs, parseRefreshToken } from '../crypto/refresh-token.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError, referenceNotFound } from '../problem.ts'
import { openUser } from '../users/service.ts'
import type { Refresh, Session, SessionQuery, SignedIn } from './schema.ts'
import { listSessions, revokeOtherSessions, revokeSession, rotateSession } from './sessions.user.sql.ts'
import { sessionIdleMs, signedIn, workspaceOf } from './signed-in.ts'

/** How sessions go on, and end. */

/** How long the refresh token before the current one is still answered: a client may lose an answer, or run two tabs. */
const refreshLeewayMs = 20_000

/**
 * Answers a refresh token with the next one. The same token within the leeway gets the same answer; later it ends the
 * session, since two parties hold it.
 */
export async function refresh(ctx: Context, input: Refresh): Promise<SignedIn> {
  const presented = parseRefreshToken(input.refreshToken)
  if (presented === undefined) throw new ProblemError('auth/refresh-token-invalid')
  const { sessionId, generation, mac } = presented
  const macKeys = await ctx.keyring.refreshMacKeys()
  const [innerMac, [nextInnerMac]] = await Promise.all([
    innerMacs(macKeys, sessionId, generation),
    innerMacs(macKeys.slice(0, 1), sessionId, generation + 1),
  ])
  if (nextInnerMac === undefined) throw new Error('no refresh MAC key is configured')
  const nowMs = ctx.now().getTime()
  const self = actingAs(ctx, { kind: 'user', sessionId })
  const row = await self.db.maybeOne(rotateSession, {
    sessionId,
    generation,
    mac,
    innerMacs: innerMac,
    nextInnerMac,
    wantedWorkspaceId: input.workspaceId ?? null,
    outboxId: ctx.makeId(),
    now: ctx.now().toISOString(),
    leewayStartedAt: new Date(nowMs - refreshLeewayMs).toISOString(),
    idleExpiresAt: new Date(nowMs + sessionIdleMs).toISOString(),
  })
  if (row === undefined) throw new ProblemError('auth/refresh-token-invalid')
  if (row.isReused) {
    ctx.note({ securityEvent: 'refresh-token-reused', sessionId })
    ctx.wakeOutbox()
    await ctx.access.forget(ctx, [{ id: sessionId, workspaceId: row.workspaceId }])
    throw new ProblemError('auth/refresh-token-invalid')
  }
  if (!row.isWorkspaceClear) {
    if (input.workspaceId !== undefined) throw referenceNotFound('/workspaceId')
    throw new ProblemError('auth/workspace-ambiguous', {
      detail: 'You belong to several workspaces: send workspaceId.',
    })
  }
  const user = await openUser(ctx, { ...row, id: row.userId })
  return await signedIn(ctx, user, workspaceOf(row), { sessionId, generation: generation + 1, mac: row.nextMac })
}

/** Ends the calling session. */
export async function logout(ctx: UserContext): Promise<void> {
  await endSession(ctx, ctx.sessionId, 'logout')
}

/** The caller's live sessions, newest first. */
export async function listMySessions(ctx: UserContext, { limit, cursor }: SessionQuery): Promise<Page<Session>> {
  const rows = await ctx.db.many(listSessions, {
    userId: ctx.userId,
    now: ctx.now().toISOString(),
    beforeId: cursor?.[0] ?? null,
    limit: limit + 1,
  })
  const sessions = rows.map((row) => ({ ...row, current: row.id === ctx.sessionId }))
  return pageOf(sessions, limit, ({ id }) => [id])
}

/** Ends one of the caller's sessions. */
export async function revokeMySession(ctx: UserContext, sessionId: string): Promise<void> {
  if (!(await endSession(ctx, sessionId, 'revoked'))) throw new ProblemError('auth/session-not-found')
}

/** Ends all of the caller's sessions but the calling one. */
export async function revokeMyOtherSessions(ctx: UserContext): Promise<void> {
  const { userId, sessionId: keptSessionId } = ctx
  const ended = await ctx.db.many(revokeOtherSessions, { userId, keptSessionId, now: ctx.now().toISOString() })
  await ctx.access.forget(ctx, ended)
}

async function endSession(ctx: UserContext, sessionId: string, reason: 'logout' | 'revoked'): Promise<boolean> {
  const { userId } = ctx
  const ended = await ctx.db.many(revokeSession, { userId, sessionId, reason, now: ctx.now().toISOString() })
  await ctx.access.forget(ctx, ended)
  return ended.length > 0
}
