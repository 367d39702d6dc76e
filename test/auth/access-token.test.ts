import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { SigningKey } from '../../src/keys/service.ts'
import { makeSecrets, publicUrl, startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { openGlobalKeys } from '../support/keys.ts'
import { removeMember } from '../support/members.ts'
import { insertSession } from '../support/sessions.ts'
import { setRole } from '../support/tenants.ts'

const secrets = makeSecrets()
let app: TestApp
let ada: SignedInUser
let eve: SignedInUser
let signing: SigningKey
beforeAll(async () => {
  app = await startApp({ secrets })
  ada = await registerUser(app)
  eve = await registerUser(app, 'Eve')
  signing = (await openGlobalKeys(app, secrets)).signing[0] as SigningKey
})

const jwks = async () => (await send(app, 'GET', '/.well-known/jwks.json')).body
const me = (token: string) => send(app, 'GET', '/v1/me', { token })
const campaigns = (token: string) => send(app, 'GET', '/v1/campaigns', { token })

type Forgery = { header?: object; claims?: Record<string, unknown>; key?: Parameters<SignJWT['sign']>[0] }

/** A token like those of the service, made with its own key, but for what is given. */
async function forge({ header = {}, claims = {}, key = signing.privateKey }: Forgery = {}): Promise<string> {
  const seconds = Math.floor(app.now().getTime() / 1000)
  const good = { sub: ada.id, sid: ada.sessionId, wid: ada.workspaceId, iss: publicUrl, aud: 'defeah-api' }
  return await new SignJWT({ ...good, iat: seconds, exp: seconds + 900, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: signing.id, ...header })
    .sign(key)
}

test('a token names user, session and workspace, lives 15 minutes, and has no role and nothing personal', () => {
  expect(decodeProtectedHeader(ada.accessToken)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: signing.id })
  const claims = decodeJwt(ada.accessToken)
  expect(claims).toEqual({
    sub: ada.id,
    sid: ada.sessionId,
    wid: ada.workspaceId,
    iss: publicUrl,
    aud: 'defeah-api',
    iat: expect.any(Number),
    exp: (claims.iat as number) + 900,
  })
})

test('the published key set alone is enough to verify a token', async () => {
  const set = await jwks()
  expect(set).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: signing.id, alg: 'EdDSA', use: 'sig' }],
  })
  const { payload } = await jwtVerify(ada.accessToken, createLocalJWKSet(set), {
    issuer: publicUrl,
    audience: 'defeah-api',
    typ: 'at+jwt',
    algorithms: ['EdDSA'],
  })
  expect(payload.sub).toBe(ada.id)
})

test('a token made by hand like those of the service is taken', async () => {
  expect((await me(await forge())).status).toBe(200)
})

describe('refused', () => {
  const past = () => Math.floor(app.now().getTime() / 1000) - 6
  const foreignKey = generateKeyPairSync('ed25519').privateKey
  const unsigned = (token: string) => {
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: signing.id })).toString('base64url')
    return `${header}.${token.split('.')[1]}.`
  }
  test.each<[string, () => string | Promise<string>]>([
    ['alg none', () => unsigned(ada.accessToken)],
    ['alg none with the old signature', () => unsigned(ada.accessToken) + ada.accessToken.split('.')[2]],
    [
      'HS256 under the public key',
      async () => forge({ header: { alg: 'HS256' }, key: Buffer.from((await jwks()).keys[0].x, 'base64url') }),
    ],
    ["somebody else's key under our kid", () => forge({ key: foreignKey })],
    ['an unknown kid', () => forge({ header: { kid: randomUUID() } })],
    ['a kid that is no text', () => forge({ header: { kid: 7 } })],
    ['no kid', () => forge({ header: { kid: undefined } })],
    ['another typ', () => forge({ header: { typ: 'JWT' } })],
    ['no typ', () => forge({ header: { typ: undefined } })],
    ['a key in its header', () => forge({ header: { kid: randomUUID(), jwk: signing.publicJwk } })],
    ['another audience', () => forge({ claims: { aud: 'another-api' } })],
    ['another issuer', () => forge({ claims: { iss: 'https://api.example' } })],
    ['expired', () => forge({ claims: { iat: past() - 900, exp: past() } })],
    ['without an end', () => forge({ claims: { exp: undefined } })],
    ['without a session', () => forge({ claims: { sid: undefined } })],
    ['a session that never was', () => forge({ claims: { sid: randomUUID() } })],
    ['a subject that is no id', () => forge({ claims: { sub: 'ada' } })],
    ['changed claims', () => tampered(1)],
    ['a changed signature', () => tampered(2)],
    ['a changed header', () => tampered(0)],
    ['a cut token', () => ada.accessToken.slice(0, -10)],
    ['a refresh token', () => ada.refreshToken],
    ['nonsense', () => 'x.y.z'],
    ['a JWE', () => 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c'],
  ])('%s', async (_name, make) => {
    const token = await make()
    const { status, body, headers } = await campaigns(token)
    expect([status, body.code]).toEqual([401, 'auth/credentials-required'])
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="defeah", error="invalid_token"')
    expect((await me(token)).status).toBe(401)
  })

  function tampered(part: 0 | 1 | 2): string {
    const parts = ada.accessToken.split('.')
    const text = parts[part] as string
    const middle = text.length >> 1
    parts[part] = text.slice(0, middle) + (text[middle] === 'A' ? 'B' : 'A') + text.slice(middle + 1)
    return parts.join('.')
  }

  test.each(['Basic YTpi', 'Bearer', 'Bearer  ', 'bearer a b', 'Token x', 'Bearer \u00e9'])(
    'the header %j',
    async (header) => {
      const answer = await send(app, 'GET', '/v1/me', { headers: { Authorization: header } })
      expect([answer.status, answer.body.code]).toEqual([401, 'auth/credentials-required'])
    },
  )
})

test('a workspace that the user does not belong to gives nothing, even under our own signature', async () => {
  const foreign = await forge({ claims: { wid: eve.workspaceId } })
  for (const path of ['/v1/campaigns', '/v1/posts', '/v1/audit-logs']) {
    const { status, body } = await send(app, 'GET', path, { token: foreign })
    expect([path, status, body.code]).toEqual([path, 403, 'permission/denied'])
  }
  const none = await campaigns(await forge({ claims: { wid: undefined } }))
  expect([none.status, none.body.code]).toEqual([403, 'workspace/none'])
  expect((await campaigns(await forge({ claims: { wid: randomUUID() } }))).status).toBe(403)
})

describe('as time passes', () => {
  let timed: TestApp
  beforeAll(async () => {
    // Without Redis, whose clock is not moved.
    timed = await startApp({ database: app.database, secrets, restUrl: 'http://127.0.0.1:1' })
  })

  test('a token ends after 15 minutes and the 5 s that clocks may differ, remembered or not', async () => {
    const { token } = await insertSession(timed, secrets, ada)
    const { body } = await send(timed, 'POST', '/v1/auth/refresh', { body: { refreshToken: token } })
    const call = () => send(timed, 'GET', '/v1/me', { token: body.accessToken })
    expect((await call()).status).toBe(200)
    timed.advance(15 * 60_000 + 3_000)
    expect((await call()).status).toBe(200)
    timed.advance(4_000)
    expect((await call()).status).toBe(401)
    expect((await send(timed.secondIsolate(), 'GET', '/v1/me', { token: body.accessToken })).status).toBe(401)
  })

  test('a member who is removed loses the workspace, and keeps what is his own', async () => {
    await setRole(app, ada.id, { workspaceId: eve.workspaceId, role: 'editor' })
    const { token } = await insertSession(timed, secrets, { id: ada.id, workspaceId: eve.workspaceId })
    const body = { refreshToken: token, workspaceId: eve.workspaceId }
    const { accessToken } = (await send(timed, 'POST', '/v1/auth/refresh', { body })).body
    const call = (path: string) => send(timed, 'GET', path, { token: accessToken })
    expect((await call('/v1/campaigns')).status).toBe(200)
    await removeMember(app, eve.workspaceId, ada.id)
    timed.advance(2_000)
    const refused = await call('/v1/campaigns')
    expect([refused.status, refused.body.code]).toEqual([403, 'permission/denied'])
    expect((await call('/v1/me')).status).toBe(200)
  })
})
