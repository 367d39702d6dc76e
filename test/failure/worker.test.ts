import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../scripts/local/process.ts'
import { makeSecrets } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { expectOutage, expectRecovery, expectUnavailable, startWaitingChange, timed } from '../support/outage.ts'
import { type OwnPostgres, startOwnPostgres } from '../support/postgres.ts'
import { type OwnRedis, startRedis } from '../support/redis.ts'
import { insertSession } from '../support/sessions.ts'
import { startWorker, type TestWorker } from '../support/worker.ts'

/** Database and Redis go away under the bundle as it is deployed, and come back. */

const secrets = makeSecrets()
let database: OwnPostgres
let redis: OwnRedis
let worker: TestWorker
let ada: SignedInUser
let campaignId: string
beforeAll(async () => {
  ;[database, redis] = await Promise.all([startOwnPostgres(), startRedis()])
  worker = await startWorker({ database: database.database, redis, secrets })
  ada = await registerUser(worker)
  campaignId = (await ada.call('POST', '/v1/campaigns', { name: 'Before', objective: 'sales' })).body.id
})
afterAll(async () => await Promise.all([database.end(), redis.end()]))

describe('the database', () => {
  test('shut down: refused at once, and served again when it is back', async () => {
    await database.stop()
    const create = await expectOutage(worker, ada, 1_500)
    await database.start()
    await expectRecovery(worker, ada, create)
  })

  test('killed while a change is under way: refused, not done, and served again when it is back', async () => {
    const change = await startWaitingChange(database, ada, campaignId)
    await database.kill()
    expectUnavailable(await change.answer, 3_000)
    await change.release()
    const create = await expectOutage(worker, ada, 1_500)
    await database.start()
    await expectRecovery(worker, ada, create)
    expect((await ada.call('GET', `/v1/campaigns/${campaignId}`)).body.name).toBe('Before')
  })

  test('hung, for new connections and within a statement: refused within 10 s, and served again when it goes on', async () => {
    const change = await startWaitingChange(database, ada, campaignId)
    await database.pause()
    const create = await expectOutage(worker, ada, 10_000)
    expectUnavailable(await change.answer, 10_000)
    database.resume()
    await change.release()
    await expectRecovery(worker, ada, create)
  })

  test('a cron without a database fails, and runs when it is back', async () => {
    await database.stop()
    expect(await worker.scheduled('* * * * *')).toMatchObject({ outcome: 'exception' })
    await database.start()
    expect(await worker.scheduled('* * * * *')).toMatchObject({ outcome: 'ok' })
  })
})

describe('Redis', () => {
  let owner: postgres.Sql
  beforeAll(() => {
    owner = postgres(database.database.ownerUrl, { max: 1 })
  })
  afterAll(async () => await owner.end())

  /** A request with a session that the isolate has not seen, so that Redis is asked. */
  async function ask() {
    const { token } = await insertSession({ owner, now: () => new Date() }, secrets, ada)
    const { body } = await send(worker, 'POST', '/v1/auth/refresh', { body: { refreshToken: token } })
    return await timed(send(worker, 'GET', '/v1/me', { token: body.accessToken }))
  }
  async function medianMs(): Promise<number> {
    const times: number[] = []
    for (let turn = 0; turn < 7; turn += 1) times.push((await ask()).ms)
    return times.sort((a, b) => a - b)[3] ?? 0
  }

  test('hung, then refusing: the first request waits at most 150 ms, all later ones not at all', async () => {
    const usual = await medianMs()
    redis.pause()
    const first = await ask()
    expect(first.status).toBe(200)
    expect(first.ms).toBeLessThan(usual + 150 + 75)
    expect(await medianMs()).toBeLessThan(usual + 75)
    await redis.refuse()
    expect((await ada.call('GET', '/v1/campaigns')).status).toBe(200)
    const isDegraded = async () => {
      const { status, body } = await send(worker, 'GET', '/readyz')
      return status === 200 && body.cache === 'degraded' ? true : undefined
    }
    expect(await waitFor(isDegraded, { timeoutMs: 3_000, everyMs: 50 })).toBe(true)
    await redis.start()
  })
})
