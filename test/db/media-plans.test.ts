import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PreparedQuery } from '../../src/db/run.ts'
import { deleteAbandonedFiles, listMismarkedObjects } from '../../src/media/media.jobs.sql.ts'
import { findSameSource, listMediaFiles } from '../../src/media/media.sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { connectTo } from './world.ts'

/** How files and objects are found among many. */

const idOf = (prefix: string, number: number) => `${prefix}0000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const workspaceId = idOf('b', 7)

let database: TestDatabase
let owner: Sql
beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl)
  await owner.begin(async (tx) => {
    // Neither triggers nor references: the rows stand alone.
    await tx`set local session_replication_role = replica`
    await tx`
      insert into media_objects (workspace_id, sha256, bytes, content_type, object_key)
      select ('b0000000-0000-7000-8000-' || lpad((n % 20)::text, 12, '0'))::uuid, sha256(n::text::bytea), 1, 'image/jpeg',
        'media/' || sha256(n::text::bytea)
      from generate_series(1, 60000) n`
    await tx`
      insert into media_files (
        workspace_id, user_id, file_name, declared_content_type, declared_bytes, declared_sha256, sha256, status,
        rejection_code, upload_expires_at, traits
      )
      select ('b0000000-0000-7000-8000-' || lpad((n % 20)::text, 12, '0'))::uuid, uuid_v7(), 'a',
        case when n % 50 = 0 then 'video/mp4' else 'image/jpeg' end, 1, sha256(n::text::bytea),
        case when n % 200 > 0 and n % 10 <> 1 then sha256(n::text::bytea) end,
        (case when n % 200 = 0 then 'pending' when n % 10 = 1 then 'rejected' else 'ready' end)::media_status,
        case when n % 10 = 1 then 'media/truncated' end, now() + n * interval '1 second', '{"kind": "image"}'
      from generate_series(1, 60000) n`
  })
  await owner`analyze`
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})

type Node = { 'Node Type': string; 'Relation Name'?: string; 'Index Name'?: string; Plans?: Node[] }
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]
type Statement = { readonly compiled: PreparedQuery<never, unknown>['compiled'] }

/** The plan for these values: by which indexes it reads, and whether it sorts or reads a table from end to end. */
async function planOf({ compiled }: Statement, values: Readonly<Record<string, string | number>>) {
  const literal = (name: string) => (values[name] === undefined ? 'null' : `'${values[name]}'`)
  const text = compiled.text.replaceAll(/\$(\d+)/g, (_, number) => literal(compiled.params[number - 1]?.name ?? ''))
  const [row] = await owner.unsafe(`explain (format json) ${text}`)
  const nodes = nodesOf(row?.['QUERY PLAN'][0].Plan)
  return {
    indexes: [...new Set(nodes.map((node) => node['Index Name']).filter((name) => name?.startsWith('media_')))],
    sorts: nodes.filter((node) => node['Node Type'].includes('Sort')).length,
    scans: nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
  }
}

const limit = 21
const beforeId = 'ffffffff-0000-7000-8000-000000000000'
test.each<[string, Statement, Record<string, string | number>, string]>([
  ['all files', listMediaFiles, { workspaceId, limit }, 'media_files_pkey'],
  ['a later page', listMediaFiles, { workspaceId, beforeId, limit }, 'media_files_pkey'],
  ['files of a rare status', listMediaFiles, { workspaceId, status: 'rejected', limit }, 'media_files_status_idx'],
  ['files of a rare kind', listMediaFiles, { workspaceId, kind: 'video', limit }, 'media_files_kind_idx'],
  [
    'the same source',
    findSameSource,
    { workspaceId, declaredSha256: 'ab'.repeat(32), declaredContentType: 'image/png' },
    'media_files_source_idx',
  ],
  [
    'abandoned uploads',
    deleteAbandonedFiles,
    { actor: '{}', expiredBefore: '2026-01-01T00:00:00Z', now: '2026-01-01T00:00:00Z', limit: 500 },
    'media_files_open_idx',
  ],
  [
    'objects between two keys',
    listMismarkedObjects,
    { afterKey: 'media/', untilKey: 'media/\\x01', createdBefore: '2999-01-01T00:00:00Z', listedKeys: '{}', limit },
    'media_objects_key_bytes_idx',
  ],
])('%s: found by an index, in its order', async (_, statement, values, index) => {
  const { indexes, sorts, scans } = await planOf(statement, values)
  expect(indexes).toContain(index)
  expect(scans.filter((table) => table?.startsWith('media_'))).toEqual([])
  if (statement !== findSameSource) expect(sorts).toBe(0)
})
