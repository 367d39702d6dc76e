import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LocalError, type Service, startService, stopEverything, waitFor } from '../../../scripts/local/process.ts'
import { findRedisServer, startRedisServer } from '../../../scripts/local/redis.ts'
import { asRole } from '../../../scripts/local/roles.ts'
import type { Plan } from '../../../scripts/seed/plan.ts'
import { type Pooler, startPooler } from './pgbouncer.ts'
import { findProgram } from './probe.ts'
import { startSeeded, versionedKey } from './seeded.ts'

export type Platform = {
  directory: string
  ownerUrl: string
  /** What the database was filled by. */
  plan: Plan
  /** The api and the jobs role's database through the pooler, as the Worker sees it. */
  apiUrl: string
  jobsUrl: string
  pooler: Pooler
  postgres: Service
  redis: { url: string; restUrl: string; token: string; endpoint: Service; server: Service }
  /** The Worker's variables and secrets. */
  vars: Record<string, string>
  stop: () => Promise<void>
}

/** PostgreSQL, pooler and Redis of one run, in a folder of their own. */
export async function startPlatform(users: number, say: (text: string) => void): Promise<Platform> {
  const directory = mkdtempSync(join(tmpdir(), 'defeah-bench-'))
  // The pooler runs as another user and must find its files.
  chmodSync(directory, 0o711)
  const stop = async () => {
    await stopEverything()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    return { ...(await startServices(directory, users, say)), directory, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startServices(
  directory: string,
  seededUsers: number,
  say: (text: string) => void,
): Promise<Omit<Platform, 'directory' | 'stop'>> {
  const poolerBinary = findProgram('pgbouncer', ['/usr/sbin', '/usr/local/sbin'])
  if (!poolerBinary)
    throw new LocalError("nothing is measured without PgBouncer in Hyperdrive's place: apt-get install pgbouncer")
  const [postgres, redis] = await Promise.all([startSeeded(directory, seededUsers, say), startRedis(directory)])
  const { passwords, ownerUrl, plan, keyEncryptionKeys } = postgres
  const users = { api: passwords.api, jobs: passwords.jobs }
  const pooler = await startPooler(poolerBinary, {
    directory: join(directory, 'pooler'),
    postgresPort: postgres.port,
    users,
  })
  return {
    ownerUrl,
    plan,
    apiUrl: pooler.url(asRole(ownerUrl, 'api', passwords.api)),
    jobsUrl: pooler.url(asRole(ownerUrl, 'jobs', passwords.jobs)),
    pooler,
    postgres: postgres.service,
    redis,
    vars: {
      // Production refuses local addresses, and to go without the platform's limiter.
      ENVIRONMENT: 'test',
      PUBLIC_URL: 'https://api.example.com',
      RATE_LIMIT_FACTOR: '100000',
      APP_URL: 'https://app.example.com',
      CORS_ORIGINS: 'https://app.example.com',
      UPSTASH_REDIS_REST_URL: redis.restUrl,
      UPSTASH_REDIS_REST_TOKEN: redis.token,
      KEY_ENCRYPTION_KEYS: keyEncryptionKeys,
      REFRESH_MAC_KEYS: versionedKey(),
      // Mails go nowhere; their rows wait.
      MAIL_ADAPTER: 'http',
      MAIL_API_URL: 'https://mail.invalid/emails',
      MAIL_API_KEY: randomBytes(16).toString('hex'),
      MAIL_FROM: 'no-reply@example.com',
    },
  }
}

async function startRedis(directory: string): Promise<Platform['redis']> {
  const binary = findRedisServer()
  if (!binary) throw new LocalError('nothing is measured without a real Redis: apt-get install redis-server')
  const server = await startRedisServer(binary, { directory })
  let output = ''
  const endpoint = startService({
    command: process.execPath,
    args: ['--no-warnings', fileURLToPath(new URL('redis-host.ts', import.meta.url))],
    env: { ...process.env, BENCH_REDIS_URL: server.url },
    logFile: join(directory, 'redis-endpoint.log'),
    stopSignal: 'SIGTERM',
    graceMs: 2_000,
    onOutput: (text) => {
      output += text
    },
  })
  const isListening = () => (output.includes('\n') ? true : undefined)
  if (!(await waitFor(isListening, { timeoutMs: 10_000, isAlive: endpoint.isRunning }))) {
    throw new LocalError(`the Redis endpoint did not start: ${output}`)
  }
  const { url: restUrl, token } = JSON.parse(output) as { url: string; token: string }
  return { url: server.url, restUrl, token, endpoint, server: server.service }
}
