import { actingAs, type Context } from '../context.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { fromHex, toBase64Url, utf8 } from '../crypto/encoding.ts'
import { ProblemError, referenceNotFound } from '../problem.ts'
import { countingAnswer } from './access.ts'
import { stepFor } from './authenticator-app.ts'
import {
  claimWrongAnswer,
  type FindSecondFactorChallengeResult,
  findSecondFactorChallenge,
  insertSecondFactorChallenge,
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

/** The account that proves both factors, with the workspace that its login asked for. */
export type ProvedAccount = FindSecondFactorChallengeResult

/** A challenge and the answer to it, as the statement that opens the session uses them up. One of the answers is not null. */
export type SecondFactorProof = {
  /** Null where no second factor was asked for. */
  readonly challengeDigest: string | null
  readonly maxAnswers: number
  readonly step: number | null
  readonly recoveryDigest: string | null
  readonly passkeyId: string | null
  readonly signCount: number | null
  readonly isBackedUp: boolean | null
}

const noAnswer = { step: null, recoveryDigest: null, passkeyId: null, signCount: null, isBackedUp: null } as const

/** A session that the password alone opens. */
export const passwordAlone: SecondFactorProof = { challengeDigest: null, maxAnswers, ...noAnswer }

/**
 * Checks an answer and opens a session for it; `openSession` answers undefined when somebody else was faster to use what it
 * is opened by. Of what is wrong nobody hears before it is counted, so that of many at once no more are heard of than one
 * challenge has. What the throttle refuses is not looked at, and does not count.
 */
export async function answerSecondFactor<Opened>(
  ctx: Context,
  answer: SecondFactorAnswer,
  openSession: (ctx: Context, account: ProvedAccount, proof: SecondFactorProof) => Promise<Opened | undefined>,
): Promise<Opened> {
  const challengeDigest = await sha256Hex(utf8(answer.challengeToken))
  const now = ctx.now().toISOString()
  const challenge = { challengeDigest, maxAnswers, now }
  const asked = { ...challenge, credentialId: answer.passkey?.id ?? '' }
  const account = await ctx.db.maybeOne(findSecondFactorChallenge, asked)
  if (account === undefined) throw new ProblemError('auth/challenge-invalid')
  const self = actingAs(ctx, { kind: 'user', id: account.id, userId: account.id })
  return await countingAnswer(self, account.id, async () => {
    const right = await checked(self, account, answer)
    const opened = right && (await openSession(self, account, { challengeDigest, maxAnswers, ...noAnswer, ...right }))
    if (opened !== undefined) return opened
    const counted = await self.db.maybeOne(claimWrongAnswer, challenge)
    throw new ProblemError(counted === undefined ? 'auth/challenge-invalid' : 'auth/second-factor-wrong')
  })
}

/** Looks at an answer; undefined when it is wrong. A recovery code is right or wrong when it is used up. */
async function checked(
  ctx: Context,
  account: ProvedAccount,
  { challengeToken, code, recoveryCode, passkey }: SecondFactorAnswer,
): Promise<Partial<SecondFactorProof> | undefined> {
  if (code !== undefined) {
    const step = await stepOf(ctx, account, code)
    return step === undefined ? undefined : { step }
  }
  if (recoveryCode !== undefined) return { recoveryDigest: await recoveryDigest(recoveryCode) }
  const { passkeyId } = account
  const state = passkey && (await stateOf(ctx, account, passkey, challengeToken))
  return state === undefined || passkeyId === null ? undefined : { ...state, passkeyId }
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
