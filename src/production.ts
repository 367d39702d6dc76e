/**
 * What a Worker in production refuses to start with: secrets that are missing, short or guessable, made for a developer's
 * machine, or used twice, and addresses that are not the world's. A message says what is wrong and never repeats a value.
 */

type Secrets = ReadonlyMap<number, Uint8Array<ArrayBuffer>>

/** The settings that are looked at. */
export type ProductionSettings = {
  readonly PUBLIC_URL: string
  readonly APP_URL: string
  readonly WEBAUTHN_ORIGINS?: readonly string[] | undefined
  readonly HYPERDRIVE: { readonly connectionString: string }
  readonly HYPERDRIVE_JOBS: { readonly connectionString: string }
  readonly CORS_ORIGINS: readonly string[]
  readonly SHIELD?: unknown
  readonly UPSTASH_REDIS_REST_URL: string
  readonly UPSTASH_REDIS_REST_TOKEN: string
  readonly MEDIA_UPLOAD_URL?: string | undefined
  readonly MEDIA_UPLOAD_SECRET?: string | undefined
  readonly KEY_ENCRYPTION_KEYS: Secrets
  readonly REFRESH_MAC_KEYS: Secrets
}

export type Fault<Name = keyof ProductionSettings> = { readonly name: Name; readonly message: string }

export function faultsInProduction(settings: ProductionSettings): Fault[] {
  const { KEY_ENCRYPTION_KEYS, REFRESH_MAC_KEYS } = settings
  return [
    ...keyFaults('KEY_ENCRYPTION_KEYS', KEY_ENCRYPTION_KEYS),
    ...keyFaults('REFRESH_MAC_KEYS', REFRESH_MAC_KEYS),
    ...repeated(settings),
    ...addressFaults('PUBLIC_URL', settings.PUBLIC_URL),
    ...addressFaults('APP_URL', settings.APP_URL),
    ...(settings.WEBAUTHN_ORIGINS ?? []).flatMap((origin) => addressFaults('WEBAUTHN_ORIGINS', origin)),
    ...settings.CORS_ORIGINS.flatMap((origin) => addressFaults('CORS_ORIGINS', origin)),
    ...addressFaults('UPSTASH_REDIS_REST_URL', settings.UPSTASH_REDIS_REST_URL),
    ...passwordFaults('UPSTASH_REDIS_REST_TOKEN', settings.UPSTASH_REDIS_REST_TOKEN),
    ...connectionFaults('HYPERDRIVE', settings.HYPERDRIVE.connectionString),
    ...connectionFaults('HYPERDRIVE_JOBS', settings.HYPERDRIVE_JOBS.connectionString),
    ...userFaults(settings),
    // Without it, files come through the API, which the platform's limit of a request's body bounds.
    ...(settings.MEDIA_UPLOAD_URL === undefined ? [] : addressFaults('MEDIA_UPLOAD_URL', settings.MEDIA_UPLOAD_URL)),
    ...(settings.MEDIA_UPLOAD_SECRET === undefined
      ? []
      : passwordFaults('MEDIA_UPLOAD_SECRET', settings.MEDIA_UPLOAD_SECRET)),
    ...(settings.SHIELD === undefined ? [{ name: 'SHIELD', message: 'must be a rate limiter' } as const] : []),
  ]
}

/** The settings of the adapter that sends mail over HTTP. */
export type MailApiSettings = { readonly MAIL_API_URL: string; readonly MAIL_API_KEY: string }

export const mailFaultsInProduction = ({ MAIL_API_URL, MAIL_API_KEY }: MailApiSettings) => [
  ...addressFaults('MAIL_API_URL', MAIL_API_URL),
  ...passwordFaults('MAIL_API_KEY', MAIL_API_KEY),
]

/** How `npm run dev` marks what it makes: the first bytes of keys, the beginning of passwords (scripts/local/secrets.ts). */
const developmentKey = 'dev:'
const developmentPassword = /^dev[-_:]/i

const keyFaults = (name: keyof ProductionSettings, secrets: Secrets): Fault[] =>
  [...secrets].flatMap(([version, secret]) => {
    const fault = keyFault(secret)
    return fault === undefined ? [] : [{ name, message: `version ${version} ${fault}` }]
  })

/** Of 32 random bytes, the chance to be refused is below 1 in 10^12. */
function keyFault(secret: Uint8Array): string | undefined {
  const text = String.fromCharCode(...secret)
  if (text.startsWith(developmentKey)) return 'is a development secret'
  if (/^[\t\n\r -~]*$/.test(text)) return 'is text, not random bytes'
  if (new Set(secret).size < 16) return 'is not random: few different bytes'
  if (text.slice(0, 16) === text.slice(16)) return 'is not random: it repeats itself'
  const steps = secret.slice(1).map((byte, index) => byte - (secret[index] ?? 0))
  if (new Set(steps).size < 8) return 'is not random: it counts'
  return undefined
}

/** Whoever learns one secret must not learn another by it. */
function repeated(settings: ProductionSettings): Fault[] {
  const seen = new Set<string>()
  return (['KEY_ENCRYPTION_KEYS', 'REFRESH_MAC_KEYS'] as const).flatMap((name) =>
    [...settings[name]].flatMap(([version, secret]) => {
      const text = String.fromCharCode(...secret)
      const isKnown = seen.has(text)
      seen.add(text)
      return isKnown ? [{ name, message: `version ${version} is the same as another secret` }] : []
    }),
  )
}

const loopback = /^(localhost|.*\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f.*\])$/i

function addressFaults<Name extends string>(name: Name, address: string): Fault<Name>[] {
  // What is no address at all has been said elsewhere.
  if (!URL.canParse(address)) return []
  const { protocol, hostname } = new URL(address)
  if (loopback.test(hostname)) return [{ name, message: 'must not be this machine' }]
  return protocol === 'https:' ? [] : [{ name, message: 'must be https' }]
}

const minPasswordLength = 16
const guessable = /^(.)\1*$|password|passwort|secret|changeme|change-me|example|default|insecure|placeholder|postgres/i

function passwordFaults<Name extends string>(name: Name, password: string): Fault<Name>[] {
  if (password === '') return [{ name, message: 'has no password' }]
  if (developmentPassword.test(password)) return [{ name, message: 'is a development secret' }]
  if (password.length < minPasswordLength) {
    return [{ name, message: `is shorter than ${minPasswordLength} characters` }]
  }
  const isRandom = !guessable.test(password) && new Set(password).size >= minPasswordLength / 2
  return isRandom ? [] : [{ name, message: 'is not random' }]
}

function connectionFaults(name: keyof ProductionSettings, connectionString: string): Fault[] {
  if (!URL.canParse(connectionString)) return [{ name, message: 'must be a connection string' }]
  const { username, password } = new URL(connectionString)
  if (password !== '' && password === username) return [{ name, message: 'has its user name as password' }]
  return passwordFaults(name, decoded(password))
}

/** What the jobs may do, a request must not. */
function userFaults({ HYPERDRIVE, HYPERDRIVE_JOBS }: ProductionSettings): Fault[] {
  const [login, jobsLogin] = [HYPERDRIVE, HYPERDRIVE_JOBS].map(({ connectionString }) => {
    if (!URL.canParse(connectionString)) return undefined
    const { username, host } = new URL(connectionString)
    return `${decoded(username)}@${host}`
  })
  const isSame = login !== undefined && login === jobsLogin
  return isSame ? [{ name: 'HYPERDRIVE_JOBS', message: 'has the same user as HYPERDRIVE' }] : []
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
