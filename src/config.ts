import { z } from 'zod'
import type { ImagesBinding } from './objects/images.ts'
import type { Bucket } from './objects/store.ts'
import { faultsInProduction, mailFaultsInProduction } from './production.ts'

/**
 * `2:<base64 of 32 bytes>,1:…`: versioned secrets. The first one listed is the current one, with which new values are made;
 * the others only read. So a version can be known everywhere before it is used anywhere.
 */
const VersionedSecrets = z.string().transform((value, ctx) => {
  const secrets = new Map<number, Uint8Array<ArrayBuffer>>()
  for (const entry of value.split(',')) {
    const [, version, base64] = /^\s*([1-9][0-9]{0,4}):([A-Za-z0-9+/]{43}=)\s*$/.exec(entry) ?? []
    if (version === undefined || base64 === undefined || secrets.has(Number(version))) {
      ctx.addIssue({ code: 'custom', message: 'must be VERSION:BASE64 pairs of 32 bytes each, every version once' })
      return z.NEVER
    }
    secrets.set(
      Number(version),
      Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
    )
  }
  return secrets as ReadonlyMap<number, Uint8Array<ArrayBuffer>>
})

/** Scheme, host and port, as a browser writes it in an Origin header. */
const Origin = z
  .url({ abort: true })
  .refine((url) => URL.canParse(url) && new URL(url).origin === url, { error: 'must be an origin, without a path' })

/** Origins with commas between them. */
const Origins = z
  .string()
  .transform((list) =>
    list
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ''),
  )
  .pipe(z.array(Origin))

/** A host's name: letters, digits and hyphens between dots. */
const Domain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, { error: 'must be a domain in lower case' })

const Connection = z.object({ connectionString: z.string().startsWith('postgres') })

/** What the Worker uses of a queue's binding. */
type Queue = { readonly send: (message: string) => Promise<unknown> }
const Queue = z.custom<Queue>((value) => typeof (value as Partial<Queue> | undefined)?.send === 'function', {
  error: 'must be a queue',
})

/** The platform's rate limiter (https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit). */
type RateLimiter = { readonly limit: (options: { key: string }) => Promise<{ success: boolean }> }
const RateLimiter = z.custom<RateLimiter>((value) => (value as Partial<RateLimiter> | undefined)?.limit !== undefined, {
  error: 'must be a rate limiter',
})

/** What the Worker uses of a binding that sends mail. */
type SendEmail = { readonly send: (message: object) => Promise<unknown> }
const SendEmail = z.custom<SendEmail>(
  (value) => typeof (value as Partial<SendEmail> | undefined)?.send === 'function',
  {
    error: 'must be a send_email binding',
  },
)

/** `address` or `Name <address>`. */
const Sender = z
  .string()
  .max(320)
  .regex(/^([^<>@"\p{Cc}]+ <[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+)$/u, {
    error: 'must be an address, or a name with an address in angle brackets',
  })

/** Which adapter sends mail, and what it needs. The mailbox keeps mails for whoever asks: never in production. */
const Mail = z.discriminatedUnion('MAIL_ADAPTER', [
  z.object({ MAIL_ADAPTER: z.literal('mailbox') }),
  z.object({
    MAIL_ADAPTER: z.literal('http'),
    MAIL_FROM: Sender,
    MAIL_API_URL: z.url({ protocol: /^https?$/ }).default('https://api.resend.com/emails'),
    MAIL_API_KEY: z.string().min(16),
  }),
  z.object({ MAIL_ADAPTER: z.literal('binding'), MAIL_FROM: Sender, EMAIL: SendEmail }),
])

/** How long an isolate goes on with keys that it has read; a rotation waits for longer than that. */
const KeyCacheSeconds = z
  .string()
  .regex(/^[1-9][0-9]?$/, 'must be a whole number from 1 to 60')
  .default('60')
  .transform(Number)
  .refine((seconds) => seconds <= 60, 'must be a whole number from 1 to 60')

const bucketMethods = ['put', 'get', 'head', 'delete', 'list', 'createMultipartUpload'] as const
const Files = z.custom<Bucket>(
  (value) => bucketMethods.every((name) => typeof (value as Partial<Bucket> | undefined)?.[name] === 'function'),
  { error: 'must be a bucket of R2' },
)

const ImagesService = z.custom<ImagesBinding>(
  (value) => typeof (value as Partial<ImagesBinding> | undefined)?.input === 'function',
  { error: 'must be an Images binding' },
)

/** The address of the bucket MEDIA_FILES in R2's S3 API, and a key that may write there: all of them or none. */
const mediaUploadSettings = ['MEDIA_UPLOAD_URL', 'MEDIA_UPLOAD_KEY_ID', 'MEDIA_UPLOAD_SECRET'] as const

const Settings = z.object({
  ENVIRONMENT: z.enum(['development', 'test', 'production']),
  PUBLIC_URL: Origin,
  /** The application that people use; links in mails lead there. */
  APP_URL: Origin,
  CORS_ORIGINS: Origins.prefault(''),
  /** The domain that passkeys are made for, and the origins that may ask for one; by default APP_URL is both. */
  WEBAUTHN_RP_ID: Domain.optional(),
  WEBAUTHN_ORIGINS: Origins.optional(),
  HYPERDRIVE: Connection,
  HYPERDRIVE_JOBS: Connection,
  OUTBOX: Queue,
  SHIELD: RateLimiter.optional(),
  RATE_LIMIT_FACTOR: z.coerce.number().min(1).max(1_000_000).default(1),
  PRIVATE_FILES: Files,
  MEDIA_FILES: Files,
  IMAGES: ImagesService,
  MEDIA_UPLOAD_URL: z.url({ protocol: /^https?$/ }).optional(),
  MEDIA_UPLOAD_KEY_ID: z.string().min(1).optional(),
  MEDIA_UPLOAD_SECRET: z.string().min(1).optional(),
  /** DNS over HTTPS with JSON, for names in URLs that callers send. */
  DNS_URL: z.url({ protocol: /^https$/ }).default('https://cloudflare-dns.com/dns-query'),
  UPSTASH_REDIS_REST_URL: z.url(),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
  KEY_ENCRYPTION_KEYS: VersionedSecrets,
  REFRESH_MAC_KEYS: VersionedSecrets,
  KEY_CACHE_SECONDS: KeyCacheSeconds,
})

const Config = Settings.superRefine((settings, ctx) => {
  const given = mediaUploadSettings.filter((name) => settings[name] !== undefined)
  const missing = given.length === 0 ? [] : mediaUploadSettings.filter((name) => settings[name] === undefined)
  for (const name of missing) ctx.addIssue({ code: 'custom', path: [name], message: `is needed with ${given[0]}` })
  if (settings.ENVIRONMENT !== 'production') return
  for (const { name, message } of faultsInProduction(settings)) ctx.addIssue({ code: 'custom', path: [name], message })
})

/** A browser lets no other page than those of the domain ask for its passkeys. */
const CheckedConfig = Config.superRefine((config, ctx) => {
  const { id, origins } = relyingPartyOf(config)
  if (origins.every((origin) => `.${new URL(origin).hostname}`.endsWith(`.${id}`))) return
  const message = 'must be the domain of APP_URL and of all WEBAUTHN_ORIGINS, or one above'
  ctx.addIssue({ code: 'custom', path: ['WEBAUTHN_RP_ID'], message })
})

const MailedConfig = z.intersection(CheckedConfig, Mail).superRefine(({ ENVIRONMENT, ...mail }, ctx) => {
  if (ENVIRONMENT !== 'production') return
  const refuse = (name: string, message: string) => ctx.addIssue({ code: 'custom', path: [name], message })
  if (mail.MAIL_ADAPTER === 'mailbox') refuse('MAIL_ADAPTER', 'must send mail in production: http or binding')
  if (mail.MAIL_ADAPTER !== 'http') return
  for (const { name, message } of mailFaultsInProduction(mail)) refuse(name, message)
})

/** The Worker's settings and secrets, checked. */
export type Config = z.infer<typeof MailedConfig>

/** Whom passkeys are made for. Authenticators remember the domain: whoever changes it loses all passkeys. */
export function relyingPartyOf({
  APP_URL,
  WEBAUTHN_RP_ID,
  WEBAUTHN_ORIGINS = [APP_URL],
}: Pick<Config, 'APP_URL' | 'WEBAUTHN_RP_ID' | 'WEBAUTHN_ORIGINS'>) {
  return { id: WEBAUTHN_RP_ID ?? new URL(APP_URL).hostname, origins: WEBAUTHN_ORIGINS }
}

/** Parses the bindings; called once per isolate. Throws with the names of what is wrong, never with a value. */
export const parseConfig = (env: unknown): Config => parse(MailedConfig, env, 'the Worker is not configured')

const KeySettings = Settings.pick({ KEY_ENCRYPTION_KEYS: true, KEY_CACHE_SECONDS: true })

/** The settings that a rotation of keys shares with the Workers; throws as `parseConfig` does. */
export function parseKeySettings(env: unknown) {
  const settings = parse(KeySettings, env, 'the settings of the Workers are needed')
  return { keyEncryptionKeys: settings.KEY_ENCRYPTION_KEYS, keyCacheSeconds: settings.KEY_CACHE_SECONDS }
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

function parse<Schema extends z.ZodType>(schema: Schema, env: unknown, what: string): z.infer<Schema> {
  const parsed = schema.safeParse(env)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(`${what}: ${faults.join('; ')}`)
}
