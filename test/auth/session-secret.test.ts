import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SqlClient } from '../../src/db/client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, send } from '../support/client.ts'
import { createPool, type SqlPool } from '../support/sql.ts'

/** All rows that the database has given to the application. */
const rows: unknown[] = []
let pool: SqlPool | undefined
let app: TestApp
beforeAll(async () => {
  app = await startApp({ connect: watched })
})
afterAll(() => pool?.end())

test("no statement of a session's life returns its secret, and no answer, log or entry of the trail has it", async () => {
  const user = await registerUser(app)
  const login = await send(app, 'POST', '/v1/auth/login', { body: { email: user.email, password: user.password } })
  const refresh = (refreshToken: string) => send(app, 'POST', '/v1/auth/refresh', { body: { refreshToken } })
  const next = await refresh(login.body.refreshToken)
  const tolerated = await refresh(login.body.refreshToken)
  const call = (method: string, path: string) => send(app, method, path, { token: next.body.accessToken })
  const answers = [
    login,
    next,
    tolerated,
    await call('GET', '/v1/me'),
    await call('GET', '/v1/auth/sessions'),
    await call('GET', '/v1/audit-logs?limit=100'),
    await call('DELETE', `/v1/auth/sessions/${user.sessionId}`),
    await call('DELETE', '/v1/auth/sessions'),
    await call('POST', '/v1/auth/logout'),
  ]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 204, 204, 204])

  const secrets = await app.owner<{ hex: string }[]>`select encode(secret, 'hex') as hex from user_sessions`
  expect(secrets).toHaveLength(2)
  expect(rows.length).toBeGreaterThan(10)
  const trail = await app.owner`select to_jsonb(a) as entry from audit_logs a`
  const seen = JSON.stringify([rows, answers.map(({ body }) => body), app.logs, trail])
  for (const { hex } of secrets) {
    const bytes = Buffer.from(hex, 'hex')
    for (const form of [hex, bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('latin1')]) {
      expect(seen).not.toContain(form)
    }
  }
})

/** A real client that keeps what it passes on. */
function watched(apiUrl: string): SqlClient {
  pool ??= createPool(apiUrl, 5)
  const client = pool
  return {
    ...client,
    query: async (...args) => {
      const answer = await client.query(...args)
      rows.push(...answer)
      return answer
    },
  }
}
