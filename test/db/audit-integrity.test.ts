import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { forgeTrail } from '../support/trail.ts'
import { as, connectTo, insertCampaign, insertWorld, refusal, type World } from './world.ts'

let database: TestDatabase
let owner: Sql
let api: Sql
let world: World

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl)
  api = connectTo(database.apiUrl)
  world = await insertWorld(api)
})

afterAll(async () => {
  await Promise.all([owner.end(), api.end()])
  await database.drop()
})

describe('a write is refused', () => {
  const required = { code: 'DF001', constraint: 'audit_actor_required' }

  test('without an actor, whoever asks', async () => {
    const id = await insertCampaign(api, world)
    for (const sql of [api, owner]) {
      expect(await refusal(sql`update campaigns set name = 'Nobody' where id = ${id}`)).toEqual(required)
      expect(await refusal(sql`delete from campaigns where id = ${id}`)).toEqual(required)
      const insertion = sql`
        insert into campaigns (workspace_id, user_id, name, objective)
        values (${world.workspaceId}, ${world.userId}, 'Nobody', 'sales')`
      expect(await refusal(insertion)).toEqual(required)
    }
  })

  test('when the actor of an earlier transaction on the connection has ended with it', async () => {
    const id = await insertCampaign(api, world)
    await as(api, world.actor, (tx) => tx`select 1`)
    expect(await refusal(api`update campaigns set name = 'Stale' where id = ${id}`)).toEqual(required)
  })

  test('with an actor that says nothing, or of no known kind', async () => {
    const id = await insertCampaign(api, world)
    const write = (actor: object) =>
      refusal(as(api, actor as World['actor'], (tx) => tx`update campaigns set name = 'X' where id = ${id}`))
    expect(await write({})).toEqual(required)
    expect(await write({ kind: 'ghost' })).toMatchObject({ code: '22P02' })
    expect(await write({ kind: 'user', id: 'no user id' })).toEqual({
      code: '23514',
      constraint: 'audit_logs_values_check',
    })
  })
})

describe('the trail cannot be forged or changed', () => {
  test('by attaching the function to a table that is not ours', async () => {
    const foreign = { code: 'DF003', constraint: 'audit_foreign_table' }
    await owner.unsafe(`
      create schema elsewhere;
      create table elsewhere.campaigns (id text, workspace_id uuid);
      create table public.forged (id text, workspace_id uuid);
      create temp table campaigns (id text, workspace_id uuid);`)
    for (const table of ['elsewhere.campaigns', 'public.forged', 'pg_temp.campaigns']) {
      await owner.unsafe(
        `create trigger audit after insert on ${table} for each row execute function public.audit_row_change()`,
      )
      const insertion = as(owner, world.actor, (tx) => tx.unsafe(`insert into ${table} values ('forged', null)`))
      expect(await refusal(insertion), table).toEqual(foreign)
    }
    await owner.unsafe('drop schema elsewhere cascade; drop table public.forged; drop table pg_temp.campaigns')
  })

  test('by calling the function', async () => {
    expect(await refusal(api`select audit_row_change()`)).toMatchObject({ code: '42501' })
  })

  test('by the owner, in the table or in any partition', async () => {
    const partitions = await owner<{ name: string }[]>`
      select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_logs'::regclass`
    expect(partitions.length).toBeGreaterThanOrEqual(5)
    for (const name of ['audit_logs', ...partitions.map((partition) => partition.name)]) {
      const insert = `insert into ${name} (id, table_name, operation, row_id, actor_kind, new_values)
        overriding system value values (0, 'posts', 'INSERT', 'x', 'job', '{}')`
      for (const statement of [
        insert,
        `update ${name} set row_id = 'x'`,
        `delete from ${name}`,
        `truncate ${name}`,
        `merge into ${name} using (select 1) s on false when not matched then do nothing when matched then delete`,
      ]) {
        for (const mode of statement === insert ? ['origin'] : ['origin', 'replica']) {
          const answer = await refusal(
            as(owner, world.actor, async (tx) => {
              await tx.unsafe(`set local session_replication_role = ${mode}`)
              await tx.unsafe(statement)
            }),
          )
          expect(answer, `${statement} (${mode})`).toEqual({ code: 'DF002', constraint: 'statement_refused' })
        }
      }
    }
  })

  test('by a request that says it is a job or a migration', async () => {
    for (const kind of ['job', 'migration']) {
      const writing = as(
        api,
        { ...world.actor, kind } as World['actor'],
        (tx) => tx`
        update workspaces set name = 'Forged' where id = ${world.workspaceId}`,
      )
      expect(await refusal(writing), kind).toEqual({ code: '23514', constraint: 'audit_logs_role_check' })
    }
  })

  test('by a row that cannot be: the constraints refuse it', async () => {
    const insert = (operation: string, before: string | null, after: string | null) =>
      refusal(
        forgeTrail(
          owner,
          (tx) => tx`
        insert into audit_logs (table_name, operation, row_id, actor_kind, old_values, new_values)
        values ('posts', ${operation}, 'x', 'job', ${before}::text::jsonb, ${after}::text::jsonb)`,
        ),
      )
    const impossible = { code: '23514', constraint: 'audit_logs_values_check' }
    for (const [operation, before, after] of [
      ['INSERT', '{}', '{}'],
      ['INSERT', null, null],
      ['INSERT', null, '[]'],
      ['UPDATE', null, '{"a": 1}'],
      ['UPDATE', '{"a": 1}', null],
      ['UPDATE', '{}', '{}'],
      ['DELETE', '{}', '{}'],
      ['DELETE', null, null],
    ] as const) {
      expect(await insert(operation, before, after), `${operation} ${before} ${after}`).toEqual(impossible)
    }
  })
})

test('TRUNCATE of an audited table is refused to the owner', async () => {
  const tables = await owner<{ name: string }[]>`
    select tgrelid::regclass::text as name from pg_trigger where tgfoid = 'audit_row_change'::regproc`
  expect(tables.map(({ name }) => name).sort()).toEqual([
    'ai_generations',
    'api_key_accounts',
    'api_key_digests',
    'api_keys',
    'campaign_spend',
    'campaigns',
    'data_exports',
    'encryption_keys',
    'erasure_requests',
    'instagram_accounts',
    'instagram_tokens',
    'media_files',
    'media_objects',
    'post_approvals',
    'post_media',
    'post_notes',
    'post_recurrences',
    'posting_slots',
    'posts',
    'user_email_index',
    'user_passkeys',
    'user_recovery_codes',
    'user_sessions',
    'user_totp',
    'users',
    'workspace_approvers',
    'workspace_invitations',
    'workspace_members',
    'workspaces',
  ])
  for (const { name } of tables) {
    const answer = await refusal(owner.unsafe(`truncate ${name} cascade`))
    expect(answer, name).toEqual({ code: 'DF002', constraint: 'statement_refused' })
  }
})
