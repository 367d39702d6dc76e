import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { parse } from 'smol-toml'
import { bundleWorker, ROOT } from '../../scripts/local/bundle.ts'
import { type AppSecrets, makeSecrets, publicUrl } from './app.ts'
import type { TestDatabase } from './database.ts'
import { atEnd } from './endings.ts'
import { searchAtEnd } from './leaks.ts'
import { sharedRedis } from './redis.ts'
import { type SharedStorage, sharingOf } from './storage.ts'

export type TestWorker = {
  url: string
  fetch: (request: Request) => Promise<Response>
  /** What workerd printed, line by line. */
  lines: string[]
  /** Fires a cron; the outcome is workerd's word for it. */
  scheduled: (cron: string) => Promise<{ outcome: string }>
  /** Sends a message to the queue that the Worker listens to, and waits for nothing. */
  wake: () => Promise<void>
}

type Options = {
  database: TestDatabase
  redis?: { restUrl: string; token: string }
  secrets?: AppSecrets
  /** Answers for hosts of the Internet; undefined for one that is to be asked itself. */
  outbound?: (url: URL) => Response | undefined
  /** Stores in another process; by default they are in the Worker's own. */
  storage?: SharedStorage
}

type Configuration = {
  compatibility_date: string
  compatibility_flags: string[]
  assets: { directory: string; binding: string; html_handling: 'none'; not_found_handling: 'none' }
}

/** The Worker as it is deployed, in workerd, over real databases; ends with the test file. */
export async function startWorker({
  database,
  redis = sharedRedis(),
  secrets = makeSecrets(),
  outbound,
  storage,
}: Options): Promise<TestWorker> {
  const directory = mkdtempSync(join(tmpdir(), 'defeah-worker-'))
  atEnd(() => rmSync(directory, { recursive: true, force: true }))
  await bundleWorker(directory)
  const { compatibility_date, compatibility_flags, assets } = parse(
    readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'),
  ) as Configuration
  const lines: string[] = []
  searchAtEnd('the log of workerd', () => lines.join('\n'))
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({
      name: 'api',
      host: '127.0.0.1',
      port: 0,
      modules: [{ type: 'ESModule', path: join(directory, 'worker.js') }],
      modulesRoot: directory,
      compatibilityDate: compatibility_date,
      compatibilityFlags: compatibility_flags,
      bindings: variables(redis, secrets),
      hyperdrives: { HYPERDRIVE: database.apiUrl, HYPERDRIVE_JOBS: database.jobsUrl },
      r2Buckets: ['PRIVATE_FILES', 'MEDIA_FILES'],
      images: { binding: 'IMAGES' },
      queueProducers: { OUTBOX: 'defeah-outbox' },
      queueConsumers: { 'defeah-outbox': { maxBatchTimeout: 0 } },
      assets: {
        directory: join(ROOT, assets.directory),
        binding: assets.binding,
        routerConfig: { has_user_worker: true },
        assetConfig: { html_handling: assets.html_handling, not_found_handling: assets.not_found_handling },
      },
      ...(outbound && { outboundService: answering(outbound) }),
      cf: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: ({ message }) => void lines.push(...message.split('\n')),
    }),
    ...(storage && sharingOf(storage, 'api')),
  })
  atEnd(() => miniflare.dispose())
  const { origin } = await miniflare.ready
  return {
    url: origin,
    lines,
    fetch: async (request) => await fetch(new Request(request.url.replace(publicUrl, origin), request)),
    scheduled: async (cron) => await (await miniflare.getWorker()).scheduled({ cron }),
    wake: async () => void (await (await miniflare.getQueueProducer('OUTBOX')).send('outbox', { contentType: 'text' })),
  }
}

const answering = (outbound: NonNullable<Options['outbound']>) => async (request: Request) => {
  const answer = outbound(new URL(request.url))
  return (answer ?? (await fetch(request))) as never
}

function variables(redis: { restUrl: string; token: string }, { keyEncryptionKeys, refreshMacKeys }: AppSecrets) {
  const versioned = (secrets: ReadonlyMap<number, Uint8Array>) =>
    [...secrets].map(([version, secret]) => `${version}:${Buffer.from(secret).toString('base64')}`).join(',')
  return {
    ENVIRONMENT: 'test',
    MAIL_ADAPTER: 'mailbox',
    PUBLIC_URL: publicUrl,
    APP_URL: 'https://app.test',
    CORS_ORIGINS: 'https://app.test',
    RATE_LIMIT_FACTOR: '10000',
    UPSTASH_REDIS_REST_URL: redis.restUrl,
    UPSTASH_REDIS_REST_TOKEN: redis.token,
    KEY_ENCRYPTION_KEYS: versioned(keyEncryptionKeys),
    REFRESH_MAC_KEYS: versioned(refreshMacKeys),
  }
}
