import { beforeAll, describe, expect, test } from 'vitest'
import { localTimeOf } from '../../src/scheduling/zones.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser } from '../support/client.ts'
import { asOwner, insertAccount, insertMedium, movePost, verifyEmail } from '../support/tenants.ts'

/** Posts that ask for the next free slot of their account. */

let app: TestApp
let ada: SignedInUser
let mediaId: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  await verifyEmail(app, ada.id)
  mediaId = await insertMedium(app, ada)
})

// No summer time: days are as long as each other, whenever the test runs.
const timeZone = 'Asia/Kathmandu'
const everyDay = (...times: string[]) =>
  [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) => times.map((time) => ({ weekday, time })))

const accountWith = async (slots: object[], zone = timeZone): Promise<string> => {
  const accountId = await insertAccount(app, ada)
  const { status } = await ada.call('PUT', `/v1/instagram-accounts/${accountId}/slots`, { timeZone: zone, slots })
  expect(status).toBe(200)
  return accountId
}
const draft = async (accountId: string | null): Promise<string> => {
  const { status, body } = await ada.call('POST', '/v1/posts', { kind: 'image', accountId, mediaIds: [mediaId] })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}
const act = async (id: string, action: string, body?: object, headers = {}): Promise<Answer> =>
  await ada.call('POST', `/v1/posts/${id}/${action}`, body, headers)
const next = async (id: string, headers = {}): Promise<Answer> => await act(id, 'schedule', { slot: 'next' }, headers)
const taken = async (id: string): Promise<string> => {
  const { status, body } = await next(id)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.scheduledAt
}
const takenBy = async (accountId: string): Promise<string> => await taken(await draft(accountId))
const slotOf = async (id: string): Promise<string | null> => {
  const [row] = await app.owner`select slot_at as "slotAt" from posts where id = ${id}`
  return row?.['slotAt'] ?? null
}
const instant = (value: string) => new Date(value).toISOString()

describe('the next free slot', () => {
  test('is the first of the week that lies ahead, and the post shows its wall time and zone', async () => {
    const id = await draft(await accountWith(everyDay('09:00', '18:30')))
    const { status, body } = await next(id)
    expect(status).toBe(200)
    const ahead = new Date(body.scheduledAt).getTime() - app.now().getTime()
    expect(ahead).toBeGreaterThanOrEqual(60_000)
    expect(ahead).toBeLessThanOrEqual(15.5 * 60 * 60 * 1000)
    expect(body).toMatchObject({
      status: 'scheduled',
      timeZone,
      localTime: localTimeOf(new Date(body.scheduledAt), timeZone),
    })
    expect(body.localTime).toMatch(/T(09:00|18:30):00$/)
    expect((await ada.call('GET', `/v1/posts/${id}`)).body).toEqual(body)
    expect(instant((await slotOf(id)) ?? '')).toBe(instant(body.scheduledAt))
  })

  test('is not the slot that begins within a minute', async () => {
    const now = app.now()
    const inUtc = (ms: number) => new Date(now.getTime() + ms).toISOString()
    // 59 seconds ahead at most, and at least a minute ahead.
    const [soon, later] = [inUtc(59_000), inUtc(150_000)].map((time) => time.slice(11, 16))
    const accountId = await accountWith(everyDay(soon ?? '', later ?? ''), 'UTC')
    expect((await takenBy(accountId)).slice(11, 16)).toBe(later)
  })

  test('goes on from slot to slot, in order of time', async () => {
    const accountId = await accountWith(everyDay('09:00', '18:30'))
    const times: string[] = []
    for (let n = 0; n < 5; n += 1) times.push(await takenBy(accountId))
    expect(times.toSorted()).toEqual(times)
    expect(new Set(times).size).toBe(5)
    const hours = times.map((at, n) => new Date(at).getTime() - new Date(times[n - 1] ?? at).getTime()).slice(1)
    expect(hours.every((ms) => ms === 9.5 * 3_600_000 || ms === 14.5 * 3_600_000)).toBe(true)
  })

  test('is not one at which another post of the account stands, and may be one of another account', async () => {
    const [one, other] = [await accountWith(everyDay('12:00')), await accountWith(everyDay('12:00'))]
    const first = await takenBy(one)
    expect(await takenBy(other)).toBe(first)
    const second = new Date(new Date(first).getTime() + 24 * 3_600_000).toISOString()
    const byHand = await draft(one)
    const answer = await act(byHand, 'schedule', { at: second })
    expect(answer.status).toBe(200)
    expect(await slotOf(byHand)).toBeNull()
    expect(new Date(await takenBy(one)).getTime()).toBeGreaterThan(new Date(second).getTime())
  })

  test('of fifty who ask at once is another for each, without a gap', async () => {
    const accountId = await accountWith(everyDay('09:00', '18:30'))
    const ids = await Promise.all(Array.from({ length: 50 }, async () => await draft(accountId)))
    const startedAt = performance.now()
    const answers = await Promise.all(ids.map((id) => next(id)))
    const tookMs = performance.now() - startedAt
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200))
    const times = answers.map(({ body }) => new Date(body.scheduledAt).getTime()).toSorted((a, b) => a - b)
    expect(new Set(times).size).toBe(50)
    expect(times.every((at, n) => n === 0 || at - (times[n - 1] ?? 0) < 16 * 3_600_000)).toBe(true)
    // A wait for each other of a few statements; an attempt at a time until nobody is in the way would take many times as long.
    expect(tookMs).toBeLessThan(8_000)
  })

  test('asked for twice at once for one post is given once', async () => {
    const id = await draft(await accountWith(everyDay('09:00')))
    const answers = await Promise.all([next(id), next(id), next(id)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    for (const { status, body } of answers) if (status === 409) expect(body.code).toBe('post/illegal-move')
  })

  test('asked for again with the same key is the same answer, and takes no other slot', async () => {
    const accountId = await accountWith(everyDay('09:00'))
    const [id, other] = [await draft(accountId), await draft(accountId)]
    const key = { 'Idempotency-Key': `key-${id}` }
    const [first, again] = [await next(id, key), await next(id, key)]
    expect(again.body).toEqual(first.body)
    await taken(other)
    expect((await next(id, key)).body).toEqual(first.body)
  })

  test('of a post that stands in a slot is an earlier one that has become free, or none', async () => {
    const accountId = await accountWith(everyDay('09:00'))
    const [one, other] = [await draft(accountId), await draft(accountId)]
    const first = await taken(one)
    await taken(other)
    expectRefusal(await next(other), { status: 409, code: 'post/illegal-move' })
    expect((await act(one, 'unschedule')).status).toBe(200)
    expect(await taken(other)).toBe(first)
  })

  test('is refused where the account has none', async () => {
    const never = await draft(await insertAccount(app, ada))
    expectRefusal(await next(never), { status: 409, code: 'slots/none' })
    const noMore = await draft(await accountWith([]))
    expectRefusal(await next(noMore), { status: 409, code: 'slots/none' })
    expectRefusal(await next(await draft(null)), { status: 422, code: 'post/not-ready', pointers: ['/accountId'] })
  })

  test('is refused where the zone of the slots has been given up since', async () => {
    const accountId = await accountWith(everyDay('09:00'))
    await asOwner(app, (tx) => tx`update posting_slots set time_zone = 'Mars/Olympus' where account_id = ${accountId}`)
    const answer = await next(await draft(accountId))
    expectRefusal(answer, { status: 409, code: 'slots/none' })
    expect(answer.body.detail).toContain('Mars/Olympus')
  })

  test('is refused where half a year is full, and the post stays what it was', async () => {
    const accountId = await accountWith([{ weekday: 3, time: '10:00' }])
    const ids = await Promise.all(Array.from({ length: 27 }, async () => await draft(accountId)))
    const answers = await Promise.all(ids.map((id) => next(id)))
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused).toHaveLength(1)
    for (const answer of refused) expectRefusal(answer, { status: 409, code: 'slots/full' })
    const late = ids[answers.findIndex(({ status }) => status !== 200)] ?? ''
    expect((await ada.call('GET', `/v1/posts/${late}`)).body).toMatchObject({ status: 'draft', scheduledAt: null })
  })
})

describe('a slot is given back', () => {
  const held = async () => {
    const accountId = await accountWith(everyDay('09:00'))
    const id = await draft(accountId)
    return { accountId, id, slot: await taken(id) }
  }

  test('by a post that is unscheduled', async () => {
    const { accountId, id, slot } = await held()
    await act(id, 'unschedule')
    expect(await slotOf(id)).toBeNull()
    expect(await takenBy(accountId)).toBe(slot)
  })

  test('by a post that gets another time', async () => {
    const { accountId, id, slot } = await held()
    const at = new Date(new Date(slot).getTime() + 60_000).toISOString()
    const { status, body } = await act(id, 'schedule', { at })
    expect([status, instant(body.scheduledAt), body.localTime, body.timeZone]).toEqual([200, at, null, null])
    expect(await slotOf(id)).toBeNull()
    expect(await takenBy(accountId)).toBe(slot)
  })

  test('by a post that goes to another account, which keeps its time', async () => {
    const { accountId, id, slot } = await held()
    const other = await accountWith(everyDay('09:00'))
    const { status, body } = await ada.call('PATCH', `/v1/posts/${id}`, { accountId: other }, { 'If-Match': '*' })
    expect([status, body.scheduledAt]).toEqual([200, slot])
    expect(await slotOf(id)).toBeNull()
    expect(await takenBy(accountId)).toBe(slot)
    expect(await takenBy(other)).not.toBe(slot)
  })

  test.each(['draft', 'in_review', 'approved', 'missed'] as const)(
    'whichever statement makes it %s',
    async (status) => {
      const { id } = await held()
      const isTimed = status === 'missed'
      await asOwner(
        app,
        (tx) => tx`
        update posts set status = ${status}::post_status, approved_revision = content_revision,
          scheduled_at = case when ${isTimed} then scheduled_at end, scheduled_local = null, scheduled_fold = null
        where id = ${id}`,
      )
      expect(await slotOf(id)).toBeNull()
    },
  )

  test('not by a post on its way out, and by one that is published', async () => {
    const { accountId, id, slot } = await held()
    const become = async (status: string) =>
      await asOwner(
        app,
        (tx) => tx`
          update posts set status = ${status}::post_status,
            published_at = case when ${status === 'published'} then scheduled_at end
          where id = ${id}`,
      )
    await become('publishing')
    await become('unconfirmed')
    expect(instant((await slotOf(id)) ?? '')).toBe(instant(slot))
    expect(await takenBy(accountId)).not.toBe(slot)
    await become('published')
    expect(await slotOf(id)).toBeNull()
  })
})

describe('the database', () => {
  test('gives no slot of an account to two posts, whoever writes it', async () => {
    const accountId = await accountWith(everyDay('09:00'))
    const [one, other] = [await draft(accountId), await draft(accountId)]
    const at = await taken(one)
    await movePost(app, other, 'scheduled', at)
    const take = asOwner(app, (tx) => tx`update posts set slot_at = scheduled_at where id = ${other}`)
    await expect(take).rejects.toMatchObject({ constraint_name: 'posts_slot_key' })
  })

  test('ties the slot to the time and the status', async () => {
    const accountId = await accountWith(everyDay('09:00'))
    const id = await draft(accountId)
    for (const at of ['2026-12-24T18:00:00Z', null]) {
      const write = asOwner(app, (tx) => tx`update posts set slot_at = '2026-12-24T18:00:00Z' where id = ${id}`)
      await expect(write, String(at)).rejects.toMatchObject({ constraint_name: 'posts_slot_at_check' })
      await movePost(app, id, 'scheduled', '2026-12-24T18:00:01Z')
    }
  })
})
