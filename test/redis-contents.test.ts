import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../scripts/local/process.ts'
import { cacheKeys } from '../src/cache/keys.ts'
import { forgot, login, verify } from './support/accounts.ts'
import { registerUser, send } from './support/client.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'
import { expectClean, noteSecret, secretsIn } from './support/leaks.ts'
import { doMainJob } from './support/main-job.ts'
import { type OwnRedis, startRedis } from './support/redis.ts'
import { readRedis, textOfRedis } from './support/redis-contents.ts'
import { startWorker, type TestWorker } from './support/worker.ts'

/** What the Worker puts into Redis and into its log while people and machines use it: nothing of theirs in clear. */

const addresses = ['203.0.113.177', '2001:db8:77:1:2:3:4:5'] as const
let database: TestDatabase
let redis: OwnRedis
let worker: TestWorker
beforeAll(async () => {
  ;[database, redis] = await Promise.all([createTestDatabase(), startRedis()])
  worker = await startWorker({ database, redis })
})
afterAll(async () => {
  await redis.end()
  await database.drop()
})

const addressed = (address: string): Pick<TestWorker, 'fetch'> => ({
  fetch: (request) => {
    request.headers.set('CF-Connecting-IP', address)
    return worker.fetch(request)
  },
})

/** The token of the mail with which somebody proves an address. */
async function tokenOfMail(email: string): Promise<string> {
  const find = async () => {
    const { body } = await send(worker, 'GET', '/dev/mailbox', { headers: { Accept: 'application/json' } })
    const mails = body.data.filter(({ to }: { to: string }) => to === email)
    return mails.find(({ subject }: { subject: string }) => /^Confirm/.test(subject))?.token
  }
  return (await waitFor(find, { timeoutMs: 10_000, everyMs: 50 })) ?? ''
}

test.each(addresses)('from %s: no e-mail, name, token, key or address of anybody', async (address) => {
  const runtime = addressed(address)
  noteSecret('address', address)
  await doMainJob(runtime)
  const ada = await registerUser(runtime, `Augusta ${randomUUID()}`)
  const ask = (method: string, path: string, token: string, body?: unknown) =>
    send(runtime, method, path, { token, body })
  expect((await verify(runtime, { token: await tokenOfMail(ada.email), password: ada.password })).status).toBe(204)
  const { accessToken } = (await login(runtime, ada)).body
  const { body: made } = await ask('POST', '/v1/api-keys', accessToken, { name: 'Shop', scopes: ['posts:read'] })
  expect((await login(runtime, { ...ada, password: `not it ${randomUUID()}` })).status).toBe(401)
  expect((await forgot(runtime, ada.email)).status).toBe(202)
  // Last, since these are kept for seconds.
  expect((await ask('GET', '/v1/posts', made.key)).status).toBe(200)
  expect((await ask('GET', '/v1/me', accessToken)).status).toBe(200)

  const held = await readRedis(redis.url)
  for (const { key } of Object.values(cacheKeys).filter((one) => one !== cacheKeys.mailbox)) {
    const prefix = /^[a-z]+:\d+:/.exec(key('', ''))?.[0]
    expect(
      [...held.keys()].some((name) => name.startsWith(prefix ?? 'none')),
      prefix,
    ).toBe(true)
  }
  expectClean('Redis', textOfRedis(held))
  expectClean('the log', worker.lines.join('\n'))
  expect(worker.lines.length).toBeGreaterThan(20)

  // The same search finds them where they are: in the mailbox that a developer's machine has.
  const withMails = secretsIn(textOfRedis(await readRedis(redis.url, { withMailbox: true })))
  expect(withMails.map((one) => one.slice(0, one.indexOf(':')))).toEqual(expect.arrayContaining(['email', 'token']))
})
