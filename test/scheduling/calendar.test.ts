import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { insertAccount, insertMedium, movePost, verifyEmail } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let accountId: string
let mediaId: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  await verifyEmail(app, ada.id)
  accountId = await insertAccount(app, ada)
  mediaId = await insertMedium(app, ada)
})

async function postAt(at: string, status: 'scheduled' | 'published' = 'scheduled'): Promise<string> {
  const { body } = await ada.call('POST', '/v1/posts', { kind: 'image', accountId, mediaIds: [mediaId] })
  await movePost(app, body.id, status, at)
  return body.id
}

const calendar = async (query: string) => await ada.call('GET', `/v1/posts/calendar?${query}`)
const days = (body: { data: { date: string; posts: { id: string; localTime: string }[] }[] }) =>
  body.data.map(({ date, posts }) => [date, posts.map(({ id, localTime }) => [id, localTime])])

describe('the calendar', () => {
  test('puts each post on the day that the clocks of the zone show, in the order of time', async () => {
    // 2027-03-28 has 23 hours in Berlin, from 23:00 to 22:00 UTC.
    const first = await postAt('2027-03-27T23:00:00Z')
    const last = await postAt('2027-03-28T21:59:59Z', 'published')
    const next = await postAt('2027-03-28T22:00:00Z')
    const berlin = await calendar('from=2027-03-28&to=2027-03-29&timeZone=Europe/Berlin')
    expect(berlin.status).toBe(200)
    expect(days(berlin.body)).toEqual([
      [
        '2027-03-28',
        [
          [first, '2027-03-28T00:00:00'],
          [last, '2027-03-28T23:59:59'],
        ],
      ],
      ['2027-03-29', [[next, '2027-03-29T00:00:00']]],
    ])
    expect(berlin.body.data[0].posts[1]).toMatchObject({ status: 'published', accountId, kind: 'image' })
    const kathmandu = await calendar('from=2027-03-28&to=2027-03-28&timeZone=Asia/Kathmandu')
    expect(days(kathmandu.body)).toEqual([['2027-03-28', [[first, '2027-03-28T04:45:00']]]])
    expect((await calendar('from=2027-03-26&to=2027-03-26&timeZone=Europe/Berlin')).body.data).toEqual([])
  })

  test("is in the user's own zone unless another one is asked for", async () => {
    await ada.call('PATCH', '/v1/me', { timeZone: 'Australia/Lord_Howe' }, { 'If-Match': '*' })
    const id = await postAt('2027-06-30T14:00:00Z')
    const { body } = await calendar('from=2027-07-01&to=2027-07-01')
    expect([body.timeZone, days(body)]).toEqual([
      'Australia/Lord_Howe',
      [['2027-07-01', [[id, '2027-07-01T00:30:00']]]],
    ])
  })

  test('pages by time and id, and a day goes on with the next page', async () => {
    const ids = [
      await postAt('2027-08-01T10:00:00Z'),
      await postAt('2027-08-01T10:00:00Z'),
      await postAt('2027-08-02T10:00:00Z'),
    ]
    const query = 'from=2027-08-01&to=2027-08-02&timeZone=UTC'
    const first = await calendar(`${query}&limit=1`)
    const second = await calendar(`${query}&limit=1&cursor=${first.body.nextCursor}`)
    const third = await calendar(`${query}&limit=1&cursor=${second.body.nextCursor}`)
    expect(third.body.nextCursor).toBeNull()
    const seen = [first, second, third].flatMap(({ body }) => days(body))
    expect(seen.map(([date]) => date)).toEqual(['2027-08-01', '2027-08-01', '2027-08-02'])
    expect(new Set(seen.flatMap(([, posts]) => (posts as string[][]).map(([id]) => id)))).toEqual(new Set(ids))
  })

  test('filters as the list of posts does', async () => {
    const id = await postAt('2027-09-01T10:00:00Z')
    const query = 'from=2027-09-01&to=2027-09-01&timeZone=UTC'
    for (const filter of ['status=scheduled', `accountId=${accountId}`])
      expect(days((await calendar(`${query}&${filter}`)).body)).toEqual([['2027-09-01', [[id, '2027-09-01T10:00:00']]]])
    for (const filter of ['status=published', `accountId=${ada.id}`, `campaignId=${ada.id}`])
      expect((await calendar(`${query}&${filter}`)).body.data).toEqual([])
  })

  test('refuses what is no range of at most 62 days', async () => {
    const invalid = (pointer: string) => ({ status: 422, code: 'request/invalid', pointers: [pointer] })
    expectRefusal(await calendar('from=2027-01-02&to=2027-01-01'), invalid('/to'))
    expectRefusal(await calendar('from=2027-01-01&to=2027-03-04'), invalid('/to'))
    expectRefusal(await calendar('from=2027-01-01&to=2027-01-02&timeZone=Mars/Olympus'), invalid('/timeZone'))
    expectRefusal(await calendar('from=2027-01-01'), invalid('/to'))
    expect((await calendar('from=2027-01-01&to=2027-03-03&timeZone=UTC')).status).toBe(200)
  })
})
