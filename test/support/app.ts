import { randomBytes } from 'node:crypto'
import type postgres from 'postgres'
import { connectCache } from '../../src/cache/redis.ts'
import type { SqlClient } from '../../src/db/client.ts'
import { createApp } from '../../src/http/app.ts'
import { uuidMaker } from '../../src/ids.ts'
import { createKeyring } from '../../src/keys/service.ts'
import type { Log, LogFields } from '../../src/log.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { atEnd } from './endings.ts'
import { sharedRedis } from './redis.ts'
import { createPool, openSql } from './sql.ts'

export type LogLine = LogFields & { level: string; message: string }

/** The application in this process over a database of its own, with a clock that tests move. */
export type TestApp = {
  database: TestDatabase
  /** The owner's connection, to look at rows. */
  owner: postgres.Sql
  logs: LogLine[]
  fetch: (request: Request) => Promise<Response>
  /** Moves the application's clock, in milliseconds. */
  advance: (ms: number) => void
  now: () => Date
  /** A second isolate over the same database and cache: nothing in its memory is shared. */
  secondIsolate: () => Pick<TestApp, 'fetch'>
}

type Overrides = {
  restUrl?: string
  token?: string
  corsOrigins?: string[]
  /** Another database than a fresh one of the run's cluster; whoever gives it ends it. */
  database?: TestDatabase
  /** How a request reaches the database, instead of by a pool over `database`. */
  connect?: (apiUrl: string) => SqlClient
  secrets?: AppSecrets
}

export type AppSecrets = Pick<Parameters<typeof createKeyring>[0], 'keyEncryptionKeys' | 'refreshMacKeys'>

export const publicUrl = 'https://api.test'
export const makeSecrets = (): AppSecrets => ({
  keyEncryptionKeys: new Map([[1, new Uint8Array(randomBytes(32))]]),
  refreshMacKeys: new Map([[1, new Uint8Array(randomBytes(32))]]),
})

/** Starts the application for one test file; ends with it. */
export async function startApp(overrides: Overrides = {}): Promise<TestApp> {
  const database = overrides.database ?? (await createTestDatabase())
  const pool = createPool(database.apiUrl, 20)
  const owner = openSql(database.ownerUrl, 2)
  const logs: LogLine[] = []
  let offsetMs = 0
  const now = () => new Date(Date.now() + offsetMs)
  const redis = sharedRedis()
  const secrets = overrides.secrets ?? makeSecrets()
  const connect = overrides.connect ?? (() => pool)
  const log: Log = (level, message, fields) => void logs.push({ level, message, ...fields })
  const isolate = () => {
    const monotonic = () => performance.now() + offsetMs
    return createApp({
      publicUrl,
      corsOrigins: overrides.corsOrigins ?? ['https://app.test'],
      connect: () => connect(database.apiUrl),
      cache: connectCache({
        url: overrides.restUrl ?? redis.restUrl,
        token: overrides.token ?? redis.token,
        monotonic,
        log,
      }),
      keyring: createKeyring({ ...secrets, now }),
      now,
      monotonic,
      makeId: uuidMaker(now),
      log,
    })
  }
  const fetchOf = (app: ReturnType<typeof createApp>) => async (request: Request) => await app.fetch(request)
  const app: TestApp = {
    database,
    owner,
    logs,
    now,
    fetch: fetchOf(isolate()),
    advance: (ms) => {
      offsetMs += ms
    },
    secondIsolate: () => ({ fetch: fetchOf(isolate()) }),
  }
  atEnd(async () => {
    pool.end()
    await owner.end({ timeout: 2 })
    if (overrides.database === undefined) await database.drop()
  })
  return app
}
