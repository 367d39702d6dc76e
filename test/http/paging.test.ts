import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, invalid } from '../support/answers.ts'
import { type Answer, send } from '../support/client.ts'
import { pathWithin, startWorld, type World } from '../support/routes.ts'
import { asOwner } from '../support/tenants.ts'

const lists = [
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
  'GET /v1/posts/{id}/approvals',
  'GET /v1/posts/{id}/history',
  'GET /v1/posts/{id}/notes',
] as const

const rows = 23

let world: World
beforeAll(async () => {
  world = await startWorld()
  const { user, campaigns, posts } = world.home
  const [campaignId = ''] = campaigns
  await asOwner(world.app, async (tx) => {
    await tx`
      insert into campaigns (workspace_id, user_id, name, objective)
      select ${user.workspaceId}, ${user.id}, 'Campaign ' || n, 'sales' from generate_series(1, ${rows}::int) n`
    await tx`
      insert into posts (workspace_id, user_id, campaign_id, kind)
      select ${user.workspaceId}, ${user.id}, ${campaignId}, 'story' from generate_series(1, ${rows}::int) n`
    await tx`
      insert into post_notes (workspace_id, post_id, user_id, text)
      select ${user.workspaceId}, ${posts[0] ?? ''}, ${user.id}, 'Note ' || n from generate_series(1, ${rows}::int) n`
    await tx`
      insert into post_approvals (workspace_id, post_id, content_revision, user_id, decision)
      select ${user.workspaceId}, ${posts[0] ?? ''}, 1, ${user.id}, 'approved' from generate_series(1, ${rows}::int) n`
    await tx`
      insert into post_status_history (workspace_id, post_id, from_status, to_status, actor_kind)
      select ${user.workspaceId}, ${posts[0] ?? ''}, 'draft', 'in_review', 'user' from generate_series(1, ${rows}::int) n`
    await tx`
      insert into campaign_spend (workspace_id, campaign_id, user_id, amount_minor, currency, spent_on)
      select ${user.workspaceId}, ${campaignId}, ${user.id}, n, 'EUR', date '2026-12-02' + n / 5
      from generate_series(1, ${rows}::int) n`
    await tx`
      insert into media_files (workspace_id, user_id, file_name, declared_content_type, declared_bytes, upload_expires_at)
      select ${user.workspaceId}, ${user.id}, 'a.jpg', 'image/jpeg', 1, now() from generate_series(1, ${rows}::int) n`
    await tx`
      insert into user_passkeys (user_id, credential_id, public_key, sign_count, transports, is_backed_up, aaguid)
      select ${user.id}, 'credential-' || n, 'x', 0, '{usb}', false, uuid_v7() from generate_series(1, ${rows}::int) n`
    await tx`
      insert into data_exports (user_id, status, finished_at)
      select ${user.id}, 'failed', now() from generate_series(1, ${rows}::int) n`
    // Sessions need ids in the order of their making, as the application gives them.
    await tx`
      insert into api_keys (workspace_id, id, user_id, name, hint, scopes)
      select ${user.workspaceId}, uuid_v7(), ${user.id}, 'Key', 'dfk_x', '{posts:read}' from generate_series(1, ${rows}::int) n`
    await tx`
      insert into user_sessions (id, user_id, workspace_id, idle_expires_at, absolute_expires_at)
      select uuid_v7(), ${user.id}, ${user.workspaceId}, now() + interval '30 days', now() + interval '90 days'
      from generate_series(1, ${rows}::int) n`
  })
})

const get = async (path: string): Promise<Answer> => await world.home.user.call('GET', path)

/** Follows the Link headers from a first page to the last. */
async function walk(first: string, between: () => Promise<unknown> = async () => undefined): Promise<Answer[]> {
  const pages: Answer[] = []
  for (let path: string | undefined = first; path !== undefined; path = nextOf(pages.at(-1))) {
    const page = await get(path)
    expect(page.status, JSON.stringify(page.body)).toBe(200)
    pages.push(page)
    await between()
    if (pages.length > 500) throw new Error('the pages have no end')
  }
  return pages
}

const nextOf = (page: Answer | undefined) => /^<([^>]+)>; rel="next"$/.exec(page?.headers.get('Link') ?? '')?.[1]
const idsOf = (pages: readonly Answer[]): (string | number)[] =>
  pages.flatMap(({ body }) => body.data.map(({ id }: { id: string | number }) => id))

describe('all pages together are all rows, each once, in one order', () => {
  test.each(lists)('%s', async (name) => {
    const path = pathWithin(name, world.home)
    const whole = await walk(`${path}?limit=100`)
    const ids = idsOf(whole)
    expect(ids.length).toBeGreaterThan(rows)
    expect(new Set(ids).size).toBe(ids.length)
    if (typeof ids[0] === 'string') expect(ids).toEqual(ids.toSorted().toReversed())
    for (const limit of [1, 3, 7, ids.length - 1, ids.length, ids.length + 1].filter((count) => count <= 100)) {
      const pages = await walk(`${path}?limit=${limit}`)
      expect(idsOf(pages)).toEqual(ids)
      expect(pages.flatMap(({ body }) => body.data)).toEqual(whole.flatMap(({ body }) => body.data))
      for (const page of pages.slice(0, -1)) expect(page.body.data).toHaveLength(limit)
      expect(pages).toHaveLength(Math.ceil(ids.length / limit))
    }
  })
})

describe('a page says whether there is another, twice alike', () => {
  test.each(lists)('%s', async (name) => {
    const path = pathWithin(name, world.home)
    for (const page of await walk(`${path}?limit=10`)) {
      expect(Object.keys(page.body).slice(0, 2)).toEqual(['data', 'nextCursor'])
      const next = nextOf(page)
      expect(next === undefined).toBe(page.body.nextCursor === null)
      expect(page.headers.has('Link')).toBe(next !== undefined)
      if (next === undefined) continue
      const query = new URL(next, 'https://api.test').searchParams
      expect([...query]).toEqual([
        ['limit', '10'],
        ['cursor', page.body.nextCursor],
      ])
      expect(page.body.nextCursor).toMatch(/^[A-Za-z0-9_-]+$/)
    }
  })
})

test('without a limit a page has 20 rows, and 100 at most', async () => {
  for (const name of lists) expect((await get(pathWithin(name, world.home))).body.data, name).toHaveLength(20)
  await asOwner(world.app, async (tx) => {
    const { id, workspaceId } = world.away.user
    await tx`
      insert into posts (workspace_id, user_id, kind) select ${workspaceId}, ${id}, 'reel' from generate_series(1, 120)`
  })
  expect((await world.away.user.call('GET', '/v1/posts?limit=100')).body.data).toHaveLength(100)
  expectRefusal(await world.away.user.call('GET', '/v1/posts?limit=101'), invalid('/limit'))
})

test('the next page keeps the filters', async () => {
  const [campaignId] = world.home.campaigns
  const path = `/v1/posts?status=draft&campaignId=${campaignId}&limit=4`
  const pages = await walk(path)
  expect(pages.length).toBeGreaterThan(5)
  for (const page of pages.slice(0, -1))
    expect(nextOf(page)).toMatch(/^\/v1\/posts\?status=draft&campaignId=.*&limit=4&cursor=/)
  for (const { status, campaignId: of } of pages.flatMap(({ body }) => body.data))
    expect([status, of]).toEqual(['draft', campaignId])
})

describe('rows that are made, changed or deleted on the way', () => {
  test('those made during the walk are not in it, and all others are, once', async () => {
    const before = idsOf(await walk('/v1/posts?limit=100'))
    const made: string[] = []
    const pages = await walk('/v1/posts?limit=2', async () => {
      made.push((await world.home.user.call('POST', '/v1/posts', { kind: 'reel' })).body.id)
    })
    expect(idsOf(pages)).toEqual(before)
    expect(idsOf(await walk('/v1/posts?limit=100'))).toEqual([...made.toReversed(), ...before])
  })

  test('a change moves no row to another page', async () => {
    const before = idsOf(await walk('/v1/campaigns?limit=100'))
    const last = before.at(-1)
    let turn = 0
    const pages = await walk('/v1/campaigns?limit=3', async () => {
      turn += 1
      await world.home.user.call('PATCH', `/v1/campaigns/${last}`, { name: `Changed ${turn}` }, { 'If-Match': '*' })
    })
    expect(idsOf(pages)).toEqual(before)
  })

  test('a cursor whose row is gone still marks its place', async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => world.home.user.call('POST', '/v1/posts', { kind: 'story' })))
    const ids = made
      .map(({ body }) => body.id)
      .sort()
      .reverse()
    const page = await get('/v1/posts?limit=2')
    expect(idsOf([page])).toEqual(ids.slice(0, 2))
    await world.home.user.call('DELETE', `/v1/posts/${ids[1]}`, undefined, { 'If-Match': '*' })
    expect(idsOf([await get(nextOf(page) ?? '')])).toEqual(ids.slice(2, 4))
  })

  test('the trail, which every request of the walk may lengthen, is read once from where it began', async () => {
    const before = idsOf(await walk('/v1/audit-logs?limit=100'))
    const pages = await walk('/v1/audit-logs?limit=11', async () => {
      await world.home.user.call('POST', '/v1/campaigns', { name: 'Meanwhile', objective: 'other' })
    })
    expect(idsOf(pages)).toEqual(before)
  })
})

describe('a cursor', () => {
  const cursorOf = async (name: string): Promise<string> =>
    (await get(`${pathWithin(name, world.home)}?limit=1`)).body.nextCursor

  test('of another list is refused', async () => {
    const listOf = (name: string) => (name.endsWith('/posts') ? 'posts' : name)
    for (const from of lists) {
      const cursor = await cursorOf(from)
      for (const to of lists) {
        const answer = await get(`${pathWithin(to, world.home)}?cursor=${cursor}`)
        if (listOf(from) === listOf(to)) expect(answer.status).toBe(200)
        else expectRefusal(answer, invalid('/cursor'))
      }
    }
  })

  test('that was tampered with is refused, or marks a place in the same workspace; it is never an error', async () => {
    for (const name of lists) {
      const cursor = await cursorOf(name)
      for (let at = 0; at < cursor.length; at += 1) {
        for (const letter of ['A', '_', 'z']) {
          const tampered = cursor.slice(0, at) + letter + cursor.slice(at + 1)
          const answer = await get(`${pathWithin(name, world.home)}?limit=100&cursor=${tampered}`)
          expect([200, 422], tampered).toContain(answer.status)
          if (answer.status === 422) expectRefusal(answer, invalid('/cursor'))
          else expect(JSON.stringify(answer.body)).not.toContain(world.away.marker)
        }
      }
    }
  })

  test('may hold no other value than its key', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const id = '0190a6bc-5e7a-7000-8000-000000000001'
    const bad = [
      ['posts'],
      ['posts', id, id],
      ['posts', 1],
      ['posts', null],
      ['posts', [id]],
      ['posts', `${id}'--`],
      ['posts', ''],
      [id],
      { 0: 'posts', 1: id },
      ['audit-logs', '2026-01-01T00:00:00Z', '0'],
      ['audit-logs', '2026-01-01T00:00:00Z', '-1'],
      ['audit-logs', '2026-01-01T00:00:00Z', '99999999999999999999'],
      ['audit-logs', '2026-02-30T00:00:00Z', '1'],
      ['audit-logs', '0001-01-01T00:00:00Z', '1'],
      ['audit-logs', 'now', '1'],
      ['audit-logs', '2026-01-01T00:00:00.0000001Z', '1'],
    ]
    for (const value of bad) {
      for (const path of ['/v1/posts', '/v1/audit-logs']) {
        expectRefusal(await get(`${path}?cursor=${encode(value)}`), invalid('/cursor'))
      }
    }
  })

  test('of one member serves another: it holds a place, and no right', async () => {
    const cursor = await cursorOf('GET /v1/posts')
    expect((await world.away.user.call('GET', `/v1/posts?limit=100&cursor=${cursor}`)).status).toBe(200)
    expect((await send(world.app, 'GET', `/v1/posts?cursor=${cursor}`)).status).toBe(401)
  })
})
