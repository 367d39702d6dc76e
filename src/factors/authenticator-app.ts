import type { Context, UserContext } from '../context.ts'
import { decryptField, encryptField, type FieldPlace } from '../crypto/field.ts'
import { ProblemError } from '../problem.ts'
import { openUserField, wrappedKeyOf } from '../users/service.ts'
import { accessToChange, countingAnswer, forgetAccess, refuseAnswer, refuseChange } from './access.ts'
import { makeRecoverySet, recoveryDigest } from './recovery-codes.ts'
import type { RecoveryCodes, TotpConfirmation, TotpRemoval, TotpSetUp } from './schema.ts'
import { makeTotpSecret, otpauthUrl, stepOfCode } from './totp.ts'
import { confirmTotp, deleteTotp, findTotp, upsertTotp } from './totp.user.sql.ts'

/** The authenticator app of an account. */

/** No digest is empty and no step before zero. */
const noDigest = ''
const noStep = 0

/** A new secret, which counts once a code has confirmed it; an earlier one that did not come so far is forgotten. */
export async function setUpTotp(ctx: UserContext): Promise<TotpSetUp> {
  const { userId, sessionId } = ctx
  const access = await accessToChange(ctx)
  const email = await openUserField(ctx, access, 'email_ciphertext', access.emailCiphertext ?? '')
  const secret = makeTotpSecret()
  const dataKey = await ctx.keyring.openDataKey(wrappedKeyOf(access))
  const secretCiphertext = await encryptField(dataKey, secretPlace(userId), secret)
  const now = ctx.now().toISOString()
  const row = await ctx.db.maybeOne(upsertTotp, { userId, sessionId, dataKeyId: dataKey.id, secretCiphertext, now })
  if (row === undefined) return await refuseChange(ctx, 'totp/exists')
  return { secret, otpauthUrl: otpauthUrl(secret, email) }
}

/** Makes the secret count, for a code of it. Answers the recovery codes, which nobody sees again. */
export async function confirmMyTotp(ctx: UserContext, { code }: TotpConfirmation): Promise<RecoveryCodes> {
  const { userId, sessionId } = ctx
  await accessToChange(ctx)
  const pending = await ctx.db.maybeOne(findTotp, { userId, isConfirmed: false })
  if (pending === undefined) throw new ProblemError('totp/not-pending')
  const { recoveryCodes, digests: recoveryDigests } = await makeRecoverySet()
  const session = await countingAnswer(ctx, userId, async () => {
    const step = await stepFor(ctx, pending, code)
    if (step === undefined) throw new ProblemError('totp/code-wrong')
    const { secretCiphertext } = pending
    const now = ctx.now().toISOString()
    const outboxId = ctx.makeId()
    const proof = { userId, sessionId, secretCiphertext, step, recoveryDigests, outboxId, now }
    const row = await ctx.db.maybeOne(confirmTotp, proof)
    return row ?? (await refuseChange(ctx, 'totp/not-pending'))
  })
  ctx.wakeOutbox()
  await forgetAccess(ctx, [{ sessionId: session.id, workspaceId: session.workspaceId }])
  return { recoveryCodes }
}

/** Takes the app away, for a code of it or a recovery code. The code is proof enough for any of the user's live sessions. */
export async function removeMyTotp(ctx: UserContext, { code }: TotpRemoval): Promise<void> {
  const { userId, sessionId } = ctx
  const current = await ctx.db.maybeOne(findTotp, { userId, isConfirmed: true })
  if (current === undefined) throw new ProblemError('totp/not-found')
  const lowered = await countingAnswer(ctx, userId, async () => {
    const isTotp = /^[0-9]{6}$/.test(code)
    const step = isTotp ? await stepFor(ctx, current, code) : undefined
    const rows = await ctx.db.many(deleteTotp, {
      userId,
      sessionId,
      step: step ?? noStep,
      recoveryDigest: isTotp ? noDigest : await recoveryDigest(code),
      outboxId: ctx.makeId(),
      now: ctx.now().toISOString(),
    })
    return rows.length > 0 ? rows : await refuseAnswer(ctx, 'totp/code-wrong')
  })
  ctx.wakeOutbox()
  await forgetAccess(ctx, lowered)
}

/** A stored secret with the key that opens it. */
type StoredSecret = {
  readonly userId: string
  readonly secretCiphertext: string
  readonly dataKeyId: string
  readonly kekVersion: number
  readonly wrappedKey: string | null
}

/** The time step of a code under a stored secret; undefined when the code is none of it. */
export async function stepFor(ctx: Context, stored: StoredSecret, code: string): Promise<number | undefined> {
  const dataKey = await ctx.keyring.openDataKey(wrappedKeyOf({ ...stored, id: stored.userId }))
  const secret = await decryptField(dataKey, secretPlace(stored.userId), stored.secretCiphertext)
  return stepOfCode(secret, code, ctx.now())
}

/** Where the secret lives; users belong to no workspace, so the owner is the user. */
const secretPlace = (userId: string): FieldPlace => ({
  table: 'user_totp',
  column: 'secret_ciphertext',
  rowId: userId,
  owner: userId,
})
