import { Ratelimit } from '@upstash/ratelimit'
import type { Redis } from '@upstash/redis/cloudflare'

/** Token buckets: each holds as many tokens as a minute allows and refills steadily. */

/** One bucket that a request draws a token from. */
export type Bucket = { readonly name: string; readonly key: string; readonly perMinute: number }

/** What a draw found: whether there was a token, how many are left, and when there will be one again. */
export type Level = {
  readonly name: string
  readonly isAllowed: boolean
  readonly perMinute: number
  readonly remaining: number
  /** Whole seconds until the next token, at least 1. */
  readonly nextTokenSeconds: number
}

/** What a request asks of Redis at once. */
export type Drawn = { readonly value: string | undefined; readonly levels: readonly Level[] }

/**
 * Draws one token from each bucket, and reads a key, in one request to Redis. A second one follows only where the server
 * does not know the script yet.
 */
export async function drawFrom(redis: Redis, buckets: readonly Bucket[], key: string | undefined): Promise<Drawn> {
  const inOneRequest = batched(redis)
  const context = { redis: inOneRequest, prefix: '', dynamicLimits: false } as unknown as Parameters<
    Limiter['limit']
  >[0]
  const [value, ...levels] = await Promise.all([
    key === undefined ? null : inOneRequest.get(key),
    ...buckets.map(async ({ name, key: bucketKey, perMinute }): Promise<Level> => {
      const { refill, intervalMs, limiter } = limiterOf(perMinute)
      const { success, remaining } = await limiter.limit(context, bucketKey, 1)
      return { name, isAllowed: success, perMinute, remaining, nextTokenSeconds: Math.ceil(intervalMs / refill / 1000) }
    }),
  ])
  return { value: value ?? undefined, levels }
}

type Limiter = ReturnType<ReturnType<typeof Ratelimit.tokenBucket>>
type Refill = { readonly refill: number; readonly intervalMs: number; readonly limiter: Limiter }

const limiters = new Map<number, Refill>()

/** The library's algorithm alone: its own class would wait up to five seconds by a timer for each call. */
function limiterOf(perMinute: number): Refill {
  const known = limiters.get(perMinute)
  if (known !== undefined) return known
  const [refill, intervalMs] =
    perMinute > 60 ? [Math.round(perMinute / 60), 1_000] : [1, Math.round(60_000 / perMinute)]
  const made = { refill, intervalMs, limiter: Ratelimit.tokenBucket(refill, `${intervalMs} ms`, perMinute)() }
  limiters.set(perMinute, made)
  return made
}

type Command = (pipeline: ReturnType<Redis['pipeline']>) => unknown
type Waiting = {
  readonly command: Command
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** Commands given in the same turn travel in one pipeline. One per request: a promise of its own I/O and nobody else's. */
function batched(redis: Redis) {
  let waiting: Waiting[] = []
  const send = async () => {
    const batch = waiting
    waiting = []
    const pipeline = redis.pipeline()
    for (const { command } of batch) command(pipeline)
    try {
      const answers = await pipeline.exec({ keepErrors: true })
      batch.forEach(({ resolve, reject }, index) => {
        const { result, error } = answers[index] as { result?: unknown; error?: string }
        if (error === undefined) resolve(result)
        else reject(new Error(error))
      })
    } catch (error) {
      for (const { reject } of batch) reject(error as Error)
    }
  }
  const enqueue = async (command: Command): Promise<unknown> =>
    await new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(() => void send())
      waiting.push({ command, resolve, reject })
    })
  return {
    get: async (key: string) => (await enqueue((pipeline) => pipeline.get(key))) as string | null,
    evalsha: async (sha: string, keys: string[], args: unknown[]) =>
      await enqueue((pipeline) => pipeline.evalsha(sha, keys, args)),
    eval: async (script: string, keys: string[], args: unknown[]) =>
      await enqueue((pipeline) => pipeline.eval(script, keys, args)),
  }
}
