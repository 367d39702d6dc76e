import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type postgres from 'postgres'
import { parse } from 'smol-toml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../scripts/local/bundle.ts'
import type { JobContext } from '../src/context.ts'
import type { SqlClient } from '../src/db/client.ts'
import { createDatabase, type Db } from '../src/db/database.ts'
import { databaseFailure } from '../src/db/errors.ts'
import { crons } from '../src/jobs/crons.ts'
import {
  makePartitions,
  purgeAccountTokens,
  purgeAuthChallenges,
  purgeAuthThrottles,
  purgeIdempotencyRecords,
  purgeOutbox,
  purgeSessions,
  revokeInvitations,
} from '../src/maintenance/service.ts'
import { insertWorld } from './db/world.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'
import { createPool, openSql, type SqlPool } from './support/sql.ts'

/** Jobs, run as the role that they run as. */

let database: TestDatabase
let owner: postgres.Sql
let jobs: SqlPool
beforeAll(async () => {
  database = await createTestDatabase()
  owner = openSql(database.ownerUrl)
  jobs = createPool(database.jobsUrl, 2)
})
afterAll(async () => {
  jobs.end()
  await owner.end()
  await database.drop()
})

let offsetMs = 0
const now = () => new Date(Date.now() + offsetMs)
function contextOver(client: SqlClient): Pick<JobContext, 'db' | 'now'> {
  const ports = {
    connect: () => client,
    monotonic: () => performance.now(),
    onStatement: () => undefined,
  }
  const db: Db = createDatabase(ports, { actor: JSON.stringify({ kind: 'job', id: 'test' }) })
  return { db, now }
}

test('each schedule of the code is one that the platform fires, and the other way round where there are jobs', () => {
  const { triggers } = parse(readFileSync(`${ROOT}wrangler.toml`, 'utf8')) as { triggers: { crons: string[] } }
  for (const schedule of Object.keys(crons)) expect(triggers.crons).toContain(schedule)
  expect(Object.values(crons).flatMap((each) => Object.keys(each))).toEqual(
    expect.arrayContaining(['make-partitions', 'purge-idempotency-records', 'drain-outbox', 'revoke-invitations']),
  )
})

describe('partitions', () => {
  const partitions = async () =>
    (
      await owner<{ name: string }[]>`
        select relname as name from pg_class
        where relnamespace = 'partitions'::regnamespace and relkind = 'r' order by relname`
    ).map(({ name }) => name)

  test('of the last and the next three months are made where they are missing, once', async () => {
    const before = await partitions()
    for (const name of before.filter((each) => each.startsWith('analytics_events'))) {
      await owner.unsafe(`drop table partitions.${name}`)
    }
    expect(await makePartitions(contextOver(jobs))).toEqual({ made: 5 })
    expect(await partitions()).toEqual(before)
    expect(await makePartitions(contextOver(jobs))).toEqual({ made: 0 })
  })

  test('are made once when two runs meet', async () => {
    const [last = ''] = (await partitions()).filter((each) => each.startsWith('audit_logs')).reverse()
    await owner.unsafe(`drop table partitions.${last}`)
    const runs = await Promise.allSettled([makePartitions(contextOver(jobs)), makePartitions(contextOver(jobs))])
    expect(runs.some((run) => run.status === 'fulfilled')).toBe(true)
    expect(await makePartitions(contextOver(jobs))).toEqual({ made: 0 })
    expect(await partitions()).toContain(last)
  })

  test('are not for the api role to make', async () => {
    const api = createPool(database.apiUrl, 1)
    const failure = await makePartitions(contextOver(api)).catch((error: unknown) => error)
    expect(failure).toMatchObject({ sqlstate: '42501' })
    expect(databaseFailure(failure)).toBeUndefined()
    api.end()
  })
})

describe('idempotency records', () => {
  const insert = (workspaceId: string, principal: string, count: number, expiresIn: string) => owner`
    insert into idempotency_keys (workspace_id, principal_id, key, route, fingerprint, status, expires_at)
    select ${workspaceId}, ${principal}, n::text, 'POST /v1/posts', repeat('0', 64), 201, now() + ${expiresIn}::interval
    from generate_series(1, ${count}) n`
  const left = async () =>
    (await owner`select principal_id, count(*)::int as n from idempotency_keys group by 1 order by 1`).map((row) => [
      row['principal_id'],
      row['n'],
    ])

  test('past their 24 hours are forgotten, all of them, and no other', async () => {
    const { workspaceId } = await insertWorld(owner)
    await insert(workspaceId, 'expired', 2_500, '-1 second')
    await insert(workspaceId, 'soon', 3, '1 hour')
    await insert(workspaceId, 'fresh', 2, '24 hours')
    expect(await purgeIdempotencyRecords(contextOver(jobs))).toEqual({ deleted: 2_500 })
    expect(await left()).toEqual([
      ['fresh', 2],
      ['soon', 3],
    ])
    expect(await purgeIdempotencyRecords(contextOver(jobs))).toEqual({ deleted: 0 })
    offsetMs += 2 * 60 * 60_000
    expect(await purgeIdempotencyRecords(contextOver(jobs))).toEqual({ deleted: 3 })
    expect(await left()).toEqual([['fresh', 2]])
  })

  test('are forgotten by two runs at once without a quarrel', async () => {
    const { workspaceId } = await insertWorld(owner)
    await insert(workspaceId, 'again', 3_000, '-1 second')
    const runs = await Promise.all([
      purgeIdempotencyRecords(contextOver(jobs)),
      purgeIdempotencyRecords(contextOver(jobs)),
    ])
    expect(runs.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(3_000)
    expect((await left()).map(([principal]) => principal)).not.toContain('again')
  })
})

describe('housekeeping', () => {
  /** Rows of a table by a mark of theirs, in order. */
  const marks = async (table: string, mark: string) =>
    (await owner.unsafe(`select ${mark} as mark from ${table} order by 1`)).map((row) => row['mark'])
  const asActor = async (work: (tx: postgres.TransactionSql) => Promise<unknown>) =>
    await owner.begin(async (tx) => {
      await tx`select set_config('app.actor', ${JSON.stringify({ kind: 'migration', id: 'test' })}, true)`
      await work(tx)
    })
  let world: Awaited<ReturnType<typeof insertWorld>>
  beforeAll(async () => {
    offsetMs = 0
    world = await insertWorld(owner)
  })

  test('forgets what the outbox finished a week ago, what died a month ago, and nothing that waits', async () => {
    await owner`
      insert into outbox (kind, status, due_at, finished_at)
      select 'test/' || status || '-' || word, status::outbox_status, now() - interval '1 year',
        case when status <> 'pending' then now() - age end
      from (values ('done', 'old', interval '8 days'), ('done', 'young', interval '6 days'),
        ('superseded', 'old', interval '8 days'), ('dead', 'young', interval '8 days'), ('dead', 'old', interval '31 days'),
        ('pending', 'old', interval '1 year')) as given (status, word, age)`
    expect(await purgeOutbox(contextOver(jobs))).toEqual({ deleted: 3 })
    expect(await marks('outbox', 'kind')).toEqual(['test/dead-young', 'test/done-young', 'test/pending-old'])
    expect(await purgeOutbox(contextOver(jobs))).toEqual({ deleted: 0 })
  })

  test('forgets tokens, questions and counters past their time, all of them, and no other', async () => {
    const { userId } = world
    await owner`
      insert into account_tokens (user_id, purpose, digest, outbox_id, expires_at)
      values (${userId}, 'email_verification', sha256('a'), gen_random_uuid(), now() - interval '1 second'),
        (${userId}, 'password_reset', sha256('b'), gen_random_uuid(), now() + interval '1 minute')`
    await owner`
      insert into auth_challenges (purpose, user_id, digest, password_fingerprint, expires_at)
      select 'second_factor', ${userId}, sha256(n::text::bytea), 'x', now() + make_interval(mins => n - 3)
      from generate_series(1, 4) n`
    await owner`
      insert into auth_throttles (subject, attempts, blocked_until, expires_at)
      select sha256(n::text::bytea), n, now(), now() + make_interval(hours => n - 2500) from generate_series(1, 2501) n`
    const context = contextOver(jobs)
    expect(await purgeAccountTokens(context)).toEqual({ deleted: 1 })
    expect(await marks('account_tokens', 'purpose')).toEqual(['password_reset'])
    expect(await purgeAuthChallenges(context)).toEqual({ deleted: 3 })
    expect(await marks('auth_challenges', 'expires_at > now()')).toEqual([true])
    expect(await purgeAuthThrottles(context)).toEqual({ deleted: 2_500 })
    expect(await marks('auth_throttles', 'attempts')).toEqual([2_501])
  })

  test('withdraws invitations past their time, and nobody’s address is left of them', async () => {
    const { workspaceId, userId } = world
    const keyId = randomUUID()
    const invite = async (tx: postgres.TransactionSql, digest: string, expiresIn: string) => {
      await tx`
        insert into workspace_invitations (workspace_id, user_id, role, data_key_id, email_ciphertext, index_key_version,
          email_digest, token_digest, expires_at)
        values (${workspaceId}, ${userId}, 'editor', ${keyId}, ${`v1.${keyId}.x`}, 1, sha256(${digest}::bytea),
          sha256(${digest}::bytea), now() + ${expiresIn}::interval)`
    }
    await asActor(async (tx) => {
      await tx`
        insert into encryption_keys (id, purpose, key_version, workspace_id, kek_version, wrapped_key, not_before)
        values (${keyId}, 'workspace_data', 1, ${workspaceId}, 1, 'v1.x', now())`
      await invite(tx, 'late', '-1 second')
      await invite(tx, 'open', '1 day')
    })
    expect(await revokeInvitations(contextOver(jobs))).toEqual({ revoked: 1 })
    const rows = await owner`
      select revoked_at is not null as "isRevoked", num_nulls(data_key_id, email_ciphertext, index_key_version,
        email_digest, token_digest) as nulls from workspace_invitations order by 1`
    expect(rows.map(({ isRevoked, nulls }) => [isRevoked, nulls])).toEqual([
      [false, 0],
      [true, 5],
    ])
    const [trail] = await owner`
      select actor_kind as "actorKind", new_values ? 'revoked_at' as "isRevoked" from audit_logs
      where table_name = 'workspace_invitations' and operation = 'UPDATE'`
    expect(trail).toEqual({ actorKind: 'job', isRevoked: true })
    // The address can be invited again.
    await asActor((tx) => invite(tx, 'late', '1 day'))
    expect(await revokeInvitations(contextOver(jobs))).toEqual({ revoked: 0 })
  })

  test('forgets sessions 90 days past their end, however they ended', async () => {
    const { userId } = world
    const day = 24 * 60 * 60_000
    await asActor((tx) => tx`delete from user_sessions`)
    await asActor(
      (tx) => tx`
        insert into user_sessions (user_id, device, created_at, idle_expires_at, absolute_expires_at, revoked_at, revoked_reason)
        select ${userId}, device, now(), now() + make_interval(days => idle), now() + interval '90 days',
          now() + make_interval(days => revoked), case when revoked is not null then 'logout'::session_revocation end
        from (values ('revoked at once', 30, 0), ('idle', 30, null), ('revoked late', 90, 80), ('to the end', 90, null))
          as given (device, idle, revoked)`,
    )
    const left: unknown[][] = []
    for (const days of [89, 91, 121, 171, 181]) {
      offsetMs = days * day
      await purgeSessions(contextOver(jobs))
      left.push(await marks('user_sessions', 'device'))
    }
    offsetMs = 0
    expect(left).toEqual([
      ['idle', 'revoked at once', 'revoked late', 'to the end'],
      ['idle', 'revoked late', 'to the end'],
      ['revoked late', 'to the end'],
      ['to the end'],
      [],
    ])
  })
})
