import type { UserEnv } from '../http/env.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, json, noContent, page, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { confirmMyTotp, removeMyTotp, setUpTotp } from './authenticator-app.ts'
import { addPasskey, beginPasskey, listMyPasskeys, removeMyPasskey } from './passkeys.ts'
import {
  NewPasskey,
  PasskeyCreationOptions,
  PasskeyPage,
  PasskeyQuery,
  PasskeyRegistration,
  RecoveryCodes,
  TotpConfirmation,
  TotpRemoval,
  TotpSetUp,
} from './schema.ts'

const tag = 'auth'
const changing = ['auth/second-factor-required', 'auth/sign-in-again'] as const

const setUp = route({
  method: 'post',
  path: '/auth/totp',
  tag,
  summary: 'Begin with an authenticator app',
  access: 'user',
  isGrant: true,
  responses: { 200: json(TotpSetUp, 'The secret, not shown again') },
  problems: ['totp/exists', ...changing],
})
const confirm = route({
  method: 'post',
  path: '/auth/totp/confirm',
  tag,
  summary: 'Confirm the authenticator app by a code of it',
  access: 'user',
  isGrant: true,
  body: TotpConfirmation,
  responses: { 200: json(RecoveryCodes, 'The app counts; codes for the day it is lost') },
  problems: ['totp/not-pending', 'totp/code-wrong', 'auth/throttled', ...changing],
})
const removeTotp = route({
  method: 'delete',
  path: '/auth/totp',
  tag,
  summary: 'Take the authenticator app away, by a code of it or a recovery code',
  access: 'user',
  isGrant: true,
  body: TotpRemoval,
  responses: { 204: noContent },
  problems: ['totp/not-found', 'totp/code-wrong', 'auth/throttled'],
})
const begin = route({
  method: 'post',
  path: '/auth/passkeys/options',
  tag,
  summary: 'Begin with a passkey',
  access: 'user',
  isGrant: true,
  responses: { 200: json(PasskeyCreationOptions, 'For navigator.credentials.create()') },
  problems: ['passkey/too-many', ...changing],
})
const add = route({
  method: 'post',
  path: '/auth/passkeys',
  tag,
  summary: 'Register the passkey that the browser made',
  access: 'user',
  isGrant: true,
  body: PasskeyRegistration,
  responses: { 201: json(NewPasskey, 'The passkey, with recovery codes where the account has none') },
  problems: ['passkey/refused', 'passkey/exists', ...changing],
})
const list = route({
  method: 'get',
  path: '/auth/passkeys',
  tag,
  summary: 'Passkeys, newest first',
  access: 'user',
  query: PasskeyQuery,
  responses: { 200: page(PasskeyPage) },
})
const removePasskey = route({
  method: 'delete',
  path: '/auth/passkeys/{id}',
  tag,
  summary: 'Take a passkey away',
  access: 'user',
  isGrant: true,
  params: pathId('passkey/not-found'),
  responses: { 204: noContent },
  problems: ['passkey/not-found', ...changing],
})

export const factorRoutes = createRouter<UserEnv>()
  .openapi(setUp, async (c) => c.json(await setUpTotp(c.get('ctx')), 200))
  .openapi(confirm, async (c) => c.json(await confirmMyTotp(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(removeTotp, async (c) => {
    await removeMyTotp(c.get('ctx'), c.req.valid('json'))
    return c.body(null, 204)
  })
  .openapi(begin, async (c) => c.json(await beginPasskey(c.get('ctx')), 200))
  .openapi(add, async (c) => c.json(await addPasskey(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(list, async (c) => answerPage(c, 'passkeys', await listMyPasskeys(c.get('ctx'), c.req.valid('query'))))
  .openapi(removePasskey, async (c) => {
    await removeMyPasskey(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
