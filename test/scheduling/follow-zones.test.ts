import { beforeAll, describe, expect, test } from 'vitest'
import { runCron } from '../../src/jobs/run.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { asOwner, insertAccount, insertMedium, verifyEmail } from '../support/tenants.ts'

let app: TestApp
let ada: SignedInUser
let accountId: string
let mediaId: string
/** Next year's Sundays on which Berlin's clocks change. */
let [spring, autumn] = ['', '']
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  await verifyEmail(app, ada.id)
  accountId = await insertAccount(app, ada)
  mediaId = await insertMedium(app, ada)
  const year = app.now().getUTCFullYear() + 1
  const lastSunday = (month: number) => {
    const last = new Date(Date.UTC(year, month, 0))
    return new Date(last.getTime() - last.getUTCDay() * 86_400_000).toISOString().slice(0, 10)
  }
  ;[spring, autumn] = [lastSunday(3), lastSunday(10)]
})

async function schedule(time: object) {
  const { body } = await ada.call('POST', '/v1/posts', { kind: 'image', accountId, mediaIds: [mediaId] })
  return await ada.call('POST', `/v1/posts/${body.id}/schedule`, time)
}

describe('a post that is scheduled by wall time', () => {
  test('stands at the instant that the clocks of the zone say, and keeps what was asked for', async () => {
    const timeZone = 'Europe/Berlin'
    const cases = [
      { localTime: `${spring}T02:30`, fold: 0, at: `${spring}T01:30:00Z` },
      { localTime: `${autumn}T02:30`, fold: 0, at: `${autumn}T00:30:00Z` },
      { localTime: `${autumn}T02:30`, fold: 1, at: `${autumn}T01:30:00Z` },
    ]
    for (const { localTime, fold, at } of cases) {
      const { status, body } = await schedule({ localTime, timeZone, fold })
      expect([status, Date.parse(body.scheduledAt)]).toEqual([200, Date.parse(at)])
      expect(body).toMatchObject({ status: 'scheduled', localTime: `${localTime}:00`, timeZone, fold })
      expect((await ada.call('GET', `/v1/posts/${body.id}`)).body).toEqual(body)
      const back = await ada.call('POST', `/v1/posts/${body.id}/unschedule`)
      expect(back.body).toMatchObject({ scheduledAt: null, localTime: null, timeZone: null, fold: null })
    }
  })

  test('is refused with its pointer where there is no such time or zone, or it is past', async () => {
    for (const [time, pointer] of [
      [{ localTime: '2020-01-01T10:00', timeZone: 'UTC' }, '/localTime'],
      [{ localTime: '2027-02-30T10:00', timeZone: 'UTC' }, '/localTime'],
      [{ localTime: `${spring}T10:00`, timeZone: 'Mars/Olympus' }, '/timeZone'],
      [{ localTime: `${spring}T10:00`, timeZone: 'UTC', fold: 2 }, '/fold'],
      [{ at: '2020-01-01T10:00:00Z' }, '/at'],
    ] as const)
      expectRefusal(await schedule(time), { status: 422, code: 'request/invalid', pointers: [pointer] })
  })
})

describe('when the rules of a zone change', () => {
  /** As if the rules had been others when it was scheduled. */
  const shift = async (id: string, interval = '1 hour') =>
    await asOwner(
      app,
      (tx) => tx`update posts set scheduled_at = scheduled_at + ${interval}::interval,
        slot_at = slot_at + ${interval}::interval where id = ${id}`,
    )
  const run = async () => {
    const mark = app.logs.length
    await runCron('23 3 * * *', app.jobs)
    return app.logs.slice(mark).find(({ name }) => name === 'follow-zones')
  }

  test('posts with a wall time follow it, as a job and over the trail; posts with an instant stay', async () => {
    const timeZone = 'Europe/Berlin'
    const { body: first } = await schedule({ localTime: `${autumn}T02:30`, timeZone })
    const { body: second } = await schedule({ localTime: `${autumn}T02:30`, timeZone, fold: 1 })
    const { body: instant } = await schedule({ at: `${autumn}T08:00:00Z` })
    expect(await run()).toMatchObject({ moved: 0 })
    for (const { id } of [first, second, instant]) await shift(id)
    const line = await run()
    expect(line).toMatchObject({ level: 'info', moved: 2, unknownZones: 0 })
    expect(String(line?.['posts']).split(' ').sort()).toEqual([first.id, second.id].sort())
    for (const { id, scheduledAt } of [first, second])
      expect((await ada.call('GET', `/v1/posts/${id}`)).body.scheduledAt).toBe(scheduledAt)
    const later = new Date(Date.parse(instant.scheduledAt) + 3_600_000)
    expect(Date.parse((await ada.call('GET', `/v1/posts/${instant.id}`)).body.scheduledAt)).toBe(later.getTime())
    const [row] = await app.owner`
      select actor_kind as kind, actor_id as id, old_values ? 'scheduled_at' as "hasOld" from audit_logs
      where table_name = 'posts' and row_id = ${first.id} order by timestamp desc, id desc limit 1`
    expect(row).toEqual({ kind: 'job', id: 'follow-zones', hasOld: true })
    expect(await run()).toMatchObject({ moved: 0 })
  })

  test('a slot moves with its post, unless another one has it', async () => {
    await ada.call('PUT', `/v1/instagram-accounts/${accountId}/slots`, {
      timeZone: 'America/New_York',
      slots: [{ weekday: 1, time: '09:00' }],
    })
    const [{ body: one }, { body: two }] = [await schedule({ slot: 'next' }), await schedule({ slot: 'next' })]
    await shift(one.id)
    await shift(two.id)
    const slotOf = async (id: string) => (await app.owner`select slot_at as at from posts where id = ${id}`)[0]?.['at']
    expect(await run()).toMatchObject({ moved: 2 })
    expect(new Date(await slotOf(one.id)).getTime()).toBe(Date.parse(one.scheduledAt))

    await shift(one.id, '1 day')
    const { body: three } = await schedule({ slot: 'next' })
    expect(three.scheduledAt).toBe(one.scheduledAt)
    expect(await run()).toMatchObject({ moved: 1 })
    expect(await slotOf(one.id)).toBeNull()
    expect((await ada.call('GET', `/v1/posts/${one.id}`)).body.scheduledAt).toBe(one.scheduledAt)
  })

  test('a zone that this runtime does not know is counted, and its post stays', async () => {
    const { body } = await schedule({ localTime: `${spring}T10:00`, timeZone: 'Europe/Berlin' })
    await asOwner(app, (tx) => tx`update posts set time_zone = 'Mars/Olympus' where id = ${body.id}`)
    expect(await run()).toMatchObject({ level: 'info', moved: 0, unknownZones: 1 })
    expect((await ada.call('GET', `/v1/posts/${body.id}`)).body.scheduledAt).toBe(body.scheduledAt)
  })
})
