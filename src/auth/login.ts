import { actingAs, type Context } from '../context.ts'
import { emailDigests } from '../crypto/blind-index.ts'
import { hashPassword, verifyPassword } from '../crypto/password.ts'
import type { SecondFactorAnswer } from '../factors/schema.ts'
import { answerSecondFactor, beginSecondFactor, passwordAlone, type SecondFactorProof } from '../factors/service.ts'
import { ProblemError, referenceNotFound } from '../problem.ts'
import { attempt, succeed } from '../throttle/service.ts'
import { openUser, type UserRow } from '../users/service.ts'
import { type FindAccountByEmailResult, findAccountByEmail, updatePasswordHash } from './accounts.user.sql.ts'
import type { Login, LoginAnswer, SignedIn } from './schema.ts'
import { insertSession } from './sessions.user.sql.ts'
import { newSession, signedIn, workspaceOf } from './signed-in.ts'

/** Signing in: by the password, and by a second factor where the account has one. */

/**
 * Signs in with e-mail and password, or asks for the second factor where the account has one. A wrong password, an unknown
 * address and a suspended account get the same answer after the same work.
 */
export async function login(ctx: Context, input: Login): Promise<LoginAnswer> {
  await attempt(ctx, 'login', input.email)
  const account = await checkPassword(ctx, input)
  await succeed(ctx, 'login', input.email)
  const asked = await beginSecondFactor(ctx, account, input.workspaceId)
  if (asked !== undefined) return asked
  const opened = await openSession(ctx, account, { workspaceId: input.workspaceId, proof: passwordAlone })
  if (opened === undefined) throw new Error('a session that needs no second factor was not opened')
  return opened
}

/** The second step of a login: the session that the password alone did not open. */
export async function loginWithSecondFactor(ctx: Context, input: SecondFactorAnswer): Promise<SignedIn> {
  return await answerSecondFactor(ctx, input, async (self, account, proof) => {
    const workspaceId = account.wantedWorkspaceId ?? undefined
    try {
      return await openSession(self, account, { workspaceId, proof })
    } catch (cause) {
      // The membership or the password is another one since the login.
      if (cause instanceof ProblemError) throw new ProblemError('auth/challenge-invalid', { cause })
      throw cause
    }
  })
}

/** An account whose password has just been checked against this very hash. */
type CheckedAccount = UserRow & { readonly passwordHash: string | null }

type NewSession = { readonly workspaceId: string | undefined; readonly proof: SecondFactorProof }

/**
 * A new session of an account, for the workspace asked for or the one that the statement chooses; undefined when the second
 * factor was used by somebody else. Throws auth/credentials-wrong when the password is another one by now, or no
 * longer enough.
 */
async function openSession(
  ctx: Context,
  account: CheckedAccount,
  { workspaceId, proof }: NewSession,
): Promise<SignedIn | undefined> {
  const sessionId = ctx.makeId()
  // The workspace asked for may be anybody's: it is not the actor's until the statement has found the membership.
  const self = actingAs(ctx, { kind: 'user', id: account.id, userId: account.id, sessionId })
  const row = await self.db.maybeOne(insertSession, {
    ...(await newSession(self, sessionId)),
    ...proof,
    id: sessionId,
    userId: account.id,
    passwordHash: account.passwordHash ?? '',
    wantedWorkspaceId: workspaceId ?? null,
    outboxId: ctx.makeId(),
    codeMailId: ctx.makeId(),
  })
  if (row === undefined) throw new ProblemError('auth/credentials-wrong')
  if (!row.hasEntrance) throw referenceNotFound('/workspaceId')
  if (row.mac === null) return undefined
  if (row.hasMail) ctx.wakeOutbox()
  const token = { sessionId, generation: 0, mac: row.mac }
  return await signedIn(self, await openUser(ctx, account), workspaceOf(row), token)
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
