import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { insertAccount, verifyEmail } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let accountId: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  await verifyEmail(app, ada.id)
  accountId = await insertAccount(app, ada)
})

const pathOf = (id: string) => `/v1/instagram-accounts/${id}/slots`
const read = async (id = accountId, user = ada): Promise<Answer> => await user.call('GET', pathOf(id))
const replace = async (body: unknown, id = accountId, user = ada): Promise<Answer> =>
  await user.call('PUT', pathOf(id), body)

const week = {
  timeZone: 'Europe/Berlin',
  slots: [
    { weekday: 1, time: '09:00' },
    { weekday: 1, time: '18:30' },
    { weekday: 7, time: '00:00' },
  ],
}

describe('the slots of an account', () => {
  test('are none until somebody gives it some', async () => {
    const id = await insertAccount(app, ada)
    const answer = await read(id)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ timeZone: null, slots: [] })
  })

  test('are what was sent last, in the order of the week, and nothing of what they were', async () => {
    const id = await insertAccount(app, ada)
    const other = await insertAccount(app, ada)
    expect((await replace({ ...week, slots: week.slots.toReversed() }, id)).body).toEqual(week)
    expect((await read(id)).body).toEqual(week)
    const next = { timeZone: 'Asia/Kathmandu', slots: [{ weekday: 3, time: '23:59' }] }
    expect((await replace(next, id)).body).toEqual(next)
    expect((await read(id)).body).toEqual(next)
    expect((await replace({ timeZone: 'UTC', slots: [] }, id)).body).toEqual({ timeZone: 'UTC', slots: [] })
    expect((await read(id)).body).toEqual({ timeZone: 'UTC', slots: [] })
    expect((await read(other)).body).toEqual({ timeZone: null, slots: [] })
  })

  test('are in the trail, as they were and as they are, once for each change', async () => {
    const id = await insertAccount(app, ada)
    await replace(week, id)
    await replace(week, id)
    await replace({ ...week, timeZone: 'Europe/Vienna' }, id)
    const rows = await app.owner`
      select operation, user_id as "userId", old_values as old, new_values as new
      from audit_logs where table_name = 'posting_slots' and row_id = ${id} order by timestamp, id`
    expect(rows).toEqual([
      {
        operation: 'INSERT',
        userId: ada.id,
        old: null,
        new: expect.objectContaining({ time_zone: 'Europe/Berlin', slots: week.slots }),
      },
      {
        operation: 'UPDATE',
        userId: ada.id,
        old: expect.objectContaining({ time_zone: 'Europe/Berlin' }),
        new: expect.objectContaining({ time_zone: 'Europe/Vienna' }),
      },
    ])
  })

  test('of two who set them at once are those of one of them', async () => {
    const id = await insertAccount(app, ada)
    const weeks = Array.from({ length: 10 }, (_, hour) => ({
      timeZone: 'UTC',
      slots: [1, 2, 3].map((weekday) => ({ weekday, time: `0${hour}:00` })),
    }))
    const answers = await Promise.all(weeks.map((body) => replace(body, id)))
    expect(answers.map(({ status }) => status)).toEqual(weeks.map(() => 200))
    expect(weeks).toContainEqual((await read(id)).body)
  })

  test.each<[string, unknown, string]>([
    ['no zone', { slots: [] }, '/timeZone'],
    ['a zone that is none', { timeZone: 'Mars/Olympus', slots: [] }, '/timeZone'],
    ['an offset for a zone', { timeZone: '+02:00', slots: [] }, '/timeZone'],
    ['no slots', { timeZone: 'UTC' }, '/slots'],
    ['a day before Monday', { timeZone: 'UTC', slots: [{ weekday: 0, time: '09:00' }] }, '/slots/0/weekday'],
    ['a day after Sunday', { timeZone: 'UTC', slots: [{ weekday: 8, time: '09:00' }] }, '/slots/0/weekday'],
    ['half a day', { timeZone: 'UTC', slots: [{ weekday: 1.5, time: '09:00' }] }, '/slots/0/weekday'],
    ['the 25th hour', { timeZone: 'UTC', slots: [{ weekday: 1, time: '24:00' }] }, '/slots/0/time'],
    ['seconds', { timeZone: 'UTC', slots: [{ weekday: 1, time: '09:00:00' }] }, '/slots/0/time'],
    ['another member', { timeZone: 'UTC', slots: [{ weekday: 1, time: '09:00', fold: 1 }] }, '/slots/0/fold'],
    ['one slot twice', { timeZone: 'UTC', slots: [week.slots[0], week.slots[1], week.slots[0]] }, '/slots'],
    [
      'a hundred and one',
      {
        timeZone: 'UTC',
        slots: Array.from({ length: 101 }, (_, n) => ({
          weekday: (n % 7) + 1,
          time: `${String(n % 24).padStart(2, '0')}:00`,
        })),
      },
      '/slots',
    ],
  ])('%s is refused', async (_, body, pointer) => {
    expectRefusal(await replace(body), { status: 422, code: 'request/invalid', pointers: [pointer] })
  })

  test('a hundred are taken', async () => {
    const slots = Array.from({ length: 100 }, (_, n) => ({
      weekday: Math.floor(n / 20) + 1,
      time: `${String(n % 20).padStart(2, '0')}:30`,
    }))
    expect((await replace({ timeZone: 'UTC', slots }, await insertAccount(app, ada))).body.slots).toEqual(slots)
  })

  test('a key that is limited to accounts sees and sets theirs alone', async () => {
    const [mine, other] = [await insertAccount(app, ada), await insertAccount(app, ada)]
    const scopes = ['instagram:read', 'instagram:write']
    const { body: key } = await ada.call('POST', '/v1/api-keys', { name: 'Shop', scopes, accountIds: [mine] })
    const asKey = async (method: string, id: string, body?: unknown): Promise<Answer> =>
      await send(app, method, pathOf(id), { token: key.key, body })
    expect((await asKey('PUT', mine, week)).body).toEqual(week)
    expect((await asKey('GET', mine)).body).toEqual(week)
    const refusal = { status: 404, code: 'instagram-account/not-found' }
    expectRefusal(await asKey('GET', other), refusal)
    expectRefusal(await asKey('PUT', other, week), refusal)
    expect((await read(other)).body.slots).toEqual([])
  })

  test('the database takes no others, whoever writes them', async () => {
    const { workspaceId } = ada
    const id = await insertAccount(app, ada)
    for (const slots of [
      {},
      [{ weekday: 0, time: '09:00' }],
      [{ weekday: 1, time: '9:00' }],
      [{ weekday: 1 }],
      [1],
      Array.from({ length: 101 }, () => ({ weekday: 1, time: '09:00' })),
    ]) {
      const insert = app.owner.begin(async (tx) => {
        await tx`select set_config('app.actor', '{"kind": "migration"}', true)`
        await tx`
          insert into posting_slots (workspace_id, account_id, time_zone, slots)
          values (${workspaceId}, ${id}, 'UTC', ${slots as never}::jsonb)`
      })
      await expect(insert).rejects.toMatchObject({ constraint_name: 'posting_slots_slots_check' })
    }
  })
})
