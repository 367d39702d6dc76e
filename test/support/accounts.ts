import { randomUUID } from 'node:crypto'
import type { TestApp } from './app.ts'
import { type Answer, registerUser, type SignedInUser, send } from './client.ts'

/** What people do with their accounts: by the mails they get, and over HTTP. */

type MailApp = Pick<TestApp, 'fetch' | 'mailTo'>

/** A password that nobody tries first. */
export const newPassword = (): string => `another pass phrase ${randomUUID()}`

/** The words that the subjects of mails with a token have. */
const subjects = { verify: /^Confirm your e-mail/, change: /^Confirm your new e-mail/, reset: /^Reset/ } as const

/** The token of the latest mail of a kind to an address. */
export async function tokenTo(
  app: Pick<TestApp, 'mailTo'>,
  address: string,
  kind: keyof typeof subjects = 'verify',
): Promise<string> {
  const token = (await app.mailTo(address)).find(({ subject }) => subjects[kind].test(subject))?.token
  if (token === undefined || token === null) throw new Error(`no mail to ${kind} went to ${address}`)
  return token
}

export const verify = async (
  app: Pick<TestApp, 'fetch'>,
  body: { token: string; password: string },
  accessToken?: string,
): Promise<Answer> => await send(app, 'POST', '/v1/auth/email/verify', { body, token: accessToken })

/** A new account whose address is proved; its session is the one that proved it. */
export async function registerVerified(app: MailApp, name?: string): Promise<SignedInUser> {
  const user = await registerUser(app, name)
  const proof = { token: await tokenTo(app, user.email), password: user.password }
  const { status, body } = await verify(app, proof, user.accessToken)
  if (status !== 204) throw new Error(`verify answered ${status}: ${JSON.stringify(body)}`)
  return user
}

export const forgot = async (
  app: Pick<TestApp, 'fetch'>,
  email: string,
  headers: Record<string, string> = {},
): Promise<Answer> => await send(app, 'POST', '/v1/auth/password/forgot', { body: { email }, headers })

export const reset = async (
  app: Pick<TestApp, 'fetch'>,
  body: { token: string; newPassword: string },
): Promise<Answer> => await send(app, 'POST', '/v1/auth/password/reset', { body })

/** The token with which a forgotten password can be set anew. */
export async function resetToken(app: MailApp, email: string): Promise<string> {
  const { status } = await forgot(app, email)
  if (status !== 202) throw new Error(`forgot answered ${status}`)
  return await tokenTo(app, email, 'reset')
}

export const login = async (
  app: Pick<TestApp, 'fetch'>,
  { email, password }: { email: string; password: string },
  headers: Record<string, string> = {},
): Promise<Answer> => await send(app, 'POST', '/v1/auth/login', { body: { email, password }, headers })
