import { beforeAll, describe, expect, test } from 'vitest'
import { apiKeyScopes, permissionsOf, roles } from '../../src/auth/permissions.ts'
import { accessMatrix, expectedOf } from '../support/access-matrix.ts'
import { expectRefusal } from '../support/answers.ts'
import { send } from '../support/client.ts'
import { type Api, readApi } from '../support/openapi.ts'
import { callRoute, methodOf, pathWithin, routeNames, routeOf, startWorld, type World } from '../support/routes.ts'

/** test/access-matrix.txt against the routes, the table of permissions, and what API keys are answered. Roles: access.test.ts. */

let world: World
let api: Api
beforeAll(async () => {
  world = await startWorld()
  api = await readApi(world.app)
})

test('the matrix has every route of the document, and no other', () => {
  expect(Object.keys(accessMatrix).sort()).toEqual(api.operations.map(({ name }) => name).sort())
})

test('the matrix says of each role what the table of permissions says', () => {
  // Owners alone close a workspace, though admins hold the permission.
  const ownersAlone = ['DELETE /v1/workspace']
  for (const [name, expected] of Object.entries(accessMatrix)) {
    for (const role of roles) {
      const isFree = expected.key === 'open' || expected.key === 'user'
      const holds = isFree || new Set<string>(permissionsOf[role]).has(expected.key)
      const isAllowed = holds && !(ownersAlone.includes(name) && role !== 'owner')
      expect([name, role, expected[role] < 400]).toEqual([name, role, isAllowed])
    }
  }
})

test('the matrix says of each route what the document says', () => {
  for (const { name, documented, responses } of api.operations) {
    const { key, none, owner } = expectedOf(name)
    const security = (documented as { security?: Record<string, string[]>[] }).security
    const scopes = security?.[0]?.['bearer']
    expect([name, key]).toEqual([name, scopes === undefined ? 'open' : (scopes[0] ?? 'user')])
    expect([name, none]).toEqual([name, key === 'open' ? owner : 401])
    expect(Object.keys(responses), name).toContain(String(owner))
  }
})

describe('an API key with one scope opens what that scope opens, and nothing else', () => {
  test.each(apiKeyScopes.map((scope) => [scope]))('%s', async (scope) => {
    const { body } = await world.home.user.call('POST', '/v1/api-keys', { name: scope, scopes: [scope] })
    const closed = routeNames.filter((name) => expectedOf(name).key !== 'open')
    for (const name of closed) {
      const expected = expectedOf(name)
      if (expected.key === scope) {
        expect([name, (await callRoute(world, name, { token: body.key })).status]).toEqual([name, expected.owner])
        continue
      }
      const answer = await send(world.app, methodOf(name), pathWithin(name, world.home), { token: body.key })
      const code = expected.key === 'user' ? 'auth/user-required' : 'permission/denied'
      expectRefusal(answer, { status: 403, code })
    }
  })

  test('and one with all of them opens all that keys may open', async () => {
    const { body } = await world.home.user.call('POST', '/v1/api-keys', { name: 'All', scopes: apiKeyScopes })
    const within = routeNames.filter((name) => (apiKeyScopes as readonly string[]).includes(expectedOf(name).key))
    expect(within.length).toBeGreaterThan(10)
    for (const name of within) {
      expect([name, (await callRoute(world, name, { token: body.key })).status]).toEqual([name, expectedOf(name).owner])
    }
  })
})

test('an id of elsewhere is answered as the matrix says', async () => {
  for (const name of routeNames) {
    const { elsewhere } = expectedOf(name)
    expect([name, elsewhere !== undefined]).toEqual([name, name.includes('{')])
    if (elsewhere === undefined) continue
    const { body } = await routeOf(name).request(world)
    const path = pathWithin(name, world.away)
    const answer = await world.home.user.call(methodOf(name), path, body, { 'If-Match': '*' })
    expect([name, answer.status]).toEqual([name, elsewhere])
  }
})
