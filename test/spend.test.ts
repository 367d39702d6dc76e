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

const campaign = async (body: object = {}): Promise<string> =>
  (await ada.call('POST', '/v1/campaigns', { name: 'Spring', objective: 'sales', ...body })).body.id

const enter = async (id: string, body: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  await ada.call(
    'POST',
    `/v1/campaigns/${id}/spend`,
    { amountMinor: 1_000, currency: 'EUR', spentOn: '2026-12-01', ...body },
    headers,
  )

const ledger = async (id: string, query = ''): Promise<Answer> =>
  await ada.call('GET', `/v1/campaigns/${id}/spend${query}`)

const archive = async (id: string): Promise<Answer> => await ada.call('POST', `/v1/campaigns/${id}/archive`)

const max = Number.MAX_SAFE_INTEGER

describe('an entry', () => {
  test('has what was sent, reads back as it was answered and is in the trail', async () => {
    const id = await campaign({ currency: 'EUR', budgetMinor: 5_000 })
    const sent = { amountMinor: 2_345, currency: 'EUR', spentOn: '2026-12-03', note: 'Advertisements' }
    const answer = await enter(id, sent)
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      ...sent,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      userId: ada.id,
      corrects: null,
      createdAt: expect.stringMatching(/Z$/),
    })
    expect((await ledger(id)).body).toEqual({
      data: [answer.body],
      nextCursor: null,
      totals: [{ currency: 'EUR', amountMinor: 2_345 }],
    })
    const trail = await app.owner`
      select table_name, operation, user_id, new_values from audit_logs where row_id = ${answer.body.id}`
    expect(trail).toMatchObject([
      { table_name: 'campaign_spend', operation: 'INSERT', user_id: ada.id, new_values: { amount_minor: 2_345 } },
    ])
  })

  test.each<[string, object, string]>([
    ['of nothing', { amountMinor: 0 }, '/amountMinor'],
    ['below zero that corrects none', { amountMinor: -1 }, '/amountMinor'],
    ['of nothing that corrects one', { amountMinor: 0, corrects: randomUUID() }, '/amountMinor'],
    ['of a part of a cent', { amountMinor: 0.5 }, '/amountMinor'],
    ['beyond exact numbers', { amountMinor: max + 1 }, '/amountMinor'],
    ['in no currency', { currency: null }, '/currency'],
    ['in a currency of lower case', { currency: 'eur' }, '/currency'],
    ['on no day', { spentOn: '2026-02-30' }, '/spentOn'],
    ['with an empty note', { note: '  ' }, '/note'],
    ['with a note too long', { note: 'n'.repeat(501) }, '/note'],
    ['with an id of its own', { id: randomUUID() }, '/id'],
  ])('%s is refused', async (_, body, pointer) => {
    const id = await campaign()
    expectRefusal(await enter(id, body), invalid(pointer))
    expect((await ledger(id)).body.data).toEqual([])
  })

  test('is of a campaign that exists', async () => {
    const missing = { status: 404, code: 'campaign/not-found' }
    for (const id of [randomUUID(), 'x']) {
      expectRefusal(await enter(id), missing)
      expectRefusal(await ledger(id), missing)
    }
  })

  test('under one Idempotency-Key is made once, and another one under it is refused', async () => {
    const id = await campaign()
    const key = { 'Idempotency-Key': randomUUID() }
    const first = await enter(id, {}, key)
    expect((await enter(id, {}, key)).body).toEqual(first.body)
    expectRefusal(await enter(id, { amountMinor: 2 }, key), { status: 422, code: 'idempotency/key-reused' })
    expect((await ledger(id)).body.totals).toEqual([{ currency: 'EUR', amountMinor: 1_000 }])
  })

  test('keeps its campaign from being deleted', async () => {
    const id = await campaign()
    await enter(id)
    const answer = await ada.call('DELETE', `/v1/campaigns/${id}`, undefined, { 'If-Match': '*' })
    expectRefusal(answer, { status: 409, code: 'campaign/in-use' })
    expect(answer.body.detail).toContain(`/v1/campaigns/${id}/archive`)
  })

  test('that would make the total inexact is refused', async () => {
    const id = await campaign()
    expect((await enter(id, { amountMinor: max })).status).toBe(201)
    expectRefusal(await enter(id, { amountMinor: 1 }), { status: 409, code: 'spend/too-much' })
    expect((await enter(id, { amountMinor: max, currency: 'USD' })).status).toBe(201)
    expect((await ledger(id)).body.totals).toEqual([
      { currency: 'EUR', amountMinor: max },
      { currency: 'USD', amountMinor: max },
    ])
  })
})

describe('a correction', () => {
  test('is an entry that names another, which stays as it was', async () => {
    const id = await campaign()
    const entry = (await enter(id)).body
    const less = await enter(id, { amountMinor: -400, corrects: entry.id, note: 'Refund' })
    const more = await enter(id, { amountMinor: 50, corrects: entry.id })
    expect([less.status, less.body.corrects, more.status]).toEqual([201, entry.id, 201])
    const { data, totals } = (await ledger(id)).body
    expect(data).toEqual([more.body, less.body, entry])
    expect(totals).toEqual([{ currency: 'EUR', amountMinor: 650 }])
  })

  test('takes what its entry has and no more, whatever else was spent', async () => {
    const id = await campaign()
    const entry = (await enter(id)).body
    await enter(id, { amountMinor: 90_000 })
    const belowZero = { status: 409, code: 'spend/below-zero' }
    expectRefusal(await enter(id, { amountMinor: -1_001, corrects: entry.id }), belowZero)
    expect((await enter(id, { amountMinor: -1_000, corrects: entry.id })).status).toBe(201)
    expectRefusal(await enter(id, { amountMinor: -1, corrects: entry.id }), belowZero)
    expect((await ledger(id)).body.totals).toEqual([{ currency: 'EUR', amountMinor: 90_000 }])
  })

  test('of two at once that together take too much, one is refused', async () => {
    const id = await campaign()
    const entry = (await enter(id)).body
    const correct = () => enter(id, { amountMinor: -600, corrects: entry.id })
    const answers = await whileHeld(
      app,
      (tx) => tx`select 1 from campaigns where id = ${id} for update`,
      correct,
      correct,
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    expect((await ledger(id)).body.totals).toEqual([{ currency: 'EUR', amountMinor: 400 }])
  })

  test('is in the currency of its entry, which is no correction', async () => {
    const id = await campaign()
    const entry = (await enter(id)).body
    const correction = (await enter(id, { amountMinor: -1, corrects: entry.id })).body
    expectRefusal(await enter(id, { amountMinor: -1, currency: 'USD', corrects: entry.id }), {
      status: 409,
      code: 'spend/other-currency',
    })
    expectRefusal(await enter(id, { amountMinor: 1, corrects: correction.id }), {
      status: 409,
      code: 'spend/is-correction',
    })
  })

  test('is of an entry of the same campaign', async () => {
    const [id, other] = [await campaign(), await campaign()]
    const entry = (await enter(other)).body
    const bob = await registerUser(app)
    const foreign = (await bob.call('POST', '/v1/campaigns', { name: 'His', objective: 'sales' })).body.id
    const theirs = (
      await bob.call('POST', `/v1/campaigns/${foreign}/spend`, {
        amountMinor: 5,
        currency: 'EUR',
        spentOn: '2026-12-01',
      })
    ).body
    for (const corrects of [entry.id, theirs.id, randomUUID()]) {
      const answer = await enter(id, { amountMinor: -1, corrects })
      expectRefusal(answer, { status: 422, code: 'reference/not-found' })
      expect(answer.body.errors).toMatchObject([{ pointer: '/corrects' }])
    }
  })
})

describe('an archived campaign', () => {
  test('takes corrections alone', async () => {
    const id = await campaign()
    const entry = (await enter(id)).body
    await archive(id)
    expectRefusal(await enter(id), { status: 409, code: 'campaign/archived' })
    expect((await enter(id, { amountMinor: -1, corrects: entry.id })).status).toBe(201)
    expect((await ledger(id)).body.totals).toEqual([{ currency: 'EUR', amountMinor: 999 }])
  })

  test('gets no spend that was on its way when it was archived', async () => {
    const id = await campaign()
    const [entered] = await whileHeld(
      app,
      (tx) => tx`update campaigns set status = 'archived', archived_at = now() where id = ${id}`,
      () => enter(id),
    )
    expectRefusal(entered as Answer, { status: 409, code: 'campaign/archived' })
    expect((await ledger(id)).body).toEqual({ data: [], nextCursor: null, totals: [] })
  })
})

describe('the ledger', () => {
  test('goes from the latest day to the first, over all pages, with all totals on each', async () => {
    const id = await campaign({ currency: 'EUR' })
    const made: { id: string; spentOn: string }[] = []
    for (const [index, day] of ['03', '01', '02', '03', '02', '02', '01'].entries()) {
      const currency = index % 3 === 0 ? 'USD' : 'EUR'
      made.push((await enter(id, { amountMinor: 10 ** index, currency, spentOn: `2026-12-${day}` })).body)
    }
    await enter(await campaign(), { amountMinor: 7 })
    const order = made.toSorted((a, b) => (`${a.spentOn}${a.id}` < `${b.spentOn}${b.id}` ? 1 : -1))
    const totals = [
      { currency: 'EUR', amountMinor: 110_110 },
      { currency: 'USD', amountMinor: 1_001_001 },
    ]
    expect((await ledger(id)).body).toEqual({ data: order, nextCursor: null, totals })
    for (const limit of [1, 2, 3, 6, 7]) {
      const seen: unknown[] = []
      let query = `?limit=${limit}`
      for (let cursor: string | null = ''; cursor !== null; query = `?limit=${limit}&cursor=${cursor}`) {
        const { body } = await ledger(id, query)
        expect(body.totals).toEqual(totals)
        seen.push(...body.data)
        cursor = body.nextCursor
      }
      expect(seen).toEqual(order)
    }
  })
})
