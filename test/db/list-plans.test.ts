import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedDatabase } from '../../scripts/seed/fill.ts'
import { listAuditLogs } from '../../src/audit/audit.sql.ts'
import { listCampaigns } from '../../src/campaigns/campaigns.sql.ts'
import { listCampaignSpend } from '../../src/campaigns/spend.sql.ts'
import type { PreparedQuery } from '../../src/db/run.ts'
import { listMediaFiles } from '../../src/media/media.sql.ts'
import { listPostApprovals } from '../../src/posts/approvals.sql.ts'
import { listPostMoves } from '../../src/posts/history.sql.ts'
import { listPostNotes } from '../../src/posts/notes.sql.ts'
import { listPosts } from '../../src/posts/posts.sql.ts'
import { listCalendarPosts } from '../../src/scheduling/calendar.sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { staleFingerprints } from '../support/fingerprints.ts'
import { connectTo } from './world.ts'

/**
 * How lists find their pages in the largest workspace of a database that is used as a real one: a small seed, of the same
 * skew. Pages are compared by the blocks that they read, which is a measure without noise.
 */

const users = 300
/** Of a page of 20, whose query asks for one more. */
const limit = 21
const maxRatio = 1.2
/** So few rows may be sorted instead: a workspace of this size has hardly more campaigns. */
const maxSorted = 100

type Values = Readonly<Record<string, string | number>>
type Statement = { readonly compiled: PreparedQuery<never, unknown>['compiled'] }
type Row = Readonly<Record<string, string>>

let database: TestDatabase
let owner: Sql
let known: Row
/** Tables, and months of them, in which a scan of everything would show. */
let large: string[]
beforeAll(async () => {
  database = await createTestDatabase()
  const keyEncryptionKeys = new Map([[1, new Uint8Array(32)]])
  await seedDatabase({ ownerUrl: database.ownerUrl, keyEncryptionKeys, users, seed: 1, now: new Date() })
  owner = connectTo(database.ownerUrl)
  const [largest] = await owner<[Row]>`
    select workspace_id as "workspaceId", mode() within group (order by campaign_id) as "campaignId",
      mode() within group (order by account_id) as "accountId", mode() within group (order by user_id) as "authorId"
    from posts group by workspace_id order by count(*) desc limit 1`
  const { workspaceId = '' } = largest
  const [busiest] = await owner<[Row]>`
    select campaign_id as "spendingId" from campaign_spend
    where workspace_id = ${workspaceId} group by campaign_id order by count(*) desc limit 1`
  known = { ...largest, ...busiest, postId: await talkedOver(workspaceId) }
  const tables = await owner<Row[]>`select relname::text as name from pg_class where relkind = 'r' and reltuples > 1000`
  large = tables.map(({ name = '' }) => name)
}, 180_000)
afterAll(async () => {
  await owner.end()
  await database.drop()
})

/** A post of which much has been said, and that has gone back and forth; in between a small one each. */
async function talkedOver(workspaceId: string): Promise<string> {
  return await owner.begin(async (tx) => {
    // These rows are many of what is there already, so what checks and notes each of them has no part in it.
    await tx`set local session_replication_role = replica`
    const [post] = await tx<[{ id: string }]>`
      select p.id from posts p join post_approvals a on a.workspace_id = p.workspace_id and a.post_id = p.id
      where p.workspace_id = ${workspaceId} order by p.id limit 1`
    await tx`
      insert into post_notes (workspace_id, post_id, user_id, text)
      select workspace_id, ${post.id}, user_id, text from post_notes where workspace_id = ${workspaceId} limit 60`
    await tx`
      insert into post_approvals (workspace_id, post_id, content_revision, user_id, decision, reason)
      select workspace_id, ${post.id}, 1, user_id, decision, reason
      from post_approvals where workspace_id = ${workspaceId} limit 60`
    await tx`
      insert into post_status_history (
        workspace_id, post_id, from_status, to_status, actor_kind, actor_id, user_id, created_at
      )
      select workspace_id, ${post.id}, from_status, to_status, actor_kind, actor_id, user_id, created_at
      from post_status_history where workspace_id = ${workspaceId} limit 60`
    return post.id
  })
}

type Node = {
  'Node Type': string
  'Parent Relationship'?: string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: Node[]
}

/** The nodes of a plan that were run; an ordered scan of months ends in the one that fills the page. */
const nodesOf = (node: Node): Node[] =>
  node['Actual Loops'] === 0 ? [] : [node, ...(node.Plans ?? []).flatMap(nodesOf)]

const allBuffersOf = (plan: Node): number => plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
/** Those of what a row shows beside its columns (a post its media): as many as there are, on whichever page it stands. */
const shownBuffersOf = ({ Plans = [] }: Node): number =>
  Plans.reduce(
    (sum, plan) => sum + (plan['Parent Relationship'] === 'SubPlan' ? allBuffersOf(plan) : shownBuffersOf(plan)),
    0,
  )
/** What it takes to find the rows in the list's own table, or the months of it. */
const buffersOf = (plan: Node, table: string): number =>
  nodesOf(plan)
    .filter((node) => node['Relation Name']?.startsWith(table))
    .reduce((sum, node) => sum + allBuffersOf(node) - shownBuffersOf(node), 0)

/** The statement with its values written in: it is planned for them, as one that a request sends unnamed is. */
function textOf({ compiled }: Statement, values: Values): string {
  const literal = (name: string) => (values[name] === undefined ? 'null' : `'${values[name]}'`)
  return compiled.text.replaceAll(/\$(\d+)/g, (_, number) => literal(compiled.params[number - 1]?.name ?? ''))
}

/** Run twice, so that neither the catalog nor the tuples' hint bits are a part of it. */
async function planOf(statement: Statement, values: Values): Promise<Node> {
  const explained = `explain (analyze, buffers, format json) ${textOf(statement, values)}`
  await owner.unsafe(explained)
  const [row] = await owner.unsafe(explained)
  return row?.['QUERY PLAN'][0].Plan
}

/** Where a list goes on after a row. */
type Cursor = (row: Row) => Promise<Values>

const afterId: Cursor = async ({ id = '' }) => ({ beforeId: id })
const afterInstant: Cursor = async ({ id = '' }) => {
  const [row] = await owner<[{ at: string }]>`select "timestamp"::text as at from audit_logs where id = ${id}`
  return { beforeId: id, beforeTimestamp: row.at }
}

const afterDay: Cursor = async ({ id = '' }) => {
  const [row] = await owner<[{ day: string }]>`select spent_on::text as day from campaign_spend where id = ${id}`
  return { beforeId: id, beforeDay: row.day }
}
const afterTime: Cursor = async ({ id = '', cursorTime = '' }) => ({ afterId: id, afterTime: cursorTime })

const dayMs = 86_400_000
/** As long as a calendar may be. */
const twoMonths = () => {
  const now = Date.now()
  return { from: new Date(now - 60 * dayMs).toISOString(), to: new Date(now).toISOString() }
}

test.each<[string, Statement, (known: Row) => Values, Cursor, string, RegExp]>([
  ['posts', listPosts, () => ({}), afterId, 'posts', /^posts_pkey$/],
  ['posts by status', listPosts, () => ({ status: 'published' }), afterId, 'posts', /^posts_status_idx$/],
  ['drafts', listPosts, () => ({ status: 'draft' }), afterId, 'posts', /^posts_status_idx$/],
  ['posts by campaign', listPosts, ({ campaignId = '' }) => ({ campaignId }), afterId, 'posts', /^posts_campaign_idx$/],
  ['posts by account', listPosts, ({ accountId = '' }) => ({ accountId }), afterId, 'posts', /^posts_account_idx$/],
  ['posts by author', listPosts, ({ authorId = '' }) => ({ authorId }), afterId, 'posts', /^posts_(user_idx|pkey)$/],
  ['campaigns', listCampaigns, () => ({}), afterId, 'campaigns', /^campaigns_(pkey|status_idx)$/],
  [
    'campaigns by status',
    listCampaigns,
    () => ({ status: 'completed' }),
    afterId,
    'campaigns',
    /^campaigns_status_idx$/,
  ],
  ['the trail', listAuditLogs, () => ({}), afterInstant, 'audit_logs_', byTime('workspace_id')],
  [
    'the trail of a table',
    listAuditLogs,
    () => ({ table: 'posts' }),
    afterInstant,
    'audit_logs_',
    byTime('workspace_id_table_name'),
  ],
  [
    'the trail of a person',
    listAuditLogs,
    ({ authorId = '' }) => ({ userId: authorId }),
    afterInstant,
    'audit_logs_',
    byTime('(user_id_)?workspace_id'),
  ],
  ['media', listMediaFiles, () => ({}), afterId, 'media_files', /^media_files_pkey$/],
  [
    'media by status',
    listMediaFiles,
    () => ({ status: 'ready' }),
    afterId,
    'media_files',
    /^media_files_(pkey|status_idx)$/,
  ],
  ['media by kind', listMediaFiles, () => ({ kind: 'video' }), afterId, 'media_files', /^media_files_kind_idx$/],
  ['the calendar', listCalendarPosts, twoMonths, afterTime, 'posts', /^posts_time_idx$/],
  [
    'what a campaign spent',
    listCampaignSpend,
    ({ spendingId = '' }) => ({ campaignId: spendingId }),
    afterDay,
    'campaign_spend',
    // The totals come with each page, by any index of the campaign.
    /^campaign_spend_(day|total|corrects)_idx$/,
  ],
  ['notes', listPostNotes, ({ postId = '' }) => ({ postId }), afterId, 'post_notes', /^post_notes_post_idx$/],
  [
    'approvals',
    listPostApprovals,
    ({ postId = '' }) => ({ postId }),
    afterId,
    'post_approvals',
    /^post_approvals_post_idx$/,
  ],
  [
    'moves',
    listPostMoves,
    ({ postId = '' }) => ({ postId }),
    afterId,
    'post_status_history',
    /^post_status_history_post_idx$/,
  ],
])('%s: the last page is found as the first is', async (_, statement, filter, cursor, table, index) => {
  const values = { workspaceId: known['workspaceId'] ?? '', ...filter(known) }
  const all = await owner.unsafe<Row[]>(textOf(statement, { ...values, limit: 1_000_000 }))
  expect(all.length).toBeGreaterThan(2 * limit)
  const first = await planOf(statement, { ...values, limit })
  const last = await planOf(statement, { ...values, limit, ...(await cursor(all.at(-limit - 1) ?? {})) })
  for (const plan of [first, last]) {
    const nodes = nodesOf(plan)
    const scans = nodes.filter((node) => large.includes(node['Relation Name'] ?? ''))
    expect(scans.map((scan) => scan['Node Type'])).not.toContain('Seq Scan')
    const own = scans.filter((scan) => scan['Relation Name']?.startsWith(table))
    for (const scan of own) expect(nodesOf(scan).find((node) => node['Index Name'])?.['Index Name']).toMatch(index)
    const sorted = nodes.filter((node) => node['Node Type'] === 'Sort').flatMap((node) => node.Plans ?? [])
    for (const input of sorted) expect(input['Actual Rows']).toBeLessThanOrEqual(maxSorted)
    expect(plan['Actual Rows']).toBe(limit)
  }
  const found = buffersOf(first, table)
  // Of a list that fits in a few blocks, one more is the place where the rows happen to lie.
  expect(buffersOf(last, table)).toBeLessThanOrEqual(Math.max(maxRatio * found, found + 1))
})

/** The index of a month of the trail. In a month with few rows, the one of the time alone may be as good. */
function byTime(columns: string): RegExp {
  return new RegExp(`^audit_logs_\\d{4}_\\d{2}_(${columns}_timestamp_id_idx|pkey)$`)
}

test('seeded posts have the fingerprints that the service would give them', async () => {
  expect(await staleFingerprints(owner)).toEqual([])
})
