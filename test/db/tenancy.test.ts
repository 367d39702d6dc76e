import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { as, connectTo, insertAccount, insertCampaign, insertPost, insertWorld, refusal, type World } from './world.ts'

let database: TestDatabase
let owner: Sql
let api: Sql
let mine: World
let theirs: World

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl, 3)
  api = connectTo(database.apiUrl)
  mine = await insertWorld(api)
  theirs = await insertWorld(api)
})

afterAll(async () => {
  await Promise.all([owner.end(), api.end()])
  await database.drop()
})

describe('nothing refers to what belongs to another workspace', () => {
  test('every foreign key between tenant tables carries the workspace', async () => {
    const rows = await owner`
      select c.conname as name
      from pg_constraint as c
      where c.contype = 'f' and c.connamespace = 'public'::regnamespace
        and exists (
          select from pg_attribute as a
          where a.attrelid = c.confrelid and a.attname = 'workspace_id' and a.attnotnull)
        and not (
          select bool_or(a.attname = 'workspace_id') from pg_attribute as a
          where a.attrelid = c.conrelid and a.attnum = any (c.conkey))`
    expect(rows).toEqual([])
  })

  test('a post cannot be in their campaign, nor on their account', async () => {
    const postId = await insertPost(api, mine)
    const [campaignId, accountId] = [await insertCampaign(api, theirs), await insertAccount(api, theirs)]
    const write = (column: string, id: string) =>
      refusal(as(api, mine.actor, (tx) => tx.unsafe(`update posts set ${column} = '${id}' where id = '${postId}'`)))
    expect(await write('campaign_id', campaignId)).toEqual({ code: '23503', constraint: 'posts_campaign_fkey' })
    expect(await write('account_id', accountId)).toEqual({ code: '23503', constraint: 'posts_account_fkey' })
  })

  test('a post cannot be inserted with their campaign', async () => {
    const campaignId = await insertCampaign(api, theirs)
    const insertion = as(
      api,
      mine.actor,
      (tx) => tx`
        insert into posts (workspace_id, user_id, kind, campaign_id)
        values (${mine.workspaceId}, ${mine.userId}, 'story', ${campaignId})`,
    )
    expect(await refusal(insertion)).toEqual({ code: '23503', constraint: 'posts_campaign_fkey' })
  })

  test('a user cannot be encrypted with the key of another', async () => {
    const write = as(
      owner,
      mine.actor,
      (tx) => tx`
        update users set data_key_id = ${theirs.keyId}, email_ciphertext = ${`v1.${theirs.keyId}.email`},
          name_ciphertext = ${`v1.${theirs.keyId}.name`}
        where id = ${mine.userId}`,
    )
    expect(await refusal(write)).toEqual({ code: '23503', constraint: 'users_data_key_fkey' })
  })

  test('what is encrypted names the key of its row', async () => {
    const write = as(
      owner,
      mine.actor,
      (tx) => tx`update users set name_ciphertext = ${`v1.${theirs.keyId}.name`} where id = ${mine.userId}`,
    )
    expect(await refusal(write)).toEqual({ code: '23514', constraint: 'users_ciphertext_keys_check' })
  })

  test('an Instagram account is connected in one workspace at a time', async () => {
    const accountId = await insertAccount(api, mine)
    const connect = () =>
      as(
        api,
        theirs.actor,
        (tx) => tx`
          insert into instagram_accounts (workspace_id, user_id, login, ig_user_id, username)
          select ${theirs.workspaceId}, ${theirs.userId}, 'instagram', ig_user_id, 'brand'
          from instagram_accounts where id = ${accountId}`,
      )
    expect(await refusal(connect())).toEqual({ code: '23505', constraint: 'instagram_accounts_connected_key' })
    await as(
      api,
      mine.actor,
      (tx) =>
        tx`update instagram_accounts set status = 'disconnected', disconnected_at = now() where id = ${accountId}`,
    )
    await connect()
  })
})

test('an account has one current token, and keeps no other', async () => {
  const accountId = await insertAccount(api, mine)
  const insert = (status: string, token: string | null) =>
    as(
      api,
      mine.actor,
      (tx) => tx`
        insert into instagram_tokens (workspace_id, account_id, token_ciphertext, status, issued_at, expires_at, ended_at)
        values (${mine.workspaceId}, ${accountId}, ${token}, ${status}, now(), now() + interval '60 days',
          case when ${status !== 'current'} then now() end)`,
    )
  await insert('current', 'v1.token')
  expect(await refusal(insert('current', 'v1.token'))).toEqual({
    code: '23505',
    constraint: 'instagram_tokens_current_key',
  })
  expect(await refusal(insert('replaced', 'v1.token'))).toEqual({
    code: '23514',
    constraint: 'instagram_tokens_ended_check',
  })
  await insert('replaced', null)
})

test('a rollup has exactly one subject', async () => {
  const jobs = connectTo(database.jobsUrl)
  const [postId, campaignId] = [await insertPost(api, mine), await insertCampaign(api, mine)]
  const insert = (post: string | null, campaign: string | null, start: string) => jobs`
    insert into performance_metrics (workspace_id, post_id, campaign_id, bucket, bucket_start)
    values (${mine.workspaceId}, ${post}, ${campaign}, 'hour', ${start}::text::timestamptz)`
  const subject = { code: '23514', constraint: 'performance_metrics_subject_check' }
  expect(await refusal(insert(null, null, '2026-11-23T10:00Z'))).toEqual(subject)
  expect(await refusal(insert(postId, campaignId, '2026-11-23T10:00Z'))).toEqual(subject)
  const start = { code: '23514', constraint: 'performance_metrics_bucket_start_check' }
  expect(await refusal(insert(postId, null, '2026-11-23T10:30Z'))).toEqual(start)
  await insert(postId, null, '2026-11-23T10:00Z')
  expect(await refusal(insert(postId, null, '2026-11-23T10:00Z'))).toEqual({
    code: '23505',
    constraint: 'performance_metrics_post_key',
  })
  expect(await refusal(insert(randomUUID(), null, '2026-11-23T10:00Z'))).toEqual({
    code: '23503',
    constraint: 'performance_metrics_post_fkey',
  })
  await jobs.end()
})
