import { beforeAll, describe, expect, test } from 'vitest'
import { expectConventions, readAnswer } from '../support/answers.ts'
import { type Answer, send } from '../support/client.ts'
import { callRoute, methodOf, pathWithin, routeNames, routeOf, startWorld, type World } from '../support/routes.ts'

const allowed = 'https://app.test'
const others = [
  'https://evil.test',
  'http://app.test',
  'https://app.test.evil.test',
  'https://app.test:8443',
  'https://APP.test',
  'null',
  '*',
  'https://app.test/',
  '',
]

let world: World
beforeAll(async () => {
  world = await startWorld()
})

const preflight = async (path: string, origin: string, method = 'POST'): Promise<Answer> => {
  const headers = {
    Origin: origin,
    'Access-Control-Request-Method': method,
    'Access-Control-Request-Headers': 'authorization,content-type,idempotency-key,if-match',
  }
  return await readAnswer(await world.app.fetch(new Request(`https://api.test${path}`, { method: 'OPTIONS', headers })))
}

const listOf = (answer: Answer, header: string) =>
  (answer.headers.get(header) ?? '')
    .toLowerCase()
    .split(',')
    .map((entry) => entry.trim())

describe('every answer carries its request’s id and the security headers', () => {
  test.each(routeNames)('%s', async (name) => {
    const answers = [
      await callRoute(world, name),
      await send(world.app, methodOf(name), pathWithin(name, world.home)),
      await send(world.app, 'PUT', pathWithin(name, world.home)),
    ]
    for (const answer of answers) expectConventions(answer)
    expect(new Set(answers.map(({ headers }) => headers.get('X-Request-Id'))).size).toBe(answers.length)
  })

  test.each(['/', '/healthz', '/readyz', '/openapi.json', '/docs', '/nowhere', '/v1/posts?limit=0', '/%ZZ'])(
    '%s',
    async (path) => {
      expectConventions(await send(world.app, 'GET', path))
    },
  )

  test('OPTIONS that is no preflight leads where other methods do', async () => {
    const ask = async (path: string) =>
      await readAnswer(await world.app.fetch(new Request(`https://api.test${path}`, { method: 'OPTIONS' })))
    expect((await ask('/v1/nowhere')).status).toBe(404)
    const answer = await ask('/v1/me')
    expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'DELETE, GET, HEAD, PATCH'])
  })

  test("the caller's own request id is not taken for ours", async () => {
    const answer = await send(world.app, 'GET', '/healthz', { headers: { 'X-Request-Id': 'forged' } })
    expect(answer.headers.get('X-Request-Id')).not.toBe('forged')
  })

  test('the id of an answer is the one in its log line and in the audit trail', async () => {
    const answer = await callRoute(world, 'POST /v1/campaigns')
    const requestId = answer.headers.get('X-Request-Id')
    expect(world.app.logs).toContainEqual(
      expect.objectContaining({ message: 'request', requestId, method: 'POST', route: '/v1/campaigns', status: 201 }),
    )
    const rows = await world.app.owner`select row_id from audit_logs where request_id = ${requestId}`
    expect(rows).toEqual([{ row_id: answer.body.id }])
  })

  test('no log line holds a token, a password, an address or a name', () => {
    const { email, password, accessToken, refreshToken, name } = world.home.user
    const text = JSON.stringify(world.app.logs)
    for (const secret of [email, password, accessToken, refreshToken, name]) expect(text).not.toContain(secret)
  })
})

describe('a page of a configured origin', () => {
  test.each(routeNames)('may ask for %s', async (name) => {
    const answer = await preflight(pathWithin(name, world.home), allowed, methodOf(name))
    expectConventions(answer)
    expect([answer.status, answer.body]).toEqual([204, ''])
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(allowed)
    expect(listOf(answer, 'Access-Control-Allow-Methods')).toContain(methodOf(name).toLowerCase())
    expect(listOf(answer, 'Access-Control-Allow-Headers')).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match']),
    )
    expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect(listOf(answer, 'Vary')).toContain('origin')
  })

  test('reads the answers and the headers that it needs, of successes and failures', async () => {
    const [postId = ''] = world.home.posts
    const { accessToken: token } = world.home.user
    for (const path of [
      `/v1/posts/${postId}`,
      '/v1/posts?limit=1',
      '/v1/posts?limit=0',
      '/v1/nowhere',
      '/v1/auth/login',
    ]) {
      const answer = await send(world.app, 'GET', path, { token, headers: { Origin: allowed } })
      expect(answer.headers.get('Access-Control-Allow-Origin'), path).toBe(allowed)
      expect(listOf(answer, 'Access-Control-Expose-Headers')).toEqual(
        expect.arrayContaining(['etag', 'link', 'retry-after', 'x-request-id']),
      )
      expect(listOf(answer, 'Vary'), path).toContain('origin')
    }
    const anonymous = await send(world.app, 'GET', '/v1/posts', { headers: { Origin: allowed } })
    expect([anonymous.status, anonymous.headers.get('Access-Control-Allow-Origin')]).toEqual([401, allowed])
  })
})

describe('a page of any other origin is not let near', () => {
  test.each(others)('%s', async (origin) => {
    for (const name of routeNames) {
      const answer = await preflight(pathWithin(name, world.home), origin, methodOf(name))
      expectConventions(answer)
      expect(answer.headers.get('Access-Control-Allow-Origin'), name).toBeNull()
    }
    for (const path of ['/v1/me', '/v1/posts', '/healthz', '/nowhere']) {
      const answer = await send(world.app, 'GET', path, {
        headers: { Origin: origin },
        token: world.home.user.accessToken,
      })
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull()
      expect(listOf(answer, 'Vary'), 'or a shared cache would mix the answers').toContain('origin')
    }
  })
})

test('without an Origin nothing is allowed, and the answer still varies by it', async () => {
  const answer = await send(world.app, 'GET', '/v1/me', { token: world.home.user.accessToken })
  expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([200, null])
  expect(listOf(answer, 'Vary')).toContain('origin')
})

test('what names a person or a workspace may not be cached by anybody', async () => {
  for (const name of routeNames.filter((candidate) => routeOf(candidate).mayCall !== 'anybody')) {
    expect((await callRoute(world, name)).headers.get('Cache-Control'), name).toBe('no-store')
  }
})
