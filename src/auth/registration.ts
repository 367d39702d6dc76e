import { actingAs, type Context } from '../context.ts'
import type { emailDigests } from '../crypto/blind-index.ts'
import { encryptField } from '../crypto/field.ts'
import { hashPassword } from '../crypto/password.ts'
import { violatedConstraint } from '../db/errors.ts'
import { refuseWeakPassword } from '../passwords/service.ts'
import { attempt, succeed, waitFor } from '../throttle/service.ts'
import type { User } from '../users/schema.ts'
import { userField, writeIndexed } from '../users/service.ts'
import {
  insertAddressRegistered,
  type RegisterAccountParams,
  type RegisterAccountResult,
  registerAccount,
} from './accounts.user.sql.ts'
import type { Registration, SignedIn } from './schema.ts'
import { newSession, signedIn } from './signed-in.ts'

/** How accounts begin. */

const dayMs = 24 * 60 * 60 * 1000

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
