import type { UserContext } from '../context.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { fromBase64Url, fromHex, toHex } from '../crypto/encoding.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError } from '../problem.ts'
import { openUserField } from '../users/service.ts'
import { accessToChange, forgetAccess, refuseChange } from './access.ts'
import { deletePasskey, insertPasskey, insertPasskeyChallenge, listPasskeys } from './passkeys.user.sql.ts'
import { makeRecoverySet } from './recovery-codes.ts'
import type { NewPasskey, Passkey, PasskeyQuery, PasskeyRegistration } from './schema.ts'
import { challengeOf, checkRegistration, creationOptions, type KnownCredential } from './webauthn.ts'

/** The passkeys of an account. */

/** A login names all of them. */
export const maxPasskeys = 20
const challengeMs = 5 * 60_000

/** What the browser needs to make a passkey; good for five minutes, for this session, once. */
export async function beginPasskey(ctx: UserContext) {
  const { userId, sessionId } = ctx
  const access = await accessToChange(ctx)
  const now = ctx.now()
  const challenge = crypto.getRandomValues(new Uint8Array(32))
  const rows = await ctx.db.many(insertPasskeyChallenge, {
    id: ctx.makeId(),
    userId,
    sessionId,
    challengeDigest: await sha256Hex(challenge),
    expiresAt: new Date(now.getTime() + challengeMs).toISOString(),
    maxPasskeys,
    now: now.toISOString(),
  })
  if (rows.length === 0) throw new ProblemError('auth/credentials-required')
  const known = knownCredentials(rows)
  if (known.length >= maxPasskeys) throw new ProblemError('passkey/too-many')
  const user = {
    id: userHandle(userId),
    name: await openUserField(ctx, access, 'email_ciphertext', access.emailCiphertext ?? ''),
    displayName: await openUserField(ctx, access, 'name_ciphertext', access.nameCiphertext ?? ''),
  }
  return await creationOptions(ctx.relyingParty, user, { challenge, known, timeout: challengeMs })
}

/** Keeps the passkey that the browser made. With the first factor come recovery codes, which nobody sees again. */
export async function addPasskey(ctx: UserContext, registration: PasskeyRegistration): Promise<NewPasskey> {
  const { userId, sessionId } = ctx
  await accessToChange(ctx)
  const challenge = challengeOf(registration)
  const challengeBytes = fromBase64Url(challenge ?? '')
  if (challenge === undefined || challengeBytes === undefined) throw new ProblemError('passkey/refused')
  const made = await checkRegistration(ctx.relyingParty, registration, challenge)
  if (made === undefined) throw new ProblemError('passkey/refused')
  const { recoveryCodes, digests: recoveryDigests } = await makeRecoverySet()
  const { transports } = registration.response
  const { device } = ctx.client
  const row = await ctx.db.maybeOne(insertPasskey, {
    ...made,
    publicKey: toHex(made.publicKey),
    id: ctx.makeId(),
    userId,
    sessionId,
    // Whether the challenge was ours, and this session's, is decided where it is used up.
    challengeDigest: await sha256Hex(challengeBytes),
    transports,
    device,
    recoveryDigests,
    outboxId: ctx.makeId(),
    now: ctx.now().toISOString(),
  })
  if (row === undefined) return await refuseChange(ctx, 'passkey/refused')
  const { id, createdAt, hasNewCodes, workspaceId } = row
  ctx.wakeOutbox()
  await forgetAccess(ctx, [{ sessionId, workspaceId }])
  const passkey = { id, device, transports, isBackedUp: made.isBackedUp, lastUsedAt: null, createdAt }
  return hasNewCodes ? { ...passkey, recoveryCodes } : passkey
}

/** The caller's passkeys, newest first. */
export async function listMyPasskeys(ctx: UserContext, { limit, cursor }: PasskeyQuery): Promise<Page<Passkey>> {
  const { userId } = ctx
  const rows = await ctx.db.many(listPasskeys, { userId, beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  return pageOf(rows, limit, ({ id }) => [id])
}

/** Takes one of the caller's passkeys away; no body can prove the factor here, so the session must have done it. */
export async function removeMyPasskey(ctx: UserContext, id: string): Promise<void> {
  const { userId, sessionId } = ctx
  await accessToChange(ctx)
  const [outboxId, now] = [ctx.makeId(), ctx.now().toISOString()]
  const lowered = await ctx.db.many(deletePasskey, { id, userId, sessionId, outboxId, now })
  if (lowered.length === 0) return await refuseChange(ctx, 'passkey/not-found')
  ctx.wakeOutbox()
  await forgetAccess(ctx, lowered)
}

/** Rows of an outer join: one without a credential when there is none. */
export const knownCredentials = (
  rows: readonly { readonly credentialId: string | null; readonly transports: readonly string[] | null }[],
): KnownCredential[] =>
  rows.flatMap(({ credentialId, transports }) =>
    credentialId === null ? [] : [{ credentialId, transports: transports ?? [] }],
  )

/** WebAuthn's user handle, which must say nothing about a person: the 16 bytes of the id. */
export const userHandle = (userId: string): Uint8Array<ArrayBuffer> => fromHex(userId.replaceAll('-', ''))
