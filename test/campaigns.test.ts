import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, invalid } from './support/answers.ts'
import { startApp, type TestApp } from './support/app.ts'
import { type Answer, registerUser, type SignedInUser } from './support/client.ts'
import { whileHeld } from './support/held.ts'

let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
})

const create = async (body: object = {}): Promise<Answer> =>
  await ada.call('POST', '/v1/campaigns', { name: 'Spring', objective: 'sales', ...body })
const get = async (id: string): Promise<Answer> => await ada.call('GET', `/v1/campaigns/${id}`)
const patch = async (id: string, body: object, version = '*'): Promise<Answer> =>
  await ada.call('PATCH', `/v1/campaigns/${id}`, body, { 'If-Match': version })
const remove = async (id: string, version = '*'): Promise<Answer> =>
  await ada.call('DELETE', `/v1/campaigns/${id}`, undefined, { 'If-Match': version })

const archive = async (id: string, headers: Record<string, string> = {}): Promise<Answer> =>
  await ada.call('POST', `/v1/campaigns/${id}/archive`, undefined, headers)

const trailOf = async (id: string) =>
  await app.owner`
    select operation, user_id, old_values, new_values from audit_logs where row_id = ${id} order by timestamp, id`

const reach = (target: number, by: string | null = null) => ({ metric: 'reach', target, by })

const full = {
  name: 'Winter sale',
  objective: 'traffic',
  budgetMinor: 123_456,
  currency: 'EUR',
  startsOn: '2026-12-01',
  endsOn: '2026-12-24',
  utm: { source: 'instagram', medium: 'social', campaign: 'winter', term: 'coats', content: 'red' },
  goals: [
    { metric: 'reach', target: 50_000, by: null },
    { metric: 'revenue', target: 9_900_000, by: '2026-12-20' },
  ],
}

describe('a new campaign', () => {
  test('has what was sent, is a draft of the caller’s and reads back as it was answered', async () => {
    const answer = await create(full)
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      ...full,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      userId: ada.id,
      status: 'draft',
      archivedAt: null,
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: answer.body.createdAt,
    })
    expect((await get(answer.body.id)).body).toEqual(answer.body)
    const [row] =
      await app.owner`select workspace_id, user_id, budget_minor from campaigns where id = ${answer.body.id}`
    expect(row).toEqual({ workspace_id: ada.workspaceId, user_id: ada.id, budget_minor: 123_456 })
    expect(await trailOf(answer.body.id)).toMatchObject([{ operation: 'INSERT', user_id: ada.id, old_values: null }])
  })

  test('needs a name and an objective; all else is empty', async () => {
    const answer = await create()
    const empty = { budgetMinor: null, currency: null, startsOn: null, endsOn: null, utm: {}, goals: [] }
    expect(answer.body).toMatchObject({ name: 'Spring', objective: 'sales', ...empty })
    expectRefusal(await ada.call('POST', '/v1/campaigns', {}), invalid('/name', '/objective'))
  })

  test('has a name of 1 to 200 characters, without the space around it', async () => {
    expect((await create({ name: `  ${'n'.repeat(196)}  ` })).body.name).toBe('n'.repeat(196))
    expect((await create({ name: 'n'.repeat(200) })).status).toBe(201)
    for (const name of ['', '   ', 'n'.repeat(201), null, 1]) expectRefusal(await create({ name }), invalid('/name'))
  })

  test.each<[string, object, string]>([
    ['an unknown objective', { objective: 'fame' }, '/objective'],
    ['a budget below zero', { budgetMinor: -1, currency: 'EUR' }, '/budgetMinor'],
    ['a budget without a currency', { budgetMinor: 1 }, '/currency'],
    ['a currency in lower case', { currency: 'eur' }, '/currency'],
    ['a currency of two letters', { currency: 'EU' }, '/currency'],
    ['an end before the start', { startsOn: '2026-12-02', endsOn: '2026-12-01' }, '/endsOn'],
    ['a status', { status: 'active' }, '/status'],
    ['a version', { version: 2 }, '/version'],
    ['an unknown tag', { utm: { id: 'x' } }, '/utm/id'],
    ['a goal without a metric', { goals: [{ target: 1 }] }, '/goals/0/metric'],
    ['a goal of what nobody measures', { goals: [{ metric: 'fame', target: 1 }] }, '/goals/0/metric'],
    ['a goal of nothing', { goals: [{ metric: 'reach', target: 0 }] }, '/goals/0/target'],
    ['a goal of half a view', { goals: [{ metric: 'views', target: 0.5 }] }, '/goals/0/target'],
    ['a goal beyond exact numbers', { goals: [{ metric: 'views', target: 2 ** 53 }] }, '/goals/0/target'],
    ['a goal by no day', { goals: [{ metric: 'views', target: 1, by: '2026-02-30' }] }, '/goals/0/by'],
    ['a goal with more', { goals: [{ metric: 'views', target: 1, why: 'x' }] }, '/goals/0/why'],
    ['two goals of one metric and day', { goals: [reach(1), reach(2)] }, '/goals/1'],
    ['twenty-one goals', { goals: Array.from({ length: 21 }, (_, n) => reach(1, `2026-12-${n + 10}`)) }, '/goals'],
    ['a goal of money without a currency', { goals: [{ metric: 'revenue', target: 1 }] }, '/currency'],
    ['a tag too long', { utm: { source: 's'.repeat(201) } }, '/utm/source'],
  ])('with %s is refused', async (_, body, pointer) => expectRefusal(await create(body), invalid(pointer)))

  test('may start and end on one day, and have a currency without a budget', async () => {
    expect((await create({ startsOn: '2026-12-01', endsOn: '2026-12-01', currency: 'USD' })).status).toBe(201)
  })
})

describe('a change', () => {
  test('leaves alone what it does not name, and clears what it names as null', async () => {
    const { body: before } = await create(full)
    const renamed = await patch(before.id, { name: 'New name' })
    expect(renamed.body).toEqual({ ...before, name: 'New name', version: 2, updatedAt: renamed.body.updatedAt })
    const cleared = await patch(before.id, {
      budgetMinor: null,
      currency: null,
      startsOn: null,
      endsOn: null,
      utm: {},
      goals: [],
    })
    expect(cleared.body).toMatchObject({
      name: 'New name',
      budgetMinor: null,
      currency: null,
      startsOn: null,
      endsOn: null,
      utm: {},
      goals: [],
      version: 3,
    })
    expect((await get(before.id)).body).toEqual(cleared.body)
  })

  test('replaces utm as a whole', async () => {
    const { body } = await create(full)
    expect((await patch(body.id, { utm: { source: 'mail' } })).body.utm).toEqual({ source: 'mail' })
  })

  test('replaces the goals as a whole', async () => {
    const { body } = await create(full)
    expect((await patch(body.id, { goals: [reach(7)] })).body.goals).toEqual([reach(7)])
    expect((await patch(body.id, { name: 'Other' })).body.goals).toEqual([reach(7)])
  })

  test('sets every member', async () => {
    const { body } = await create()
    const answer = await patch(body.id, { ...full, status: 'active' })
    expect(answer.body).toMatchObject({ ...full, status: 'active', version: 2 })
  })

  test('that changes nothing keeps version, ETag and time, and leaves no trace', async () => {
    const { body: before } = await create(full)
    const trail = await trailOf(before.id)
    for (const same of [{}, { name: full.name }, full, { status: 'draft' }]) {
      const answer = await patch(before.id, same, '"v1"')
      expect([answer.status, answer.headers.get('ETag'), answer.body]).toEqual([200, '"v1"', before])
    }
    expect(await trailOf(before.id)).toEqual(trail)
  })

  test('is in the trail with the changed members alone', async () => {
    const { body } = await create(full)
    await patch(body.id, { name: full.name, budgetMinor: 1 })
    expect((await trailOf(body.id)).at(-1)).toMatchObject({
      operation: 'UPDATE',
      user_id: ada.id,
      old_values: { budget_minor: 123_456 },
      new_values: { budget_minor: 1 },
    })
  })

  test.each([
    { name: null },
    { objective: null },
    { status: 'archived' },
    { status: null },
    { utm: null },
    { id: randomUUID() },
  ])('%j is refused', async (body) => {
    const { id } = (await create()).body
    expectRefusal(await patch(id, body), invalid(`/${Object.keys(body)[0]}`))
    expect((await get(id)).body.version).toBe(1)
  })

  test('that contradicts itself is refused as the same campaign would be', async () => {
    const { id } = (await create()).body
    expectRefusal(await patch(id, { budgetMinor: 5, currency: null }), invalid('/currency'))
    expectRefusal(await patch(id, { startsOn: '2026-12-02', endsOn: '2026-12-01' }), invalid('/endsOn'))
    expect((await get(id)).body.version).toBe(1)
  })

  test('that contradicts what is stored is a conflict and changes nothing', async () => {
    const plain = (await create()).body
    const planned = (await create(full)).body
    const noCurrency = { status: 409, code: 'campaign/budget-without-currency' }
    const wrongOrder = { status: 409, code: 'campaign/ends-before-start' }
    expectRefusal(await patch(plain.id, { budgetMinor: 5 }), noCurrency)
    expectRefusal(await patch(planned.id, { currency: null }), noCurrency)
    expectRefusal(await patch(plain.id, { goals: [{ metric: 'revenue', target: 1 }] }), {
      status: 409,
      code: 'campaign/goal-without-currency',
    })
    expectRefusal(await patch(planned.id, { endsOn: '2026-11-30' }), wrongOrder)
    expectRefusal(await patch(planned.id, { startsOn: '2026-12-25' }), wrongOrder)
    expect([(await get(plain.id)).body, (await get(planned.id)).body]).toEqual([plain, planned])
  })

  test('of twenty made at once for one version exactly one is done', async () => {
    const { id } = (await create()).body
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => await patch(id, { name: `Name ${index}` }, '"v1"')),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 412)])
    const done = answers.find(({ status }) => status === 200)
    expect((await get(id)).body).toEqual(done?.body)
    expect((await trailOf(id)).filter(({ operation }) => operation === 'UPDATE')).toHaveLength(1)
  })

  test('for any version is done however many come at once, one after another', async () => {
    const { id } = (await create()).body
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => await patch(id, { name: `Name ${index}` })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(new Set(answers.map(({ body }) => body.version)).size).toBe(20)
    expect((await get(id)).body.version).toBe(21)
  })
})

describe('archiving', () => {
  test.each(['draft', 'active', 'completed'])(
    'ends a campaign that is %s, and the trail says who did',
    async (status) => {
      const { id } = (await create(full)).body
      const before = (await patch(id, { status })).body
      const answer = await archive(id)
      const { version, updatedAt, archivedAt } = answer.body
      expect([answer.status, answer.headers.get('ETag')]).toEqual([200, `"v${version}"`])
      expect(answer.body).toEqual({ ...before, status: 'archived', version: before.version + 1, updatedAt, archivedAt })
      expect(archivedAt).toMatch(/Z$/)
      expect((await get(id)).body).toEqual(answer.body)
      expect((await trailOf(id)).at(-1)).toMatchObject({
        operation: 'UPDATE',
        user_id: ada.id,
        old_values: { status, archived_at: null },
        new_values: { status: 'archived' },
      })
    },
  )

  test('of two at once one archives and the other is told so', async () => {
    const { id } = (await create()).body
    const answers = await whileHeld(
      app,
      (tx) => tx`select 1 from campaigns where id = ${id} for update`,
      () => archive(id),
      () => archive(id),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expectRefusal(await archive(id), { status: 409, code: 'campaign/archived' })
    expect((await trailOf(id)).filter(({ operation }) => operation === 'UPDATE')).toHaveLength(1)
  })

  test('is answered again as it was, under its Idempotency-Key', async () => {
    const { id } = (await create(full)).body
    const key = { 'Idempotency-Key': randomUUID() }
    const first = await archive(id, key)
    const again = await archive(id, key)
    expect([again.status, again.body]).toEqual([200, first.body])
  })

  test('is for good: nothing changes any more, and a change to what is there is none', async () => {
    const { id } = (await create(full)).body
    const archived = (await archive(id)).body
    const refused = { status: 409, code: 'campaign/archived' }
    for (const change of [{ name: 'Other' }, { status: 'draft' }, { status: 'active' }, { goals: [] }, { utm: {} }])
      expectRefusal(await patch(id, change), refused)
    expect((await patch(id, { name: full.name })).body).toEqual(archived)
    expect((await get(id)).body).toEqual(archived)
  })

  test('keeps the posts, and lets no others in', async () => {
    const { id } = (await create()).body
    const inside = (await ada.call('POST', '/v1/posts', { kind: 'image', campaignId: id })).body
    const outside = (await ada.call('POST', '/v1/posts', { kind: 'image' })).body
    await archive(id)
    const refused = { status: 409, code: 'campaign/archived' }
    const change = async (postId: string, body: object) =>
      await ada.call('PATCH', `/v1/posts/${postId}`, body, { 'If-Match': '*' })
    expectRefusal(await ada.call('POST', '/v1/posts', { kind: 'image', campaignId: id }), refused)
    expectRefusal(await change(outside.id, { campaignId: id }), refused)
    expect((await change(inside.id, { caption: 'Later', campaignId: id })).status).toBe(200)
    expect((await ada.call('GET', `/v1/campaigns/${id}/posts`)).body.data).toMatchObject([{ id: inside.id }])
    expect((await change(inside.id, { campaignId: null })).status).toBe(200)
  })

  test('and adding a post at once leaves no post that came later', async () => {
    const { id } = (await create()).body
    const [added] = await whileHeld(
      app,
      (tx) => tx`update campaigns set status = 'archived', archived_at = now() where id = ${id}`,
      () => ada.call('POST', '/v1/posts', { kind: 'story', campaignId: id }),
    )
    expectRefusal(added as Answer, { status: 409, code: 'campaign/archived' })
    expect((await ada.call('GET', `/v1/campaigns/${id}/posts`)).body.data).toEqual([])
  })

  test('a campaign that is archived is deleted when nothing is in it', async () => {
    const { id } = (await create()).body
    await archive(id)
    expect((await remove(id)).status).toBe(204)
  })
})

describe('deleting', () => {
  test('removes a campaign without posts, and the trail keeps what it was', async () => {
    const { id } = (await create(full)).body
    const answer = await remove(id, '"v1"')
    expect([answer.status, answer.body, answer.headers.get('ETag')]).toEqual([204, '', null])
    expectRefusal(await get(id), { status: 404, code: 'campaign/not-found' })
    expectRefusal(await remove(id), { status: 404, code: 'campaign/not-found' })
    expect((await trailOf(id)).at(-1)).toMatchObject({
      operation: 'DELETE',
      user_id: ada.id,
      old_values: { name: full.name },
      new_values: null,
    })
  })

  test('refuses while a post is in it, and not after the post has left', async () => {
    const { id } = (await create()).body
    const post = (await ada.call('POST', '/v1/posts', { kind: 'image', campaignId: id })).body
    const answer = await remove(id)
    expectRefusal(answer, { status: 409, code: 'campaign/in-use' })
    expect(answer.body.detail).toContain('archive')
    expect((await get(id)).status).toBe(200)
    expect((await ada.call('GET', `/v1/posts/${post.id}`)).body.campaignId).toBe(id)
    await ada.call('PATCH', `/v1/posts/${post.id}`, { campaignId: null }, { 'If-Match': '*' })
    expect((await remove(id)).status).toBe(204)
  })

  test('of an old version is refused', async () => {
    const { id } = (await create()).body
    await patch(id, { name: 'Newer' })
    expectRefusal(await remove(id, '"v1"'), { status: 412, code: 'request/version-stale' })
    expect((await get(id)).status).toBe(200)
  })

  test('and adding a post at once leaves no post without its campaign', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { id } = (await create()).body
      const [deleted, added] = await Promise.all([
        remove(id),
        ada.call('POST', '/v1/posts', { kind: 'story', campaignId: id }),
      ])
      const outcome = [deleted.status, added.status]
      expect([
        [204, 422],
        [409, 201],
      ]).toContainEqual(outcome)
    }
    const orphans = await app.owner`
      select p.id from posts p left join campaigns c on c.workspace_id = p.workspace_id and c.id = p.campaign_id
      where p.campaign_id is not null and c.id is null`
    expect(orphans).toEqual([])
  })
})

describe('the list', () => {
  test('filters by status and objective, newest first', async () => {
    const bob = await registerUser(app)
    const make = async (objective: string, status: string) => {
      const { id } = (await bob.call('POST', '/v1/campaigns', { name: `${objective} ${status}`, objective })).body
      if (status === 'archived') await bob.call('POST', `/v1/campaigns/${id}/archive`)
      else await bob.call('PATCH', `/v1/campaigns/${id}`, { status }, { 'If-Match': '*' })
      return id
    }
    const [draft, active, archived, leads] = [
      await make('sales', 'draft'),
      await make('sales', 'active'),
      await make('sales', 'archived'),
      await make('leads', 'active'),
    ]
    const listed = async (query: string) =>
      (await bob.call('GET', `/v1/campaigns${query}`)).body.data.map(({ id }: { id: string }) => id)
    expect(await listed('')).toEqual([leads, archived, active, draft])
    expect(await listed('?status=active')).toEqual([leads, active])
    expect(await listed('?objective=sales')).toEqual([archived, active, draft])
    expect(await listed('?objective=sales&status=archived')).toEqual([archived])
    expect(await listed('?objective=other')).toEqual([])
  })

  test('finds campaigns that have one of the days asked for', async () => {
    const bob = await registerUser(app)
    const make = async (dates: object) =>
      (await bob.call('POST', '/v1/campaigns', { name: 'Dated', objective: 'sales', ...dates })).body.id
    const open = await make({})
    const until = await make({ endsOn: '2026-12-10' })
    const since = await make({ startsOn: '2026-12-11' })
    const within = await make({ startsOn: '2026-12-05', endsOn: '2026-12-07' })
    const listed = async (query: string) =>
      (await bob.call('GET', `/v1/campaigns?${query}`)).body.data.map(({ id }: { id: string }) => id)
    expect(await listed('activeFrom=2026-12-10')).toEqual([since, until, open])
    expect(await listed('activeFrom=2026-12-11')).toEqual([since, open])
    expect(await listed('activeTo=2026-12-05')).toEqual([within, until, open])
    expect(await listed('activeTo=2026-12-04')).toEqual([until, open])
    expect(await listed('activeFrom=2026-12-07&activeTo=2026-12-07')).toEqual([within, until, open])
    expect(await listed('activeFrom=2026-12-08&activeTo=2026-12-11')).toEqual([since, until, open])
  })

  test('shows each campaign as it reads alone', async () => {
    const { id } = (await create(full)).body
    const [first] = (await ada.call('GET', '/v1/campaigns?limit=1')).body.data
    expect(first).toEqual((await get(id)).body)
  })
})
