import { randomUUID } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCron } from '../../src/jobs/run.ts'
import { makeOccurrences } from '../../src/recurrence/jobs.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser } from '../support/client.ts'
import { staleFingerprints } from '../support/fingerprints.ts'
import { jobContext } from '../support/jobs.ts'
import { asOwner, insertAccount, insertMedium, movePost, registerMember, verifyEmail } from '../support/tenants.ts'

const dayMs = 24 * 60 * 60 * 1000
const anyVersion = { 'If-Match': '*' }

let app: TestApp
let ada: SignedInUser
let accountId: string
let mediaId: string
beforeAll(async () => {
  app = await startApp()
})
beforeEach(async () => {
  await asOwner(app, (tx) => tx`delete from post_recurrences`)
  ada = await registerUser(app)
  await verifyEmail(app, ada.id)
  accountId = await insertAccount(app, ada)
  mediaId = await insertMedium(app, ada)
})

const draft = async (body: object = {}): Promise<string> => {
  const media = [{ mediaId, altText: 'A cup', userTags: [{ username: 'cup', x: 0.5, y: 0.5 }] }]
  const answer = await ada.call('POST', '/v1/posts', { kind: 'image', caption: 'Tea', accountId, media, ...body })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body.id
}
const daily = { frequency: 'daily', time: '09:30', timeZone: 'Europe/Berlin' }
const repeat = async (id: string, rule: object = daily, user = ada): Promise<Answer> =>
  await user.call('PUT', `/v1/posts/${id}/recurrence`, rule)
const read = async (id: string): Promise<Answer> => await ada.call('GET', `/v1/posts/${id}/recurrence`)
/** As the minute's cron runs it. */
const run = async () => {
  const mark = app.logs.length
  await runCron('* * * * *', app.jobs)
  return app.logs.slice(mark).find(({ name }) => name === 'make-occurrences')
}
const copies = async (): Promise<Record<string, string>[]> => {
  const { body } = await ada.call('GET', '/v1/posts?status=scheduled&limit=100')
  return body.data.toSorted((one: { scheduledAt: string }, other: { scheduledAt: string }) =>
    one.scheduledAt < other.scheduledAt ? -1 : 1,
  )
}
const dateIn = (offsetDays: number) => new Date(app.now().getTime() + offsetDays * dayMs).toISOString().slice(0, 10)

describe('a post that repeats', () => {
  test('has copies of two weeks in the calendar, each at its wall time, by who set the rule', async () => {
    const id = await draft({ tags: ['evergreen'], options: { firstComment: 'More below' } })
    const answer = await repeat(id)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    expect(answer.body).toMatchObject({
      ...daily,
      interval: 1,
      fold: 0,
      state: 'active',
      problems: [],
      authorId: ada.id,
    })
    expect(answer.body.upcoming).toHaveLength(10)
    expect(await run()).toMatchObject({ level: 'info', looked: 1, made: 14, waiting: 0, failed: 0 })

    const made = await copies()
    expect(made).toHaveLength(14)
    expect(await staleFingerprints(app.owner)).toEqual([])
    const { body: template } = await ada.call('GET', `/v1/posts/${id}`)
    expect(template.status).toBe('draft')
    for (const copy of made) {
      const { caption, media, options, tags, accountId: copyAccount, kind } = template
      expect(copy).toMatchObject({
        caption,
        options,
        tags,
        accountId: copyAccount,
        kind,
        authorId: ada.id,
        problems: [],
      })
      expect(copy['media']).toEqual(media)
      expect(copy).toMatchObject({ status: 'scheduled', timeZone: 'Europe/Berlin', fold: 0 })
      expect(copy['localTime']).toMatch(/T09:30:00$/)
    }
    const { body } = await read(id)
    expect(body.upcoming.map(({ postId }: { postId: string }) => postId)).toEqual(
      made.slice(0, 10).map(({ id: copyId }) => copyId),
    )
    expect(body.upcoming[0]).toMatchObject({ state: 'made', status: 'scheduled' })
    const { body: history } = await ada.call('GET', `/v1/posts/${made[0]?.['id']}/history`)
    expect(history.data).toMatchObject([
      { from: 'draft', to: 'scheduled', actorKind: 'job', actorId: 'make-occurrences', reason: `Repeats post ${id}.` },
      { from: null, to: 'draft', actorKind: 'job', reason: `Repeats post ${id}.` },
    ])
  })

  test('gets a copy for each day that comes up, and never two for one', async () => {
    const id = await draft()
    await repeat(id)
    await run()
    expect(await run()).toMatchObject({ looked: 0 })
    await asOwner(app, (tx) => tx`update post_recurrences set look_at = now() where post_id = ${id}`)
    expect(await run()).toMatchObject({ looked: 1, made: 0 })
    app.advance(3 * dayMs)
    expect(await run()).toMatchObject({ looked: 1, made: 3 })
    const days = await app.owner`select occurs_on::text as day from post_occurrences where recurring_post_id = ${id}`
    expect(new Set(days.map(({ day }) => day)).size).toBe(17)
  })

  test('has one copy for a day, however many workers look at once', async () => {
    const id = await draft()
    await repeat(id)
    const due = () =>
      asOwner(app, (tx) => tx`update post_recurrences set look_at = now() - interval '1 hour' where post_id = ${id}`)
    await due()
    const working = Array.from({ length: 8 }, async (_, index) => {
      if (index > 0) await due()
      return await makeOccurrences(jobContext(app))
    })
    const reports = await Promise.all(working)
    expect(reports.reduce((sum, { made }) => sum + made, 0)).toBe(14)
    expect(await copies()).toHaveLength(14)
  })

  test('does not repeat itself at the very time for which it is scheduled', async () => {
    const id = await draft()
    const localTime = `${dateIn(2)}T09:30`
    await ada.call('POST', `/v1/posts/${id}/schedule`, { localTime, timeZone: 'Europe/Berlin' })
    const { body } = await repeat(id)
    const own = body.upcoming.find(({ postId }: { postId: string | null }) => postId === id)
    expect(own).toMatchObject({ date: dateIn(2), state: 'made' })
    await run()
    const ofThatDay = async () => (await copies()).filter((copy) => copy['localTime'] === `${localTime}:00`)
    expect(await ofThatDay()).toMatchObject([{ id }])

    await ada.call('POST', `/v1/posts/${id}/unschedule`)
    app.advance(10 * 60 * 1000)
    expect(await run()).toMatchObject({ looked: 1, made: 1 })
    expect(await ofThatDay()).toHaveLength(1)
    app.advance(10 * 60 * 1000)
    expect(await run()).toMatchObject({ looked: 0 })
  })

  test('is without a copy for a day whose copy somebody deletes', async () => {
    const id = await draft()
    await repeat(id)
    await run()
    const [copy] = await copies()
    await ada.call('POST', `/v1/posts/${copy?.['id']}/unschedule`)
    expect((await ada.call('DELETE', `/v1/posts/${copy?.['id']}`, undefined, anyVersion)).status).toBe(204)
    await asOwner(app, (tx) => tx`update post_recurrences set look_at = now() where post_id = ${id}`)
    expect(await run()).toMatchObject({ made: 0 })
    expect((await read(id)).body.upcoming[0]).toMatchObject({ state: 'skipped', postId: null })
  })
})

describe('another rule, or none,', () => {
  test('takes back the copies that nobody has touched, and leaves the others', async () => {
    const id = await draft()
    await repeat(id)
    await run()
    const [changed, tagged, moved, noted, ...rest] = (await copies()).map((copy) => copy['id'] ?? '')
    await ada.call('PATCH', `/v1/posts/${changed}`, { caption: 'Coffee' }, anyVersion)
    await ada.call('PATCH', `/v1/posts/${tagged}`, { tags: ['keep'] }, anyVersion)
    await ada.call('POST', `/v1/posts/${moved}/schedule`, {
      at: new Date(app.now().getTime() + dayMs / 2).toISOString(),
    })
    await ada.call('POST', `/v1/posts/${noted}/notes`, { text: 'Not this one' })
    const later = await repeat(id, { ...daily, time: '18:00' })
    expect(later.status).toBe(200)
    const kept = [changed, tagged, moved, noted].toSorted()
    expect((await copies()).map((copy) => copy['id']).toSorted()).toEqual(kept)
    for (const copy of rest) expect((await ada.call('GET', `/v1/posts/${copy}`)).status).toBe(404)
    expect(await run()).toMatchObject({ made: 10 })
    expect(await copies()).toHaveLength(14)

    expect((await ada.call('DELETE', `/v1/posts/${id}/recurrence`)).status).toBe(204)
    expect((await copies()).map((copy) => copy['id']).toSorted()).toEqual(kept)
    expectRefusal(await read(id), { status: 404, code: 'recurrence/not-found' })
    expectRefusal(await ada.call('DELETE', `/v1/posts/${id}/recurrence`), { status: 404, code: 'recurrence/not-found' })
    // Its days stay taken, so that repeating it again makes no second post for them.
    await repeat(id)
    await run()
    expect(await copies()).toHaveLength(14)
    const trail = await app.owner`
      select operation, actor_kind as kind from audit_logs
      where table_name = 'post_recurrences' and row_id = ${id} order by timestamp, id`
    expect(trail.map(({ operation, kind }) => `${operation} ${kind}`)).toEqual([
      'INSERT user',
      'UPDATE user',
      'DELETE user',
      'INSERT user',
    ])
  })

  test('while copies are being made waits for them, and takes them back', async () => {
    const id = await draft()
    await repeat(id)
    await Promise.all([makeOccurrences(jobContext(app)), ada.call('DELETE', `/v1/posts/${id}/recurrence`)])
    expect(await copies()).toEqual([])
  })

  test('the same rule again changes nothing', async () => {
    const id = await draft()
    const { body } = await repeat(id, { ...daily, startsOn: dateIn(0) })
    await run()
    const before = await copies()
    expect((await repeat(id, { ...daily, startsOn: dateIn(0) })).body).toMatchObject({ updatedAt: body.updatedAt })
    expect(await copies()).toEqual(before)
  })
})

describe('what cannot be scheduled', () => {
  test('does not begin to repeat: not ready, archived, or of an archived campaign', async () => {
    expectRefusal(await repeat(await draft({ media: [] })), {
      status: 422,
      code: 'post/not-ready',
      pointers: ['/media'],
    })
    expectRefusal(await repeat(randomUUID()), { status: 404, code: 'post/not-found' })
    const gone = await draft()
    await movePost(app, gone, 'archived')
    expectRefusal(await repeat(gone), { status: 409, code: 'post/not-editable' })
    const { body: campaign } = await ada.call('POST', '/v1/campaigns', { name: 'Tea', objective: 'other' })
    const ofCampaign = await draft({ campaignId: campaign.id })
    await ada.call('POST', `/v1/campaigns/${campaign.id}/archive`)
    expectRefusal(await repeat(ofCampaign), { status: 409, code: 'campaign/archived' })
  })

  test('waits, says why, and goes on when that is mended', async () => {
    const id = await draft()
    await repeat(id)
    await ada.call('PATCH', `/v1/posts/${id}`, { mediaIds: [] }, anyVersion)
    expect(await run()).toMatchObject({ looked: 1, made: 0, waiting: 1 })
    expect((await read(id)).body).toMatchObject({ state: 'waiting', problems: [{ pointer: '/media' }] })
    await ada.call('PATCH', `/v1/posts/${id}`, { mediaIds: [mediaId] }, anyVersion)
    await asOwner(app, (tx) => tx`update post_recurrences set look_at = now() where post_id = ${id}`)
    expect(await run()).toMatchObject({ made: 14 })
  })

  test('where the workspace approves first: only approved content repeats, and its copies are approved', async () => {
    const id = await draft()
    await repeat(id)
    await ada.call('PATCH', '/v1/workspace', { approvalPolicy: 'one' }, anyVersion)
    expect(await run()).toMatchObject({ made: 0, waiting: 1 })
    expect((await read(id)).body).toMatchObject({ state: 'waiting', problems: [{ code: 'post/approval-required' }] })
    expectRefusal(await repeat(id, { ...daily, time: '10:00' }), { status: 409, code: 'post/approval-required' })
    await ada.call('POST', `/v1/posts/${id}/submit`)
    expect((await ada.call('POST', `/v1/posts/${id}/approve`)).body.status).toBe('approved')
    await asOwner(app, (tx) => tx`update post_recurrences set look_at = now() where post_id = ${id}`)
    expect(await run()).toMatchObject({ made: 14 })
    const [copy] = await copies()
    expect(copy).toMatchObject({ contentRevision: 1, approvedRevision: 1 })
    const back = await ada.call('PATCH', `/v1/posts/${copy?.['id']}`, { caption: 'Other words' }, anyVersion)
    expect(back.body).toMatchObject({ status: 'in_review', scheduledAt: null })
  })

  test('one rule that fails keeps no other from its turn', async () => {
    const [one, two] = [await draft(), await draft()]
    await repeat(one)
    await repeat(two)
    await asOwner(app, (tx) => tx`update post_recurrences set time_zone = 'Mars/Olympus' where post_id = ${one}`)
    expect(await run()).toMatchObject({ looked: 2, made: 14, waiting: 1, failed: 0 })
    expect((await read(one)).body).toMatchObject({ state: 'waiting', problems: [{ code: 'time-zone/unknown' }] })
  })

  test('in a workspace that is closing it waits', async () => {
    const id = await draft()
    await repeat(id)
    await asOwner(
      app,
      (tx) =>
        tx`update workspaces set status = 'closing', closing_at = ${app.now().toISOString()} where id = ${ada.workspaceId}`,
    )
    expect(await run()).toMatchObject({ made: 0, waiting: 1 })
  })
})

test('a rule that is none is refused, each fault with its pointer', async () => {
  const id = await draft()
  const weekly = { ...daily, frequency: 'weekly' }
  const monthly = { ...daily, frequency: 'monthly' }
  for (const [rule, pointer] of [
    [{ ...daily, frequency: 'hourly' }, '/frequency'],
    [{ ...daily, interval: 0 }, '/interval'],
    [{ ...daily, interval: 366 }, '/interval'],
    [{ ...daily, weekdays: [1] }, '/weekdays'],
    [{ ...daily, time: '24:00' }, '/time'],
    [{ ...daily, timeZone: 'Mars/Olympus' }, '/timeZone'],
    [{ ...daily, fold: 2 }, '/fold'],
    [{ ...daily, startsOn: '2027-02-30' }, '/startsOn'],
    [{ ...daily, startsOn: '2027-02-02', endsOn: '2027-02-01' }, '/endsOn'],
    [{ ...daily, endsOn: dateIn(-2) }, '/endsOn'],
    [weekly, '/weekdays'],
    [{ ...weekly, weekdays: [] }, '/weekdays'],
    [{ ...weekly, weekdays: [8] }, '/weekdays/0'],
    [{ ...weekly, weekdays: [1, 1] }, '/weekdays'],
    [{ ...weekly, weekdays: [1], interval: 53 }, '/interval'],
    [monthly, '/monthDays'],
    [{ ...monthly, monthDays: [32] }, '/monthDays/0'],
    [{ ...monthly, monthDays: [1], interval: 13 }, '/interval'],
  ] as const)
    expectRefusal(await repeat(id, rule), { status: 422, code: 'request/invalid', pointers: [pointer] })
})

test('the database refuses what no rule can be, and a role that may not', async () => {
  const id = await draft()
  await repeat(id)
  for (const part of [
    `frequency = 'weekly'`,
    `weekdays = '{1}'`,
    `"interval" = 366`,
    `frequency = 'monthly', month_days = '{32}'`,
    `fold = 2`,
    `ends_on = '2000-01-01'`,
  ])
    await expect(
      asOwner(app, (tx) => tx.unsafe(`update post_recurrences set ${part} where post_id = '${id}'`)),
      part,
    ).rejects.toThrow(/post_recurrences_\w+_check/)
  const analyst = await registerMember(app, { workspaceId: ada.workspaceId, role: 'analyst' })
  expectRefusal(await repeat(id, daily, analyst), { status: 403, code: 'permission/denied' })
})
