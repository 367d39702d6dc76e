import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { send } from './support/client.ts'
import { type Api, readApi, takesHeader } from './support/openapi.ts'
import { methodOf, routeOf, startWorld, type World } from './support/routes.ts'

/** Fifty equal requests at once, on every route that honours Idempotency-Key and whose effect is in the database alone. */

/** What one request adds to each table; nothing else may grow. A route that is missing here fails. */
const addedBy: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'POST /v1/workspaces': { workspaces: 1, workspace_members: 1, audit_logs: 2, idempotency_keys: 1 },
  'POST /v1/workspaces/restore': { audit_logs: 1, idempotency_keys: 1 },
  'POST /v1/workspace/invitations': {
    workspace_invitations: 1,
    outbox: 1,
    auth_throttles: 2,
    audit_logs: 1,
    idempotency_keys: 1,
  },
  'POST /v1/invitations/accept': { workspace_members: 1, audit_logs: 2, idempotency_keys: 1 },
  'POST /v1/campaigns': { campaigns: 1, audit_logs: 1, idempotency_keys: 1 },
  'POST /v1/media': { media_files: 1, audit_logs: 1, idempotency_keys: 1 },
  'POST /v1/posts/batch': { posts: 2, post_media: 1, post_status_history: 2, audit_logs: 3, idempotency_keys: 1 },
  'POST /v1/posts/import': { posts: 2, post_media: 1, post_status_history: 2, audit_logs: 3, idempotency_keys: 1 },
  'POST /v1/posts/{id}/duplicate': {
    posts: 1,
    post_media: 1,
    post_status_history: 1,
    audit_logs: 2,
    idempotency_keys: 1,
  },
  'POST /v1/posts/{id}/submit': { post_status_history: 1, audit_logs: 1, idempotency_keys: 1 },
  'POST /v1/posts/{id}/approve': { post_status_history: 1, post_approvals: 1, audit_logs: 2, idempotency_keys: 1 },
  'POST /v1/posts/{id}/reject': { post_status_history: 1, post_approvals: 1, audit_logs: 2, idempotency_keys: 1 },
  'POST /v1/posts/{id}/schedule': { post_status_history: 1, audit_logs: 1, idempotency_keys: 1 },
  'POST /v1/posts/{id}/unschedule': { post_status_history: 1, audit_logs: 1, idempotency_keys: 1 },
  'POST /v1/posts/{id}/archive': { post_status_history: 1, audit_logs: 1, idempotency_keys: 1 },
  'POST /v1/posts/{id}/notes': { post_notes: 1, audit_logs: 1, idempotency_keys: 1 },
  'POST /v1/campaigns/{id}/archive': { audit_logs: 1, idempotency_keys: 1 },
  'POST /v1/campaigns/{id}/spend': { campaign_spend: 1, audit_logs: 1, idempotency_keys: 1 },
  'POST /v1/posts': { posts: 1, post_media: 1, post_status_history: 1, audit_logs: 2, idempotency_keys: 1 },
}
/** Its effect is outside: of fifty one runs and others are told to wait, see test/privacy/export.test.ts and test/media/. */
const leasedRoutes = ['POST /v1/me/export', 'POST /v1/media/{id}/complete', 'POST /v1/media/import']

let world: World
let api: Api
beforeAll(async () => {
  world = await startWorld()
  api = await readApi(world.app)
})

test('every such route of the document is in the table, and nothing else', () => {
  const honouring = api.operations.filter((operation) => takesHeader(operation, 'Idempotency-Key'))
  expect(honouring.map(({ name }) => name).sort()).toEqual([...Object.keys(addedBy), ...leasedRoutes].sort())
})

test.each(Object.entries(addedBy))('%s: fifty equal answers and one effect', async (name, added) => {
  const { app, home } = world
  const { path, body, headers, token = home.user.accessToken } = await routeOf(name).request(world)
  const request = { body, token, headers: { ...headers, 'Idempotency-Key': randomUUID() } }
  const isolate = app.secondIsolate()
  const before = await rowCounts()
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => send(index % 2 === 0 ? app : isolate, methodOf(name), path, request)),
  )
  const seen = answers.map(({ status, headers: sent, body: read }) => ({ status, etag: sent.get('ETag'), body: read }))
  const { status } = routeOf(name)
  expect(status).toBeLessThan(300)
  expect(seen[0]).toMatchObject({ status, body: expect.any(Object) })
  for (const one of seen) expect(one).toEqual(seen[0])
  expect(differences(before, await rowCounts())).toEqual(added)

  const requestIds = answers.map(({ headers: sent }) => sent.get('X-Request-Id'))
  expect(new Set(requestIds).size).toBe(50)
  const acting = await app.owner`
    select distinct request_id from audit_logs where request_id = any(${requestIds as string[]}::text[])`
  expect(acting).toHaveLength(1)
})

type Counts = Readonly<Record<string, number>>

async function rowCounts(): Promise<Counts> {
  const { owner } = world.app
  const tables = await owner<{ name: string }[]>`
    select c.relname::text as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`
  const counted = tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from ${name}`)
  const rows = await owner.unsafe<{ name: string; rows: number }[]>(counted.join(' union all '))
  return Object.fromEntries(rows.map(({ name, rows: count }) => [name, count]))
}

const differences = (before: Counts, after: Counts): Counts =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, added]) => added !== 0),
  )
