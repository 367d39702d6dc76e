import { afterAll, beforeAll, expect, test } from 'vitest'
import { openNodeSocket } from '../../scripts/local/socket.ts'
import type { SqlConnection } from '../../src/db/client.ts'
import { connectTo } from '../../src/db/connect.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { expectOutage, expectRecovery, expectUnavailable, startWaitingChange, timed } from '../support/outage.ts'
import { type OwnPostgres, startOwnPostgres } from '../support/postgres.ts'

/** The database goes away while the application runs, and comes back; each request has a connection of its own. */

let database: OwnPostgres
let app: TestApp
let ada: SignedInUser
let campaignId: string
beforeAll(async () => {
  database = await startOwnPostgres()
  app = await startApp({ database: database.database, connect: clientPerRequest })
  ada = await registerUser(app)
  campaignId = (await ada.call('POST', '/v1/campaigns', { name: 'Before', objective: 'sales' })).body.id
})
const clients: SqlConnection[] = []
afterAll(async () => {
  for (const client of clients) client.close()
  await database.end()
})

function clientPerRequest(url: string): SqlConnection {
  const client = connectTo(url, openNodeSocket)()
  clients.push(client)
  return client
}

test('shut down: refused at once, and served again when it is back', async () => {
  await database.stop()
  // Past the seconds for which readiness and access are remembered.
  app.advance(2_000)
  const create = await expectOutage(app, ada, 1_500)
  await database.start()
  app.advance(1_000)
  await expectRecovery(app, ada, create)
})

test('killed while a change is under way: refused, not done, and served again when it is back', async () => {
  const change = await startWaitingChange(database, ada, campaignId)
  await database.kill()
  expectUnavailable(await change.answer, 3_000)
  await change.release()
  app.advance(2_000)
  const create = await expectOutage(app, ada, 1_500)
  await database.start()
  app.advance(1_000)
  await expectRecovery(app, ada, create)
  expect((await ada.call('GET', `/v1/campaigns/${campaignId}`)).body.name).toBe('Before')
})

test('hung, for new connections and within a statement: refused within 10 s, and served again when it goes on', async () => {
  const change = await startWaitingChange(database, ada, campaignId)
  await database.pause()
  app.advance(2_000)
  const create = await expectOutage(app, ada, 10_000)
  expectUnavailable(await change.answer, 10_000)
  database.resume()
  await change.release()
  app.advance(1_000)
  await expectRecovery(app, ada, create)
})

test("a row that somebody else keeps locked: refused when the lock's time is over, others not held up", async () => {
  const change = await startWaitingChange(database, ada, campaignId)
  const other = await timed(ada.call('GET', `/v1/campaigns/${campaignId}`))
  expect(other.status).toBe(200)
  expect(other.ms).toBeLessThan(1_000)
  const answer = await change.answer
  expectUnavailable(answer, 4_000)
  expect(answer.ms).toBeGreaterThan(1_500)
  await change.release()
})

test('the log says what was the matter, by code, without an address of the inside in any answer', () => {
  const failed = app.logs.filter((line) => line['status'] === 503 && line['route'] !== '/readyz')
  expect(failed.length).toBeGreaterThan(10)
  for (const line of failed) {
    expect(line).toMatchObject({ level: 'error', code: 'service/unavailable', error: expect.any(String) })
  }
})
