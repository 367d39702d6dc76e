import type { Context, UserContext } from '../context.ts'
import { toHex, utf8 } from '../crypto/encoding.ts'
import { verifyPassword } from '../crypto/password.ts'
import type { Db } from '../db/database.ts'
import { refuseWeakPassword } from '../passwords/service.ts'
import { ProblemError } from '../problem.ts'
import { openUserField } from '../users/service.ts'
import {
  type FindAccountByTokenResult,
  type FindAccountResult,
  findAccount,
  findAccountByToken,
  lockAccount,
} from './accounts.user.sql.ts'

/** What a change of an account is made upon: the token of a mail, a password, a session; and how it is made. */

export type Purpose = FindAccountByTokenResult['purpose']

/** SHA-256 of a mail's token, in hex, as it is stored. */
export const digestOf = async (token: string): Promise<string> =>
  toHex(await crypto.subtle.digest('SHA-256', utf8(token)))

/** The account that a token opens for one of these purposes; undefined when it is good for none. */
export async function accountOfToken(
  ctx: Context,
  tokenDigest: string,
  purposes: readonly Purpose[],
): Promise<FindAccountByTokenResult | undefined> {
  const row = await ctx.db.maybeOne(findAccountByToken, { tokenDigest, now: ctx.now().toISOString() })
  return row !== undefined && purposes.includes(row.purpose) ? row : undefined
}

/** The signed-in user's account. */
export async function myAccount(ctx: UserContext): Promise<FindAccountResult> {
  const account = await ctx.db.maybeOne(findAccount, { userId: ctx.userId })
  if (account === undefined) throw new ProblemError('auth/credentials-required')
  return account
}

/** Throws auth/credentials-wrong when it is not the account's password. Whoever calls it has counted the attempt. */
export async function requirePassword(ctx: Context, account: FindAccountResult, password: string): Promise<void> {
  const { peppers } = await ctx.keyring.globalKeys(ctx)
  const { matches } = await verifyPassword(peppers, password, account.passwordHash ?? undefined, ctx.now)
  if (!matches) throw new ProblemError('auth/credentials-wrong')
}

/** Refuses a new password that is common, or the address or name of this account. */
export async function refuseWeak(ctx: Context, account: FindAccountResult, password: string): Promise<void> {
  const personal = [
    await openUserField(ctx, account, 'email_ciphertext', account.emailCiphertext ?? ''),
    await openUserField(ctx, account, 'name_ciphertext', account.nameCiphertext ?? ''),
  ]
  await refuseWeakPassword(ctx, { password, pointer: '/newPassword', personal })
}

/** The live session of this user that a request to a public route carries, if it carries one. */
export async function callingSession(
  ctx: Context,
  authorization: string | undefined,
  userId: string,
): Promise<string | null> {
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1]
  const claims = token === undefined ? undefined : await ctx.verifyAccessToken(ctx, token)
  if (claims === undefined || claims.userId !== userId) return null
  const { state } = await ctx.access.enter(ctx, { kind: 'session', claims }, async () => [])
  return state.isLive ? claims.sessionId : null
}

type EndedSession = { readonly id: string | null; readonly workspaceId: string | null }

/**
 * Makes a change that ends sessions. The account is locked first, in a statement of its own: so the change sees all sessions
 * that were being opened, and one that the old password opens afterwards finds that it is the old one. No row of the change
 * means that the token was used up meanwhile.
 */
export async function changeLocked(
  ctx: Context,
  { id: userId, passwordHash }: Pick<FindAccountResult, 'id' | 'passwordHash'>,
  change: (db: Db) => Promise<readonly EndedSession[]>,
): Promise<void> {
  const ended = await ctx.db.transaction(async (db) => {
    const locked = await db.maybeOne(lockAccount, { userId, passwordHash: passwordHash ?? '' })
    const rows = locked === undefined ? [] : await change(db)
    if (rows.length === 0) throw new ProblemError('auth/token-invalid')
    return rows
  })
  const sessions = ended.flatMap(({ id, workspaceId }) => (id === null ? [] : [{ id, workspaceId }]))
  await ctx.access.forget(ctx, sessions)
}
