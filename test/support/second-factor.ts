import { createHmac } from 'node:crypto'
import type { TestApp } from './app.ts'
import { type Authenticator, createAuthenticator } from './authenticator.ts'
import { type Answer, type SignedInUser, send } from './client.ts'

type App = Pick<TestApp, 'fetch'>
type TimedApp = App & Pick<TestApp, 'now'>

const stepMs = 30_000

/** The code of an authenticator app (RFC 6238), steps before or after now. */
export function totpCode(secret: string, now: Date, steps = 0): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now.getTime() / stepMs) + steps))
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const offset = mac.readUInt8(mac.length - 1) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** A code that is none of the present ones. */
export function wrongCode(secret: string, now: Date): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => totpCode(secret, now, steps))
  const wrong = ['111111', '222222', '333333', '444444', '555555', '666666'].find((code) => !near.includes(code))
  if (wrong === undefined) throw new Error('all of them are near')
  return wrong
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

const expecting = (status: number, answer: Answer): Answer => {
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer
}

export type TotpFactor = { secret: string; recoveryCodes: string[] }

/** Gives a user an authenticator app, confirmed by the code of the step before: the present one is not used yet. */
export async function addTotp(app: TimedApp, user: Pick<SignedInUser, 'call'>): Promise<TotpFactor> {
  const { secret } = expecting(200, await user.call('POST', '/v1/auth/totp')).body
  const confirmation = await user.call('POST', '/v1/auth/totp/confirm', { code: totpCode(secret, app.now(), -1) })
  return { secret, recoveryCodes: expecting(200, confirmation).body.recoveryCodes }
}

export type PasskeyFactor = { id: string; authenticator: Authenticator; recoveryCodes: string[] | undefined }

/** Gives a user a passkey. */
export async function addPasskey(
  user: Pick<SignedInUser, 'call'>,
  authenticator = createAuthenticator(),
): Promise<PasskeyFactor> {
  const options = expecting(200, await user.call('POST', '/v1/auth/passkeys/options')).body
  const answer = await user.call('POST', '/v1/auth/passkeys', authenticator.create(options))
  const { id, recoveryCodes } = expecting(201, answer).body
  return { id, authenticator, recoveryCodes }
}

type Credentials = Pick<SignedInUser, 'email' | 'password'>

export const login = async (app: App, { email, password }: Credentials, more: object = {}): Promise<Answer> =>
  await send(app, 'POST', '/v1/auth/login', { body: { email, password, ...more } })

/** What a login by password asks for. */
export async function challengeOf(app: App, user: Credentials, more: object = {}) {
  const { secondFactor } = expecting(200, await login(app, user, more)).body
  if (secondFactor === undefined) throw new Error('the login asked for no second factor')
  return secondFactor
}

export const answer = async (app: App, challengeToken: string, proof: object): Promise<Answer> =>
  await send(app, 'POST', '/v1/auth/second-factor', { body: { challengeToken, ...proof } })

/** The same user in the session that an answer opened. */
export function inSession(app: App, user: SignedInUser, { body }: Answer): SignedInUser {
  const { accessToken, refreshToken } = body
  const call: SignedInUser['call'] = async (method, path, requestBody, headers) =>
    await send(app, method, path, { token: accessToken, body: requestBody, ...(headers && { headers }) })
  return { ...user, accessToken, refreshToken, sessionId: refreshToken.split('.')[0], call }
}
