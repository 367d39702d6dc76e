import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAuditLogs } from '../../src/audit/audit.sql.ts'
import type { PreparedQuery } from '../../src/db/run.ts'
import {
  findNextTrailOfPerson,
  listAuditOfPerson,
  listIdempotencyKeysOfPerson,
} from '../../src/privacy/archive.jobs.sql.ts'
import { erasePerson } from '../../src/privacy/erasure.user.sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { forgeTrail } from '../support/trail.ts'
import { connectTo } from './world.ts'

/** How statements find the rows of one person among those of many, in tables that only grow. */

const people = 2_000
const workspaces = 500
const idOf = (prefix: string, number: number) => `${prefix}0000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const userId = idOf('a', 7)
const workspaceId = idOf('b', 7)
const now = '2026-01-01T00:00:00Z'
const byPrincipal = 'idempotency_keys_principal_idx'

let database: TestDatabase
let owner: Sql
beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl)
  await forgeTrail(owner, async (tx) => {
    await tx.unsafe(`
      insert into audit_logs (table_name, operation, row_id, workspace_id, user_id, actor_kind, new_values, "timestamp")
      select 'posts', 'INSERT', n::text, case when n % 20 > 0
          then ('b0000000-0000-7000-8000-' || lpad((n % ${workspaces})::text, 12, '0'))::uuid end,
        ('a0000000-0000-7000-8000-' || lpad((n % ${people})::text, 12, '0'))::uuid, 'job', '{}',
        now() - n * interval '10 seconds'
      from generate_series(1, 200000) n`)
  })
  await owner.unsafe(`
    insert into idempotency_keys (principal_id, key, route, fingerprint, status)
    select 'a0000000-0000-7000-8000-' || lpad((n % ${people})::text, 12, '0'), n::text, 'POST /v1/x', repeat('0', 64), 201
    from generate_series(1, 40000) n`)
  await owner`analyze`
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})

type Node = { 'Node Type': string; 'Relation Name'?: string; 'Index Name'?: string; Plans?: Node[] }

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

type Statement = { readonly compiled: PreparedQuery<never, unknown>['compiled'] }

/**
 * By which index each filled table (or month) of that name is read, as the database plans a statement for these values;
 * the node's type where it is by none.
 */
async function scansOf(
  { compiled }: Statement,
  table: string,
  values: Readonly<Record<string, string | number>>,
): Promise<string[]> {
  const filled = await owner<{ name: string }[]>`
    select relname::text as name from pg_class where relkind = 'r' and reltuples > 10000 and starts_with(relname, ${table})`
  const literal = (name: string) => (values[name] === undefined ? 'null' : `'${values[name]}'`)
  const text = compiled.text.replaceAll(/\$(\d+)/g, (_, number) => literal(compiled.params[number - 1]?.name ?? ''))
  const [row] = await owner.unsafe(`explain (format json) ${text}`)
  const scans = nodesOf(row?.['QUERY PLAN'][0].Plan)
    .filter((node) => filled.some(({ name }) => name === node['Relation Name']) && /Scan/.test(node['Node Type']))
    .map((node) => nodesOf(node).find((each) => each['Index Name'])?.['Index Name'] ?? node['Node Type'])
  return [...new Set(scans)]
}

const limit = 500

test.each<[string, Statement, Record<string, string | number>]>([
  ['the first workspace with a trail of the person', findNextTrailOfPerson, { userId }],
  ['the next one', findNextTrailOfPerson, { userId, afterId: workspaceId }],
  ['the trail of the person in a workspace', listAuditOfPerson, { userId, trailWorkspaceId: workspaceId, limit }],
  ['the trail of the person in none', listAuditOfPerson, { userId, limit }],
  ['what a workspace is shown of one person', listAuditLogs, { workspaceId, userId, limit: 21 }],
])('%s is found by the person', async (_, statement, values) => {
  const scans = await scansOf(statement, 'audit_logs', values)
  expect(scans.length).toBeGreaterThan(0)
  for (const scan of scans) expect(scan).toMatch(/^audit_logs_\d{4}_\d{2}_user_id_workspace_id_timestamp_id_idx$/)
})

test('what a workspace is shown of all is found by the workspace', async () => {
  const [scan] = await scansOf(listAuditLogs, 'audit_logs', { workspaceId, limit: 21 })
  expect(scan).toMatch(/^audit_logs_\d{4}_\d{2}_workspace_id_timestamp_id_idx$/)
})

test('recorded answers of the person are found by the person, to be shown and to be deleted', async () => {
  const receipt = { newReceiptDigest: 'ab', requestedAt: now, backupsExpireAt: now }
  const erasure = { actor: '{}', userId, erasureId: userId, outboxId: userId, now, ...receipt }
  expect(await scansOf(listIdempotencyKeysOfPerson, 'idempotency_keys', { userId, limit })).toEqual([byPrincipal])
  // The other one is of workspaces that close.
  expect((await scansOf(erasePerson, 'idempotency_keys', erasure)).sort()).toEqual([
    byPrincipal,
    'idempotency_keys_sender_key',
  ])
})
