import type { ExecutionContext, ScheduledController } from '@cloudflare/workers-types'
import { connectCache } from './cache/redis.ts'
import { type Config, parseConfig } from './config.ts'
import { connectTo } from './db/connect.ts'
import { createApp } from './http/app.ts'
import { uuidMaker } from './ids.ts'
import { runCron } from './jobs/run.ts'
import { createKeyring } from './keys/service.ts'
import { logToConsole } from './log.ts'
import { openSocket } from './worker-socket.ts'

/** The entry: wires the platform's bindings into the application and the jobs. No rules here. */

const now = () => new Date()
const monotonic = () => performance.now()

let isolate: ReturnType<typeof wire> | undefined

function isolateOf(env: unknown) {
  isolate ??= wire(parseConfig(env))
  return isolate
}

function wire(config: Config) {
  const common = { now, monotonic, makeId: uuidMaker(now), log: logToConsole }
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = config
  const { KEY_ENCRYPTION_KEYS: keyEncryptionKeys, REFRESH_MAC_KEYS: refreshMacKeys } = config
  const app = createApp({
    ...common,
    publicUrl: config.PUBLIC_URL,
    corsOrigins: config.CORS_ORIGINS,
    connect: connectTo(config.HYPERDRIVE.connectionString, openSocket),
    cache: connectCache({ url, token, monotonic, log: logToConsole }),
    keyring: createKeyring({ keyEncryptionKeys, refreshMacKeys, now }),
  })
  const jobs = { ...common, connect: connectTo(config.HYPERDRIVE_JOBS.connectionString, openSocket) }
  return { app, jobs }
}

export default {
  fetch: (request: Request, env: object, executionContext: ExecutionContext) =>
    isolateOf(env).app.fetch(request, env, executionContext),
  scheduled: async ({ cron }: ScheduledController, env: object) => await runCron(cron, isolateOf(env).jobs),
}
