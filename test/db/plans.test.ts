import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAuditLogs } from '../../src/audit/audit.sql.ts'
import { listCampaigns } from '../../src/campaigns/campaigns.sql.ts'
import { listCampaignSpend } from '../../src/campaigns/spend.sql.ts'
import type { PreparedQuery } from '../../src/db/run.ts'
import { listPostApprovals } from '../../src/posts/approvals.sql.ts'
import { listPostMoves } from '../../src/posts/history.sql.ts'
import { listPostNotes } from '../../src/posts/notes.sql.ts'
import { findPost, listPosts } from '../../src/posts/posts.sql.ts'
import {
  findNextTrailOfPerson,
  listAuditOfPerson,
  listIdempotencyKeysOfPerson,
  listRecurrencesOfPerson,
  listSpendOfPerson,
} from '../../src/privacy/archive.jobs.sql.ts'
import { erasePerson } from '../../src/privacy/erasure.user.sql.ts'
import { claimDueRecurrences } from '../../src/recurrence/recurrences.jobs.sql.ts'
import { findRecurrence, updateTakenOccurrences } from '../../src/recurrence/recurrences.sql.ts'
import { listCalendarPosts } from '../../src/scheduling/calendar.sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { forgeTrail } from '../support/trail.ts'
import { connectTo } from './world.ts'

/** How statements find the rows of one person among those of many, in tables that only grow. */

const people = 2_000
const workspaces = 500
const idOf = (prefix: string, number: number) => `${prefix}0000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const userId = idOf('a', 7)
const workspaceId = idOf('b', 7)
const campaignId = idOf('c', 7)
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
  // Rows as a restore leaves them: the tables that they refer to are not needed here.
  await owner.begin(async (tx) => {
    await tx.unsafe(`
      set local session_replication_role = replica;
      insert into campaigns (workspace_id, user_id, name, objective, status)
      select ('b0000000-0000-7000-8000-' || lpad((case when n % 2 = 0 then 7 else n % ${workspaces} end)::text, 12, '0'))::uuid,
        ('a0000000-0000-7000-8000-' || lpad((n % ${people})::text, 12, '0'))::uuid, 'Campaign', 'sales',
        case when n % 7 = 0 then 'active' else 'draft' end::campaign_status
      from generate_series(1, 40000) n;
      insert into campaigns (workspace_id, id, user_id, name, objective)
      values ('${workspaceId}', '${campaignId}', '${userId}', 'Large', 'sales');
      insert into campaign_spend (workspace_id, campaign_id, user_id, amount_minor, currency, spent_on)
      select '${workspaceId}', case when n % 20 = 0 then '${campaignId}'::uuid else uuid_v7() end,
        ('a0000000-0000-7000-8000-' || lpad((n % ${people})::text, 12, '0'))::uuid, 1, 'EUR', date '2026-01-01' + n % 300
      from generate_series(1, 40000) n`)
  })
  await owner`vacuum analyze`
  await fillPosts()
  await owner`analyze`
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})

const postsOfOne = 4_000
const postId = idOf('c', 7)

/** 40,000 posts of many workspaces, a tenth of them of one: each with a medium, some with tags, some in a campaign. */
async function fillPosts(): Promise<void> {
  await owner.begin(async (tx) => {
    await tx.unsafe(`set local session_replication_role = replica`)
    await tx.unsafe(`
      create temporary table numbered on commit drop as
      select n, case when n <= ${postsOfOne} then '${workspaceId}'::uuid
          else ('b0000000-0000-7000-8000-' || lpad((100 + n % 400)::text, 12, '0'))::uuid end as workspace_id,
        ('c0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid as post_id,
        ('d0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid as media_id,
        ('a0000000-0000-7000-8000-' || lpad((n % ${people})::text, 12, '0'))::uuid as user_id,
        ('e0000000-0000-7000-8000-' || lpad((n % 200)::text, 12, '0'))::uuid as other_id
      from generate_series(1, 40000) n`)
    await tx.unsafe(`
      insert into posts (workspace_id, id, user_id, account_id, campaign_id, kind, caption, tags, content_fingerprint)
      select workspace_id, post_id, user_id, other_id, other_id, 'image', 'Words ' || n,
        case when n % 4 = 0 then array['tag ' || n % 400] else '{}' end, sha256(n::text::bytea)
      from numbered`)
    await tx.unsafe(`
      update posts p
      set status = 'published', published_at = timestamptz '2026-01-01' + r.n * 7919 % 40000 * interval '1 minute'
      from numbered r
      where p.workspace_id = r.workspace_id and p.id = r.post_id and r.n % 2 = 0`)
    await tx.unsafe(`
      insert into media_objects (workspace_id, sha256, bytes, content_type, object_key)
      select workspace_id, sha256(n::text::bytea), 1, 'image/jpeg', n::text from numbered`)
    await tx.unsafe(`
      insert into media_files (
        workspace_id, id, user_id, file_name, declared_content_type, declared_bytes, sha256, status
      )
      select workspace_id, media_id, user_id, 'x', 'image/jpeg', 1, sha256(n::text::bytea), 'ready' from numbered`)
    await tx.unsafe(`
      insert into post_media (workspace_id, post_id, position, media_id)
      select workspace_id, post_id, 0, media_id from numbered`)
    await tx.unsafe(`
      insert into post_notes (workspace_id, post_id, user_id, text)
      select workspace_id, post_id, user_id, 'x' from numbered`)
    await tx.unsafe(`
      insert into post_recurrences (
        workspace_id, post_id, user_id, frequency, local_time, time_zone, starts_on, look_at
      )
      select workspace_id, post_id, user_id, 'daily', '09:30', 'UTC', '2026-01-01',
        timestamptz '2026-01-01' + n * interval '1 minute'
      from numbered where n % 2 = 1`)
    await tx.unsafe(`
      insert into post_occurrences (workspace_id, recurring_post_id, occurs_on, post_id, local_time, time_zone)
      select workspace_id, post_id, date '2026-01-01' + d, case when d = 1 then post_id end, '2026-01-01 09:30', 'UTC'
      from numbered cross join generate_series(1, 3) d where n % 2 = 1`)
    await tx.unsafe(`
      insert into post_approvals (workspace_id, post_id, content_revision, user_id, decision)
      select workspace_id, post_id, 1, user_id, 'approved' from numbered`)
    await tx.unsafe(`
      insert into post_status_history (workspace_id, post_id, to_status, actor_kind, user_id)
      select workspace_id, post_id, 'draft', 'user', user_id from numbered`)
  })
}

type Node = { 'Node Type': string; 'Relation Name'?: string; 'Index Name'?: string; Plans?: Node[] }

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

type Values = Readonly<Record<string, string | number>>

type Statement = { readonly compiled: PreparedQuery<never, unknown>['compiled'] }

/**
 * By which index each filled table (or month) of that name is read, as the database plans a statement for these values;
 * the node's type where it is by none.
 */
async function scansOf({ compiled }: Statement, table: string, values: Values): Promise<string[]> {
  const filled = await owner<{ name: string }[]>`
    select relname::text as name from pg_class where relkind = 'r' and reltuples > 10000 and starts_with(relname, ${table})`
  const scans = (await nodesFor({ compiled }, values))
    .filter((node) => filled.some(({ name }) => name === node['Relation Name']) && /Scan/.test(node['Node Type']))
    .map((node) => nodesOf(node).find((each) => each['Index Name'])?.['Index Name'] ?? node['Node Type'])
  return [...new Set(scans)]
}

const typesOf = async (statement: Statement, values: Values): Promise<string[]> =>
  (await nodesFor(statement, values)).map((node) => node['Node Type'])

async function nodesFor({ compiled }: Statement, values: Values): Promise<Node[]> {
  const literal = (name: string) => (values[name] === undefined ? 'null' : `'${values[name]}'`)
  const text = compiled.text.replaceAll(/\$(\d+)/g, (_, number) => literal(compiled.params[number - 1]?.name ?? ''))
  const [row] = await owner.unsafe(`explain (format json) ${text}`)
  return nodesOf(row?.['QUERY PLAN'][0].Plan)
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

test('campaigns of a workspace are read from the newest on, all or those of a status, without a sort', async () => {
  const page = { workspaceId, limit: 21 }
  for (const [values, index] of [
    [page, 'campaigns_pkey'],
    [{ ...page, beforeId: campaignId }, 'campaigns_pkey'],
    [{ ...page, status: 'active' }, 'campaigns_status_idx'],
  ] as const) {
    expect(await scansOf(listCampaigns, 'campaigns', values)).toEqual([index])
    expect(await typesOf(listCampaigns, values)).not.toContain('Sort')
  }
})

test('spend of a campaign is read by its day and summed from an index alone', async () => {
  const page = { workspaceId, campaignId, limit: 21 }
  for (const values of [page, { ...page, beforeDay: '2026-03-01', beforeId: campaignId }]) {
    expect((await scansOf(listCampaignSpend, 'campaign_spend', values)).sort()).toEqual([
      'campaign_spend_day_idx',
      'campaign_spend_total_idx',
    ])
    expect(await typesOf(listCampaignSpend, values)).toContain('Index Only Scan')
  }
  expect(await scansOf(listSpendOfPerson, 'campaign_spend', { userId, limit })).toEqual(['campaign_spend_user_idx'])
})

describe('posts', () => {
  const other = idOf('e', 7)
  test.each<[string, Record<string, string>, string]>([
    ['all', {}, 'posts_pkey'],
    ['the next page', { beforeId: postId }, 'posts_pkey'],
    ['by a tag that few have', { tagKey: `${workspaceId}tag 4` }, 'posts_tags_idx'],
    ['by campaign', { campaignId: other }, 'posts_campaign_idx'],
    ['by account', { accountId: other }, 'posts_account_idx'],
    ['by author', { authorId: userId }, 'posts_user_idx'],
  ])('%s are listed by index, with their media and files', async (_, filter, index) => {
    const values = { workspaceId, limit: 21, ...filter }
    expect(await scansOf(listPosts, 'posts', values)).toEqual([index])
    expect(await scansOf(listPosts, 'post_media', values)).toEqual(['post_media_pkey'])
    expect(await scansOf(listPosts, 'media_', values)).toEqual(['media_files_pkey', 'media_objects_pkey'])
  })

  test('stand in the calendar by an index in the order of time, on whichever page', async () => {
    const values = { workspaceId, from: '2026-01-02', to: '2026-02-01', limit: 21 }
    for (const page of [values, { ...values, afterTime: '2026-01-03', afterId: postId }]) {
      expect(await scansOf(listCalendarPosts, 'posts', page)).toEqual(['posts_time_idx'])
      expect(await typesOf(listCalendarPosts, page)).not.toContain('Sort')
    }
  })

  test('that say the same are found by their fingerprint', async () => {
    const values = { workspaceId, id: postId, now }
    expect((await scansOf(findPost, 'posts', values)).sort()).toEqual(['posts_content_fingerprint_idx', 'posts_pkey'])
  })

  test('that repeat are found when they are to be looked at, and with what was made by their key', async () => {
    const due = { actor: '{}', now: '2026-01-01T01:00:00Z', lookAgainAt: '2026-01-01T02:00:00Z', limit: 20 }
    expect((await scansOf(claimDueRecurrences, 'post_recurrences', due)).sort()).toEqual([
      'post_recurrences_look_idx',
      'post_recurrences_pkey',
    ])
    const values = { workspaceId, postId, from: '2026-01-01', now: '2026-01-01T00:00:00Z', actor: '{}' }
    expect(await scansOf(findRecurrence, 'post_recurrences', values)).toEqual(['post_recurrences_pkey'])
    expect(await scansOf(findRecurrence, 'post_occurrences', values)).toEqual(['post_occurrences_pkey'])
    // From the rule's days to their posts, or from the few scheduled posts to their days.
    expect(await typesOf(updateTakenOccurrences, values)).not.toContain('Seq Scan')
    const ofPerson = await scansOf(listRecurrencesOfPerson, 'post_recurrences', { userId, limit })
    expect(ofPerson).toEqual(['post_recurrences_user_idx'])
  })

  test.each<[string, Statement, string]>([
    ['notes', listPostNotes, 'post_notes'],
    ['approvals', listPostApprovals, 'post_approvals'],
    ['history', listPostMoves, 'post_status_history'],
  ])('show their %s by the post', async (_, statement, table) => {
    const page = { workspaceId, postId, limit: 21 }
    for (const values of [page, { ...page, beforeId: postId }])
      expect(await scansOf(statement, table, values)).toEqual([`${table}_post_idx`])
  })
})
