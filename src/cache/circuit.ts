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
 * A circuit around something outside that may be away: after a failure nobody asks for 5 s. Each caller has a circuit, and a
 * timeout, of its own: one that waits longer must not be told that what it asks is away by one that had no time.
 */
export function makeCircuit({ name, monotonic, log }: CircuitOptions): Circuit {
  let askedAgainAt = Number.NEGATIVE_INFINITY
  return async (ask) => {
    if (monotonic() < askedAgainAt) return undefined
    try {
      return await ask()
    } catch (error) {
      // Of many that waited together one is enough to tell.
      const isFirst = monotonic() >= askedAgainAt
      askedAgainAt = monotonic() + openMs
      const fields = { circuitOpenMs: openMs, error: error instanceof Error ? error.name : undefined }
      if (isFirst) log('warn', `${name} unavailable`, fields)
      return undefined
    }
  }
}
