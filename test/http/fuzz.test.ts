import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectConventions, readAnswer } from '../support/answers.ts'
import { registerUser } from '../support/client.ts'
import { dumpTenant } from '../support/dump.ts'
import { inviteByToken } from '../support/invitations.ts'
import { addClosingWorkspace } from '../support/members.ts'
import { type Api, type Operation, readApi } from '../support/openapi.ts'
import { type KnownIds, type RandomRequest, requestFor } from '../support/random-requests.ts'
import { routeOf, startWorld, type World } from '../support/routes.ts'
import { asOwner, registerMember } from '../support/tenants.ts'

/**
 * Chance hardly meets what these need: a range of days, an entry and what it corrects, bytes and their hash, a file that
 * was sent before, a host that answers, a post that stands where the action begins, or could repeat.
 */
const hardlyMet =
  /^(GET \/v1\/posts\/calendar|(PUT|DELETE) \/v1\/posts\/\{id\}\/recurrence|POST \/v1\/campaigns\/\{id\}\/spend|P(UT|OST) \/v1\/media\/.*|POST \/v1\/posts\/\{id\}\/\w+)$/
const requests = 8_000
const atOnce = 16
// A failing run is repeated by FUZZ_SEED=<the seed it printed>.
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)

const expectedStatuses = new Set([
  200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 409, 411, 412, 413, 415, 422, 428, 429,
])
// Each request that gets as far as the password costs a hash of 150 ms.
const hashesPasswords = (operation: Operation) =>
  operation.name === 'DELETE /v1/me' ||
  /auth\/(register|login|email\/(verify|change)|password\/(reset|change))$/.test(operation.path)
// A code of this half minute and an authenticator's signature are not met by chance; test/factors/ has them.
const needsProof = ({ name }: Operation) =>
  /auth\/(second-factor|totp\/confirm)$|DELETE .*\/totp$|POST .*\/passkeys$/.test(name)

test('whatever 8,000 requests hold, no answer is an error of ours, and nobody else is touched', {
  timeout: 120_000,
}, async () => {
  console.log(`fuzz seed ${seed}`)
  const world = await startWorld()
  const api = await readApi(world.app)
  const { user, campaigns, spend, accounts, media, openMedia, posts } = world.home
  // Their sessions are refreshed and ended, while all else goes on with the owner's.
  const [refresher, leaver, closer, guest] = await Promise.all([
    registerUser(world.app),
    registerUser(world.app),
    registerUser(world.app),
    registerUser(world.app),
  ])
  const spare = { ...(await insertSpareRows(world)), ...(await inviteSparePeople(world)) }
  const spareFor = (method: string) => ({
    sessions: spare.sessions,
    passkeys: spare.passkeys,
    'instagram-accounts': accounts,
    invitations: spare.invitations,
    'v1/media/': method === 'GET' ? media : [openMedia],
    // What is archived takes nothing any more.
    'campaigns/{id}/archive': spare.campaigns,
    'api-keys': method === 'DELETE' ? spare.apiKeys.slice(20) : spare.apiKeys.slice(0, 20),
    members: method === 'DELETE' ? spare.leavingMembers : spare.members,
  })
  const lastOf = async (name: string) => (await routeOf(name).request(world)).path.split('/').at(-1) ?? ''
  const onlyIds: Record<string, string> = {
    '/media/{token}': await lastOf('GET /media/{token}'),
    '/v1/exports/{token}': await lastOf('GET /v1/exports/{token}'),
    '/v1/erasures/{receipt}': await lastOf('GET /v1/erasures/{receipt}'),
    '/v1/me/exports/{id}': world.home.exportId,
  }
  const ids: KnownIds = {
    foreign: Object.values(world.away)
      .flat()
      .filter((value): value is string => typeof value === 'string'),
    inPath: ({ method, path }) => {
      const [, ids] = Object.entries(spareFor(method)).find(([word]) => path.includes(word)) ?? []
      if (ids !== undefined) return ids
      const only = onlyIds[path]
      if (only !== undefined) return [only]
      const isCampaign = path.startsWith('/v1/campaigns')
      if (method === 'DELETE') return isCampaign ? spare.campaigns : spare.posts
      if (method === 'PATCH' && !isCampaign) return [...posts.slice(0, 4), ...posts]
      return isCampaign ? campaigns : posts
    },
    named: {
      campaignId: campaigns,
      corrects: spend,
      accountId: accounts,
      accountIds: accounts,
      mediaId: media,
      mediaIds: media,
      workspaceId: [user.workspaceId, await addClosingWorkspace(world.app, user.id)],
      token: [await inviteByToken(world.app, user, guest, 'client')],
      userId: [user.id],
      authorId: [user.id],
      time: ['00:00', '09:30', '23:59'],
      timeZone: ['UTC', 'Europe/Vienna', 'America/Argentina/Buenos_Aires'],
      locale: ['en', 'de-AT', 'zh-Hant-TW'],
      refreshToken: [refresher.refreshToken],
    },
  }
  const tokensOf: Record<string, string[]> = {
    'POST /v1/auth/logout': [leaver.accessToken],
    'DELETE /v1/auth/sessions': [refresher.accessToken],
    'DELETE /v1/workspace': [closer.accessToken],
    'POST /v1/invitations/accept': [guest.accessToken],
  }
  const tokensFor = ({ name }: Operation) => tokensOf[name] ?? [user.accessToken]
  const before = await dumpTenant(world.app, world.away.user)

  const arbitrary = fc.oneof(
    ...api.operations.map((operation) => ({
      weight: hashesPasswords(operation) ? 1 : 10,
      arbitrary: requestFor(api, operation, ids, tokensFor(operation)),
    })),
  )
  const counts = new Map<string, number>()
  const undocumented = new Set<string>()
  const all = fc.sample(arbitrary, { numRuns: requests, seed })
  for (let at = 0; at < all.length; at += atOnce) {
    await Promise.all(
      all.slice(at, at + atOnce).map(async (request, index) => {
        const status = await checked(world, request, `seed ${seed}, request ${at + index}: ${describe(request)}`)
        const key = `${request.operation} ${status}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
        if (!isDocumented(api, request, status)) undocumented.add(key)
      }),
    )
  }

  expect([...undocumented], 'each status that a route answers stands in its documentation').toEqual([])
  expect(world.app.logs.filter(({ level }) => level === 'error')).toEqual([])
  expect(await dumpTenant(world.app, world.away.user)).toEqual(before)
  // Or the requests were too wild to get anywhere.
  const expected = api.operations.filter((each) => !hashesPasswords(each) && !needsProof(each))
  for (const { name, responses } of expected.filter((each) => !hardlyMet.test(each.name))) {
    const success = Object.keys(responses).find((status) => status.startsWith('2'))
    expect(counts.get(`${name} ${success}`) ?? 0, `${name} never succeeded, seed ${seed}`).toBeGreaterThan(0)
  }
})

type Spare = Record<'campaigns' | 'posts' | 'sessions' | 'passkeys' | 'apiKeys', string[]>

/** Rows for the requests that delete, so that there is something left to read for the others. */
async function insertSpareRows({ app, home }: World): Promise<Spare> {
  const { id, workspaceId } = home.user
  return await asOwner(app, async (tx) => {
    const campaigns = await tx<{ id: string }[]>`
      insert into campaigns (workspace_id, user_id, name, objective)
      select ${workspaceId}, ${id}, 'Spare', 'other' from generate_series(1, 200) returning id`
    const posts = await tx<{ id: string }[]>`
      insert into posts (workspace_id, user_id, kind)
      select ${workspaceId}, ${id}, 'story' from generate_series(1, 200) returning id`
    const sessions = await tx<{ id: string }[]>`
      insert into user_sessions (user_id, workspace_id, idle_expires_at, absolute_expires_at)
      select ${id}, ${workspaceId}, now() + interval '30 days', now() + interval '90 days'
      from generate_series(1, 200) returning id`
    const passkeys = await tx<{ id: string }[]>`
      insert into user_passkeys (user_id, credential_id, public_key, sign_count, transports, is_backed_up, aaguid)
      select ${id}, 'spare-' || n, 'x', 0, '{}', false, uuid_v7() from generate_series(1, 15) n returning id`
    const apiKeys = await tx<{ id: string }[]>`
      insert into api_keys (workspace_id, user_id, name, hint, scopes)
      select ${workspaceId}, ${id}, 'Spare', 'dfk_x', '{posts:read}' from generate_series(1, 200) returning id`
    const idsOf = (rows: { id: string }[]) => rows.map((row) => row.id)
    return {
      campaigns: idsOf(campaigns),
      posts: idsOf(posts),
      sessions: idsOf(sessions),
      passkeys: idsOf(passkeys),
      apiKeys: idsOf(apiKeys),
    }
  })
}

/** People for the requests that change members and withdraw invitations. */
async function inviteSparePeople({ app, home: { user } }: World) {
  const { workspaceId } = user
  const join = async () => (await registerMember(app, { workspaceId, role: 'client' })).id
  const invite = async () => {
    const body = { email: `${randomUUID()}@example.test`, role: 'client' }
    return (await user.call('POST', '/v1/workspace/invitations', body)).body.id as string
  }
  return {
    members: await Promise.all(Array.from({ length: 3 }, join)),
    leavingMembers: await Promise.all(Array.from({ length: 5 }, join)),
    invitations: await Promise.all(Array.from({ length: 40 }, invite)),
  }
}

/** 304 is for whoever asks by If-None-Match; a path that is no longer the route's, or another method, is not looked at. */
function isDocumented({ operations }: Api, { operation: name, method, path }: RandomRequest, status: number): boolean {
  const operation = operations.find((candidate) => candidate.name === name)
  const template = operation?.path.replaceAll('.', '\\.').replace(/\{\w+\}/, '[^/]+')
  const { pathname } = new URL(path, 'https://api.test')
  if (method !== operation?.method || !new RegExp(`^${template}$`).test(pathname)) return true
  return status === 304 || operation.responses[status] !== undefined
}

async function checked(world: World, { method, path, headers, body }: RandomRequest, what: string): Promise<number> {
  const init = { method, headers, ...(body !== undefined && { body: body as BodyInit }) }
  const answer = await readAnswer(await world.app.fetch(new Request(`https://api.test${path}`, init)))
  try {
    expect(expectedStatuses).toContain(answer.status)
    expectConventions(answer)
    if (answer.status < 300 && answer.body !== '')
      expect(answer.headers.get('Content-Type')).toMatch(/^(application\/(json|gzip)|image\/jpeg)$/)
  } catch (cause) {
    throw new Error(`${answer.status} ${JSON.stringify(answer.body)} for ${what}`, { cause })
  }
  return answer.status
}

function describe({ method, path, headers, body }: RandomRequest): string {
  const text = typeof body === 'string' ? JSON.stringify(body.slice(0, 2000)) : `bytes ${body?.toString()}`
  return `${method} ${path} ${JSON.stringify(headers)} ${text}`
}
