import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Role, roles } from '../../src/auth/permissions.ts'
import { expectRefusal } from '../support/answers.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { dumpTenant } from '../support/dump.ts'
import {
  callRoute,
  inviteMembers,
  methodOf,
  pathWithin,
  routeNames,
  routeOf,
  startWorld,
  type World,
} from '../support/routes.ts'
import { asOwner, registerMember } from '../support/tenants.ts'

const credentialsRequired = { status: 401, code: 'auth/credentials-required' }
const closedRoutes = routeNames.filter((name) => routeOf(name).mayCall !== 'anybody')
const memberRoutes = closedRoutes.filter((name) => routeOf(name).mayCall !== 'user')

let world: World
let members: Record<Role, SignedInUser>
beforeAll(async () => {
  world = await startWorld()
  members = await inviteMembers(world)
})

const mayCall = (role: Role, name: string): boolean => {
  const { mayCall: who } = routeOf(name)
  return typeof who === 'string' || who.includes(role)
}

describe('without a credential every closed route answers 401 and says how to authenticate', () => {
  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['the scheme alone', 'Bearer'],
    ['another scheme', 'Basic dXNlcjpwYXNzd29yZA=='],
    ['two tokens', 'Bearer one two'],
    ['a token without its scheme', 'eyJhbGciOiJub25lIn0.e30.'],
  ])('%s', async (_, authorization) => {
    const before = await dumpTenant(world.app, world.home.user)
    for (const name of closedRoutes) {
      const headers = authorization === undefined ? {} : { Authorization: authorization }
      const answer = await send(world.app, methodOf(name), pathWithin(name, world.home), { headers })
      expectRefusal(answer, credentialsRequired)
      expect(answer.headers.get('WWW-Authenticate'), name).toBe('Bearer realm="defeah"')
    }
    expect(await dumpTenant(world.app, world.home.user)).toEqual(before)
  })
})

describe('a token that is not good opens no route', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const stranger = generateKeyPairSync('ed25519')
  let isolate: Pick<World['app'], 'fetch'>
  let keyId = ''

  // The database is made to publish a key of the test's own, so that tokens differ from good ones in one point alone.
  beforeAll(async () => {
    const { kty, crv, x } = publicKey.export({ format: 'jwk' })
    const [key] = await asOwner(
      world.app,
      (tx) => tx<{ id: string }[]>`
        update encryption_keys set public_jwk = ${tx.json({ kty, crv, x } as Record<string, string>)}
        where purpose = 'signing' returning id`,
    )
    keyId = key?.id ?? ''
    isolate = world.app.secondIsolate()
  })

  type Parts = { header?: object; claims?: object; signature?: (input: string) => Buffer }
  const seconds = (offset: number) => Math.floor(world.app.now().getTime() / 1000) + offset
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const bySigning = (input: string) => sign(null, Buffer.from(input), privateKey)

  function tokenOf({ header = {}, claims = {}, signature = bySigning }: Parts = {}): string {
    const { id, sessionId, workspaceId } = world.home.user
    const [iat, exp] = [seconds(0), seconds(900)]
    const good = { sub: id, sid: sessionId, wid: workspaceId, iss: 'https://api.test', aud: 'defeah-api', iat, exp }
    const input = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid: keyId, ...header })}.${encode({ ...good, ...claims })}`
    return `${input}.${signature(input).toString('base64url')}`
  }

  const expectNoEntry = async (token: string) => {
    for (const name of closedRoutes) {
      const answer = await send(isolate, methodOf(name), pathWithin(name, world.home), { token })
      expectRefusal(answer, credentialsRequired)
      expect(answer.headers.get('WWW-Authenticate'), name).toBe('Bearer realm="defeah", error="invalid_token"')
    }
  }

  test('(one that is good does)', async () => {
    expect((await send(isolate, 'GET', '/v1/me', { token: tokenOf() })).status).toBe(200)
    expect((await send(isolate, 'GET', '/v1/audit-logs', { token: tokenOf() })).status).toBe(200)
  })

  const keyConfusion = (input: string) =>
    createHmac('sha256', publicKey.export({ type: 'spki', format: 'pem' }))
      .update(input)
      .digest()

  test.each<[string, () => string]>([
    ['garbage', () => 'garbage'],
    ['three parts of garbage', () => 'a.b.c'],
    ['a refresh token', () => world.home.user.refreshToken],
    ['expired', () => tokenOf({ claims: { iat: seconds(-1000), exp: seconds(-6) } })],
    ['not yet valid', () => tokenOf({ claims: { nbf: seconds(60) } })],
    ['without an end', () => tokenOf({ claims: { exp: undefined } })],
    ['for another audience', () => tokenOf({ claims: { aud: 'other-api' } })],
    ['for no audience', () => tokenOf({ claims: { aud: undefined } })],
    ['of another issuer', () => tokenOf({ claims: { iss: 'https://evil.test' } })],
    ['of another type', () => tokenOf({ header: { typ: 'JWT' } })],
    ['without a type', () => tokenOf({ header: { typ: undefined } })],
    ['alg none', () => tokenOf({ header: { alg: 'none' }, signature: () => Buffer.alloc(0) })],
    ['alg none with a signature', () => tokenOf({ header: { alg: 'none' } })],
    ['alg HS256 keyed with the public key', () => tokenOf({ header: { alg: 'HS256' }, signature: keyConfusion })],
    ['without a signature', () => tokenOf({ signature: () => Buffer.alloc(0) })],
    [
      'signed by a stranger',
      () => tokenOf({ signature: (input) => sign(null, Buffer.from(input), stranger.privateKey) }),
    ],
    ['naming an unknown key', () => tokenOf({ header: { kid: randomUUID() } })],
    ['naming no key', () => tokenOf({ header: { kid: undefined } })],
    ['critical extension', () => tokenOf({ header: { crit: ['x'], x: 1 } })],
    ['with changed claims', () => withOtherClaims(tokenOf())],
    ['without a subject', () => tokenOf({ claims: { sub: undefined } })],
    ['without a session', () => tokenOf({ claims: { sid: undefined } })],
    ['of a session that never was', () => tokenOf({ claims: { sid: randomUUID() } })],
    ["of another user's session", () => tokenOf({ claims: { sid: world.away.user.sessionId } })],
    ['with a session that is no id', () => tokenOf({ claims: { sid: "' or true --" } })],
    ['with a subject that is no text', () => tokenOf({ claims: { sub: 1 } })],
    ['with a workspace that is no id', () => tokenOf({ claims: { wid: "' or true --" } })],
  ])('%s', async (_, token) => await expectNoEntry(token()))

  test('of a session that has ended', async () => {
    const user = await registerUser(isolate)
    const claims = { sub: user.id, sid: user.sessionId, wid: user.workspaceId }
    await asOwner(
      world.app,
      (tx) => tx`
        update user_sessions set revoked_at = now(), revoked_reason = 'admin' where id = ${user.sessionId}`,
    )
    await expectNoEntry(tokenOf({ claims }))
  })

  test('a workspace that is not the user’s gives no right in it', async () => {
    const token = tokenOf({ claims: { wid: world.away.user.workspaceId } })
    for (const name of memberRoutes) {
      const answer = await send(isolate, methodOf(name), pathWithin(name, world.away), { token })
      expectRefusal(answer, { status: 403, code: 'permission/denied' })
    }
  })

  function withOtherClaims(token: string): string {
    const [header, payload = '', signature] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return [header, encode({ ...claims, wid: world.away.user.workspaceId }), signature].join('.')
  }
})

describe('a role may call what it is granted, and nothing else', () => {
  test.each(roles.map((role) => [role]))('%s', async (role) => {
    const { accessToken: token } = members[role]
    for (const name of memberRoutes.filter((candidate) => mayCall(role, candidate))) {
      const { status, endsWorkspace, isForOwnersAlone } = routeOf(name)
      const answer = await callRoute(world, name, { token: endsWorkspace ? await tokenElsewhere(role) : token })
      const isRefused = isForOwnersAlone && role !== 'owner'
      if (isRefused) expectRefusal(answer, { status: 403, code: 'permission/denied' })
      else expect(answer.status, name).toBe(status)
    }
    const before = await dumpTenant(world.app, world.home.user)
    const denied = memberRoutes.filter((candidate) => !mayCall(role, candidate))
    for (const name of denied) {
      const answer = await send(world.app, methodOf(name), pathWithin(name, world.home), { token })
      expectRefusal(answer, { status: 403, code: 'permission/denied' })
    }
    expect(await dumpTenant(world.app, world.home.user)).toEqual(before)
    expect(denied.length === 0, 'only owner and admin may call all of them').toBe(role === 'owner' || role === 'admin')
  })

  /** Of a member of a workspace that may end. */
  async function tokenElsewhere(role: Role): Promise<string> {
    const owner = await registerUser(world.app)
    if (role === 'owner') return owner.accessToken
    return (await registerMember(world.app, { workspaceId: owner.workspaceId, role })).accessToken
  }
})

describe('who is in no workspace', () => {
  let user: SignedInUser
  beforeAll(async () => {
    user = await registerUser(world.app)
    await asOwner(world.app, (tx) => tx`delete from workspace_members where user_id = ${user.id}`)
    const answer = await send(world.app, 'POST', '/v1/auth/refresh', { body: { refreshToken: user.refreshToken } })
    expect(answer.body.workspace).toBeNull()
    user = { ...user, accessToken: answer.body.accessToken }
  })

  test('reaches nothing of a workspace', async () => {
    for (const name of memberRoutes) {
      const answer = await send(world.app, methodOf(name), pathWithin(name, world.home), { token: user.accessToken })
      expectRefusal(answer, { status: 403, code: 'workspace/none' })
    }
  })

  test('still reaches the own account', async () => {
    for (const path of ['/v1/me', '/v1/auth/sessions']) {
      expect((await send(world.app, 'GET', path, { token: user.accessToken })).status).toBe(200)
    }
  })
})

test('who is no longer a member reaches nothing of the workspace', async () => {
  const former = await registerUser(world.app)
  const claimed = { status: 403, code: 'permission/denied' }
  await asOwner(world.app, (tx) => tx`delete from workspace_members where user_id = ${former.id}`)
  for (const name of memberRoutes) {
    const path = pathWithin(name, world.home)
    expectRefusal(await send(world.app, methodOf(name), path, { token: former.accessToken }), claimed)
  }
})
