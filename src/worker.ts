import type { ExecutionContext, ScheduledController } from '@cloudflare/workers-types'
import { connectMailbox, type Mailbox } from './cache/mailbox.ts'
import { connectCache } from './cache/redis.ts'
import { connectThrottle } from './cache/throttle.ts'
import { type Config, parseConfig, relyingPartyOf } from './config.ts'
import { connectTo } from './db/connect.ts'
import { createApp } from './http/app.ts'
import { uuidMaker } from './ids.ts'
import { runCron, runWaking } from './jobs/run.ts'
import { createKeyring } from './keys/service.ts'
import { logToConsole } from './log.ts'
import { connectMailBinding } from './mail/binding-mailer.ts'
import { connectMailApi } from './mail/http-mailer.ts'
import type { Mailer } from './mail/mailer.ts'
import { connectImages } from './objects/images.ts'
import { createUploadSigner } from './objects/signed-upload.ts'
import { connectObjects } from './objects/store.ts'
import { createResolver } from './outbound/resolver.ts'
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
  const keyring = createKeyring({ keyEncryptionKeys, refreshMacKeys, now, keyCacheSeconds: config.KEY_CACHE_SECONDS })
  const { mailer, mailbox } = connectMail(config)
  const request = (address: string, init: RequestInit) => fetch(address, init)
  const fixedLength = (bytes: number) => new FixedLengthStream(bytes)
  const objects = connectObjects(config.PRIVATE_FILES)
  const media = connectObjects(config.MEDIA_FILES, { fixedLength })
  const app = createApp({
    ...common,
    publicUrl: config.PUBLIC_URL,
    corsOrigins: config.CORS_ORIGINS,
    relyingParty: relyingPartyOf(config),
    rateLimitFactor: config.RATE_LIMIT_FACTOR,
    shield: shieldOf(config),
    connect: connectTo(config.HYPERDRIVE.connectionString, openSocket),
    cache: connectCache({ url, token, monotonic, log: logToConsole }),
    throttle: connectThrottle({ url, token, monotonic, log: logToConsole }),
    keyring,
    objects,
    media,
    images: connectImages(config.IMAGES),
    signUpload: signerOf(config),
    fetch: request,
    resolve: createResolver({ url: config.DNS_URL, request }),
    wakeOutbox: async () => void (await config.OUTBOX.send('outbox')),
    mailbox,
  })
  const jobs = {
    ...common,
    keyring,
    mailer,
    objects,
    media,
    publicUrl: config.PUBLIC_URL,
    appUrl: config.APP_URL,
    connect: connectTo(config.HYPERDRIVE_JOBS.connectionString, openSocket),
  }
  return { app, jobs }
}

/** Its limit stands in wrangler.toml, so it cannot be raised with ours. Where the limiter itself fails, ours still counts. */
function shieldOf({ SHIELD, RATE_LIMIT_FACTOR }: Config) {
  if (SHIELD === undefined || RATE_LIMIT_FACTOR !== 1) return undefined
  return async (key: string) =>
    await SHIELD.limit({ key }).then(
      ({ success }) => success,
      () => true,
    )
}

/** Without the settings, uploads come through the API. */
function signerOf({ MEDIA_UPLOAD_URL: url, MEDIA_UPLOAD_KEY_ID: keyId, MEDIA_UPLOAD_SECRET: secret }: Config) {
  if (url === undefined || keyId === undefined || secret === undefined) return undefined
  return createUploadSigner({ url, keyId, secret })
}

/** The adapter that the settings name; a mailbox is shown as well. */
function connectMail(config: Config): { readonly mailer: Mailer; readonly mailbox?: Mailbox } {
  if (config.MAIL_ADAPTER === 'mailbox') {
    const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = config
    const mailbox = connectMailbox({ url, token, now })
    return { mailer: mailbox, mailbox }
  }
  const { MAIL_FROM: from } = config
  if (config.MAIL_ADAPTER === 'binding') return { mailer: connectMailBinding({ binding: config.EMAIL, from }) }
  const { MAIL_API_URL: url, MAIL_API_KEY: apiKey } = config
  return { mailer: connectMailApi({ url, apiKey, from, request: (address, init) => fetch(address, init) }) }
}

export default {
  fetch: (request: Request, env: object, executionContext: ExecutionContext) =>
    isolateOf(env).app.fetch(request, env, executionContext),
  scheduled: async ({ cron }: ScheduledController, env: object) => await runCron(cron, isolateOf(env).jobs),
  queue: async (_batch: unknown, env: object) => await runWaking(isolateOf(env).jobs),
}
