import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../scripts/local/bundle.ts'
import { type Service, startService, waitFor } from '../scripts/local/process.ts'
import { publicUrl } from './support/app.ts'
import { send } from './support/client.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'
import { doMainJob } from './support/main-job.ts'
import { sharedRedis } from './support/redis.ts'

/** The same application in another runtime, over the same kind of database: it stands on web standards. */

const directory = mkdtempSync(join(tmpdir(), 'defeah-deno-'))
const logFile = join(directory, 'deno.log')
let database: TestDatabase
let deno: Service
let url: string
beforeAll(async () => {
  database = await createTestDatabase()
  deno = startDeno()
  const listening = () => /^listening on (\d+)$/m.exec(readFileSync(logFile, 'utf8'))?.[1]
  const port = await waitFor(listening, { timeoutMs: 30_000, isAlive: deno.isRunning })
  if (port === undefined) throw new Error(`Deno did not start: ${readFileSync(logFile, 'utf8')}`)
  url = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  await deno.stop()
  await database.drop()
  rmSync(directory, { recursive: true, force: true })
})

/** Deno from npm, with the packages of node_modules alone, and only what the application needs allowed. */
function startDeno(): Service {
  const redis = sharedRedis()
  const allowed = ['--allow-net=127.0.0.1', '--allow-env', `--allow-read=${ROOT}`, '--allow-sys']
  const offline = ['--no-remote', '--node-modules-dir=manual', '--no-lock', '--no-check', '--no-prompt']
  return startService({
    command: join(ROOT, 'node_modules', '.bin', 'deno'),
    args: ['run', ...offline, ...allowed, join(ROOT, 'test/support/deno-entry.ts')],
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      DENO_DIR: join(directory, 'cache'),
      DENO_NO_UPDATE_CHECK: '1',
      NO_COLOR: '1',
      DATABASE_URL: database.apiUrl,
      REDIS_REST_URL: redis.restUrl,
      REDIS_REST_TOKEN: redis.token,
      KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      REFRESH_MAC_KEY: randomBytes(32).toString('base64'),
    },
    logFile,
    stopSignal: 'SIGTERM',
    graceMs: 2_000,
  })
}

const runtime = {
  fetch: async (request: Request) => await fetch(new Request(request.url.replace(publicUrl, url), request)),
}

test('Deno serves the application: the main job is done there', async () => {
  const ada = await doMainJob(runtime)
  const log = readFileSync(logFile, 'utf8')
  const lines = log.split('\n').filter((line) => line.startsWith('{') && !line.includes('cache unavailable'))
  expect(lines.length).toBeGreaterThan(15)
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: 'info', message: 'request' })
  for (const secret of [ada.email, ada.password, ada.accessToken]) expect(log).not.toContain(secret)
})

test('probes, the document and refusals are there as elsewhere', async () => {
  expect((await send(runtime, 'GET', '/readyz')).body).toEqual({
    status: 'ready',
    database: 'ok',
    migrations: 'ok',
    cache: 'ok',
  })
  expect((await send(runtime, 'GET', '/openapi.json')).body.openapi).toBe('3.1.0')
  expect((await send(runtime, 'GET', '/v1/me')).status).toBe(401)
  expect((await send(runtime, 'PUT', '/v1/posts')).status).toBe(405)
  const broken = await send(runtime, 'POST', '/v1/auth/login', { body: '{' })
  expect([broken.status, broken.body.code]).toEqual([400, 'request/malformed-json'])
})
