import { z } from 'zod'

/** `1:<base64 of 32 bytes>,2:…`: versioned secrets; the highest version is the current one, older ones still open. */
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

const Connection = z.object({ connectionString: z.string().startsWith('postgres') })

const Config = z.object({
  ENVIRONMENT: z.enum(['development', 'test', 'production']),
  PUBLIC_URL: Origin,
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    )
    .pipe(z.array(Origin)),
  HYPERDRIVE: Connection,
  HYPERDRIVE_JOBS: Connection,
  UPSTASH_REDIS_REST_URL: z.url(),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
  KEY_ENCRYPTION_KEYS: VersionedSecrets,
  REFRESH_MAC_KEYS: VersionedSecrets,
})

/** The Worker's settings and secrets, checked. */
export type Config = z.infer<typeof Config>

/** Parses the bindings; called once per isolate. Throws with the names of what is wrong, never with a value. */
export function parseConfig(env: unknown): Config {
  const parsed = Config.safeParse(env)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`the Worker is not configured: ${faults.join('; ')}`)
}
