/** What the load generator is told, and what it answers. */

export type LoadJob = {
  port: number
  /** A JSON file with the accounts that send; written again when answers changed their tokens. */
  accountsFile: string
  /** Endpoint name to its share, in any unit. */
  shares: Readonly<Record<string, number>>
  warmUpSeconds: number
  seconds: number
  seed: number
  mode: ClosedLoop | OpenLoop
}

/** Each connection sends its next request when the last is answered. */
export type ClosedLoop = { kind: 'closed'; connections: number }

/**
 * Requests come at random (Poisson) at this rate whatever the answers do. A latency counts from the moment at which its
 * request was due, so that one which had to wait for a slow server shows that.
 */
export type OpenLoop = { kind: 'open'; requestsPerSecond: number; maxConnections: number }

/** Latencies in milliseconds. */
export type Summary = {
  count: number
  errors: number
  perSecond: number
  mean: number
  p50: number
  p95: number
  p99: number
}

export type LoadResult = {
  seconds: number
  all: Summary
  endpoints: Record<string, Summary>
  /** The first few answers that were not the expected ones. */
  errorSamples: string[]
}

/** From the generator's process; the first two tell when what it sends begins and ends to count. */
export type LoadMessage = 'measuring' | 'measured' | { result: LoadResult }
