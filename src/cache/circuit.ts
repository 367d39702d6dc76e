import type { Log } from '../log.ts'

type CircuitOptions = {
  /** What is asked, in the log. */
  readonly name: string
  /** Milliseconds on a clock that only moves forward. */
  readonly monotonic: () => number
  readonly log: Log
}

/** Asks, or answers undefined: what was asked failed, now or a moment ago. */
export type Circuit = <T>(ask: () => Promise<T>) => Promise<T | undefined>

const openMs = 5_000

/**
 * A circuit around something outside that may be away: after a failure nobody asks for 5 s, unless another one was answered
 * since the failed one asked. Then it is not away: a busy isolate, or a pause for its garbage, kept one answer waiting, and
 * to stop asking would leave the limits uncounted just when there is much to count. Each caller has a circuit, and a timeout,
 * of its own: one that waits longer must not be told that what it asks is away by one that had no time.
 */
export function makeCircuit({ name, monotonic, log }: CircuitOptions): Circuit {
  let askedAgainAt = Number.NEGATIVE_INFINITY
  let answeredAt = Number.NEGATIVE_INFINITY
  return async (ask) => {
    const startedAt = monotonic()
    if (startedAt < askedAgainAt) return undefined
    try {
      const answer = await ask()
      answeredAt = monotonic()
      return answer
    } catch (error) {
      if (answeredAt > startedAt) return undefined
      // Of many that waited together one is enough to tell.
      const isFirst = monotonic() >= askedAgainAt
      askedAgainAt = monotonic() + openMs
      const fields = { circuitOpenMs: openMs, error: error instanceof Error ? error.name : undefined }
      if (isFirst) log('warn', `${name} unavailable`, fields)
      return undefined
    }
  }
}
