import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, invalid } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { insertAccount, insertMedium, video } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let accountId: string
let photos: string[]
let film: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  accountId = await insertAccount(app, ada, 'Brand.One')
  photos = [await insertMedium(app, ada), await insertMedium(app, ada)]
  film = await insertMedium(app, ada, 'film', video)
})

const importing = async (text: string, query = '', headers = {}): Promise<Answer> =>
  await ada.call('POST', `/v1/posts/import${query}`, text, { 'Content-Type': 'text/csv; charset=utf-8', ...headers })
const madeOf = async (text: string) => {
  const answer = await importing(text)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.data.map(({ post }: { post: unknown }) => post)
}
const countPosts = async () => (await app.owner`select id from posts where workspace_id = ${ada.workspaceId}`).length

test('a row is a post, with every column that there is', async () => {
  const campaignId = (await ada.call('POST', '/v1/campaigns', { name: 'Spring', objective: 'sales' })).body.id
  const text = [
    'kind,caption,account,accountId,campaignId,media,altText,tags,firstComment,collaborators,shareToFeed,thumbOffsetMs,coverMediaId,isAiGenerated,audioName',
    `Carousel,"Hello, ""you""\nthere",@brand.one,,${campaignId},${photos.join(' ')},A cup|A spoon,spring | new in,First!,one two,,,,true,`,
    `reel,,,${accountId},,${film},,,,,false,1500,${photos[0]},FALSE,Song`,
  ].join('\n')
  const [carousel, reel] = await madeOf(text)
  expect(carousel).toMatchObject({
    kind: 'carousel',
    caption: 'Hello, "you"\nthere',
    accountId,
    campaignId,
    tags: ['spring', 'new in'],
    options: { firstComment: 'First!', collaborators: ['one', 'two'], isAiGenerated: true },
    media: [
      { mediaId: photos[0], altText: 'A cup' },
      { mediaId: photos[1], altText: 'A spoon' },
    ],
    problems: [],
  })
  expect(reel).toMatchObject({
    kind: 'reel',
    caption: null,
    accountId,
    options: {
      shareToFeed: false,
      thumbOffsetMs: 1500,
      coverMediaId: photos[0],
      isAiGenerated: false,
      audioName: 'Song',
    },
    media: [{ mediaId: film, altText: null }],
  })
})

describe('a spreadsheet’s ways', () => {
  test.each<[string, string]>([
    ['commas', 'kind,caption\nstory,"a, b"\n'],
    ['semicolons', 'kind;caption\nstory;"a, b"\n'],
    ['tabs', 'kind\tcaption\nstory\ta, b\n'],
    ['a byte order mark and CRLF', '\ufeffkind,caption\r\nstory,"a, b"\r\n'],
    ['old Macintosh line ends', 'kind,caption\rstory,"a, b"\r'],
    ['empty lines', '\nkind,caption\n\n,\nstory,"a, b"\n\n'],
    ['no line end at the end', 'kind,caption\nstory,"a, b"'],
    ['columns that are empty', 'kind,caption,,,\nstory,"a, b",,,\n,,,,\n'],
    ['blanks around', ' kind , caption \n story ,"a, b"\n'],
    ['a formula', 'kind,caption\nstory,"a, b"\n'],
  ])('%s', async (_, text) => {
    expect((await madeOf(text)).map(({ kind, caption }: never) => [kind, caption])).toEqual([['story', 'a, b']])
  })

  test('a text that a spreadsheet would run is a text like any other', async () => {
    expect((await madeOf('kind,caption\nstory,"=1+1"\n'))[0].caption).toBe('=1+1')
  })
})

describe('faults are told by the line where their row begins', () => {
  const rows = [
    ['story,"two\nlines"', []],
    [`image,${'c'.repeat(2201)}`, ['/caption caption/too-long']],
    ['igtv,', ['/kind value/invalid-value']],
    ['story,x,surplus', [' csv/too-many-values']],
  ] as const
  const text = `kind,caption\n${rows.map(([row]) => row).join('\n\n')}\n`
  // Rows are parted by empty lines, and the first one goes over two.
  const lines = [2, 5, 7, 9]

  test('each for itself', async () => {
    const { status, body } = await importing(text, '?mode=each')
    expect([status, body.created]).toEqual([200, 1])
    expect(body.data.map(({ line }: { line: number }) => line)).toEqual(lines)
    const told = body.data.map(({ problem }: { problem?: { errors: Record<string, string>[] } }) =>
      (problem?.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`),
    )
    expect(told).toEqual(rows.map(([, faults]) => faults))
  })

  test('all or nothing', async () => {
    const before = await countPosts()
    expectRefusal(await importing(text), invalid('/lines/5/caption', '/lines/7/kind', '/lines/9'))
    expect(await countPosts()).toBe(before)
  })

  test('a quote without end', async () => {
    const { body } = await importing('kind,caption\nstory,"never\nstory,x\n', '?mode=each')
    expect(body.data).toMatchObject([{ line: 2, status: 422, problem: { errors: [{ code: 'csv/malformed' }] } }])
  })
})

test.each<[string, string, string]>([
  ['the table of rules', `image,,,${'#x '.repeat(31)}`, '/caption caption/too-many-hashtags'],
  ['the facts of a file', 'image,,FILM,', '/media/0 media/wrong-type'],
  ['the kind', 'story,true,,', '/options/shareToFeed options/foreign'],
  ['a medium that is none', 'image,,x,', '/media/0/mediaId value/invalid-format'],
  ['a medium that does not exist', `image,,${randomUUID()},`, '/media/0/mediaId reference/not-found'],
  ['a word that is no truth', 'reel,perhaps,,', '/options/shareToFeed value/invalid-type'],
])('a row is held against %s', async (_, row, fault) => {
  const { body } = await importing(`kind,shareToFeed,media,caption\n${row.replace('FILM', film)}\n`, '?mode=each')
  expect(body.data[0].problem.errors.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`)).toEqual([
    fault,
  ])
})

test.each<[string, string, string]>([
  ['an account in two columns', 'kind,account,accountId\nstory,brand.one,ACCOUNT\n', '/account csv/ambiguous'],
  ['more texts than media', 'kind,media,altText\nimage,PHOTO,one|two\n', '/altText csv/too-many-values'],
  ['texts and no media', 'kind,altText\nstory,one\n', '/altText csv/too-many-values'],
])('nothing of a row is left out: %s', async (_, text, fault) => {
  const filled = text.replace('ACCOUNT', accountId).replace('PHOTO', photos[0] ?? '')
  const { body } = await importing(filled, '?mode=each')
  expect(body.data[0].problem.errors.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`)).toEqual([
    fault,
  ])
})

describe('a text of very many parts is refused in few words', () => {
  test.each<[string, string, string]>([
    ['columns', `${'x,'.repeat(500_000)}x\n`, 'csv/unknown-column'],
    ['columns of one name', `${'kind,'.repeat(200_000)}kind\nstory\n`, 'csv/repeated-column'],
    ['rows', `kind\n${'story\n'.repeat(150_000)}`, 'csv/too-many-rows'],
    ['faults', `kind\n${'"a"b\n'.repeat(150_000)}`, 'csv/malformed'],
  ])('%s', async (_, text, code) => {
    const answer = await importing(text)
    expectRefusal(answer, { status: 422, code: 'request/invalid' })
    expect(answer.body.errors.map((error: { code: string }) => error.code)).toContain(code)
    expect(JSON.stringify(answer.body).length).toBeLessThan(10_000)
  })
})

test('an account is found by its name in this workspace alone', async () => {
  const bob = await registerUser(app)
  await insertAccount(app, bob, 'bobs.brand')
  await insertAccount(app, ada, 'left', { status: 'disconnected' })
  for (const name of ['bobs.brand', 'left', 'nobody']) {
    const { body } = await importing(`kind,account\nstory,${name}\n`, '?mode=each')
    expect(body.data[0].problem).toMatchObject({ code: 'reference/not-found', errors: [{ pointer: '/account' }] })
  }
})

test.each<[string, string, string[]]>([
  ['an unknown column', 'kind,color\nstory,red\n', ['/columns/1']],
  ['a column twice', 'kind,caption,caption\nstory,a,b\n', ['/columns/2']],
  ['no kind', 'caption\nHello\n', ['/columns']],
  ['nothing', '', ['/columns']],
  ['no row', 'kind,caption\n', ['']],
  ['501 rows', `kind\n${'story\n'.repeat(501)}`, ['']],
])('a sheet with %s is refused', async (_, text, pointers) => {
  expectRefusal(await importing(text), { status: 422, code: 'request/invalid', pointers })
})

test('500 rows are drafted at once', async () => {
  const { body } = await importing(`kind,media\n${`image,${photos[0]}\n`.repeat(500)}`)
  expect([body.created, body.data.length, body.data[499].line]).toEqual([500, 500, 501])
})

test('a dry run keeps nothing', async () => {
  const before = await countPosts()
  const { body } = await importing('kind\nstory\nigtv\n', '?dryRun=true')
  expect(body.data.map(({ line, status }: Record<string, number>) => [line, status])).toEqual([
    [2, 200],
    [3, 422],
  ])
  expect(await countPosts()).toBe(before)
})

test('what the body may be', async () => {
  const { accessToken: token } = ada
  const path = '/v1/posts/import'
  const sent = async (body: string, type: string) =>
    await send(app, 'POST', path, { token, body, headers: { 'Content-Type': type } })
  expectRefusal(await sent('kind\nstory\n', 'application/json'), {
    status: 415,
    code: 'request/unsupported-media-type',
  })
  expectRefusal(await sent(' '.repeat(1024 * 1024 + 1), 'text/csv'), { status: 413, code: 'request/too-large' })
  expectRefusal(await sent('kind,caption\nstory,"a\0b"\n', 'text/csv'), invalid('/lines/2/caption'))
})

test('one key is for one text and one way to take it', async () => {
  const key = { 'Idempotency-Key': randomUUID() }
  const first = await importing('kind\nstory\n', '', key)
  expect((await importing('kind\nstory\n', '', key)).body).toEqual(first.body)
  expectRefusal(await importing('kind\nstory\n', '?mode=each', key), { status: 422, code: 'idempotency/key-reused' })
})
