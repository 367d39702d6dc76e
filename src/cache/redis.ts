import { Redis } from '@upstash/redis/cloudflare'
import type { Log } from '../log.ts'
import { type Bucket, type Drawn, drawFrom } from './buckets.ts'
import { makeCircuit } from './circuit.ts'

/**
 * The cache port. The cache only makes things faster: a miss, a failure and a cache that is down all read as
 * `undefined`, and a write that fails is forgotten.
 */
export type Cache = {
  /** The stored text, or undefined. */
  readonly get: (key: string) => Promise<string | undefined>
  readonly set: (key: string, value: string, ttlMs: number) => Promise<void>
  readonly delete: (keys: readonly string[]) => Promise<void>
  /**
   * Draws a token from each bucket and reads a key in the same request; undefined when Redis does not answer, and then
   * nothing was counted: limits of this kind fail open.
   */
  readonly draw: (buckets: readonly Bucket[], key?: string) => Promise<Drawn | undefined>
  /** Whether a round trip succeeds now. */
  readonly ping: () => Promise<boolean>
}

type CacheOptions = {
  readonly url: string
  readonly token: string
  readonly monotonic: () => number
  readonly log: Log
}

const answerTimeoutMs = 150

/**
 * Redis over Upstash's REST protocol. A request waits at most 150 ms; after a failure nobody asks for 5 s.
 */
export function connectCache({ url, token, monotonic, log }: CacheOptions): Cache {
  const redis = new Redis({
    url,
    token,
    retry: false,
    // A pipeline shared by several requests would be one request's I/O awaited by another.
    enableAutoPipelining: false,
    enableTelemetry: false,
    automaticDeserialization: false,
    responseEncoding: false,
    signal: () => AbortSignal.timeout(answerTimeoutMs),
  })
  const ask = makeCircuit({ name: 'cache', monotonic, log })
  return {
    get: async (key) => (await ask(() => redis.get<string>(key))) ?? undefined,
    set: async (key, value, ttlMs) => {
      await ask(() => redis.set(key, value, { px: ttlMs }))
    },
    delete: async (keys) => {
      if (keys.length > 0) await ask(() => redis.del(...keys))
    },
    draw: async (buckets, key) => await ask(() => drawFrom(redis, buckets, key)),
    ping: async () => (await ask(() => redis.ping())) !== undefined,
  }
}
