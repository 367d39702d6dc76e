import { beforeAll, expect, test } from 'vitest'
import { findFreeTime } from '../../src/slots/slots.sql.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { insertAccount } from '../support/tenants.ts'

/** How a free slot is found in an account that has posted for years, and is full for half a year. */

let app: TestApp
let ada: SignedInUser
let accountId: string
const start = Date.parse('2027-01-01T00:00:00Z')
const hourMs = 60 * 60 * 1000
const scheduled = 2_000
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  accountId = await insertAccount(app, ada)
  await app.owner.begin(async (tx) => {
    await tx`alter table posts disable trigger user`
    await tx`
      insert into posts (workspace_id, user_id, account_id, kind, status, scheduled_at, published_at)
      select ${ada.workspaceId}, ${ada.id}, ${accountId}, 'image', 'published', at, at
      from generate_series(1, 30000) n, lateral (select ${new Date(start).toISOString()}::timestamptz - n * interval '1 hour' as at) t`
    await tx`
      insert into posts (workspace_id, user_id, account_id, kind, status, scheduled_at)
      select ${ada.workspaceId}, ${ada.id}, ${accountId}, 'image', 'scheduled',
        ${new Date(start).toISOString()}::timestamptz + n * interval '1 hour'
      from generate_series(0, ${scheduled - 1}) n`
    await tx`alter table posts enable trigger user`
  })
  await app.owner`analyze posts`
})

type Node = { 'Node Type': string; 'Index Name'?: string; 'Actual Loops': number; Plans?: Node[] }
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

test('each time is looked up by itself, whatever else the workspace has', async () => {
  const [post] = await app.owner`
    insert into posts (workspace_id, user_id, account_id, kind)
    select ${ada.workspaceId}, ${ada.id}, ${accountId}, 'image'
    from set_config('app.actor', '{"kind": "migration"}', true)
    returning id`
  const times = Array.from({ length: 200 }, (_, n) => new Date(start + (scheduled - 150 + n) * hourMs).toISOString())
  const values: Record<string, string> = {
    workspaceId: ada.workspaceId,
    postId: post?.['id'],
    times: `{${times.join(',')}}`,
  }
  const { text, params } = findFreeTime.compiled
  const literal = (name = '') => (values[name] === undefined ? 'null' : `'${values[name]}'`)
  const filled = text.replaceAll(/\$(\d+)/g, (_, number) => literal(params[number - 1]?.name))
  const [found] = await app.owner.unsafe(filled)
  expect(found).toEqual({ position: 151 })
  const [row] = await app.owner.unsafe(`explain (analyze, format json) ${filled}`)
  const scans = nodesOf(row?.['QUERY PLAN'][0].Plan).filter((node) => /Index.*Scan|Seq Scan/.test(node['Node Type']))
  const names = scans.map((scan) => scan['Index Name'] ?? scan['Node Type'])
  expect(names.sort()).toEqual(['posts_pkey', 'posts_scheduled_idx'])
  expect(row?.['QUERY PLAN'][0]['Execution Time']).toBeLessThan(50)
})
