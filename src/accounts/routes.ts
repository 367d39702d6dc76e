import type { PublicEnv, UserEnv } from '../http/env.ts'
import { createRouter, json, noContent, route } from '../http/route.ts'
import { Accepted, EmailChange, ForgottenPassword, PasswordChange, PasswordReset, Verification } from './schema.ts'
import {
  changeEmail,
  changePassword,
  requestPasswordReset,
  resendVerification,
  resetPassword,
  verifyEmail,
} from './service.ts'

const tag = 'auth'
const accepted = json(Accepted, 'A mail is on its way, if there is somebody to send it to')
const answer = { status: 'accepted' } as const

const verify = route({
  method: 'post',
  path: '/auth/email/verify',
  tag,
  summary: 'Confirm an address, by the token of a mail and the password; ends all other sessions',
  access: 'public',
  body: Verification,
  responses: { 204: noContent },
  problems: ['auth/token-invalid', 'auth/credentials-wrong', 'user/email-taken', 'auth/throttled', 'service/busy'],
})

const resend = route({
  method: 'post',
  path: '/auth/email/resend',
  tag,
  summary: 'Ask for another mail that confirms the address',
  access: 'user',
  isGrant: true,
  responses: { 202: accepted },
  problems: ['auth/throttled'],
})

const change = route({
  method: 'post',
  path: '/auth/email/change',
  tag,
  summary: 'Ask for another address; it counts once it is confirmed',
  access: 'user',
  isGrant: true,
  body: EmailChange,
  responses: { 202: accepted },
  problems: ['auth/credentials-wrong', 'auth/throttled', 'service/busy'],
})

const forgot = route({
  method: 'post',
  path: '/auth/password/forgot',
  tag,
  summary: 'Ask for a mail that sets a new password',
  access: 'public',
  body: ForgottenPassword,
  responses: { 202: accepted },
  problems: ['auth/throttled'],
})

const reset = route({
  method: 'post',
  path: '/auth/password/reset',
  tag,
  summary: 'Set a new password, by the token of a mail; ends all sessions',
  access: 'public',
  body: PasswordReset,
  responses: { 204: noContent },
  problems: ['auth/token-invalid', 'auth/throttled', 'service/busy'],
})

const changePasswordRoute = route({
  method: 'post',
  path: '/auth/password/change',
  tag,
  summary: 'Set a new password, by the old one; ends all other sessions',
  access: 'user',
  isGrant: true,
  body: PasswordChange,
  responses: { 204: noContent },
  problems: ['auth/credentials-wrong', 'auth/throttled', 'service/busy'],
})

/** What opens an account, changed by whoever proves to be its owner. */
export const recoveryRoutes = createRouter<PublicEnv>()
  .openapi(verify, async (c) => {
    await verifyEmail(c.get('ctx'), c.req.valid('json'), c.req.header('Authorization'))
    return c.body(null, 204)
  })
  .openapi(forgot, async (c) => {
    await requestPasswordReset(c.get('ctx'), c.req.valid('json'))
    return c.json(answer, 202)
  })
  .openapi(reset, async (c) => {
    await resetPassword(c.get('ctx'), c.req.valid('json'))
    return c.body(null, 204)
  })

export const accountRoutes = createRouter<UserEnv>()
  .openapi(resend, async (c) => {
    await resendVerification(c.get('ctx'))
    return c.json(answer, 202)
  })
  .openapi(change, async (c) => {
    await changeEmail(c.get('ctx'), c.req.valid('json'))
    return c.json(answer, 202)
  })
  .openapi(changePasswordRoute, async (c) => {
    await changePassword(c.get('ctx'), c.req.valid('json'))
    return c.body(null, 204)
  })
