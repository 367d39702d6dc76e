import { beforeAll, describe, expect, test } from 'vitest'
import { expectConventions, expectRefusal, invalid, readAnswer } from '../support/answers.ts'
import { type Answer, send } from '../support/client.ts'
import { type Api, isList, queryNames, readApi } from '../support/openapi.ts'
import { callRoute, methodOf, pathWithin, routeNames, routeOf, startWorld, type World } from '../support/routes.ts'

let world: World
let api: Api
beforeAll(async () => {
  world = await startWorld()
  api = await readApi(world.app)
})

const operationOf = (name: string) => {
  const found = api.operations.find((operation) => operation.name === name)
  if (found === undefined) throw new Error(`${name} is not in the document`)
  return found
}

/** What a query cannot leave out. */
const needed: Readonly<Record<string, readonly string[]>> = {
  'GET /v1/posts/calendar': ['from=2026-12-01', 'to=2026-12-31'],
}

/** Sends a route's request with a query behind its path. */
async function withQuery(name: string, query: string, body?: unknown, headers = {}): Promise<Answer> {
  const given = needed[name]?.filter((pair) => !query.startsWith(pair.slice(0, pair.indexOf('=') + 1))) ?? []
  const all = [query, ...given].join('&')
  return await world.home.user.call(methodOf(name), `${pathWithin(name, world.home)}?${all}`, body, {
    'If-Match': '*',
    ...headers,
  })
}

async function head(path: string, token?: string): Promise<Answer> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  return await readAnswer(await world.app.fetch(new Request(`https://api.test${path}`, { method: 'HEAD', headers })))
}

const listRoutes = [
  'GET /v1/api-keys',
  'GET /v1/audit-logs',
  'GET /v1/auth/passkeys',
  'GET /v1/auth/sessions',
  'GET /v1/campaigns',
  'GET /v1/campaigns/{id}/posts',
  'GET /v1/campaigns/{id}/spend',
  'GET /v1/me/exports',
  'GET /v1/media',
  'GET /v1/posts',
  'GET /v1/posts/calendar',
  'GET /v1/posts/{id}/approvals',
  'GET /v1/posts/{id}/history',
  'GET /v1/posts/{id}/notes',
  'GET /v1/workspace/invitations',
  'GET /v1/workspace/members',
  'GET /v1/workspaces',
]

test('the lists are exactly those of the document', () => {
  expect(
    api.operations
      .filter(isList)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(listRoutes)
})

describe('a query that a route does not know is refused with its name', () => {
  test.each(routeNames)('%s', async (name) => {
    const { body, headers } = await routeOf(name).request(world)
    const others = ['offset', 'page', 'workspaceId', 'fields'].filter(
      (query) => !queryNames(operationOf(name)).includes(query),
    )
    for (const query of others) expectRefusal(await withQuery(name, `${query}=1`, body, headers), invalid(`/${query}`))
    for (const [query, pointer] of [
      ['unknown', '/unknown'],
      ['a%2Fb~c=1', '/a~1b~0c'],
      ['constructor=1', '/constructor'],
      ['%00=1', '/\0'],
    ] as const) {
      const answer = await withQuery(name, query, body, headers)
      expectRefusal(answer, invalid(pointer))
      expect(answer.body.errors[0].in).toBe('query')
    }
    expectRefusal(await withQuery(name, '__proto__=1', body, headers), invalid('/__proto__'))
  })
})

test('a query is not mistaken for a body, nor an empty one for a query', async () => {
  const { body } = await routeOf('POST /v1/campaigns').request(world)
  const posted = await world.home.user.call('POST', '/v1/campaigns?name=x', body)
  expectRefusal(posted, invalid('/name'))
  expect((await world.home.user.call('GET', '/v1/campaigns?')).status).toBe(200)
  expect((await world.home.user.call('GET', '/v1/campaigns?&')).status).toBe(200)
})

describe('a query value that its schema does not allow is refused with its name', () => {
  const badValues: Readonly<Record<string, string[]>> = {
    limit: [
      '0',
      '101',
      '-1',
      '1.5',
      '1e1',
      '0x10',
      '',
      '%20',
      '+5',
      'ten',
      '99999999999999999999',
      '%EF%BC%91',
      'null',
      '1,2',
    ],
    cursor: [
      'x',
      '%20',
      '%00',
      'W10',
      'W10=',
      '..',
      'a'.repeat(513),
      'bnVsbA',
      '//8',
      '____',
      'WyIxIl0',
      'WzFd',
      'e30',
      'Iiwi',
    ],
    status: ['', 'DRAFT', 'deleted', 'draft,active', '%00', ' draft', 'draft%0A'],
    objective: ['', 'fame', 'sales%20'],
    kind: ['', 'audio', 'IMAGE', 'image%20'],
    campaignId: ['', '1', 'null', '%00', '%27%20or%201%3D1--', '0190a6bc5e7a70008000000000000001'],
    accountId: ['', '1', '%F0%9F%98%80'],
    authorId: ['', 'me'],
    userId: ['', 'me'],
    from: [
      '',
      'now',
      '2026-01-01',
      '2026-01-01T00:00:00',
      '2026-02-30T00:00:00Z',
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:00:60Z',
      '2026-01-01T00:00:00%2B24:00',
      'infinity',
      '%00',
      '1767225600',
    ],
    to: ['', 'tomorrow', '2026-01-01 00:00:00Z', '10000-01-01T00:00:00Z'],
    tag: ['', '%00', 'a'.repeat(51)],
    activeFrom: ['', 'now', '2026-02-30', '2026-01-01T00:00:00Z', '0000-01-01', '%00', 'infinity'],
    timeZone: ['', 'Mars/Olympus', '%2B02:00', '%00'],
    activeTo: ['', 'tomorrow', '10000-01-01'],
    table: ['%00', 'a'.repeat(64)],
    rowId: ['%00', 'a'.repeat(201)],
    operation: ['', 'insert', 'TRUNCATE'],
  }

  /** Where a day is asked for, and not an instant. */
  const badDays: Readonly<Record<string, string[]>> = {
    from: ['', 'now', '2026-02-30', '2026-12-01T00:00:00Z', '%00'],
    to: ['', 'tomorrow', '10000-01-01'],
  }

  test.each(listRoutes)('%s', async (name) => {
    for (const query of queryNames(operationOf(name))) {
      const values = name === 'GET /v1/posts/calendar' ? (badDays[query] ?? badValues[query]) : badValues[query]
      if (values === undefined) throw new Error(`${name} takes ${query} and this table knows no bad value of it`)
      for (const value of values) {
        const answer = await withQuery(name, `${query}=${value}`)
        expectConventions(answer)
        expect([answer.status, answer.body.code], `${query}=${value}`).toEqual([422, 'request/invalid'])
        expect(
          new Set(answer.body.errors.map((item: object) => JSON.stringify({ ...item, code: '', detail: '' }))),
          value,
        ).toEqual(new Set([JSON.stringify({ in: 'query', pointer: `/${query}`, code: '', detail: '' })]))
      }
      const twice = await withQuery(name, `${query}=1&${query}=2`)
      expectConventions(twice)
      expect([twice.status, twice.body.errors[0].pointer]).toEqual([422, `/${query}`])
    }
  })

  test('several at once are all named', async () => {
    const answer = await withQuery('GET /v1/posts', 'limit=0&status=x&campaignId=1&nope=1&to=x')
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/campaignId',
      '/limit',
      '/nope',
      '/status',
      '/to',
    ])
  })

  test.each([
    '2026-01-01T00:00:00%2B23:59',
    '2026-01-01T00:00:00-16:00',
    '2026-01-01T00:00:00.0000000000000000001Z',
    '2199-12-31T23:59:59-15:59',
  ])('an instant at the edge of what databases know is taken or refused, but told: %s', async (instant) => {
    for (const name of ['GET /v1/posts', 'GET /v1/audit-logs']) {
      const answer = await withQuery(name, `from=${instant}`)
      expectConventions(answer)
      expect([200, 422]).toContain(answer.status)
      if (answer.status === 422) expect(answer.body.errors).toMatchObject([{ in: 'query', pointer: '/from' }])
    }
  })
})

describe('a query that is broken on the way is read literally or refused, never an error of ours', () => {
  const broken = [
    '%',
    '%Z',
    '%ZZ=1',
    'limit=%',
    'limit=%FF',
    'cursor=%ED%A0%80',
    'status=%C0%80',
    'table=%E2%82',
    'rowId=%ED%A0%80',
    '=',
    '==',
    '&&&',
    '=1',
    'limit=5&',
    'limit==5',
    'limit[]=5',
    'limit[a]=5',
    'limit.a=5',
    ';limit=5',
    '?limit=5',
    'limit=5#x',
    'limit=+5',
  ]
  test.each(broken)('%s', async (query) => {
    for (const name of listRoutes) {
      const answer = await withQuery(name, query)
      expectConventions(answer)
      expect([200, 422], JSON.stringify(answer.body)).toContain(answer.status)
    }
  })
})

describe('a method that a path does not take answers 405 with Allow', () => {
  const paths = [...new Set(routeNames.map((name) => name.slice(name.indexOf(' ') + 1)))]
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'PURGE']
  const allowedAt = (path: string): string[] => {
    // `/passkeys/options` is a path of `/passkeys/{id}` too.
    const isAt = (name: string) =>
      new RegExp(`^${name.slice(name.indexOf(' ') + 1).replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
    const allowed = [...new Set(routeNames.filter(isAt).map(methodOf))]
    return [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].sort()
  }

  test.each(paths)('%s', async (template) => {
    const name = routeNames.find((candidate) => candidate.endsWith(` ${template}`)) ?? ''
    const path = pathWithin(name, world.home)
    const allowed = allowedAt(template)
    for (const method of methods.filter((candidate) => !allowed.includes(candidate))) {
      for (const token of [world.home.user.accessToken, undefined]) {
        const answer = await send(world.app, method, path, { token })
        expectRefusal(answer, { status: 405, code: 'request/method-not-allowed' })
        expect(answer.headers.get('Allow'), method).toBe(allowed.join(', '))
      }
    }
  })

  test.each(['/healthz', '/readyz', '/openapi.json', '/docs'])('%s', async (path) => {
    const answer = await send(world.app, 'POST', path)
    expectRefusal(answer, { status: 405, code: 'request/method-not-allowed' })
    expect(answer.headers.get('Allow')).toBe('GET, HEAD')
  })

  test('HEAD on a path without GET is refused like any other method', async () => {
    const answer = await head('/v1/auth/login')
    expect([answer.status, answer.body, answer.headers.get('Allow')]).toEqual([405, '', 'POST'])
    expectConventions(answer)
  })
})

describe('HEAD answers as GET does, without a body', () => {
  test.each(routeNames.filter((name) => methodOf(name) === 'GET'))('%s', async (name) => {
    const { accessToken: token } = world.home.user
    const path = pathWithin(name, world.home)
    const [get, answer] = [await send(world.app, 'GET', path, { token }), await head(path, token)]
    expect([answer.status, answer.body]).toEqual([get.status, ''])
    expectConventions(answer)
    for (const header of ['Content-Type', 'ETag', 'Link']) {
      expect(answer.headers.get(header)).toBe(get.headers.get(header))
    }
  })

  test('of a problem too', async () => {
    const answer = await head('/v1/posts')
    expect([answer.status, answer.body]).toEqual([401, ''])
    expectConventions(answer)
  })
})

describe('a path that leads nowhere answers 404', () => {
  const nowhere = [
    '/',
    '/v1',
    '/v1/',
    '/v2/posts',
    '/V1/posts',
    '/v1/Posts',
    '/v1/posts/',
    '/v1//posts',
    '/v1/posts/a/b',
    '/posts',
    '/v1/post',
    '/v1/campaigns/1/posts/2',
    '/v1/me/',
    '/.env',
    '/admin',
    '/index.html',
    '/docs/',
    '/v1/posts%2F',
    '/v1/%70osts%00',
    '/%',
    '/%FF',
    '/%ED%A0%80',
    '/v1/posts;id=1',
    '/healthz/',
    '//v1/posts',
    '/v1/*',
    '/v1/:id',
    '/v1/{id}',
    `/${'a'.repeat(5000)}`,
    '/😀',
  ]
  test.each(nowhere)('%s', async (path) => {
    for (const token of [undefined, world.home.user.accessToken]) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        expectRefusal(await send(world.app, method, path, { token }), { status: 404, code: 'request/not-found' })
      }
    }
  })
})

test('an id in the path may be written in either case', async () => {
  for (const name of ['GET /v1/posts/{id}', 'GET /v1/campaigns/{id}', 'GET /v1/campaigns/{id}/posts']) {
    const path = pathWithin(name, world.home)
    const id = path.split('/')[3] ?? ''
    const [lower, upper] = [
      await callRoute(world, name),
      await callRoute(world, name, { path: path.replace(id, id.toUpperCase()) }),
    ]
    expect([upper.status, upper.body]).toEqual([200, lower.body])
  }
})

test('an id in a body may be written in either case, and is answered as the database has it', async () => {
  const { user, campaigns, accounts, media } = world.home
  const upper = ([id = '']: string[]) => id.toUpperCase()
  const body = { kind: 'image', campaignId: upper(campaigns), accountId: upper(accounts), mediaIds: [upper(media)] }
  const answer = await user.call('POST', '/v1/posts', body)
  expect(answer.status).toBe(201)
  expect(answer.body).toMatchObject({
    campaignId: campaigns[0],
    accountId: accounts[0],
    media: [{ mediaId: media[0] }],
  })
  expect((await user.call('GET', `/v1/posts/${answer.body.id}`)).body).toEqual(answer.body)
})

describe('who may not do a thing is told so before what is wrong with the request', () => {
  test.each(routeNames.filter((name) => routeOf(name).mayCall !== 'anybody'))('%s', async (name) => {
    const path = `${pathWithin(name, world.home)}?unknown=1`
    const answer = await send(world.app, methodOf(name), path, {
      headers: { 'Content-Type': 'text/plain', 'If-Match': 'nonsense', 'Idempotency-Key': '' },
      ...(methodOf(name) !== 'GET' && { body: '{' }),
    })
    expectRefusal(answer, { status: 401, code: 'auth/credentials-required' })
  })
})
