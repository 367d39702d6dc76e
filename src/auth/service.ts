import { actingAs, type Context, type UserContext } from '../context.ts'
import { emailDigests } from '../crypto/blind-index.ts'
import { encryptField } from '../crypto/field.ts'
import { hashPassword, verifyPassword } from '../crypto/password.ts'
import { formatRefreshToken, innerMacs, parseRefreshToken } from '../crypto/refresh-token.ts'
import { violatedConstraint } from '../db/errors.ts'
import type { SecondFactorAnswer } from '../factors/schema.ts'
import { answerSecondFactor, beginSecondFactor } from '../factors/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { refuseWeakPassword } from '../passwords/service.ts'
import { ProblemError, referenceNotFound } from '../problem.ts'
import { attempt, succeed, waitFor } from '../throttle/service.ts'
import type { User } from '../users/schema.ts'
import { openUser, type UserRow, userField, writeIndexed } from '../users/service.ts'
import { accessTokenSeconds, signAccessToken } from './access-token.ts'
import {
  type FindAccountByEmailResult,
  findAccountByEmail,
  insertAddressRegistered,
  type RegisterAccountParams,
  type RegisterAccountResult,
  registerAccount,
  updatePasswordHash,
} from './accounts.user.sql.ts'
import type { Login, LoginAnswer, Refresh, Registration, Session, SessionQuery, SignedIn } from './schema.ts'
import { insertSession, listSessions, revokeOtherSessions, revokeSession, rotateSession } from './sessions.user.sql.ts'

const dayMs = 24 * 60 * 60 * 1000
const sessionIdleMs = 30 * dayMs
const sessionAbsoluteMs = 90 * dayMs
/** How long the refresh token before the current one is still answered: a client may lose an answer, or run two tabs. */
const refreshLeewayMs = 20_000

// It names no person: workspace names are stored in clear.
const personalWorkspaceName = 'My workspace'

/**
 * A new account with a personal workspace, signed in; its address is asked to confirm itself. Throws user/email-taken, and
 * then tells the owner of the address.
 */
export async function register(ctx: Context, input: Registration): Promise<SignedIn> {
  const { email, password, name, locale, timeZone } = input
  await refuseWeakPassword(ctx, { password, pointer: '/password', personal: [email, name] })
  await attempt(ctx, 'register', email)
  const { peppers } = await ctx.keyring.globalKeys(ctx)
  const [userId, workspaceId, sessionId, dataKeyId] = [ctx.makeId(), ctx.makeId(), ctx.makeId(), ctx.makeId()]
  const passwordHash = await hashPassword(peppers, password, ctx.now)
  const { wrapped, dataKey } = await ctx.keyring.makeDataKey(dataKeyId, userId)
  const self = actingAs(ctx, { kind: 'user', id: userId, userId, sessionId, workspaceId })
  const account = {
    userId,
    dataKeyId,
    passwordHash,
    kekVersion: wrapped.kekVersion,
    wrappedKey: wrapped.wrappedKey,
    emailCiphertext: await encryptField(dataKey, userField(userId, 'email_ciphertext'), email),
    nameCiphertext: await encryptField(dataKey, userField(userId, 'name_ciphertext'), name),
    locale,
    timeZone,
    newWorkspaceId: workspaceId,
    workspaceName: personalWorkspaceName,
    outboxId: ctx.makeId(),
    ...(await newSession(self, sessionId)),
  }
  const row = await writeIndexed(ctx, email, async (digests) => await insertAccount(self, email, digests, account))
  ctx.wakeOutbox()
  await succeed(ctx, 'register', email)
  const { version, createdAt, updatedAt } = row
  const user: User = { id: userId, email, name, emailVerified: false, locale, timeZone, version, createdAt, updatedAt }
  const workspace = { id: workspaceId, name: personalWorkspaceName, role: 'owner' } as const
  return await signedIn(self, user, workspace, { sessionId, generation: 0, mac: row.mac })
}

/**
 * Signs in with e-mail and password, or asks for the second factor where the account has one. A wrong password, an unknown
 * address and a suspended account get the same answer after the same work.
 */
export async function login(ctx: Context, input: Login): Promise<LoginAnswer> {
  await attempt(ctx, 'login', input.email)
  const account = await checkPassword(ctx, input)
  await succeed(ctx, 'login', input.email)
  const asked = await beginSecondFactor(ctx, account, input.workspaceId)
  return asked ?? (await openSession(ctx, account, { workspaceId: input.workspaceId, secondFactorAt: null }))
}

/** The second step of a login: the session that the password alone did not open. */
export async function loginWithSecondFactor(ctx: Context, input: SecondFactorAnswer): Promise<SignedIn> {
  return await answerSecondFactor(ctx, input, async (self, account) => {
    const workspaceId = account.wantedWorkspaceId ?? undefined
    try {
      return await openSession(self, account, { workspaceId, secondFactorAt: ctx.now().toISOString() })
    } catch (cause) {
      // The membership or the password is another one since the login.
      if (cause instanceof ProblemError) throw new ProblemError('auth/challenge-invalid', { cause })
      throw cause
    }
  })
}

/** An account whose password has just been checked against this very hash. */
type CheckedAccount = UserRow & { readonly passwordHash: string | null }

type NewSession = { readonly workspaceId: string | undefined; readonly secondFactorAt: string | null }

/**
 * A new session of an account, for the workspace asked for or the one that the statement chooses. Throws
 * auth/credentials-wrong when the password is another one by now.
 */
async function openSession(
  ctx: Context,
  account: CheckedAccount,
  { workspaceId, secondFactorAt }: NewSession,
): Promise<SignedIn> {
  const sessionId = ctx.makeId()
  // The workspace asked for may be anybody's: it is not the actor's until the statement has found the membership.
  const self = actingAs(ctx, { kind: 'user', id: account.id, userId: account.id, sessionId })
  const session = await newSession(self, sessionId)
  const row = await self.db.maybeOne(insertSession, {
    ...session,
    id: sessionId,
    userId: account.id,
    passwordHash: account.passwordHash ?? '',
    wantedWorkspaceId: workspaceId ?? null,
    secondFactorAt,
    outboxId: ctx.makeId(),
  })
  if (row === undefined) throw new ProblemError('auth/credentials-wrong')
  if (row.mac === null) throw referenceNotFound('/workspaceId')
  if (row.isNewDevice) ctx.wakeOutbox()
  const token = { sessionId, generation: 0, mac: row.mac }
  return await signedIn(self, await openUser(ctx, account), workspaceOf(row), token)
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

async function insertAccount(
  self: Context,
  email: string,
  digests: Awaited<ReturnType<typeof emailDigests>>,
  account: Omit<RegisterAccountParams, 'actor' | keyof typeof digests>,
): Promise<RegisterAccountResult> {
  try {
    return await self.db.one(registerAccount, { ...account, ...digests })
  } catch (error) {
    if (violatedConstraint(error) === 'user_email_index_pkey') await tellOwnerOf(self, email, digests)
    throw error
  }
}

/** At most one mail a day, however many try at once. */
async function tellOwnerOf(ctx: Context, email: string, digests: Awaited<ReturnType<typeof emailDigests>>) {
  if ((await waitFor(ctx, 'registered-mail', email)) > 0) return
  const now = ctx.now()
  const countedSince = new Date(now.getTime() - dayMs).toISOString()
  const mail = { outboxId: ctx.makeId(), now: now.toISOString(), countedSince }
  await ctx.db.many(insertAddressRegistered, { ...digests, ...mail })
  ctx.wakeOutbox()
}

/** The account of an address and its password; its hash is the current one, renewed where parameters have grown. */
async function checkPassword(
  ctx: Context,
  input: Pick<Login, 'email' | 'password'>,
): Promise<FindAccountByEmailResult> {
  const { blindIndex: indexKeys, peppers } = await ctx.keyring.globalKeys(ctx)
  const account = await ctx.db.maybeOne(findAccountByEmail, await emailDigests(indexKeys, input.email))
  const check = await verifyPassword(peppers, input.password, account?.passwordHash ?? undefined, ctx.now)
  if (!check.matches || account?.status !== 'active') throw new ProblemError('auth/credentials-wrong')
  if (!check.outdated) return account
  const newHash = await hashPassword(peppers, input.password, ctx.now)
  const self = actingAs(ctx, { kind: 'user', id: account.id, userId: account.id })
  const renewed = { userId: account.id, oldHash: account.passwordHash ?? '', newHash }
  const row = await self.db.maybeOne(updatePasswordHash, renewed)
  // Another hash has come in between: of this password, by a login at the same moment, or of another one.
  return row === undefined ? await checkPassword(ctx, input) : { ...account, passwordHash: newHash }
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
