import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import type { Credential, Plan } from '../auth/access-state.ts'
import type { Bucket, Level } from '../cache/buckets.ts'
import { createIsolateCache } from '../cache/isolate.ts'
import { cacheKeys } from '../cache/keys.ts'
import { toBase64Url, utf8 } from '../crypto/encoding.ts'
import type { Keyring } from '../keys/service.ts'
import { ProblemError } from '../problem.ts'
import { clientAddress, clientNetwork } from './address.ts'
import type { PublicEnv } from './env.ts'

/**
 * How many requests a minute are served: THE table. They fail open: without Redis nothing is counted, and the platform's
 * own limiter in front is what holds. Headers: draft-ietf-httpapi-ratelimit-headers-11.
 */
export const requestsPerMinute = {
  plan: { free: 600, pro: 3_000, enterprise: 12_000 },
  address: { address: 6_000, register: 10, login: 30 },
} as const satisfies Record<string, Readonly<Record<string, number>>>

/** Under which name a client's network is counted in Redis. */
export type NetworkSubject = (network: string) => Promise<string>

/**
 * Redis holds no address in clear, nor a hash that a list of all addresses could be tried on: 132 bits of HMAC-SHA-256. One
 * per isolate. When the key changes, buckets begin anew.
 */
export function createNetworkSubjects(keyring: Pick<Keyring, 'hashKeys'>): NetworkSubject {
  const subjects = createIsolateCache<string>(5_000)
  return async (network) => {
    const known = subjects.get(network, 0)
    if (known !== undefined) return known
    const [key] = await keyring.hashKeys('rate-limit')
    if (key === undefined) throw new Error('no refresh MAC key is configured')
    const subject = toBase64Url(await crypto.subtle.sign('HMAC', key, utf8(network))).slice(0, 22)
    subjects.set(network, subject, Number.POSITIVE_INFINITY)
    return subject
  }
}

export type AddressPolicy = keyof typeof requestsPerMinute.address

/** Counts a request that comes without a credential: per address, and per what it does. */
export const limitAddress =
  (...policies: readonly Exclude<AddressPolicy, 'address'>[]): MiddlewareHandler<PublicEnv> =>
  async (c, next) => {
    await drawAddress(c, policies)
    await next()
  }

/** The platform's limiter before everything else, so that a flood costs neither Redis nor the database anything. */
export const shieldFrom =
  (mayPass: (network: string) => Promise<boolean>): MiddlewareHandler =>
  async (c, next) => {
    if (!(await mayPass(networkOf(c.req.raw)))) {
      throw new ProblemError('request/rate-limited', { headers: { 'Retry-After': String(shieldPeriodSeconds) } })
    }
    await next()
  }

/** As wrangler.toml has it. */
const shieldPeriodSeconds = 10

/** Throws request/rate-limited when the caller's address has no token left. */
export async function drawAddress(c: HonoContext, policies: readonly AddressPolicy[] = []): Promise<void> {
  const buckets = await addressBuckets(c, ['address', ...policies])
  const drawn = await c.get('ctx').cache.draw(buckets)
  enforceLimits(c, buckets, drawn?.levels)
}

/**
 * The buckets of a request with a credential: the user's or the key's own, and the address's. Without a plan, for a
 * credential that has ended, the address's alone: whoever found a dead token uses up nothing of its owner's.
 */
export async function principalBuckets(
  c: HonoContext,
  credential: Credential,
  plan: Plan | undefined,
): Promise<readonly Bucket[]> {
  if (plan === undefined) return await addressBuckets(c, ['address'])
  const [name, subject] =
    credential.kind === 'session'
      ? (['user', credential.claims.userId] as const)
      : (['key', credential.digest] as const)
  const perMinute = requestsPerMinute.plan[plan] * c.get('ctx').rateLimitFactor
  const own = { name, key: cacheKeys.bucket.key(name, subject), perMinute }
  return [own, ...(await addressBuckets(c, ['address']))]
}

/** Tells the caller where it stands, and refuses it where a bucket is empty. */
export function enforceLimits(c: HonoContext, buckets: readonly Bucket[], levels: readonly Level[] | undefined): void {
  c.header('RateLimit-Policy', buckets.map(({ name, perMinute }) => `"${name}";q=${perMinute};w=60`).join(', '))
  if (levels === undefined) return
  c.header(
    'RateLimit',
    levels.map((level) => `"${level.name}";r=${level.remaining};t=${secondsToFull(level)}`).join(', '),
  )
  const empty = levels.filter(({ isAllowed }) => !isAllowed)
  if (empty.length === 0) return
  const retryAfter = String(Math.max(...empty.map(({ nextTokenSeconds }) => nextTokenSeconds)))
  throw new ProblemError('request/rate-limited', {
    detail: `Too many requests of this ${empty.map(({ name }) => name).join(' and ')}.`,
    headers: { 'Retry-After': retryAfter },
  })
}

/** A bucket that was filled under a higher limit holds more than the present one: it is full, never so many seconds ago. */
export const secondsToFull = ({ perMinute, remaining }: Pick<Level, 'perMinute' | 'remaining'>): number =>
  Math.max(0, Math.ceil(((perMinute - remaining) * 60) / perMinute))

async function addressBuckets(c: HonoContext, policies: readonly AddressPolicy[]): Promise<Bucket[]> {
  const { networkSubject, rateLimitFactor } = c.get('ctx')
  const subject = await networkSubject(networkOf(c.req.raw))
  return policies.map((name) => ({
    name,
    key: cacheKeys.bucket.key(name, subject),
    perMinute: requestsPerMinute.address[name] * rateLimitFactor,
  }))
}

/** All callers whose address is not known count together. */
const networkOf = (request: Request): string => clientNetwork(clientAddress(request)) ?? 'unknown'
