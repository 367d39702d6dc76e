import { actingAs, type Context } from '../context.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { fromHex, toBase64Url, utf8 } from '../crypto/encoding.ts'
import { ProblemError, referenceNotFound } from '../problem.ts'
import { countingAnswer } from './access.ts'
import { stepFor } from './authenticator-app.ts'
import {
  type ClaimSecondFactorAnswerResult,
  claimSecondFactorAnswer,
  insertSecondFactorChallenge,
  provePasskey,
  proveRecoveryCode,
  proveTotp,
} from './challenges.user.sql.ts'
import { knownCredentials, maxPasskeys, userHandle } from './passkeys.ts'
import { recoveryDigest } from './recovery-codes.ts'
import type { PasskeyAnswer, SecondFactorAnswer, SecondFactorRequest } from './schema.ts'
import { checkAnswer, requestOptions } from './webauthn.ts'

/**
 * The second step of a login. The caller holds a token of 256 random bits, of which the database has the SHA-256; the
 * challenge of a passkey is made from it, so that nothing else needs to be kept.
 */

const challengeMs = 5 * 60_000
const maxAnswers = 5

type Account = {
  readonly id: string
  readonly passwordHash: string | null
  readonly hasTotp: boolean
  readonly hasPasskey: boolean
  readonly hasRecoveryCode: boolean
}

/**
 * What a login by password is answered with when the account has a second factor; undefined when it has none. Throws
 * reference/not-found when the workspace asked for is not the account's.
 */
export async function beginSecondFactor(
  ctx: Context,
  { id: userId, passwordHash, hasTotp, hasPasskey, hasRecoveryCode }: Account,
  workspaceId: string | undefined,
): Promise<SecondFactorRequest | undefined> {
  if (!hasTotp && !hasPasskey) return undefined
  const challengeToken = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  const rows = await ctx.db.many(insertSecondFactorChallenge, {
    id: ctx.makeId(),
    userId,
    passwordHash: passwordHash ?? '',
    wantedWorkspaceId: workspaceId ?? null,
    challengeDigest: await sha256Hex(utf8(challengeToken)),
    expiresAt: new Date(ctx.now().getTime() + challengeMs).toISOString(),
    maxPasskeys,
  })
  if (rows.length === 0) throw referenceNotFound('/workspaceId')
  const known = knownCredentials(rows)
  const methods = [
    ...(hasTotp ? ['totp' as const] : []),
    ...(known.length > 0 ? ['passkey' as const] : []),
    ...(hasRecoveryCode ? ['recovery' as const] : []),
  ]
  if (known.length === 0) return { secondFactor: { challengeToken, methods } }
  const challenge = await passkeyChallenge(challengeToken)
  const passkeyOptions = await requestOptions(ctx.relyingParty, { challenge, known, timeout: challengeMs })
  return { secondFactor: { challengeToken, methods, passkeyOptions } }
}

/** The account that has proved both factors, with the workspace that its login asked for. */
export type ProvedAccount = ClaimSecondFactorAnswerResult

/**
 * Checks an answer and opens a session for it. The answer is counted before it is looked at, and counts whatever becomes of
 * it; using it up and opening the session are one transaction, so neither happens without the other.
 */
export async function answerSecondFactor<Opened>(
  ctx: Context,
  answer: SecondFactorAnswer,
  openSession: (ctx: Context, account: ProvedAccount) => Promise<Opened>,
): Promise<Opened> {
  const challengeDigest = await sha256Hex(utf8(answer.challengeToken))
  const account = await ctx.db.maybeOne(claimSecondFactorAnswer, {
    challengeDigest,
    credentialId: answer.passkey?.id ?? '',
    maxAnswers,
    now: ctx.now().toISOString(),
  })
  if (account === undefined) throw new ProblemError('auth/challenge-invalid')
  const self = actingAs(ctx, { kind: 'user', id: account.id, userId: account.id })
  const opened = await countingAnswer(self, account.id, async () => {
    const useUp = await checked(self, account, answer, challengeDigest)
    return await self.db.transaction(async (db) => {
      const within = { ...self, db }
      if (useUp === undefined || !(await useUp(within))) throw new ProblemError('auth/second-factor-wrong')
      return await openSession(within, account)
    })
  })
  if (answer.recoveryCode !== undefined) ctx.wakeOutbox()
  return opened
}

/** Uses an answer up; false when somebody else was faster. */
type UseUp = (ctx: Context) => Promise<boolean>

/** Looks at an answer; undefined when it is wrong. A recovery code is right or wrong when it is used up. */
async function checked(
  ctx: Context,
  account: ProvedAccount,
  { challengeToken, code, recoveryCode, passkey }: SecondFactorAnswer,
  challengeDigest: string,
): Promise<UseUp | undefined> {
  const proof = { challengeDigest, userId: account.id }
  if (code !== undefined) {
    const step = await stepOf(ctx, account, code)
    if (step === undefined) return undefined
    return async ({ db }) => (await db.maybeOne(proveTotp, { ...proof, step })) !== undefined
  }
  const now = ctx.now().toISOString()
  if (recoveryCode !== undefined) {
    const params = { ...proof, recoveryDigest: await recoveryDigest(recoveryCode), outboxId: ctx.makeId(), now }
    return async ({ db }) => (await db.maybeOne(proveRecoveryCode, params)) !== undefined
  }
  const { passkeyId } = account
  const state = passkey && (await stateOf(ctx, account, passkey, challengeToken))
  if (state === undefined || passkeyId === null) return undefined
  return async ({ db }) => (await db.maybeOne(provePasskey, { ...proof, ...state, passkeyId, now })) !== undefined
}

async function stepOf(ctx: Context, account: ProvedAccount, code: string): Promise<number | undefined> {
  const { secretCiphertext, secretKeyId: dataKeyId, secretKekVersion: kekVersion, secretWrappedKey } = account
  if (secretCiphertext === null || dataKeyId === null || kekVersion === null) return undefined
  const stored = { userId: account.id, secretCiphertext, dataKeyId, kekVersion, wrappedKey: secretWrappedKey }
  return await stepFor(ctx, stored, code)
}

/** The passkey's counter and state after its answer. An authenticator that names a user must name this one. */
async function stateOf(ctx: Context, account: ProvedAccount, passkey: PasskeyAnswer, challengeToken: string) {
  const { id, publicKey, signCount } = account
  const { userHandle: named } = passkey.response
  if (publicKey === null || signCount === null) return undefined
  if (typeof named === 'string' && named !== toBase64Url(userHandle(id))) return undefined
  const challenge = toBase64Url(await passkeyChallenge(challengeToken))
  return await checkAnswer(ctx.relyingParty, passkey, { challenge, publicKey: fromHex(publicKey), signCount })
}

const passkeyChallenge = async (challengeToken: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(`passkey\0${challengeToken}`)))
