import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectConventions, expectRefusal, readAnswer } from '../support/answers.ts'
import { type Answer, send } from '../support/client.ts'
import { dumpTenant } from '../support/dump.ts'
import { type Api, readApi, takesHeader } from '../support/openapi.ts'
import { callRoute, methodOf, pathOf, routeNames, routeOf, startWorld, type World } from '../support/routes.ts'

const versioned = [
  'DELETE /v1/campaigns/{id}',
  'DELETE /v1/me',
  'DELETE /v1/posts/{id}',
  'PATCH /v1/campaigns/{id}',
  'PATCH /v1/me',
  'PATCH /v1/posts/{id}',
  'PATCH /v1/workspace',
]
/** The members have no address to read one alone; what a closed workspace was cannot be read either. */
const versionedUnread = [
  'DELETE /v1/workspace',
  'DELETE /v1/workspace/members/{id}',
  'PATCH /v1/workspace/members/{id}',
]
// Whoever is erased cannot be asked again: what holds for the others is tested with all else about erasing.
const changing = versioned.filter((name) => name !== 'DELETE /v1/me')
const creating = ['POST /v1/campaigns', 'POST /v1/posts', 'POST /v1/workspaces']
const idempotent = ['POST /v1/campaigns', 'POST /v1/me/export', 'POST /v1/posts', 'POST /v1/workspaces']
const idempotentUnversioned = [
  'POST /v1/campaigns/{id}/archive',
  'POST /v1/campaigns/{id}/spend',
  'POST /v1/media',
  'POST /v1/media/{id}/complete',
  'POST /v1/media/import',
  'POST /v1/invitations/accept',
  'POST /v1/posts/batch',
  'POST /v1/posts/import',
  'POST /v1/posts/{id}/duplicate',
  'POST /v1/posts/{id}/notes',
  'POST /v1/posts/{id}/submit',
  'POST /v1/posts/{id}/approve',
  'POST /v1/posts/{id}/reject',
  'POST /v1/posts/{id}/schedule',
  'POST /v1/posts/{id}/unschedule',
  'POST /v1/posts/{id}/archive',
  'POST /v1/workspace/invitations',
  'POST /v1/workspaces/restore',
]
const single = ['GET /v1/campaigns/{id}', 'GET /v1/me', 'GET /v1/posts/{id}', 'GET /v1/workspace']

let world: World
let api: Api
beforeAll(async () => {
  world = await startWorld()
  api = await readApi(world.app)
})

test('the routes with conditions are exactly those of the document', () => {
  const taking = (header: string) =>
    api.operations
      .filter((operation) => takesHeader(operation, header))
      .map(({ name }) => name)
      .sort()
  expect(taking('If-Match')).toEqual([...versioned, ...versionedUnread].sort())
  expect(taking('Idempotency-Key')).toEqual([...idempotent, ...idempotentUnversioned].sort())
})

/** The route's own request with this If-Match, and the resource's tag before it. */
async function withIfMatch(name: string, headerOf: (tag: string) => string | undefined): Promise<Answer> {
  const { path, body } = await routeOf(name).request(world)
  const tag = (await world.home.user.call('GET', path)).headers.get('ETag') ?? ''
  expect(tag).toMatch(/^"v[1-9]\d*(\.[0-9a-f-]+\.\d+\.\d+)?"$/)
  const ifMatch = headerOf(tag)
  return await world.home.user.call(methodOf(name), path, body, ifMatch === undefined ? {} : { 'If-Match': ifMatch })
}

describe('a change needs the version it was made for', () => {
  test.each(changing)('%s without If-Match: 428, and nothing changes', async (name) => {
    const { path, body } = await routeOf(name).request(world)
    const before = await dumpTenant(world.app, world.home.user)
    const answer = await world.home.user.call(methodOf(name), path, body)
    expectRefusal(answer, { status: 428, code: 'request/version-required' })
    expect((await world.home.user.call('GET', path)).status).toBe(200)
    expect(await dumpTenant(world.app, world.home.user)).toEqual(before)
  })

  test.each(changing)('%s with a version that is not the current one: 412', async (name) => {
    const stale: ((tag: string) => string)[] = [
      () => '"v999"',
      () => '"v999", "v998"',
      () => 'W/"v999"',
      (tag) => tag.replace('v', 'V'),
      (tag) => tag.replace('v', 'v0'),
      (tag) => tag.replace('v', ''),
      (tag) => tag.replace('v', 'v1e0'),
      () => '""',
      () => '"v9999999999999999999999"',
      () => '"something-else"',
    ]
    for (const header of stale) {
      expectRefusal(await withIfMatch(name, header), { status: 412, code: 'request/version-stale' })
    }
  })

  const malformed = [
    '',
    ' ',
    'v1',
    '"v1',
    'v1"',
    "'v1'",
    '"v1" "v2"',
    ',',
    '*, "v1"',
    '**',
    'W/',
    'w/"v1"',
    'W/*',
    '"v 1"',
    '"v1"; x=1',
  ]
  test.each(changing)('%s with a header that holds no tags: 422', async (name) => {
    for (const header of malformed) {
      const answer = await withIfMatch(name, () => header)
      expectRefusal(answer, { status: 422, code: 'request/invalid', pointers: ['/If-Match'] })
      expect(answer.body.errors[0].in).toBe('header')
    }
  })

  test.each(changing)('%s with the current one, alone, in a list, or any: done', async (name) => {
    const current: ((tag: string) => string)[] = [
      (tag) => tag,
      (tag) => ` ${tag} `,
      (tag) => `W/${tag}`,
      (tag) => `"v999", ${tag}`,
      (tag) => `${tag},W/"v1","other"`,
      (tag) => `,"a,b",, ${tag} ,`,
      () => '*',
      () => ' * ',
    ]
    for (const header of current) expect((await withIfMatch(name, header)).status).toBe(routeOf(name).status)
  })

  test('an unknown id is not found, whichever version is named', async () => {
    for (const name of versioned.filter((candidate) => candidate.includes('{'))) {
      const { body } = await routeOf(name).request(world)
      for (const version of ['*', '"v1"', '"v999"']) {
        const answer = await world.home.user.call(methodOf(name), pathOf(name, randomUUID()), body, {
          'If-Match': version,
        })
        expectRefusal(answer, { status: 404, code: routeOf(name).notFound ?? '' })
      }
    }
  })
})

describe('a single resource', () => {
  test.each(single)('%s carries the ETag of its version, and so does every change of it', async (name) => {
    const read = await callRoute(world, name)
    expect(read.headers.get('ETag')).toBe(`"v${read.body.version}"`)
    const changed = await callRoute(world, name.replace('GET', 'PATCH'), {
      body: name.includes('posts') ? { caption: randomUUID() } : { name: randomUUID() },
    })
    expect(changed.headers.get('ETag')).toBe(`"v${read.body.version + 1}"`)
    expect((await callRoute(world, name)).headers.get('ETag')).toBe(changed.headers.get('ETag'))
  })

  test.each(creating)('%s answers with the ETag of the new one', async (name) => {
    const answer = await callRoute(world, name)
    expect([answer.headers.get('ETag'), answer.body.version]).toEqual(['"v1"', 1])
  })

  test.each(single)('%s that the caller already has is 304 without a body', async (name) => {
    const { headers, body } = await callRoute(world, name)
    const tag = headers.get('ETag') ?? ''
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*', ` ${tag}`]) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await conditional(method, name, known)
        expectConventions(answer)
        expect([answer.status, answer.body, answer.headers.get('ETag')], `${method} ${known}`).toEqual([304, '', tag])
        expect(answer.headers.get('Content-Type')).toBeNull()
      }
    }
    for (const unknown of ['"v999"', '""', '"x", W/"y"']) {
      const answer = await conditional('GET', name, unknown)
      expect([answer.status, answer.body]).toEqual([200, body])
    }
  })

  test.each(single)('%s with an If-None-Match that holds no tags: 422', async (name) => {
    for (const header of ['', 'v1', '"v1', '*,*', '"v 1"']) {
      const answer = await conditional('GET', name, header)
      expectRefusal(answer, { status: 422, code: 'request/invalid', pointers: ['/If-None-Match'] })
      expect(answer.headers.get('ETag')).toBeNull()
    }
  })

  test('is not told to who may not read it, whatever tag is named', async () => {
    const [id = ''] = world.away.posts
    const answer = await world.home.user.call('GET', `/v1/posts/${id}`, undefined, { 'If-None-Match': '*' })
    expectRefusal(answer, { status: 404, code: 'post/not-found' })
  })
})

async function conditional(method: string, name: string, known: string): Promise<Answer> {
  const { path } = await routeOf(name).request(world)
  const headers = { Authorization: `Bearer ${world.home.user.accessToken}`, 'If-None-Match': known }
  return await readAnswer(await world.app.fetch(new Request(`https://api.test${path}`, { method, headers })))
}

describe('an Idempotency-Key that is none is refused before anything is made', () => {
  const malformed = [
    '',
    ' ',
    '""',
    '"',
    '"a',
    'a"',
    '"a" "b"',
    'a,b',
    'a b',
    '"a\\b"',
    'a"b',
    '"a";x=1',
    `${'a'.repeat(256)}`,
    `"${'a'.repeat(256)}"`,
    'é',
    '"é"',
    'a\tb',
    '\u007f',
  ]
  test.each([...idempotent, ...idempotentUnversioned])('%s', async (name) => {
    const { path, body, token, headers } = await routeOf(name).request(world)
    const before = await dumpTenant(world.app, world.home.user)
    for (const key of malformed) {
      const answer = await send(world.app, 'POST', path, {
        body,
        token: token ?? world.home.user.accessToken,
        headers: { ...headers, 'Idempotency-Key': key },
      })
      expectRefusal(answer, { status: 422, code: 'request/invalid', pointers: ['/Idempotency-Key'] })
      expect(answer.body.errors[0].in).toBe('header')
    }
    expect(await dumpTenant(world.app, world.home.user)).toEqual(before)
  })

  test.each([
    'a',
    '"a"',
    "'otherwise-quoted'",
    'a'.repeat(255),
    `"${'b'.repeat(255)}"`,
    '"with spaces"',
    '!#$%&()*+-./:;<=>?@[]^_`{|}~',
  ])('(%s is one)', async (key) => {
    expect((await callRoute(world, 'POST /v1/campaigns', { headers: { 'Idempotency-Key': key } })).status).toBe(201)
  })

  test('routes whose answers hold secrets ignore it', { timeout: 60_000 }, async () => {
    for (const name of routeNames.filter((candidate) => candidate.startsWith('POST /v1/auth/'))) {
      const answer = await callRoute(world, name, { headers: { 'Idempotency-Key': 'one-key' } })
      expect(answer.status, name).toBe(routeOf(name).status)
    }
    const [records] = await world.app.owner`select count(*)::int as count from idempotency_keys where key = 'one-key'`
    expect(records).toEqual({ count: 0 })
  })
})
