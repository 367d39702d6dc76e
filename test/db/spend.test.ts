import { randomUUID } from 'node:crypto'
import type { Sql, TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import {
  as,
  connectTo,
  insertCampaign,
  insertPost,
  insertWorld,
  insufficientPrivilege,
  refusal,
  type World,
} from './world.ts'

let database: TestDatabase
let owner: Sql
let api: Sql
let jobs: Sql
let world: World
let campaignId: string

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl)
  api = connectTo(database.apiUrl)
  jobs = connectTo(database.jobsUrl)
  world = await insertWorld(api)
  campaignId = await insertCampaign(api, world)
})

afterAll(async () => {
  await Promise.all([owner.end(), api.end(), jobs.end()])
  await database.drop()
})

type Entry = { amount?: number | string; currency?: string; corrects?: string | null; campaign?: string }

const insertEntry = (tx: TransactionSql, entry: Entry, id: string = randomUUID()) => {
  const { amount = 100, currency = 'EUR', corrects = null, campaign = campaignId } = entry
  return tx`
    insert into campaign_spend (workspace_id, id, campaign_id, user_id, amount_minor, currency, spent_on, corrects_id)
    values (${world.workspaceId}, ${id}, ${campaign}, ${world.userId}, ${amount}, ${currency}, '2026-12-01', ${corrects})`
}

async function enter(entry: Entry = {}): Promise<string> {
  const id = randomUUID()
  await as(api, world.actor, (tx) => insertEntry(tx, entry, id))
  return id
}

const refused = async (entry: Entry) => await refusal(as(api, world.actor, (tx) => insertEntry(tx, entry)))

describe('an entry stays as it is', () => {
  const changes = [
    'update campaign_spend set amount_minor = 1',
    `update campaign_spend set note = 'other'`,
    'delete from campaign_spend',
    'truncate campaign_spend',
  ]

  test.each(changes)('to requests and to jobs: %s', async (change) => {
    await enter()
    for (const sql of [api, jobs]) {
      const { code } = await refusal(as(sql, { ...world.actor, kind: 'job' }, (tx) => tx.unsafe(change)))
      expect(code).toBe(insufficientPrivilege)
    }
  })

  test.each(changes)('to the owner of the table: %s', async (change) => {
    await enter()
    expect(await refusal(as(owner, world.actor, (tx) => tx.unsafe(change)))).toEqual({
      code: 'DF002',
      constraint: 'statement_refused',
    })
  })

  test('and jobs enter none', async () => {
    const entry = as(jobs, { ...world.actor, kind: 'job' }, (tx) => insertEntry(tx, {}))
    expect((await refusal(entry)).code).toBe(insufficientPrivilege)
  })
})

describe('an entry is refused', () => {
  const below = { code: '23514', constraint: 'campaign_spend_below_zero' }

  test.each<[string, Entry, string]>([
    ['of nothing', { amount: 0 }, 'campaign_spend_sign_check'],
    ['below zero that corrects none', { amount: -1 }, 'campaign_spend_sign_check'],
    ['below what JSON carries', { amount: '-9007199254740992' }, 'campaign_spend_amount_check'],
    ['beyond what JSON carries, as its total would be', { amount: '9007199254740992' }, 'campaign_spend_total'],
    ['in no currency', { currency: 'eur' }, 'campaign_spend_currency_check'],
  ])('%s', async (_, entry, constraint) => {
    const campaign = await insertCampaign(api, world)
    expect(await refused({ ...entry, campaign })).toEqual({ code: '23514', constraint })
  })

  test('when several in one statement take more than there is', async () => {
    const corrects = await enter()
    const many = as(
      api,
      world.actor,
      (tx) => tx`
        insert into campaign_spend (workspace_id, campaign_id, user_id, amount_minor, currency, spent_on, corrects_id)
        select ${world.workspaceId}, ${campaignId}, ${world.userId}, -60, 'EUR', '2026-12-01', ${corrects}
        from generate_series(1, 2)`,
    )
    expect(await refusal(many)).toEqual(below)
  })

  test('of twenty at once as soon as nothing is left', async () => {
    const corrects = await enter()
    const connections = connectTo(database.apiUrl, 20)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        as(connections, world.actor, (tx) => insertEntry(tx, { amount: -30, corrects })),
      ),
    )
    await connections.end()
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    const [left] = await owner`
      select sum(amount_minor)::int as minor from campaign_spend where id = ${corrects} or corrects_id = ${corrects}`
    expect(left?.['minor']).toBe(10)
  })

  test('when it corrects what is in another campaign, or itself', async () => {
    const elsewhere = await enter({ campaign: await insertCampaign(api, world) })
    const unknown = { code: '23503', constraint: 'campaign_spend_corrects_fkey' }
    expect(await refused({ amount: -1, corrects: elsewhere })).toEqual(unknown)
    const id = randomUUID()
    const itself = as(api, world.actor, (tx) => insertEntry(tx, { amount: -1, corrects: id }, id))
    expect(await refusal(itself)).toEqual({ code: '23514', constraint: 'campaign_spend_corrects_check' })
  })

  test('in a campaign of another workspace', async () => {
    const theirs = await insertCampaign(api, await insertWorld(api))
    expect(await refused({ campaign: theirs })).toEqual({ code: '23503', constraint: 'campaign_spend_campaign_fkey' })
  })
})

describe('an archived campaign', () => {
  const closed = { code: '23514', constraint: 'campaigns_archived' }

  test('does not change, to requests, jobs or the owner, and takes no posts', async () => {
    const id = await insertCampaign(api, world)
    await as(
      api,
      world.actor,
      (tx) => tx`update campaigns set status = 'archived', archived_at = now() where id = ${id}`,
    )
    for (const sql of [api, owner]) {
      expect(await refusal(as(sql, world.actor, (tx) => tx`update campaigns set name = 'X' where id = ${id}`))).toEqual(
        closed,
      )
    }
    const asJob = { ...world.actor, kind: 'job' }
    expect(await refusal(as(jobs, asJob, (tx) => tx`update campaigns set status = 'active' where id = ${id}`))).toEqual(
      closed,
    )
    const postId = await insertPost(api, world)
    const moved = as(api, world.actor, (tx) => tx`update posts set campaign_id = ${id} where id = ${postId}`)
    expect(await refusal(moved)).toEqual(closed)
    expect(await refused({ campaign: id })).toEqual(closed)
  })
})

test('goals are twenty at most, and money among them has a currency', async () => {
  const id = await insertCampaign(api, world)
  const set = (goals: string) =>
    refusal(as(api, world.actor, (tx) => tx`update campaigns set goals = ${goals}::text::jsonb where id = ${id}`))
  const many = JSON.stringify(Array.from({ length: 21 }, () => ({ metric: 'reach', target: 1 })))
  expect(await set(many)).toEqual({ code: '23514', constraint: 'campaigns_goals_count_check' })
  expect(await set('[{"metric": "revenue", "target": 1}]')).toEqual({
    code: '23514',
    constraint: 'campaigns_goals_currency_check',
  })
  expect((await set('{}')).code).toBe('23514')
})
