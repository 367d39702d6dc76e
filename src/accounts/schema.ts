import { z } from '@hono/zod-openapi'
import { Email, Text } from '../http/values.ts'
import { NewPassword, Password } from '../passwords/schema.ts'

/** The token of a mail; ours have 43 characters. */
const MailToken = Text(200)

export const Verification = z.strictObject({ token: MailToken, password: Password }).openapi('Verification')
export type Verification = z.infer<typeof Verification>

export const EmailChange = z.strictObject({ password: Password, newEmail: Email }).openapi('EmailChange')
export type EmailChange = z.infer<typeof EmailChange>

// Any text, as at login: an address that is none is one that nobody has.
export const ForgottenPassword = z.strictObject({ email: Text(254) }).openapi('ForgottenPassword')
export type ForgottenPassword = z.infer<typeof ForgottenPassword>

export const PasswordReset = z.strictObject({ token: MailToken, newPassword: NewPassword }).openapi('PasswordReset')
export type PasswordReset = z.infer<typeof PasswordReset>

export const PasswordChange = z.strictObject({ password: Password, newPassword: NewPassword }).openapi('PasswordChange')
export type PasswordChange = z.infer<typeof PasswordChange>

export const Accepted = z.object({ status: z.literal('accepted') }).openapi('Accepted')
