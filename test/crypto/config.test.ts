import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadSecrets } from '../../scripts/local/secrets.ts'
import { parseConfig, parseKeySettings, relyingPartyOf } from '../../src/config.ts'

const key = () => randomBytes(32).toString('base64')
const password = () => randomBytes(18).toString('base64url')
const bucket = Object.fromEntries(
  ['put', 'get', 'head', 'delete', 'list', 'createMultipartUpload'].map((name) => [name, async () => undefined]),
)
const good = () => ({
  ENVIRONMENT: 'production',
  PUBLIC_URL: 'https://api.example.com',
  APP_URL: 'https://app.example.com',
  CORS_ORIGINS: 'https://app.example.com,https://other.example.com',
  HYPERDRIVE: { connectionString: `postgres://api:${password()}@db/defeah` },
  HYPERDRIVE_JOBS: { connectionString: `postgresql://jobs:${password()}@db/defeah` },
  UPSTASH_REDIS_REST_URL: 'https://redis.example.com',
  UPSTASH_REDIS_REST_TOKEN: password(),
  KEY_ENCRYPTION_KEYS: `1:${key()}`,
  REFRESH_MAC_KEYS: `1:${key()},2:${key()}`,
  OUTBOX: { send: async () => undefined },
  MAIL_ADAPTER: 'http',
  MAIL_FROM: 'Defeah <no-reply@example.com>',
  MAIL_API_KEY: password(),
  MAIL_API_URL: 'https://mail.example.com/emails',
  SHIELD: { limit: async () => ({ success: true }) },
  PRIVATE_FILES: bucket,
  MEDIA_FILES: bucket,
  IMAGES: { input: () => undefined },
})
type Binding = keyof ReturnType<typeof good>

/** The message of a refusal; fails when there is none. */
function refusal(env: unknown): string {
  try {
    parseConfig(env)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the configuration was taken')
}

describe('the configuration', () => {
  test('is read from the bindings, secrets as bytes by their version', () => {
    const env = good()
    const config = parseConfig({ ...env, ANOTHER: 'binding' })
    expect(config.CORS_ORIGINS).toEqual(['https://app.example.com', 'https://other.example.com'])
    expect([...config.REFRESH_MAC_KEYS.keys()]).toEqual([1, 2])
    const stored = env.KEY_ENCRYPTION_KEYS.slice(2)
    expect(Buffer.from(config.KEY_ENCRYPTION_KEYS.get(1) ?? []).toString('base64')).toBe(stored)
    expect(parseConfig({ ...env, CORS_ORIGINS: undefined }).CORS_ORIGINS).toEqual([])
    expect(parseConfig({ ...env, CORS_ORIGINS: '' }).CORS_ORIGINS).toEqual([])
  })

  test.each<Binding>([
    'ENVIRONMENT',
    'PUBLIC_URL',
    'APP_URL',
    'OUTBOX',
    'PRIVATE_FILES',
    'HYPERDRIVE',
    'HYPERDRIVE_JOBS',
    'UPSTASH_REDIS_REST_URL',
    'UPSTASH_REDIS_REST_TOKEN',
    'KEY_ENCRYPTION_KEYS',
    'REFRESH_MAC_KEYS',
    'MAIL_ADAPTER',
    'MAIL_FROM',
    'MAIL_API_KEY',
    'SHIELD',
    'PRIVATE_FILES',
    'MEDIA_FILES',
    'IMAGES',
  ])('without %s is refused by name', (name) => {
    const { [name]: _, ...rest } = good()
    expect(refusal(rest)).toContain(`${name}:`)
  })

  test('names everything that is wrong at once', () => {
    const message = refusal({})
    // What mail needs is known once its adapter is, and only production needs a limiter.
    const known = ['CORS_ORIGINS', 'MAIL_FROM', 'MAIL_API_KEY', 'MAIL_API_URL', 'SHIELD']
    for (const name of Object.keys(good())) if (!known.includes(name)) expect(message).toContain(`${name}:`)
    const mail = refusal({ MAIL_ADAPTER: 'http' })
    for (const name of ['PUBLIC_URL', 'MAIL_FROM', 'MAIL_API_KEY']) expect(mail).toContain(`${name}:`)
  })

  test('takes the settings of direct uploads together or not at all', () => {
    const all = {
      MEDIA_UPLOAD_URL: 'https://x.r2.cloudflarestorage.com/media',
      MEDIA_UPLOAD_KEY_ID: 'key',
      MEDIA_UPLOAD_SECRET: password(),
    }
    expect(parseConfig({ ...good(), ...all })).toMatchObject(all)
    for (const name of Object.keys(all)) {
      expect(refusal({ ...good(), ...all, [name]: undefined })).toMatch(
        new RegExp(`: ${name}: is needed with MEDIA_UPLOAD_`),
      )
    }
    const plain = 'http://x.r2.cloudflarestorage.com/media'
    expect(refusal({ ...good(), ...all, MEDIA_UPLOAD_URL: plain })).toContain('MEDIA_UPLOAD_URL: must be https')
    expect(refusal({ ...good(), ...all, MEDIA_UPLOAD_SECRET: 'short' })).toContain('MEDIA_UPLOAD_SECRET: is shorter')
  })

  test('makes passkeys for the domain of the application, or one above it', () => {
    const party = (more: object) => relyingPartyOf(parseConfig({ ...good(), ...more }))
    const own = { id: 'app.example.com', origins: ['https://app.example.com'] }
    expect(party({})).toEqual(own)
    const origins = ['https://app.example.com', 'https://team.example.com']
    const above = { WEBAUTHN_RP_ID: 'example.com', WEBAUTHN_ORIGINS: origins.join(', ') }
    expect(party(above)).toEqual({ id: 'example.com', origins })
    expect(refusal({ ...good(), ...above, WEBAUTHN_ORIGINS: 'http://app.example.com' })).toContain('WEBAUTHN_ORIGINS:')
    const local = { ENVIRONMENT: 'development', APP_URL: 'http://localhost:3000' }
    expect(party(local)).toEqual({ id: 'localhost', origins: ['http://localhost:3000'] })
    for (const more of [
      { WEBAUTHN_RP_ID: 'other.example' },
      { WEBAUTHN_RP_ID: 'pp.example.com' },
      { WEBAUTHN_RP_ID: 'https://app.example.com' },
      { WEBAUTHN_RP_ID: 'x.app.example.com' },
      { WEBAUTHN_ORIGINS: 'https://evil.example' },
      { ...above, WEBAUTHN_ORIGINS: 'https://app.example.com,https://example.com.evil.example' },
    ]) {
      expect(refusal({ ...good(), ...more }), JSON.stringify(more)).toContain('WEBAUTHN_RP_ID:')
    }
    expect(refusal({ ...good(), WEBAUTHN_ORIGINS: 'https://app.example.com/path' })).toContain('WEBAUTHN_ORIGINS')
  })

  const short = randomBytes(31).toString('base64')
  const long = randomBytes(33).toString('base64')
  const url = key().replaceAll('+', '-').replaceAll('/', '_').replace(/=$/, '')
  test.each<[Binding, unknown]>([
    ['KEY_ENCRYPTION_KEYS', ''],
    ['KEY_ENCRYPTION_KEYS', key()],
    ['KEY_ENCRYPTION_KEYS', `1:${short}`],
    ['KEY_ENCRYPTION_KEYS', `1:${long}`],
    ['KEY_ENCRYPTION_KEYS', `1:${url}`],
    ['KEY_ENCRYPTION_KEYS', `0:${key()}`],
    ['KEY_ENCRYPTION_KEYS', `-1:${key()}`],
    ['KEY_ENCRYPTION_KEYS', `v1:${key()}`],
    ['KEY_ENCRYPTION_KEYS', `1:${key()},`],
    ['KEY_ENCRYPTION_KEYS', `1:${key()},2:${short}`],
    ['KEY_ENCRYPTION_KEYS', `1:${key()},1:${key()}`],
    ['REFRESH_MAC_KEYS', `1:${key()};2:${key()}`],
    ['REFRESH_MAC_KEYS', 7],
    ['ENVIRONMENT', 'staging-secret'],
    ['PUBLIC_URL', 'api.secret.example'],
    ['UPSTASH_REDIS_REST_URL', 'redis-secret'],
    ['UPSTASH_REDIS_REST_TOKEN', ''],
    ['HYPERDRIVE', 'postgres://api:secret@db/defeah'],
    ['HYPERDRIVE', { connectionString: 'mysql://api:secret@db/defeah' }],
    ['HYPERDRIVE_JOBS', {}],
    ['MAIL_ADAPTER', 'smtp-secret'],
    ['MAIL_API_KEY', 'secret'],
    ['MAIL_FROM', 'no secret address'],
    ['MAIL_FROM', 'Defeah <secret@example.com>, <other@example.com>'],
    ['MAIL_FROM', 'Defeah\r\nBcc: secret <a@example.com>'],
  ])('with a bad %s (%j) is refused by name, and its value is not printed', (name, value) => {
    const env = { ...good(), [name]: value }
    const message = refusal(env)
    expect(message).toContain(`${name}`)
    const values = Object.values(env).flatMap((each) => (typeof each === 'object' ? Object.values(each ?? {}) : each))
    for (const each of values.filter((text) => typeof text === 'string' && text.length > 8)) {
      if (each !== 'production') expect(message).not.toContain(each)
    }
    expect(message).not.toContain('secret')
    for (const secret of [short, long, url]) expect(message).not.toContain(secret)
  })
})

describe('the adapter of mails', () => {
  const { MAIL_ADAPTER: _adapter, MAIL_FROM, MAIL_API_KEY: _key, MAIL_API_URL: _url, ...rest } = good()
  const EMAIL = { send: async () => undefined }

  test('is the HTTP API of a service, at the address of Resend unless told otherwise', () => {
    expect(parseConfig({ ...good(), MAIL_API_URL: undefined })).toMatchObject({
      MAIL_ADAPTER: 'http',
      MAIL_API_URL: 'https://api.resend.com/emails',
    })
    const MAIL_API_URL = 'https://mail.example.com/send'
    expect(parseConfig({ ...good(), MAIL_API_URL })).toMatchObject({ MAIL_API_URL })
    const plain = 'http://mail.example.com/send'
    expect(refusal({ ...good(), MAIL_API_URL: plain })).toBe(
      'the Worker is not configured: MAIL_API_URL: must be https',
    )
    expect(parseConfig({ ...good(), ENVIRONMENT: 'test', MAIL_API_URL: plain })).toMatchObject({ MAIL_API_URL: plain })
  })

  test('is the platform’s binding, with a sender', () => {
    const env = { ...rest, MAIL_ADAPTER: 'binding', MAIL_FROM, EMAIL }
    expect(parseConfig(env)).toMatchObject({ MAIL_ADAPTER: 'binding', MAIL_FROM, EMAIL })
    expect(refusal({ ...env, MAIL_FROM: undefined })).toContain('MAIL_FROM:')
    expect(refusal({ ...env, EMAIL: undefined })).toContain('EMAIL: must be a send_email binding')
    expect(refusal({ ...env, EMAIL: {} })).toContain('EMAIL: must be a send_email binding')
  })

  test('is a mailbox in development and in tests, and never in production', () => {
    for (const ENVIRONMENT of ['development', 'test']) {
      expect(parseConfig({ ...rest, ENVIRONMENT, MAIL_ADAPTER: 'mailbox' })).toMatchObject({ MAIL_ADAPTER: 'mailbox' })
    }
    expect(refusal({ ...rest, MAIL_ADAPTER: 'mailbox', MAIL_FROM, EMAIL })).toBe(
      'the Worker is not configured: MAIL_ADAPTER: must send mail in production: http or binding',
    )
  })

  test.each(['a@example.com', 'Defeah <a@example.com>', 'Défeah Märketing <no-reply@mail.example.com>'])(
    'sends from %s',
    (from) => {
      expect(parseConfig({ ...good(), MAIL_FROM: from })).toMatchObject({ MAIL_FROM: from })
    },
  )
})

describe('the current version of a secret', () => {
  test('is the one that is listed first, so that a next one can be known before it is used', () => {
    const env = { ...good(), KEY_ENCRYPTION_KEYS: `1:${key()},2:${key()}` }
    expect([...parseConfig(env).KEY_ENCRYPTION_KEYS.keys()]).toEqual([1, 2])
    expect([
      ...parseConfig({ ...env, KEY_ENCRYPTION_KEYS: `2:${key()}, 1:${key()}` }).KEY_ENCRYPTION_KEYS.keys(),
    ]).toEqual([2, 1])
  })
})

describe('KEY_CACHE_SECONDS', () => {
  test('is 60, or less', () => {
    expect(parseConfig(good()).KEY_CACHE_SECONDS).toBe(60)
    expect(parseConfig({ ...good(), KEY_CACHE_SECONDS: '1' }).KEY_CACHE_SECONDS).toBe(1)
    for (const wrong of ['0', '61', '-1', '1.5', '', 'x', 60]) {
      expect(refusal({ ...good(), KEY_CACHE_SECONDS: wrong })).toContain('KEY_CACHE_SECONDS: ')
    }
  })

  test('is read by a rotation too, which needs no other setting than the keys', () => {
    const { KEY_ENCRYPTION_KEYS } = good()
    expect(parseKeySettings({ KEY_ENCRYPTION_KEYS, PATH: '/bin' })).toMatchObject({ keyCacheSeconds: 60 })
    expect(parseKeySettings({ KEY_ENCRYPTION_KEYS, KEY_CACHE_SECONDS: '5' })).toMatchObject({ keyCacheSeconds: 5 })
    expect(() => parseKeySettings({})).toThrow('KEY_ENCRYPTION_KEYS: ')
  })
})

describe('production', () => {
  const base64 = (bytes: string | Uint8Array) => Buffer.from(bytes as string).toString('base64')
  const repeated = randomBytes(16)
  const weakKeys: [string, string][] = [
    ['zeros', base64(new Uint8Array(32))],
    ['one byte', base64(new Uint8Array(32).fill(0xa5))],
    ['words', base64('correct horse battery staple 123')],
    ['digits of a hash', base64('0123456789abcdef0123456789abcdef')],
    ['counting bytes', base64(Uint8Array.from({ length: 32 }, (_, index) => 200 - 3 * index))],
    ['bytes that repeat', base64(Buffer.concat([repeated, repeated]))],
    ['few bytes', base64(Uint8Array.from({ length: 32 }, (_, index) => 131 * (index % 7)))],
    ['a development key', base64(Buffer.concat([Buffer.from('dev:'), randomBytes(28)]))],
  ]
  test.each(weakKeys)('refuses keys of %s, alone or beside a good one', (_name, weak) => {
    for (const name of ['KEY_ENCRYPTION_KEYS', 'REFRESH_MAC_KEYS']) {
      for (const value of [`1:${weak}`, `2:${key()},1:${weak}`]) {
        const message = refusal({ ...good(), [name]: value })
        expect(message).toContain(`${name}: version 1 is `)
        expect(message).not.toContain(weak)
      }
      expect(() => parseConfig({ ...good(), [name]: `1:${weak}`, ENVIRONMENT: 'development' })).not.toThrow()
    }
  })

  test('takes every key of random bytes', () => {
    for (let round = 0; round < 2_000; round += 1) expect(() => parseConfig(good())).not.toThrow()
  })

  test('refuses the same bytes for two secrets', () => {
    const same = key()
    const message = 'version 1 is the same as another secret'
    expect(refusal({ ...good(), KEY_ENCRYPTION_KEYS: `1:${same}`, REFRESH_MAC_KEYS: `1:${same}` })).toBe(
      `the Worker is not configured: REFRESH_MAC_KEYS: ${message}`,
    )
    expect(refusal({ ...good(), KEY_ENCRYPTION_KEYS: `2:${same},1:${same}` })).toContain(
      `KEY_ENCRYPTION_KEYS: ${message}`,
    )
  })

  test.each<[Binding, string]>([
    ['PUBLIC_URL', 'http://api.example.com'],
    ['PUBLIC_URL', 'https://localhost:8787'],
    ['PUBLIC_URL', 'https://api.localhost'],
    ['PUBLIC_URL', 'https://127.0.0.1'],
    ['APP_URL', 'http://app.example.com'],
    ['APP_URL', 'https://[::1]'],
    ['APP_URL', 'https://0.0.0.0'],
    ['UPSTASH_REDIS_REST_URL', 'http://redis.example.com'],
    ['UPSTASH_REDIS_REST_URL', 'https://127.0.0.1:6380'],
    ['CORS_ORIGINS', 'https://app.example.com,http://other.example.com'],
    ['CORS_ORIGINS', 'https://localhost:3000'],
    ['MAIL_API_URL', 'http://mail.example.com/emails'],
    ['MAIL_API_URL', 'https://127.0.0.1/emails'],
  ])('refuses %s at %s', (name, value) => {
    expect(refusal({ ...good(), [name]: value })).toMatch(`${name}: must`)
    expect(() => parseConfig({ ...good(), [name]: value, ENVIRONMENT: 'test' })).not.toThrow()
  })

  test.each([
    ['short', 'Xk3v9Qw7Lp2s5Tb'],
    ['of a developer', `dev-${password()}`],
    ['guessable', 'my-secret-password-1'],
    ['one letter', 'a'.repeat(24)],
    ['few letters', 'abcabcabcabcabcabcabc'],
  ])('refuses a password that is %s', (_name, weak) => {
    const message = refusal({
      ...good(),
      UPSTASH_REDIS_REST_TOKEN: weak,
      HYPERDRIVE: { connectionString: `postgres://api:${weak}@db/defeah` },
      HYPERDRIVE_JOBS: { connectionString: `postgres://jobs:${weak}@db/defeah` },
    })
    for (const name of ['UPSTASH_REDIS_REST_TOKEN', 'HYPERDRIVE', 'HYPERDRIVE_JOBS'])
      expect(message).toContain(`${name}: is`)
    expect(message).not.toContain(weak)
    if (weak.length < 16) return
    const ofMail = refusal({ ...good(), MAIL_API_KEY: weak })
    expect(ofMail).toContain('MAIL_API_KEY: is')
    expect(ofMail).not.toContain(weak)
    expect(() => parseConfig({ ...good(), MAIL_API_KEY: weak, ENVIRONMENT: 'test' })).not.toThrow()
  })

  test('refuses one user for requests and jobs', () => {
    const same = { HYPERDRIVE_JOBS: { connectionString: `postgres://ap%69:${password()}@db/defeah` } }
    expect(refusal({ ...good(), ...same })).toBe(
      'the Worker is not configured: HYPERDRIVE_JOBS: has the same user as HYPERDRIVE',
    )
    expect(() => parseConfig({ ...good(), ...same, ENVIRONMENT: 'test' })).not.toThrow()
  })

  test('refuses to go without the platform’s limiter', () => {
    const { SHIELD: _, ...rest } = good()
    expect(refusal(rest)).toBe('the Worker is not configured: SHIELD: must be a rate limiter')
    expect(() => parseConfig({ ...rest, ENVIRONMENT: 'development' })).not.toThrow()
  })

  test('refuses a connection without a password, or with the name of its user', () => {
    const over = (connectionString: string) => refusal({ ...good(), HYPERDRIVE_JOBS: { connectionString } })
    expect(over('postgres://jobs@db/defeah')).toContain('HYPERDRIVE_JOBS: has no password')
    expect(over('postgres://long-enough-user-1:long-enough-user-1@db/defeah')).toContain(
      'HYPERDRIVE_JOBS: has its user name as password',
    )
    expect(over('postgres:nonsense')).toContain('HYPERDRIVE_JOBS: ')
  })

  test("refuses everything that npm run dev makes for a developer's machine; what it has kept from before stays", () => {
    const directory = mkdtempSync(join(tmpdir(), 'defeah-secrets-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const file = join(directory, 'secrets.json')
    const { keyEncryptionKeys, refreshMacKeys, redisRestToken, logins } = loadSecrets(file)
    const local = {
      ...good(),
      KEY_ENCRYPTION_KEYS: keyEncryptionKeys,
      REFRESH_MAC_KEYS: refreshMacKeys,
      UPSTASH_REDIS_REST_TOKEN: redisRestToken,
      HYPERDRIVE: { connectionString: `postgres://api:${logins.api}@db/defeah` },
      HYPERDRIVE_JOBS: { connectionString: `postgres://jobs:${logins.jobs}@db/defeah` },
    }
    const message = refusal(local)
    for (const name of [
      'KEY_ENCRYPTION_KEYS',
      'REFRESH_MAC_KEYS',
      'UPSTASH_REDIS_REST_TOKEN',
      'HYPERDRIVE',
      'HYPERDRIVE_JOBS',
    ]) {
      expect(message).toMatch(new RegExp(`${name}: (version 1 )?is a development secret`))
    }
    expect(() => parseConfig({ ...local, ENVIRONMENT: 'development' })).not.toThrow()
    const kept = { ...JSON.parse(readFileSync(file, 'utf8')), keyEncryptionKeys: `1:${key()}`, redisRestToken: 'older' }
    writeFileSync(file, JSON.stringify(kept))
    expect(loadSecrets(file)).toEqual(kept)
  })
})
