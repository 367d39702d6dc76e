import type { ExecutionContext, ScheduledController } from '@cloudflare/workers-types'
import { connectCache } from './cache/redis.ts'
import { type Config, parseConfig } from './config.ts'
import { connectPerRequest } from './db/connect.ts'
import { createDatabase } from './db/database.ts'
import { createApp } from './http/app.ts'
import { uuidMaker } from './ids.ts'
import { crons } from './jobs/crons.ts'
import { createKeyring } from './keys/service.ts'
import { logToConsole } from './log.ts'
import { openSocket } from './worker-socket.ts'

/** The entry: wires the platform's bindings into the application and the jobs. No rules here. */

const now = () => new Date()
const monotonic = () => performance.now()

let isolate: { readonly config: Config; readonly app: ReturnType<typeof createApp> } | undefined

function isolateOf(env: unknown) {
  isolate ??= wire(parseConfig(env))
  return isolate
}

function wire(config: Config) {
  const app = createApp({
    publicUrl: config.PUBLIC_URL,
    corsOrigins: config.CORS_ORIGINS,
    connect: connectPerRequest(config.HYPERDRIVE.connectionString, openSocket),
    cache: connectCache({ url: config.UPSTASH_REDIS_REST_URL, token: config.UPSTASH_REDIS_REST_TOKEN, monotonic }),
    keyring: createKeyring({
      keyEncryptionKeys: config.KEY_ENCRYPTION_KEYS,
      refreshMacKeys: config.REFRESH_MAC_KEYS,
      now,
    }),
    now,
    monotonic,
    makeId: uuidMaker(now),
    log: logToConsole,
  })
  return { config, app }
}

/** Runs the jobs of a cron one after another. One that fails is logged, does not keep the next from running, and fails the run. */
async function runCron(config: Config, cron: string): Promise<void> {
  const runId = uuidMaker(now)()
  const failures: unknown[] = []
  for (const [name, job] of Object.entries(crons[cron] ?? {})) {
    const startedAt = monotonic()
    const actor = JSON.stringify({
      kind: 'job',
      id: name,
      userId: null,
      workspaceId: null,
      requestId: runId,
      address: null,
    })
    const ports = {
      connect: connectPerRequest(config.HYPERDRIVE_JOBS.connectionString, openSocket),
      monotonic,
      onStatement: () => undefined,
    }
    const fields = () => ({ name, runId, durationMs: Math.round(monotonic() - startedAt) })
    try {
      const result = await job({ db: createDatabase(ports, { actor }), now })
      logToConsole('info', 'job', { ...fields(), ...result })
    } catch (error) {
      logToConsole('error', 'job', { ...fields(), error: String(error) })
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

export default {
  fetch: (request: Request, env: object, executionContext: ExecutionContext) =>
    isolateOf(env).app.fetch(request, env, executionContext),
  scheduled: async ({ cron }: ScheduledController, env: object) => await runCron(isolateOf(env).config, cron),
}
