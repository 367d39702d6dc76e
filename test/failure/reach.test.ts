import { setTimeout as sleep } from 'node:timers/promises'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../scripts/local/process.ts'
import { makeSecrets } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type OwnRedis, startRedis } from '../support/redis.ts'
import { openSql } from '../support/sql.ts'
import { registerMember, verifyEmail } from '../support/tenants.ts'
import { startWorker, type TestWorker } from '../support/worker.ts'

/**
 * What one process ends, another one refuses within ten seconds, with Redis and without. Two real Workers, and real time: a
 * clock that tests move is not what two processes have.
 */

const boundMs = 10_000
const secrets = makeSecrets()
let database: TestDatabase
let redis: OwnRedis
let owner: postgres.Sql
let here: TestWorker
let there: TestWorker
beforeAll(async () => {
  ;[database, redis] = await Promise.all([createTestDatabase(), startRedis()])
  owner = openSql(database.ownerUrl, 2)
  ;[here, there] = await Promise.all([
    startWorker({ database, redis, secrets }),
    startWorker({ database, redis, secrets }),
  ])
})
afterAll(async () => {
  await owner.end()
  await redis.end()
  await database.drop()
})

type Case = {
  /** What the other process is asked, again and again. */
  readonly ask: () => Promise<number>
  readonly refusal: number
  readonly end: () => Promise<{ status: number }>
}

/** Milliseconds from the change's answer here to the refusal there, which is asked all the while, so that its caches are warm. */
async function reachMs({ ask, refusal, end }: Case): Promise<number> {
  expect(await ask()).toBe(200)
  expect([200, 204]).toContain((await end()).status)
  const endedAt = performance.now()
  while ((await ask()) !== refusal) {
    if (performance.now() - endedAt > boundMs * 2) break
    await sleep(100)
  }
  return performance.now() - endedAt
}

/** It waits for half a minute, and is a session that is ended as another one is. */
const longest = 'a session whose refresh token was used by two'

type State = readonly [
  name: string,
  takeAway: { readonly atFirst?: () => Promise<void>; readonly onceAsked?: () => Promise<void> },
]
const states: readonly State[] = [
  ['running', {}],
  ['stopped', { atFirst: () => redis.stop() }],
  // It still holds what the other process asked for, and nobody can take that out.
  ['hung since the other process asked', { atFirst: () => redis.start(), onceAsked: async () => redis.pause() }],
]

describe.each(states)('with Redis %s', (_name, { atFirst, onceAsked }) => {
  let ada: SignedInUser
  const members: SignedInUser[] = []
  const prepared = new Map<string, Case>()
  const askThere = (path: string, token: string) => async () => (await send(there, 'GET', path, { token })).status
  const anyVersion = { 'If-Match': '*' }

  beforeAll(async () => {
    await atFirst?.()
    ada = await registerUser(here)
    await verifyEmail({ owner }, ada.id)
    const app = { owner, fetch: here.fetch }
    for (const role of ['admin', 'editor'] as const) {
      members.push(await registerMember(app, { workspaceId: ada.workspaceId, role }))
    }
    if (onceAsked === undefined) return
    for (const [what, prepare] of Object.entries(cases)) {
      if (what !== longest) prepared.set(what, await prepare())
    }
    // The circuit of the state before may still be open there.
    await untilCacheIsBack(there)
    for (const { ask } of prepared.values()) expect(await ask()).toBe(200)
    await onceAsked()
  })

  const cases: Record<string, () => Promise<Case>> = {
    'a session that is ended': async () => {
      const { email, password } = ada
      const { body } = await send(here, 'POST', '/v1/auth/login', { body: { email, password } })
      const sessionId = body.refreshToken.split('.')[0]
      return {
        ask: askThere('/v1/me', body.accessToken),
        refusal: 401,
        end: () => ada.call('DELETE', `/v1/auth/sessions/${sessionId}`),
      }
    },
    [longest]: async () => {
      const { email, password } = ada
      const { body } = await send(here, 'POST', '/v1/auth/login', { body: { email, password } })
      const { refreshToken } = body
      const refresh = async (): Promise<Answer> =>
        await send(here, 'POST', '/v1/auth/refresh', { body: { refreshToken } })
      const current = await refresh()
      // Within 20 s it would be taken for an answer that was lost.
      await sleep(25_000)
      return {
        ask: askThere('/v1/me', current.body.accessToken),
        refusal: 401,
        end: async (): Promise<{ status: number }> => ({ status: (await refresh()).status === 401 ? 204 : 500 }),
      }
    },
    'a role that is taken': async () => ({
      ask: askThere('/v1/audit-logs', members[0]?.accessToken ?? ''),
      refusal: 403,
      end: () => ada.call('PATCH', `/v1/workspace/members/${members[0]?.id}`, { role: 'client' }, anyVersion),
    }),
    'a member who is removed': async () => ({
      ask: askThere('/v1/posts', members[1]?.accessToken ?? ''),
      refusal: 403,
      end: () => ada.call('DELETE', `/v1/workspace/members/${members[1]?.id}`, undefined, anyVersion),
    }),
    'an API key that is revoked': async () => {
      const { body } = await ada.call('POST', '/v1/api-keys', { name: 'Shop', scopes: ['posts:read'] })
      return {
        ask: askThere('/v1/posts', body.key),
        refusal: 401,
        end: () => ada.call('DELETE', `/v1/api-keys/${body.id}`),
      }
    },
  }

  const tested = Object.entries(cases).filter(([what]) => onceAsked === undefined || what !== longest)
  // Side by side: each waits for the same seconds.
  test.concurrent.each(tested)('%s', { timeout: 60_000 }, async (what, prepare) => {
    expect(await reachMs(prepared.get(what) ?? (await prepare()))).toBeLessThan(boundMs)
  })
})

async function untilCacheIsBack(worker: TestWorker): Promise<void> {
  const isBack = async () => ((await send(worker, 'GET', '/readyz')).body.cache === 'ok' ? true : undefined)
  expect(await waitFor(isBack, { timeoutMs: 10_000, everyMs: 200 })).toBe(true)
}
