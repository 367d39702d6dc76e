import type { MeasuredLoad } from './load/run-load.ts'
import type { Limit } from './measure/limit.ts'
import type { ListPages } from './measure/lists.ts'
import type { Misses } from './measure/misses.ts'
import type { StartUp } from './measure/start-up.ts'
import type { PeerFigures } from './peers/compare.ts'

/** A figure, or the reason why there is none. */
export type Measured<T> = T | { notMeasured: string }

/** Everything that one run found out; what --json writes. */
export type Figures = {
  measuredAt: string
  isQuick: boolean
  machine: {
    processors: number
    model: string
    node: string
    workerd: string
  }
  data: Record<string, number>
  mix: { shares: Record<string, number>; missing: string[] }
  bundle: { bytes: number; gzipBytes: number }
  startUp: StartUp
  /** Closed loop, by endpoint. */
  endpoints: Record<string, MeasuredLoad>
  /** By endpoint; connecting, which Hyperdrive answers at the edge, is not in it. */
  roundTrips: Record<string, number>
  /** Round trips of connecting itself. */
  connectRoundTrips: number
  /** Milliseconds, one at a time. */
  login: { p50: number; p95: number }
  misses: Misses
  /** By list, in the largest workspace. */
  lists: Record<string, ListPages>
  closed: MeasuredLoad
  open: MeasuredLoad
  /** Requests a second. */
  highest: { perSecond: number; limitMs: number }
  readLimit: Measured<Limit>
  writeLimit: Measured<Limit>
  peer: Measured<PeerFigures>
}

export function isMeasured<T extends object>(figure: Measured<T>): figure is T {
  return !('notMeasured' in figure)
}
