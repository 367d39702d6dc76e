import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runWaking } from '../../src/jobs/run.ts'
import { expectConventions, expectRefusal, referenceNotFound, withoutRequestId } from '../support/answers.ts'
import { type Answer, send } from '../support/client.ts'
import { dumpTenant } from '../support/dump.ts'
import { addClosingWorkspace } from '../support/members.ts'
import { type Api, fullSamples, queryNames, readApi, replaced, textPointers, valueAt } from '../support/openapi.ts'
import {
  callRoute,
  methodOf,
  pathOf,
  pathWithin,
  routeNames,
  routeOf,
  startWorld,
  type World,
} from '../support/routes.ts'
import type { Tenant } from '../support/tenants.ts'

let world: World
let api: Api
let before: Record<string, string[]>
/** By person: a workspace that can be restored. */
const closing = new Map<string, string>()
beforeAll(async () => {
  world = await startWorld()
  for (const { user } of [world.home, world.away]) closing.set(user.id, await addClosingWorkspace(world.app, user.id))
  api = await readApi(world.app)
  // What waits in the outbox is done by whoever runs it next.
  await runWaking(world.app.jobs)
  before = await dumpTenant(world.app, world.away.user)
})

afterAll(async () => {
  // Whatever was asked with its ids: the other workspace has not changed.
  expect(await dumpTenant(world.app, world.away.user)).toEqual(before)
})

const call = (method: string, path: string, body?: unknown) =>
  world.home.user.call(method, path, body, { 'If-Match': '*' })

const noUuids = [
  '1',
  'null',
  'undefined',
  '0190a6bc-5e7a-7000-8000-00000000000g',
  '%00',
  '%FF',
  '%2F',
  "'or'1'='1",
  '😀',
]

describe("an id in the path that is another workspace's, was never given or is no id answers 404, all alike", () => {
  test.each(routeNames.filter((name) => name.includes('{')))('%s', async (name) => {
    const { idOf, notFound = '' } = routeOf(name)
    if (idOf === undefined) throw new Error(`${name} takes an id and the table does not say whose`)
    const { body } = await routeOf(name).request(world)
    const answerFor = async (id: string): Promise<Answer> => await call(methodOf(name), pathOf(name, id), body)

    const foreign = await answerFor(idOf(world.away))
    expectRefusal(foreign, { status: 404, code: notFound })
    expect(withoutRequestId(await answerFor(idOf(world.away).toUpperCase()))).toEqual(withoutRequestId(foreign))
    for (const id of [randomUUID(), '00000000-0000-0000-0000-000000000000', ...noUuids]) {
      const answer = await answerFor(id)
      expectConventions(answer)
      expect(withoutRequestId(answer), id).toEqual(withoutRequestId(foreign))
      expect(headerNames(answer), id).toEqual(headerNames(foreign))
    }
  })
})

function headerNames({ headers }: Answer): string[] {
  const names: string[] = []
  headers.forEach((_, name) => void names.push(name))
  return names.sort()
}

test('what is missing from a request is told before whether its id exists', async () => {
  for (const name of ['PATCH /v1/posts/{id}', 'PATCH /v1/campaigns/{id}']) {
    const [foreign, unknown] = await Promise.all(
      [routeOf(name).idOf?.(world.away) ?? '', randomUUID()].map((id) =>
        world.home.user.call('PATCH', pathOf(name, id), {}),
      ),
    )
    expect(foreign?.status).toBe(428)
    if (foreign && unknown) expect(withoutRequestId(unknown)).toEqual(withoutRequestId(foreign))
  }
})

type Reference = {
  pointer: string
  idOf: (tenant: Tenant) => string
  /** A body that is good but for what the id points to. */
  body: (id: string, home: Tenant) => unknown
  /** The one that the path names; where it does not matter, a carousel, since it takes any number of media. */
  postOf?: (tenant: Tenant) => string
}

const [campaign, account, medium, film] = [
  ({ campaigns: [id = ''] }: Tenant) => id,
  ({ accounts: [id = ''] }: Tenant) => id,
  ({ media: [id = ''] }: Tenant) => id,
  ({ media }: Tenant) => media.at(-1) ?? '',
]

const carousel = ({ posts: [, id = ''] }: Tenant) => id

const postReferences: Reference[] = [
  { pointer: '/campaignId', idOf: campaign, body: (campaignId) => ({ kind: 'image', campaignId }) },
  { pointer: '/accountId', idOf: account, body: (accountId) => ({ kind: 'image', accountId }) },
  { pointer: '/mediaIds/0', idOf: medium, body: (id) => ({ kind: 'image', mediaIds: [id] }) },
  { pointer: '/mediaIds/1', idOf: medium, body: (id, { media }) => ({ kind: 'carousel', mediaIds: [media[0], id] }) },
  { pointer: '/media/0/mediaId', idOf: film, body: (mediaId) => ({ kind: 'reel', media: [{ mediaId }] }) },
  {
    pointer: '/options/coverMediaId',
    idOf: medium,
    body: (coverMediaId) => ({ kind: 'reel', options: { coverMediaId } }),
    postOf: ({ posts: [, , reel = ''] }) => reel,
  },
  {
    pointer: '/media/1/mediaId',
    idOf: medium,
    body: (mediaId, { media }) => ({ kind: 'carousel', media: [{ mediaId: media[0] }, { mediaId, altText: 'Two' }] }),
  },
]

const withoutKind = ({ body, ...reference }: Reference): Reference => ({
  ...reference,
  body: (id, home) => {
    const { kind: _, ...change } = body(id, home) as Record<string, unknown>
    return change
  },
})

const inBatch = ({ pointer, idOf, body }: Reference): Reference => ({
  pointer: `/posts/1${pointer}`,
  idOf,
  body: (id, home) => ({ posts: [{ kind: 'story' }, body(id, home)] }),
})

/** Every member of a body that holds an id, by route. */
const references: Readonly<Record<string, Reference[]>> = {
  'POST /v1/posts': postReferences,
  'POST /v1/posts/validate': postReferences,
  'POST /v1/posts/batch': postReferences.map(inBatch),
  'PATCH /v1/posts/{id}': postReferences.map(withoutKind),
  'POST /v1/campaigns/{id}/spend': [
    {
      pointer: '/corrects',
      idOf: ({ spend: [id = ''] }) => id,
      body: (corrects) => ({ amountMinor: -1, currency: 'EUR', spentOn: '2026-12-01', corrects }),
    },
  ],
  'PATCH /v1/workspace': [
    { pointer: '/approverIds/0', idOf: ({ user }) => user.id, body: (id) => ({ approverIds: [id] }) },
  ],
  'POST /v1/api-keys': [
    {
      pointer: '/accountIds/0',
      idOf: ({ accounts: [id = ''] }) => id,
      body: (accountId) => ({ name: 'Shop', scopes: ['posts:read'], accountIds: [accountId] }),
    },
  ],
  'POST /v1/auth/login': [
    {
      pointer: '/workspaceId',
      idOf: ({ user }) => user.workspaceId,
      body: (workspaceId, { user: { email, password } }) => ({ email, password, workspaceId }),
    },
  ],
  'POST /v1/auth/refresh': [
    {
      pointer: '/workspaceId',
      idOf: ({ user }) => user.workspaceId,
      body: (workspaceId, { user: { refreshToken } }) => ({ refreshToken, workspaceId }),
    },
  ],
  'POST /v1/workspaces/restore': [
    {
      pointer: '/workspaceId',
      idOf: ({ user }) => closing.get(user.id) ?? '',
      body: (workspaceId) => ({ workspaceId }),
    },
  ],
}

test('the table of references has every member of a body that is an id', () => {
  const byIndex = (pointer: string) => pointer.replaceAll(/\/\d+/g, '/0')
  for (const { name, body } of api.operations) {
    if (body === undefined) continue
    const isId = (sample: unknown) => (pointer: string) => /^[0-9a-f]{8}-/.test(String(valueAt(sample, pointer)))
    const pointers = fullSamples(api.document, body).flatMap((sample) => textPointers(sample).filter(isId(sample)))
    const known = new Set((references[name] ?? []).map(({ pointer }) => byIndex(pointer)))
    expect(
      [...new Set(pointers)].filter((pointer) => !known.has(pointer)),
      name,
    ).toEqual([])
  }
})

describe("an id in a body that is another workspace's or was never given answers 422 with its pointer", () => {
  const cases = Object.entries(references).flatMap(([name, all]) => all.map((one) => [name, one.pointer, one] as const))
  test.each(cases)('%s %s', async (name, pointer, { idOf, body, postOf = carousel }) => {
    const path = pathOf(name, name.includes('/campaigns/') ? campaign(world.home) : postOf(world.home))
    const home = await dumpTenant(world.app, world.home.user)
    const answers: Answer[] = []
    for (const id of [idOf(world.away), idOf(world.away).toUpperCase(), randomUUID()]) {
      const answer = await call(methodOf(name), path, body(id, world.home))
      expectRefusal(answer, referenceNotFound(pointer))
      answers.push(answer)
    }
    const [foreign, ...others] = answers.map(withoutRequestId)
    for (const other of others) expect(other).toEqual(foreign)
    expect(changedTables(home, await dumpTenant(world.app, world.home.user))).toEqual([])
    const good = await call(methodOf(name), path, body(idOf(world.home), world.home))
    expect([200, 201], JSON.stringify(good.body)).toContain(good.status)
  })
})

function changedTables(left: Record<string, string[]>, right: Record<string, string[]>): string[] {
  return Object.keys(right).filter((table) => JSON.stringify(left[table]) !== JSON.stringify(right[table]))
}

const filters: Readonly<Record<string, (tenant: Tenant) => string>> = {
  campaignId: campaign,
  accountId: account,
  authorId: ({ user }) => user.id,
  userId: ({ user }) => user.id,
  rowId: ({ posts: [id = ''] }) => id,
}

describe("an id in a filter that is another workspace's or was never given finds nothing", () => {
  const listRoutes = routeNames.filter((name) =>
    /^GET \/v1\/(posts|posts\/calendar|campaigns\/\{id\}\/posts|audit-logs)$/.test(name),
  )
  test.each(listRoutes)('%s', async (name) => {
    const operation = api.operations.find((candidate) => candidate.name === name)
    const names = operation === undefined ? [] : queryNames(operation).filter((query) => query.endsWith('Id'))
    expect(names.length).toBeGreaterThan(0)
    const needed = name.endsWith('/calendar') ? '&from=2026-12-01&to=2026-12-31' : ''
    for (const query of names) {
      const idOf = filters[query]
      if (idOf === undefined)
        throw new Error(`${name} filters by ${query} and this table does not know whose id that is`)
      for (const id of [idOf(world.away), randomUUID()]) {
        const answer = await call('GET', `${pathWithin(name, world.home)}?${query}=${id}${needed}`)
        expect([answer.status, answer.body]).toMatchObject([200, { data: [], nextCursor: null }])
        expect(answer.headers.get('Link')).toBeNull()
      }
      const own = await call('GET', `${pathWithin(name, world.home)}?${query}=${idOf(world.home)}${needed}`)
      expect(own.body.data.length, `${query} of its own`).toBeGreaterThan(0)
    }
  })

  test('every list route with such a filter is among these', () => {
    const withIds = api.operations.filter((operation) => queryNames(operation).some((query) => query.endsWith('Id')))
    expect(withIds.map(({ name }) => name).sort()).toEqual([...listRoutes].sort())
  })
})

test("no list and no single resource shows anything of another workspace's", async () => {
  for (const name of routeNames.filter((candidate) => methodOf(candidate) === 'GET')) {
    const answer = await callRoute(world, name)
    const text = JSON.stringify(answer.body)
    expect(answer.status).toBe(200)
    const { user, campaigns, posts, media, accounts, invitations, marker } = world.away
    for (const foreign of [
      user.id,
      user.workspaceId,
      user.sessionId,
      marker,
      ...campaigns,
      ...posts,
      ...media,
      ...accounts,
      ...invitations,
    ]) {
      expect(text, name).not.toContain(foreign)
    }
  }
})

test("a cursor that points at another workspace's row only marks a place", async () => {
  const [id = ''] = world.away.posts
  const cursor = Buffer.from(JSON.stringify([id])).toString('base64url')
  const answer = await call('GET', `/v1/posts?cursor=${cursor}`)
  expect([200, 422]).toContain(answer.status)
  expect(JSON.stringify(answer.body)).not.toContain(world.away.marker)
})

test('without a credential an existing path and an unknown id answer alike', async () => {
  for (const name of routeNames.filter((candidate) => candidate.includes('{'))) {
    const paths = [pathWithin(name, world.home), pathWithin(name, world.away), pathOf(name, randomUUID())]
    const answers = await Promise.all(paths.map((path) => send(world.app, methodOf(name), path)))
    expect(new Set(answers.map((answer) => JSON.stringify(withoutRequestId(answer)))).size).toBe(1)
  }
})

test('a body cannot choose the workspace', async () => {
  for (const member of ['workspaceId', 'workspace_id', 'userId', 'authorId', 'id']) {
    for (const name of ['POST /v1/campaigns', 'POST /v1/posts', 'PATCH /v1/posts/{id}', 'PATCH /v1/me']) {
      const { body = {} } = await routeOf(name).request(world)
      const chosen = replaced(body, `/${member}`, world.away.user.workspaceId)
      expectRefusal(await callRoute(world, name, { body: chosen }), {
        status: 422,
        code: 'request/invalid',
        pointers: [`/${member}`],
      })
    }
  }
})
