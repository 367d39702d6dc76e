import { Redis } from '@upstash/redis/cloudflare'
import type { Log } from '../log.ts'
import { makeCircuit } from './circuit.ts'
import { cacheKeys } from './keys.ts'

/** What is counted: a keyed hash in hex, with how many attempts are free and how long the waits after them are. */
export type CountedSubject = {
  readonly subject: string
  readonly free: number
  readonly firstDelayMs: number
  readonly longestDelayMs: number
  /** How long a count is kept after its wait. */
  readonly quietMs: number
}

/**
 * The port that counts attempts. It does not fail open: `undefined` says that Redis gave no answer, and then the caller
 * asks the database.
 */
export type ThrottleStore = {
  /**
   * Counts an attempt for each subject in turn, up to the first that has to wait. Answers how long, in milliseconds; 0
   * when the attempt may be made.
   */
  readonly claim: (subjects: readonly CountedSubject[], nowMs: number) => Promise<number | undefined>
  /** Forgets the counts of the first; takes one attempt of the second back, with the wait that it made. */
  readonly settle: (
    forgotten: readonly CountedSubject[],
    released: readonly CountedSubject[],
  ) => Promise<true | undefined>
}

type StoreOptions = {
  readonly url: string
  readonly token: string
  readonly monotonic: () => number
  readonly log: Log
}

// Longer than the cache waits: on workerd somebody else's hash holds up the isolate for that long, and an answer that came in
// time must not count as none.
const answerTimeoutMs = 500

// One script, so that of a hundred at once each sees the counts of those before it. Times are the caller's clock; what is
// past by it does not count, also where Redis still has it. Numbers are written by format: tostring() would round them.
const claimScript = `
local now = tonumber(ARGV[1])
for i = 1, #KEYS do
  local free, first = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1])
  local longest, quiet = tonumber(ARGV[4 * i]), tonumber(ARGV[4 * i + 1])
  local kept = redis.call('HMGET', KEYS[i], 'attempts', 'blocked', 'expires')
  local attempts, blocked, expires = tonumber(kept[1] or 0), tonumber(kept[2] or 0), tonumber(kept[3] or 0)
  if expires <= now then attempts, blocked = 0, 0 end
  if blocked > now then return blocked - now end
  attempts = attempts + 1
  local delay = 0
  if attempts >= free then delay = math.min(longest, first * 2 ^ math.min(attempts - free, 30)) end
  blocked = delay > 0 and string.format('%.0f', now + delay) or '0'
  redis.call('HSET', KEYS[i], 'attempts', attempts, 'blocked', blocked,
    'expires', string.format('%.0f', now + delay + quiet))
  redis.call('PEXPIRE', KEYS[i], string.format('%.0f', delay + quiet))
end
return 0`

const settleScript = `
for i = 1, #KEYS do
  local attempts = tonumber(redis.call('HGET', KEYS[i], 'attempts') or 0) - 1
  if i <= tonumber(ARGV[1]) or attempts <= 0 then
    redis.call('DEL', KEYS[i])
  else
    redis.call('HSET', KEYS[i], 'attempts', attempts, 'blocked', '0')
  end
end
return 0`

/** Counts in Redis, over Upstash's REST protocol. A request waits at most half a second; after a failure nobody asks for 5 s. */
export function connectThrottle({ url, token, monotonic, log }: StoreOptions): ThrottleStore {
  const redis = new Redis({
    url,
    token,
    retry: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    automaticDeserialization: false,
    signal: () => AbortSignal.timeout(answerTimeoutMs),
  })
  const ask = makeCircuit({ name: 'throttle', monotonic, log })
  const run = async (script: string, subjects: readonly CountedSubject[], args: readonly number[]) => {
    const keys = subjects.map(({ subject }) => cacheKeys.throttle.key(subject))
    return await ask(() => redis.eval<string[], number>(script, keys, args.map(String)))
  }
  return {
    claim: async (subjects, nowMs) => {
      const rules = subjects.flatMap((one) => [one.free, one.firstDelayMs, one.longestDelayMs, one.quietMs])
      const waitMs = await run(claimScript, subjects, [nowMs, ...rules])
      return Number.isSafeInteger(waitMs) ? waitMs : undefined
    },
    settle: async (forgotten, released) =>
      (await run(settleScript, [...forgotten, ...released], [forgotten.length])) === 0 ? true : undefined,
  }
}
