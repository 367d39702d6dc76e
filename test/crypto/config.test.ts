import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'

const key = () => randomBytes(32).toString('base64')
const good = () => ({
  ENVIRONMENT: 'production',
  PUBLIC_URL: 'https://api.example.com',
  CORS_ORIGINS: 'https://app.example.com,https://other.example.com',
  HYPERDRIVE: { connectionString: 'postgres://api:secret-1@db/defeah' },
  HYPERDRIVE_JOBS: { connectionString: 'postgresql://jobs:secret-2@db/defeah' },
  UPSTASH_REDIS_REST_URL: 'https://redis.example.com',
  UPSTASH_REDIS_REST_TOKEN: 'secret-3',
  KEY_ENCRYPTION_KEYS: `1:${key()}`,
  REFRESH_MAC_KEYS: `1:${key()},2:${key()}`,
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
    'HYPERDRIVE',
    'HYPERDRIVE_JOBS',
    'UPSTASH_REDIS_REST_URL',
    'UPSTASH_REDIS_REST_TOKEN',
    'KEY_ENCRYPTION_KEYS',
    'REFRESH_MAC_KEYS',
  ])('without %s is refused by name', (name) => {
    const { [name]: _, ...rest } = good()
    expect(refusal(rest)).toContain(`${name}:`)
  })

  test('names everything that is wrong at once', () => {
    const message = refusal({})
    for (const name of Object.keys(good())) if (name !== 'CORS_ORIGINS') expect(message).toContain(`${name}:`)
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
