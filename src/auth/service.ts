import { actingAs, type Context, type UserContext } from '../context.ts'
import { blindIndex, normaliseEmail } from '../crypto/blind-index.ts'
import { encryptField } from '../crypto/field.ts'
import { hashPassword, verifyPassword } from '../crypto/password.ts'
import { formatRefreshToken, innerMacs, parseRefreshToken } from '../crypto/refresh-token.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError, referenceNotFound } from '../problem.ts'
import type { User } from '../users/schema.ts'
import { openUser, userField } from '../users/service.ts'
import { accessTokenSeconds, signAccessToken } from './access-token.ts'
import {
  type FindAccountByEmailResult,
  findAccountByEmail,
  registerAccount,
  updatePasswordHash,
} from './accounts.user.sql.ts'
import type { Login, Refresh, Registration, Session, SessionQuery, SignedIn } from './schema.ts'
import { insertSession, listSessions, revokeOtherSessions, revokeSession, rotateSession } from './sessions.user.sql.ts'

const dayMs = 24 * 60 * 60 * 1000
const sessionIdleMs = 30 * dayMs
const sessionAbsoluteMs = 90 * dayMs
/** How long the refresh token before the current one is still answered: a client may lose an answer, or run two tabs. */
const refreshLeewayMs = 20_000

// It names no person: workspace names are stored in clear.
const personalWorkspaceName = 'My workspace'

/** A new account with a personal workspace, signed in. Throws user/email-taken. */
export async function register(ctx: Context, input: Registration): Promise<SignedIn> {
  const { blindIndex: indexKeys, peppers } = await ctx.keyring.globalKeys(ctx)
  const [userId, workspaceId, sessionId, dataKeyId] = [ctx.makeId(), ctx.makeId(), ctx.makeId(), ctx.makeId()]
  const passwordHash = await hashPassword(peppers, input.password, ctx.now)
  const { wrapped, dataKey } = await ctx.keyring.makeDataKey(dataKeyId, userId)
  const self = actingAs(ctx, { kind: 'user', id: userId, userId, sessionId, workspaceId })
  const row = await self.db.one(registerAccount, {
    userId,
    dataKeyId,
    passwordHash,
    kekVersion: wrapped.kekVersion,
    wrappedKey: wrapped.wrappedKey,
    emailCiphertext: await encryptField(dataKey, userField(userId, 'email_ciphertext'), input.email),
    nameCiphertext: await encryptField(dataKey, userField(userId, 'name_ciphertext'), input.name),
    locale: input.locale,
    timeZone: input.timeZone,
    ...(await emailDigests(indexKeys, input.email)),
    newWorkspaceId: workspaceId,
    workspaceName: personalWorkspaceName,
    ...(await newSession(self, sessionId)),
  })
  const { email, name, locale, timeZone } = input
  const { version, createdAt, updatedAt } = row
  const user: User = { id: userId, email, name, emailVerified: false, locale, timeZone, version, createdAt, updatedAt }
  const workspace = { id: workspaceId, name: personalWorkspaceName, role: 'owner' } as const
  return await signedIn(self, user, workspace, { sessionId, generation: 0, mac: row.mac })
}

/**
 * Signs in with e-mail and password. A wrong password, an unknown address and a suspended account get the same answer
 * after the same work.
 */
export async function login(ctx: Context, input: Login): Promise<SignedIn> {
  const { blindIndex: indexKeys, peppers } = await ctx.keyring.globalKeys(ctx)
  const account = await ctx.db.maybeOne(findAccountByEmail, await emailDigests(indexKeys, input.email))
  const check = await verifyPassword(peppers, input.password, account?.passwordHash ?? undefined, ctx.now)
  if (!check.matches || account?.status !== 'active') throw new ProblemError('auth/credentials-wrong')
  const sessionId = ctx.makeId()
  // The workspace asked for may be anybody's: it is not the actor's until the statement has found the membership.
  const self = actingAs(ctx, { kind: 'user', id: account.id, userId: account.id, sessionId })
  if (check.outdated) await rehash(self, account, input.password)
  const session = await newSession(self, sessionId)
  const row = await self.db.maybeOne(insertSession, {
    ...session,
    id: sessionId,
    userId: account.id,
    wantedWorkspaceId: input.workspaceId ?? null,
  })
  if (row === undefined) throw referenceNotFound('/workspaceId')
  return await signedIn(self, await openUser(ctx, account), workspaceOf(row), {
    sessionId,
    generation: 0,
    mac: row.mac,
  })
}

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
    now: ctx.now().toISOString(),
    leewayStartedAt: new Date(nowMs - refreshLeewayMs).toISOString(),
    idleExpiresAt: new Date(nowMs + sessionIdleMs).toISOString(),
  })
  if (row === undefined) throw new ProblemError('auth/refresh-token-invalid')
  if (row.isReused) {
    ctx.note({ securityEvent: 'refresh-token-reused', sessionId })
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

async function rehash(ctx: Context, account: FindAccountByEmailResult, password: string): Promise<void> {
  const { peppers } = await ctx.keyring.globalKeys(ctx)
  const newHash = await hashPassword(peppers, password, ctx.now)
  await ctx.db.many(updatePasswordHash, { userId: account.id, oldHash: account.passwordHash ?? '', newHash })
}

/** The address under every live index key, so that a rotation of that key loses nobody. */
async function emailDigests(keys: readonly { version: number; key: CryptoKey }[], email: string) {
  const normalised = normaliseEmail(email)
  const digests = await Promise.all(keys.map(async ({ key }) => await blindIndex(key, 'users.email', normalised)))
  return { keyVersions: keys.map(({ version }) => version), digests }
}

async function newSession(ctx: Context, sessionId: string) {
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

function workspaceOf({ workspaceId, workspaceName, role }: WorkspaceColumns): SignedIn['workspace'] {
  if (workspaceId === null || workspaceName === null || role === null) return null
  return { id: workspaceId, name: workspaceName, role }
}

async function signedIn(
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
