import { connectCache } from '../../src/cache/redis.ts'
import { connectThrottle } from '../../src/cache/throttle.ts'
import { createApp } from '../../src/http/app.ts'
import { uuidMaker } from '../../src/ids.ts'
import { createKeyring } from '../../src/keys/service.ts'
import type { Log } from '../../src/log.ts'
import { noImages, noObjects, noOutbound } from './no-objects.ts'
import { createPool } from './sql.ts'

/** The application on Deno: what `src/worker.ts` is to workerd. Prints its address once it listens. */

declare const Deno: {
  env: { get(name: string): string | undefined }
  serve(
    options: { hostname: string; port: number; onListen(address: { port: number }): void },
    handler: (request: Request) => Response | Promise<Response>,
  ): unknown
}

function setting(name: string): string {
  const value = Deno.env.get(name)
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

const now = () => new Date()
const monotonic = () => performance.now()
const secrets = (name: string) => new Map([[1, Uint8Array.from(atob(setting(name)), (char) => char.charCodeAt(0))]])
const pool = createPool(setting('DATABASE_URL'), 10)

const log: Log = (level, message, fields) => console.log(JSON.stringify({ level, message, ...fields }))

const redis = { url: setting('REDIS_REST_URL'), token: setting('REDIS_REST_TOKEN') }

const app = createApp({
  publicUrl: 'https://api.test',
  corsOrigins: [],
  relyingParty: { id: 'localhost', origins: ['http://localhost'] },
  rateLimitFactor: 1,
  shield: undefined,
  connect: () => pool,
  cache: connectCache({ ...redis, monotonic, log }),
  throttle: connectThrottle({ ...redis, monotonic, log }),
  keyring: createKeyring({
    keyEncryptionKeys: secrets('KEY_ENCRYPTION_KEY'),
    refreshMacKeys: secrets('REFRESH_MAC_KEY'),
    now,
  }),
  now,
  monotonic,
  makeId: uuidMaker(now),
  log,
  objects: noObjects,
  media: noObjects,
  images: noImages,
  ...noOutbound,
  wakeOutbox: async () => undefined,
})

Deno.serve({ hostname: '127.0.0.1', port: 0, onListen: ({ port }) => console.log(`listening on ${port}`) }, (request) =>
  app.fetch(request),
)
