import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, invalid } from './support/answers.ts'
import { startApp, type TestApp } from './support/app.ts'
import { type Answer, registerUser, type SignedInUser } from './support/client.ts'
import { insertAccount, insertMedium, movePost, photo, postStatuses, registerMember, video } from './support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let accountId: string
let campaignId: string
let mediaIds: string[]
let videoId: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  accountId = await insertAccount(app, ada)
  mediaIds = await Promise.all(Array.from({ length: 11 }, () => insertMedium(app, ada)))
  videoId = await insertMedium(app, ada, 'film', video)
  campaignId = (await ada.call('POST', '/v1/campaigns', { name: 'Spring', objective: 'sales' })).body.id
})

const create = async (body: object = {}, user = ada): Promise<Answer> =>
  await user.call('POST', '/v1/posts', { kind: 'image', ...body })
const made = async (body: object = {}, user = ada) => {
  const answer = await create(body, user)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const get = async (id: string): Promise<Answer> => await ada.call('GET', `/v1/posts/${id}`)
const patch = async (id: string, body: object, version = '*'): Promise<Answer> =>
  await ada.call('PATCH', `/v1/posts/${id}`, body, { 'If-Match': version })
const remove = async (id: string, version = '*'): Promise<Answer> =>
  await ada.call('DELETE', `/v1/posts/${id}`, undefined, { 'If-Match': version })
const listed = async (query: string, path = '/v1/posts'): Promise<string[]> => {
  const { status, body } = await ada.call('GET', `${path}?limit=100&${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data.map(({ id }: { id: string }) => id)
}

const kinds = ['image', 'carousel', 'reel', 'story'] as const
type Kind = (typeof kinds)[number]
const maxMedia = { image: 1, carousel: 10, reel: 1, story: 1 } as const

const itemOf = (mediaId: string | undefined, more: object = {}) => ({
  mediaId,
  altText: null,
  userTags: [],
  productTags: [],
  file: photo,
  ...more,
})
const shown = (kind: Kind) => (kind === 'reel' ? [videoId] : mediaIds)

/** The rows as the database has them, in order. */
const mediaRows = async (id: string) =>
  await app.owner`
    select position::int, media_id as "mediaId", alt_text as "altText" from post_media where post_id = ${id} order by position`
const trailOf = async (id: string, table: string) =>
  await app.owner`
    select operation, row_id as "rowId", user_id as "userId", old_values as old, new_values as new
    from audit_logs where table_name = ${table} and (row_id = ${id} or row_id like ${`${id}/%`}) order by timestamp, id`

describe('a new post', () => {
  test.each(kinds)('%s: a kind is all it needs, and what it still lacks is told', async (kind) => {
    const answer = await create({ kind })
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      authorId: ada.id,
      accountId: null,
      account: null,
      campaignId: null,
      kind,
      caption: null,
      options: {},
      cover: null,
      tags: [],
      status: 'draft',
      scheduledAt: null,
      localTime: null,
      fold: null,
      timeZone: null,
      publishedAt: null,
      permalink: null,
      media: [],
      contentRevision: 1,
      approvedRevision: null,
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: answer.body.createdAt,
      problems: [
        { pointer: '/accountId', code: 'account/missing', detail: expect.any(String) },
        { pointer: '/media', code: 'media/missing', detail: expect.any(String) },
      ],
      warnings: [],
    })
    expect((await get(answer.body.id)).body).toEqual(answer.body)
    const history = await app.owner`
      select from_status, to_status, user_id from post_status_history where post_id = ${answer.body.id}`
    expect(history).toEqual([{ from_status: null, to_status: 'draft', user_id: ada.id }])
  })

  test('keeps everything that was sent, in order', async () => {
    const media = [
      itemOf(mediaIds[2], {
        altText: 'A red coat',
        userTags: [{ username: 'brand', x: 0.25, y: 1 }],
      }),
      itemOf(mediaIds[0]),
      itemOf(mediaIds[2]),
    ]
    const body = {
      kind: 'carousel',
      caption: 'Two\nlines #tag',
      campaignId,
      accountId,
      media,
      options: { firstComment: 'More in the shop', collaborators: ['one', 'two'] },
      tags: ['spring', 'coats'],
    }
    const post = await made(body)
    expect(post).toMatchObject({ ...body, problems: [] })
    expect((await get(post.id)).body).toEqual(post)
    expect(await mediaRows(post.id)).toEqual([
      { position: 0, mediaId: mediaIds[2], altText: 'A red coat' },
      { position: 1, mediaId: mediaIds[0], altText: null },
      { position: 2, mediaId: mediaIds[2], altText: null },
    ])
    expect(
      (await trailOf(post.id, 'post_media')).map(({ operation, rowId, userId }) => [operation, rowId, userId]),
    ).toEqual([0, 1, 2].map((position) => ['INSERT', `${post.id}/${position}`, ada.id]))
  })

  test('takes media by their ids alone', async () => {
    const post = await made({ kind: 'carousel', mediaIds: mediaIds.slice(0, 3) })
    expect(post.media).toEqual(mediaIds.slice(0, 3).map((mediaId) => itemOf(mediaId)))
  })

  test('says what is missing until nothing is', async () => {
    const codesOf = async (body: object) =>
      (await made(body)).problems.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`)
    expect(await codesOf({ accountId })).toEqual(['/media media/missing'])
    expect(await codesOf({ mediaIds: mediaIds.slice(0, 1) })).toEqual(['/accountId account/missing'])
    expect(await codesOf({ kind: 'carousel', accountId, mediaIds: mediaIds.slice(0, 1) })).toEqual([
      '/media media/too-few',
    ])
    expect(await codesOf({ kind: 'carousel', accountId, mediaIds: mediaIds.slice(0, 2) })).toEqual([])
    for (const kind of ['image', 'reel', 'story'] as const)
      expect(await codesOf({ kind, accountId, mediaIds: shown(kind).slice(0, 1) })).toEqual([])
  })

  test('is its writer’s', async () => {
    const editor = await registerMember(app, { workspaceId: ada.workspaceId, role: 'editor' })
    const post = await made({}, editor)
    expect(post.authorId).toBe(editor.id)
    expect((await get(post.id)).body).toEqual(post)
    expect(await listed(`authorId=${editor.id}`)).toEqual([post.id])
  })

  const [mediaId] = ['0190a6bc-5e7a-7000-8000-000000000001']
  const tags = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ username: `user${index}`, x: 0.5, y: 0.5 }))
  test.each<[string, object, string]>([
    ['no kind', { kind: undefined }, '/kind'],
    ['an unknown kind', { kind: 'igtv' }, '/kind'],
    ['a caption of 2,201 characters', { caption: 'c'.repeat(2201) }, '/caption'],
    ['a caption without end', { caption: 'c'.repeat(100_000) }, '/caption'],
    ['21 tags', { tags: Array.from({ length: 21 }, String) }, '/tags'],
    ['an empty tag', { tags: [' '] }, '/tags/0'],
    ['a status', { status: 'scheduled' }, '/status'],
    ['a time', { scheduledAt: '2026-12-01T00:00:00Z' }, '/scheduledAt'],
    ['both forms of media', { mediaIds: [], media: [] }, '/mediaIds'],
    ['an empty alt text', { media: [{ mediaId, altText: '' }] }, '/media/0/altText'],
    ['an alt text without end', { media: [{ mediaId, altText: 'a'.repeat(10_001) }] }, '/media/0/altText'],
    ['101 tagged people', { media: [{ mediaId, userTags: tags(101) }] }, '/media/0/userTags'],
    [
      'a tag outside the picture',
      { media: [{ mediaId, userTags: [{ username: 'a', x: 1.01 }] }] },
      '/media/0/userTags/0/x',
    ],
    [
      'a tag that is no user name',
      { media: [{ mediaId, userTags: [{ username: 'a b' }] }] },
      '/media/0/userTags/0/username',
    ],
    ['a medium without its id', { media: [{}] }, '/media/0/mediaId'],
    ['a medium that is no id', { mediaIds: ['1'] }, '/mediaIds/0'],
    ['a campaign that is no id', { campaignId: 'spring' }, '/campaignId'],
    ['four collaborators', { options: { collaborators: ['a', 'b', 'c', 'd'] } }, '/options/collaborators'],
    ['a location that is no page id', { options: { locationId: 'Vienna' } }, '/options/locationId'],
  ])('with %s is refused', async (_, body, pointer) => expectRefusal(await create(body), invalid(pointer)))

  test('may have a caption of 2,200 characters, 20 tags and an alt text of 1,000', async () => {
    const media = [{ mediaId: mediaIds[0], altText: 'a'.repeat(1000), userTags: tags(20) }]
    const post = await made({ caption: '😀'.repeat(1100), media })
    expect([post.caption.length, post.media[0].userTags.length]).toEqual([2200, 20])
  })

  test('that points to a missing medium leaves no post behind', async () => {
    const caption = randomUUID()
    const answer = await create({ kind: 'carousel', caption, mediaIds: [mediaIds[0], randomUUID()] })
    expect(answer.status).toBe(422)
    expect(await app.owner`select id from posts where caption = ${caption}`).toEqual([])
  })
})

const feed = ['image', 'carousel', 'reel'] as const
const takes: Record<string, { value: unknown; kinds: readonly Kind[] }> = {
  firstComment: { value: 'Hello', kinds: feed },
  locationId: { value: '12', kinds: feed },
  collaborators: { value: ['brand'], kinds: feed },
  isPaidPartnership: { value: true, kinds: feed },
  sponsorIds: { value: ['42'], kinds: feed },
  isAiGenerated: { value: true, kinds },
  shareToFeed: { value: false, kinds: ['reel'] },
  audioName: { value: 'Song', kinds: ['reel'] },
  thumbOffsetMs: { value: 1000, kinds: ['reel'] },
  trial: { value: { graduationStrategy: 'manual' }, kinds: ['reel'] },
}

describe('an option is for its kinds alone', () => {
  const cases = kinds.flatMap((kind) =>
    Object.entries(takes).map(([option, { value, kinds: its }]) => [kind, option, value, its.includes(kind)] as const),
  )
  test.each(cases)('%s %s', async (kind, option, value, isTaken) => {
    const options = { [option]: value }
    const answer = await create({ kind, options })
    const { id } = await made({ kind })
    const change = await patch(id, { options })
    if (isTaken) {
      expect([answer.status, answer.body.options]).toEqual([201, options])
      expect([change.status, change.body.options, change.body.version]).toEqual([200, options, 2])
      return
    }
    expectRefusal(answer, invalid(`/options/${option}`))
    expectRefusal(change, invalid(`/options/${option}`))
    expect((await get(id)).body).toMatchObject({ options: {}, version: 1 })
  })

  test('and all foreign ones are named', async () => {
    const { id } = await made({ kind: 'story' })
    const answer = await patch(id, {
      options: { isAiGenerated: true, audioName: 'x', trial: { graduationStrategy: 'manual' } },
    })
    expectRefusal(answer, invalid('/options/audioName', '/options/trial'))
  })

  test('a value out of bounds is refused in a change as in a new post', async () => {
    const { id } = await made({ kind: 'reel' })
    for (const options of [
      { thumbOffsetMs: -1 },
      { thumbOffsetMs: 900_001 },
      { trial: {} },
      { collaborators: ['a', 'b', 'c', 'd'] },
      { unknown: 1 },
    ]) {
      expect((await create({ kind: 'reel', options })).status).toBe(422)
      const answer = await patch(id, { options })
      expectRefusal(answer, { status: 422, code: 'request/invalid' })
      expect(answer.body.errors[0].pointer).toMatch(/^\/options/)
    }
    expect((await get(id)).body.version).toBe(1)
  })
})

describe('a kind holds as many media as Instagram takes', () => {
  test.each(kinds)('%s', async (kind) => {
    const most = maxMedia[kind]
    expect((await made({ kind, mediaIds: shown(kind).slice(0, most) })).media).toHaveLength(most)
    const tooMany = [...shown(kind).slice(0, most), ...shown(kind).slice(0, 1)]
    expectRefusal(await create({ kind, mediaIds: tooMany }), invalid('/mediaIds'))
    expectRefusal(await create({ kind, media: tooMany.map((mediaId) => ({ mediaId })) }), invalid('/media'))
    const { id } = await made({ kind, mediaIds: shown(kind).slice(0, 1) })
    expectRefusal(await patch(id, { mediaIds: tooMany }), invalid('/mediaIds'))
    expectRefusal(await patch(id, { media: tooMany.map((mediaId) => ({ mediaId })) }), invalid('/media'))
    expect((await get(id)).body).toMatchObject({ version: 1, media: [{ mediaId: shown(kind)[0] }] })
  })
})

describe('a change', () => {
  const full = () => ({
    kind: 'carousel',
    caption: 'Words',
    campaignId,
    accountId,
    options: { firstComment: 'Hello' },
    mediaIds: mediaIds.slice(0, 2),
  })

  test('leaves alone what it does not name, and clears what it names as null', async () => {
    const before = await made(full())
    const worded = await patch(before.id, { caption: 'Other words' })
    expect(worded.body).toEqual({
      ...before,
      caption: 'Other words',
      contentRevision: 2,
      version: 2,
      updatedAt: worded.body.updatedAt,
    })
    const cleared = await patch(before.id, {
      caption: null,
      campaignId: null,
      accountId: null,
      options: {},
      mediaIds: [],
    })
    expect(cleared.body).toMatchObject({
      caption: null,
      campaignId: null,
      accountId: null,
      options: {},
      media: [],
      version: 3,
      kind: 'carousel',
    })
    expect((await get(before.id)).body).toEqual(cleared.body)
  })

  test('that changes nothing keeps version, ETag and time, and leaves no trace', async () => {
    const before = await made(full())
    const trail = [await trailOf(before.id, 'posts'), await trailOf(before.id, 'post_media')]
    const { kind: _, mediaIds: ids, ...same } = full()
    for (const change of [
      {},
      same,
      { caption: 'Words' },
      { mediaIds: ids },
      { media: before.media },
      { ...same, mediaIds: ids },
    ]) {
      const answer = await patch(before.id, change, '"v1"')
      expect([answer.status, answer.headers.get('ETag'), answer.body]).toEqual([200, '"v1"', before])
    }
    expect([await trailOf(before.id, 'posts'), await trailOf(before.id, 'post_media')]).toEqual(trail)
  })

  test('is in the trail with the changed members alone', async () => {
    const { id } = await made(full())
    await patch(id, { caption: 'New', accountId })
    expect((await trailOf(id, 'posts')).at(-1)).toMatchObject({
      operation: 'UPDATE',
      userId: ada.id,
      old: { caption: 'Words' },
      new: { caption: 'New' },
    })
  })

  test('replaces the options as a whole', async () => {
    const { id } = await made(full())
    expect((await patch(id, { options: { collaborators: ['a'] } })).body.options).toEqual({ collaborators: ['a'] })
  })

  test.each([
    { kind: 'reel' },
    { status: 'approved' },
    { scheduledAt: '2026-12-01T00:00:00Z' },
    { version: 1 },
    { problems: [] },
    { authorId: randomUUID() },
  ])('of %j is refused: it is not the caller’s to set', async (body) => {
    const { id } = await made()
    expectRefusal(await patch(id, body), invalid(`/${Object.keys(body)[0]}`))
  })

  test('of twenty made at once for one version exactly one is done', async () => {
    const { id } = await made()
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => await patch(id, { caption: `Words ${index}` }, '"v1"')),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 412)])
    expect((await get(id)).body).toEqual(answers.find(({ status }) => status === 200)?.body)
  })
})

describe('replacing the media', () => {
  const orders: [string, number[], number[]][] = [
    ['by more', [0], [1, 2, 3]],
    ['by fewer', [0, 1, 2, 3], [4]],
    ['by none', [0, 1], []],
    ['where there were none', [], [0, 1]],
    ['in another order', [0, 1, 2], [2, 0, 1]],
    ['one of them', [0, 1, 2], [0, 5, 2]],
    ['by the same one thrice', [0, 1], [3, 3, 3]],
    ['all ten', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [9, 8, 7, 6, 5, 4, 3, 2, 1, 10]],
  ]
  test.each(orders)('%s', async (_, before, after) => {
    const pick = (order: number[]) => order.map((index) => mediaIds[index] ?? '')
    const { id } = await made({ kind: 'carousel', mediaIds: pick(before) })
    const trail = (await trailOf(id, 'post_media')).length
    const answer = await patch(id, { mediaIds: pick(after) }, '"v1"')
    expect([answer.status, answer.headers.get('ETag')]).toEqual([200, '"v2"'])
    expect(answer.body.media).toEqual(pick(after).map((mediaId) => itemOf(mediaId)))
    expect((await get(id)).body).toEqual(answer.body)
    expect((await mediaRows(id)).map(({ position, mediaId }) => [position, mediaId])).toEqual(
      pick(after).map((mediaId, position) => [position, mediaId]),
    )
    const changes = (await trailOf(id, 'post_media'))
      .slice(trail)
      .map(({ operation, rowId }) => `${operation} ${rowId.split('/')[1]}`)
    expect(changes.sort()).toEqual(expectedChanges(before, after).sort())
  })

  const expectedChanges = (before: number[], after: number[]) =>
    Array.from({ length: Math.max(before.length, after.length) }, (_, position) => {
      if (position >= before.length) return [`INSERT ${position}`]
      if (position >= after.length) return [`DELETE ${position}`]
      return before[position] === after[position] ? [] : [`UPDATE ${position}`]
    }).flat()

  test('changes alt texts and tags in their place', async () => {
    const { id } = await made({ kind: 'carousel', mediaIds: mediaIds.slice(0, 2) })
    const media = [
      itemOf(mediaIds[0], { altText: 'New' }),
      itemOf(mediaIds[1], { userTags: [{ username: 'secret.person', x: 0, y: 0 }] }),
    ]
    expect((await patch(id, { media })).body).toMatchObject({ media, version: 2 })
    const updates = (await trailOf(id, 'post_media')).filter(({ operation }) => operation === 'UPDATE')
    expect(updates.map(({ new: values }) => values)).toEqual([{ alt_text: 'New' }, { user_tags: '[redacted]' }])
  })

  test('and words at once raises the version once', async () => {
    const { id } = await made({ kind: 'carousel' })
    expect((await patch(id, { caption: 'Words', mediaIds: mediaIds.slice(0, 2) })).body.version).toBe(2)
  })

  test('by one that does not exist changes nothing at all', async () => {
    const before = await made({ kind: 'carousel', mediaIds: mediaIds.slice(0, 2) })
    const answer = await patch(before.id, { caption: 'Lost', mediaIds: [mediaIds[3], randomUUID()] })
    expectRefusal(answer, { status: 422, code: 'reference/not-found', pointers: ['/mediaIds/1'] })
    expect((await get(before.id)).body).toEqual(before)
  })

  test('for any version, many at once, ends in one of the lists that were sent, whole', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await made({ kind: 'carousel', mediaIds: mediaIds.slice(0, 1) })
      const lists = [
        mediaIds.slice(0, 7),
        mediaIds.slice(8, 9),
        [],
        mediaIds.slice(3, 6),
        mediaIds.slice(0, 10),
        mediaIds.slice(5, 7),
      ]
      const answers = await Promise.all(lists.map(async (list) => await patch(id, { mediaIds: list })))
      expect(answers.map(({ status }) => status)).toEqual(lists.map(() => 200))
      const kept = (await mediaRows(id)).map(({ mediaId }) => mediaId)
      expect(lists).toContainEqual(kept)
      const last = answers.toSorted((left, right) => right.body.version - left.body.version)[0]
      expect(last?.body.media.map((item: { mediaId: string }) => item.mediaId)).toEqual(kept)
      expect((await get(id)).body).toEqual(last?.body)
    }
  })
})

test('words and media changed at once for any version: every answer is what its version holds', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id } = await made({ kind: 'carousel', mediaIds: mediaIds.slice(0, 4) })
    const answers = await Promise.all(
      [
        { mediaIds: mediaIds.slice(4, 6) },
        { caption: 'One' },
        { mediaIds: [] },
        { caption: 'Two' },
        { options: { locationId: '1' } },
      ].map(async (change) => await patch(id, change)),
    )
    const [last] = answers.toSorted((left, right) => right.body.version - left.body.version)
    expect(last?.body.version).toBe(6)
    expect((await get(id)).body).toEqual(last?.body)
  }
})

describe('what may be done to a post depends on its status', () => {
  const editable = ['draft', 'in_review', 'changes_requested', 'approved', 'scheduled', 'failed', 'missed']
  test.each(postStatuses)('%s', async (status) => {
    const { id } = await made({ accountId, mediaIds: mediaIds.slice(0, 1) })
    await movePost(app, id, status)
    const before = (await get(id)).body
    expect(before.status).toBe(status)
    const changed = await patch(id, { caption: 'Changed' })
    if (editable.includes(status)) expect([changed.status, changed.body.caption]).toEqual([200, 'Changed'])
    else {
      expectRefusal(changed, { status: 409, code: 'post/not-editable' })
      expectRefusal(await patch(id, { caption: 'Changed' }, '"v999"'), { status: 412, code: 'request/version-stale' })
      expect((await get(id)).body).toEqual(before)
    }
  })

  const deletable = ['draft', 'in_review', 'changes_requested', 'approved', 'failed', 'missed']
  test.each(deletable)('deleting one that is %s removes it with its media, and no file', async (status) => {
    const { id } = await made({ kind: 'carousel', accountId, mediaIds: mediaIds.slice(0, 3) })
    await movePost(app, id, status as (typeof postStatuses)[number])
    const { version } = (await get(id)).body
    const answer = await remove(id, `"v${version}"`)
    expect([answer.status, answer.body]).toEqual([204, ''])
    expectRefusal(await get(id), { status: 404, code: 'post/not-found' })
    expectRefusal(await remove(id), { status: 404, code: 'post/not-found' })
    expect(await mediaRows(id)).toEqual([])
    expect(await app.owner`select id from media_files where id = any(${mediaIds.slice(0, 3)})`).toHaveLength(3)
    expect((await trailOf(id, 'posts')).at(-1)).toMatchObject({ operation: 'DELETE', userId: ada.id })
    expect((await trailOf(id, 'post_media')).filter(({ operation }) => operation === 'DELETE')).toHaveLength(3)
  })

  const kept = [
    ['scheduled', 'post/unschedule-first'],
    ['publishing', 'post/not-deletable'],
    ['unconfirmed', 'post/not-deletable'],
    ['published', 'post/not-deletable'],
    ['archived', 'post/not-deletable'],
  ] as const
  test.each(kept)('deleting one that is %s is refused', async (status, code) => {
    const { id } = await made({ accountId, mediaIds: mediaIds.slice(0, 1) })
    await movePost(app, id, status)
    const before = (await get(id)).body
    const answer = await remove(id)
    expectRefusal(answer, { status: 409, code })
    if (code === 'post/not-deletable') expect(answer.body.detail).toContain('archive')
    expectRefusal(await remove(id, '"v999"'), { status: 412, code: 'request/version-stale' })
    expect((await get(id)).body).toEqual(before)
  })
})

describe('the list', () => {
  test('filters by status, campaign, account and author, each and together', async () => {
    const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'editor' })
    const campaign = (await ada.call('POST', '/v1/campaigns', { name: 'Own', objective: 'leads' })).body.id
    const account = await insertAccount(app, ada)
    const mine = (await made({ campaignId: campaign, accountId: account })).id
    const his = (await made({ campaignId: campaign }, bob)).id
    const moved = (await made({ accountId: account })).id
    await movePost(app, moved, 'in_review')
    expect(await listed(`campaignId=${campaign}`)).toEqual([his, mine])
    expect(await listed(`accountId=${account}`)).toEqual([moved, mine])
    expect(await listed(`authorId=${bob.id}`)).toEqual([his])
    expect(await listed(`accountId=${account}&status=in_review`)).toEqual([moved])
    expect(await listed(`campaignId=${campaign}&authorId=${ada.id}&status=draft`)).toEqual([mine])
    expect(await listed(`campaignId=${campaign}&status=published`)).toEqual([])
    expect(await listed(`authorId=${bob.id.toUpperCase()}`)).toEqual([his])
  })

  test('bounds the scheduled time: from is in, to is not, whatever the offset; posts without a time are in no such list', async () => {
    const account = await insertAccount(app, ada)
    const at = async (instant: string) => {
      const { id } = await made({ accountId: account })
      await movePost(app, id, 'scheduled', instant)
      return id as string
    }
    const [first, second, third] = [
      await at('2027-01-01T00:00:00Z'),
      await at('2027-01-01T00:00:00.000001Z'),
      await at('2027-01-02T00:00:00Z'),
    ]
    const drafted = (await made({ accountId: account })).id
    const within = async (query: string) => await listed(`accountId=${account}&${query}`)
    expect(await within('from=2027-01-01T00:00:00Z')).toEqual([third, second, first])
    const endless = await ada.call('GET', `/v1/posts?from=2027-01-01T00:00:00.${'0'.repeat(200)}Z`)
    expectRefusal(endless, { status: 422, code: 'request/invalid', pointers: ['/from'] })
    expect(await within('from=2027-01-01T00:00:00.000001Z')).toEqual([third, second])
    expect(await within('to=2027-01-02T00:00:00Z')).toEqual([second, first])
    expect(await within('from=2027-01-01T00:00:00Z&to=2027-01-01T00:00:00.000001Z')).toEqual([first])
    expect(await within('from=2027-01-01T02:00:00%2B02:00&to=2027-01-01T19:00:00-05:00')).toEqual([second, first])
    expect(await within('from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z')).toEqual([])
    expect(await within('')).toEqual([drafted, third, second, first])
  })

  test('shows each post as it reads alone, media and problems included', async () => {
    const post = await made({ kind: 'carousel', mediaIds: mediaIds.slice(0, 1) })
    const [first] = (await ada.call('GET', '/v1/posts?limit=1')).body.data
    expect(first).toEqual(post)
    expect(first.problems).toHaveLength(2)
  })
})

describe("a campaign's posts", () => {
  test('are those in it, with the filters of all posts', async () => {
    const campaign = (await ada.call('POST', '/v1/campaigns', { name: 'Own', objective: 'leads' })).body.id
    const path = `/v1/campaigns/${campaign}/posts`
    expect(await listed('', path)).toEqual([])
    const [one, two] = [
      (await made({ campaignId: campaign })).id,
      (await made({ kind: 'reel', campaignId: campaign })).id,
    ]
    expect(await listed('', path)).toEqual([two, one])
    await movePost(app, one, 'in_review')
    expect(await listed('status=in_review', path)).toEqual([one])
    expect(await listed('status=published', path)).toEqual([])
    await patch(two, { campaignId: null })
    expect(await listed('', path)).toEqual([one])
  })

  test('of a campaign that does not exist are 404, whatever the filter', async () => {
    for (const query of ['', '?status=draft', '?limit=1']) {
      const answer = await ada.call('GET', `/v1/campaigns/${randomUUID()}/posts${query}`)
      expectRefusal(answer, { status: 404, code: 'campaign/not-found' })
    }
  })

  test('cannot be asked for another campaign at the same time', async () => {
    expectRefusal(
      await ada.call('GET', `/v1/campaigns/${campaignId}/posts?campaignId=${campaignId}`),
      invalid('/campaignId'),
    )
  })
})
