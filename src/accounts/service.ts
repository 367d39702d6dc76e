import { actingAs, type Context, type UserContext } from '../context.ts'
import { emailDigests } from '../crypto/blind-index.ts'
import { encryptField } from '../crypto/field.ts'
import { hashPassword } from '../crypto/password.ts'
import { ProblemError } from '../problem.ts'
import { attempt, succeed, waitFor } from '../throttle/service.ts'
import { openUserField, userField, wrappedKeyOf, writeIndexed } from '../users/service.ts'
import {
  type FindAccountResult,
  insertResetMail,
  insertVerificationMail,
  updatePendingEmail,
} from './accounts.user.sql.ts'
import { updateEmail, updateEmailVerified, updatePassword, updatePasswordByToken } from './changes.user.sql.ts'
import {
  accountOfToken,
  callingSession,
  changeLocked,
  digestOf,
  myAccount,
  refuseWeak,
  requirePassword,
} from './proof.ts'
import type { EmailChange, ForgottenPassword, PasswordChange, PasswordReset, Verification } from './schema.ts'

const hourMs = 60 * 60 * 1000
/** In an hour: the one of the registration, and five that were asked for. */
const maxVerificationMails = 6

/**
 * Takes an address for proved, by the token of a mail and the account's password; the mail says which address, the current
 * or a new one. The calling session stays, all others end. A wrong password leaves the token good.
 */
export async function verifyEmail(
  ctx: Context,
  { token, password }: Verification,
  authorization: string | undefined,
): Promise<void> {
  const tokenDigest = await digestOf(token)
  const account = await accountOfToken(ctx, tokenDigest, ['email_verification', 'email_change'])
  const counted = account?.id ?? tokenDigest
  await attempt(ctx, 'password', counted)
  if (account === undefined) throw new ProblemError('auth/token-invalid')
  await requirePassword(ctx, account, password)
  await succeed(ctx, 'password', counted)
  const self = actingAs(ctx, { kind: 'user', id: account.id, userId: account.id })
  const proof = {
    userId: account.id,
    tokenDigest,
    keptSessionId: await callingSession(ctx, authorization, account.id),
    now: ctx.now().toISOString(),
  }
  if (account.purpose !== 'email_change') {
    return await changeLocked(self, account, async (db) => await db.many(updateEmailVerified, proof))
  }
  const { email, ...address } = await newAddress(ctx, account)
  await writeIndexed(ctx, email, async (digests) => {
    await changeLocked(self, account, async (db) => await db.many(updateEmail, { ...proof, ...address, ...digests }))
  })
}

/** Another mail to confirm the address. The answer is the same when it is confirmed already: then no mail is sent. */
export async function resendVerification(ctx: UserContext): Promise<void> {
  await attempt(ctx, 'resend', ctx.userId)
  await ctx.db.many(insertVerificationMail, {
    userId: ctx.userId,
    outboxId: ctx.makeId(),
    now: ctx.now().toISOString(),
    countedSince: new Date(ctx.now().getTime() - hourMs).toISOString(),
    maxMails: maxVerificationMails,
  })
  ctx.wakeOutbox()
}

/** Asks a new address to prove itself, and tells the current one. Whether the new one is taken shows only afterwards. */
export async function changeEmail(ctx: UserContext, { password, newEmail }: EmailChange): Promise<void> {
  await attempt(ctx, 'email-change', ctx.userId)
  const account = await myAccount(ctx)
  await requirePassword(ctx, account, password)
  const dataKey = await ctx.keyring.openDataKey(wrappedKeyOf(account))
  const place = userField(account.id, 'pending_email_ciphertext')
  const changed = await ctx.db.maybeOne(updatePendingEmail, {
    userId: account.id,
    passwordHash: account.passwordHash ?? '',
    pendingEmailCiphertext: await encryptField(dataKey, place, newEmail),
    outboxId: ctx.makeId(),
    noticeId: ctx.makeId(),
    now: ctx.now().toISOString(),
  })
  if (changed === undefined) throw new ProblemError('auth/credentials-wrong')
  ctx.wakeOutbox()
}

/** A mail with which a new password can be set; to an address that nobody has, the same work and no mail. */
export async function requestPasswordReset(ctx: Context, { email }: ForgottenPassword): Promise<void> {
  await attempt(ctx, 'forgot', email)
  const mayMail = (await waitFor(ctx, 'reset-mail', email)) === 0
  const { blindIndex: indexKeys } = await ctx.keyring.globalKeys(ctx)
  const mail = { outboxId: ctx.makeId(), now: ctx.now().toISOString() }
  await ctx.db.many(insertResetMail, { ...(await emailDigests(indexKeys, email)), ...mail, mayMail })
  ctx.wakeOutbox()
}

/** A new password by the token of a mail. Ends all sessions; what else it ends depends on whether the address was proved. */
export async function resetPassword(ctx: Context, { token, newPassword }: PasswordReset): Promise<void> {
  const tokenDigest = await digestOf(token)
  const account = await accountOfToken(ctx, tokenDigest, ['password_reset'])
  const counted = account?.id ?? tokenDigest
  if (account !== undefined) await refuseWeak(ctx, account, newPassword)
  await attempt(ctx, 'reset', counted)
  if (account === undefined) throw new ProblemError('auth/token-invalid')
  const { peppers } = await ctx.keyring.globalKeys(ctx)
  const newHash = await hashPassword(peppers, newPassword, ctx.now)
  const self = actingAs(ctx, { kind: 'user', id: account.id, userId: account.id })
  await changeLocked(self, account, async (db) => {
    const change = { userId: account.id, tokenDigest, newHash, outboxId: ctx.makeId(), now: ctx.now().toISOString() }
    return await db.many(updatePasswordByToken, change)
  })
  ctx.wakeOutbox()
  await succeed(ctx, 'reset', counted)
  // Whoever has been guessing passwords must not keep the owner waiting.
  await succeed(ctx, 'login', await openUserField(ctx, account, 'email_ciphertext', account.emailCiphertext ?? ''))
}

/** A new password by the old one. All other sessions end. */
export async function changePassword(ctx: UserContext, { password, newPassword }: PasswordChange): Promise<void> {
  const account = await myAccount(ctx)
  await refuseWeak(ctx, account, newPassword)
  await attempt(ctx, 'password', ctx.userId)
  await requirePassword(ctx, account, password)
  await succeed(ctx, 'password', ctx.userId)
  const { peppers } = await ctx.keyring.globalKeys(ctx)
  const newHash = await hashPassword(peppers, newPassword, ctx.now)
  const { userId, sessionId: keptSessionId } = ctx
  await changeLocked(ctx, account, async (db) => {
    const change = { userId, keptSessionId, newHash, outboxId: ctx.makeId(), now: ctx.now().toISOString() }
    return await db.many(updatePassword, change)
  })
  ctx.wakeOutbox()
}

/** The address that waits to be proved, as the account will hold it: a ciphertext is bound to its column. */
async function newAddress(ctx: Context, account: FindAccountResult) {
  const { pendingEmailCiphertext } = account
  if (pendingEmailCiphertext === null) throw new ProblemError('auth/token-invalid')
  const email = await openUserField(ctx, account, 'pending_email_ciphertext', pendingEmailCiphertext)
  const dataKey = await ctx.keyring.openDataKey(wrappedKeyOf(account))
  const emailCiphertext = await encryptField(dataKey, userField(account.id, 'email_ciphertext'), email)
  return { email, pendingEmailCiphertext, emailCiphertext }
}
