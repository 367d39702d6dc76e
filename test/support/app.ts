import { randomBytes, randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import { connectMailbox, type KeptMail } from '../../src/cache/mailbox.ts'
import { connectCache } from '../../src/cache/redis.ts'
import { connectThrottle } from '../../src/cache/throttle.ts'
import type { Context } from '../../src/context.ts'
import type { SqlClient } from '../../src/db/client.ts'
import { createApp } from '../../src/http/app.ts'
import { uuidMaker } from '../../src/ids.ts'
import { type JobPlatform, runWaking } from '../../src/jobs/run.ts'
import { createKeyring } from '../../src/keys/service.ts'
import type { Log, LogFields } from '../../src/log.ts'
import type { Images } from '../../src/objects/images.ts'
import type { SignUpload } from '../../src/objects/signed-upload.ts'
import type { ObjectStore } from '../../src/objects/store.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { atEnd } from './endings.ts'
import { expectNoLeaks } from './leaks.ts'
import { noOutbound } from './no-objects.ts'
import { openImages, openObjects } from './objects.ts'
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
  /** What the application keeps outside the database. */
  objects: ObjectStore
  /** The bytes of media files. */
  media: ObjectStore
  /** What jobs run on: the role jobs, and the application's clock and keys. */
  jobs: JobPlatform
  /** Sends what the outbox holds, and answers what the mailbox then holds of an address, newest first. */
  mailTo: (address: string) => Promise<TestMail[]>
}

export type TestMail = KeptMail

type Overrides = {
  restUrl?: string
  token?: string
  corsOrigins?: string[]
  /** Another database than a fresh one of the run's cluster; whoever gives it ends it. */
  database?: TestDatabase
  /** How a request reaches the database, instead of by a pool over `database`. */
  connect?: (apiUrl: string) => SqlClient
  secrets?: AppSecrets
  /** 1 for the limits as they are; elsewhere tests are not slowed down. */
  rateLimitFactor?: number
  shield?: (network: string) => Promise<boolean>
  objects?: ObjectStore
  media?: ObjectStore
  images?: Images
  signUpload?: SignUpload
  /** Other hosts; by default there are none. */
  outbound?: Pick<Context, 'fetch' | 'resolve'>
  /** Adds routes to each isolate, for what no route of the API does yet. */
  extend?: (app: ReturnType<typeof createApp>) => void
}

type KeyringOptions = Parameters<typeof createKeyring>[0]
export type AppSecrets = Pick<KeyringOptions, 'keyEncryptionKeys' | 'refreshMacKeys' | 'keyCacheSeconds'>

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
  const objects = overrides.objects ?? openObjects()
  const media = overrides.media ?? openObjects()
  const images = overrides.images ?? openImages()
  const jobsPool = createPool(database.jobsUrl, 10)
  const place = { url: overrides.restUrl ?? redis.restUrl, token: overrides.token ?? redis.token }
  const mailbox = connectMailbox({ ...place, now, name: randomUUID() })
  const jobs: JobPlatform = {
    connect: () => jobsPool,
    monotonic: () => performance.now() + offsetMs,
    now,
    makeId: uuidMaker(now),
    keyring: createKeyring({ ...secrets, now }),
    mailer: mailbox,
    objects,
    media,
    publicUrl,
    appUrl: 'https://app.test',
    log,
  }
  const isolate = () => {
    const monotonic = () => performance.now() + offsetMs
    const made = createApp({
      publicUrl,
      relyingParty: { id: 'app.test', origins: ['https://app.test'] },
      rateLimitFactor: overrides.rateLimitFactor ?? 10_000,
      shield: overrides.shield,
      corsOrigins: overrides.corsOrigins ?? ['https://app.test'],
      connect: () => connect(database.apiUrl),
      cache: connectCache({ ...place, monotonic, log }),
      throttle: connectThrottle({ ...place, monotonic, log }),
      wakeOutbox: async () => undefined,
      mailbox,
      keyring: createKeyring({ ...secrets, now }),
      objects,
      media,
      images,
      signUpload: overrides.signUpload,
      ...(overrides.outbound ?? noOutbound),
      now,
      monotonic,
      makeId: uuidMaker(now),
      log,
    })
    overrides.extend?.(made)
    return made
  }
  const fetchOf = (app: ReturnType<typeof createApp>) => async (request: Request) => await app.fetch(request)
  const app: TestApp = {
    database,
    owner,
    logs,
    now,
    objects,
    media,
    fetch: fetchOf(isolate()),
    advance: (ms) => {
      offsetMs += ms
    },
    secondIsolate: () => ({ fetch: fetchOf(isolate()) }),
    jobs,
    mailTo: async (address) => {
      await runWaking(jobs)
      return (await mailbox.list()).filter(({ to }) => to === address)
    },
  }
  atEnd(async () => {
    await expectNoLeaks(owner, logs)
    pool.end()
    jobsPool.end()
    await owner.end({ timeout: 2 })
    if (overrides.database === undefined) await database.drop()
  })
  return app
}
