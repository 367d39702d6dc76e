import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { connect } from '../../scripts/local/migrate.ts'
import { waitFor } from '../../scripts/local/process.ts'
import { type Answer, type SignedInUser, send } from './client.ts'
import type { OwnPostgres } from './postgres.ts'

/** What an outage of the database must look like from outside, whatever runtime serves the API. */

type Runtime = { fetch: (request: Request) => Promise<Response> }

/** An answer with the milliseconds that it took. */
export async function timed<T>(work: Promise<T>): Promise<T & { ms: number }> {
  const startedAt = performance.now()
  return Object.assign((await work) as T & object, { ms: performance.now() - startedAt })
}

export function expectUnavailable(answer: Answer & { ms: number }, withinMs: number): void {
  const { status, headers, body, ms } = answer
  expect([status, body.code, headers.get('Content-Type')]).toEqual([
    503,
    'service/unavailable',
    'application/problem+json',
  ])
  expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
  // Nothing of the inside: no address, no driver's words.
  expect(Object.keys(body).sort()).toEqual(['code', 'requestId', 'status', 'title', 'type'])
  expect(ms).toBeLessThan(withinMs)
}

/** Asks everything that needs the database, at once. Returns the create that was refused, to be sent again. */
export async function expectOutage(
  runtime: Runtime,
  ada: SignedInUser,
  withinMs: number,
): Promise<() => Promise<Answer>> {
  const { email, password, refreshToken } = ada
  const [name, key] = [randomUUID(), { 'Idempotency-Key': randomUUID() }]
  const create = () => ada.call('POST', '/v1/campaigns', { name, objective: 'sales' }, key)
  const asked = [
    create(),
    ada.call('GET', '/v1/campaigns'),
    ada.call('GET', '/v1/me'),
    send(runtime, 'POST', '/v1/auth/login', { body: { email, password } }),
    send(runtime, 'POST', '/v1/auth/refresh', { body: { refreshToken } }),
  ]
  // An answer of the second before the outage may still be kept.
  const probe = async () => {
    const answer = await send(runtime, 'GET', '/readyz')
    return answer.status === 503 ? answer.body : undefined
  }
  const [readiness, alive, ...refused] = await Promise.all([
    waitFor(probe, { timeoutMs: withinMs, everyMs: 100 }),
    send(runtime, 'GET', '/healthz'),
    ...asked.map(timed),
  ])
  for (const answer of refused) expectUnavailable(answer, withinMs)
  expect(readiness).toMatchObject({ status: 'unavailable', database: 'unavailable' })
  expect(alive.status).toBe(200)
  return create
}

/** Everything works again without a restart; the create that was refused happens once when it is sent again. */
export async function expectRecovery(
  runtime: Runtime,
  ada: SignedInUser,
  create: () => Promise<Answer>,
): Promise<void> {
  const isServed = async () => ((await ada.call('GET', '/v1/campaigns')).status === 200 ? true : undefined)
  expect(await waitFor(isServed, { timeoutMs: 5_000, everyMs: 50 })).toBe(true)
  const created = await create()
  expect(created.status).toBe(201)
  const { data } = (await ada.call('GET', '/v1/campaigns')).body
  expect(data.filter(({ name }: { name: string }) => name === created.body.name)).toEqual([created.body])
  expect((await ada.call('GET', '/v1/me')).body.email).toBe(ada.email)
  const isReady = async () => ((await send(runtime, 'GET', '/readyz')).status === 200 ? true : undefined)
  expect(await waitFor(isReady, { timeoutMs: 5_000, everyMs: 100 })).toBe(true)
}

/** A change that waits in the database, within its statement, for a lock that somebody else holds; resolves once it waits. */
export async function startWaitingChange(
  { database }: OwnPostgres,
  ada: SignedInUser,
  campaignId: string,
): Promise<{ answer: Promise<Answer & { ms: number }>; release: () => Promise<void> }> {
  const owner = connect(database.ownerUrl)
  await owner.unsafe(`begin; select 1 from campaigns where id = '${campaignId}' for update`)
  const answer = timed(ada.call('PATCH', `/v1/campaigns/${campaignId}`, { name: 'After' }, { 'If-Match': '*' }))
  const watcher = connect(database.ownerUrl)
  const isWaiting = async () => {
    const [row] = await watcher`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`
    return row?.['n'] === 1 ? true : undefined
  }
  await waitFor(isWaiting, { timeoutMs: 1_500, everyMs: 10 })
  await watcher.end()
  // After an outage this connection is gone, and the lock with it.
  return { answer, release: async () => await owner.end({ timeout: 1 }).catch(() => undefined) }
}
