import { type MeasuredLoad, runLoad, type Target } from '../load/run-load.ts'

export type Shares = Readonly<Record<string, number>>
export type Timing = { warmUpSeconds: number; seconds: number }

/** Enough requests under way to keep the Worker busy, few enough that they do not only wait for each other. */
const endpointConnections = 8
/** Twice as many as would leave it a quarter idle while writes wait for the disk. */
const mixConnections = 32
/** Of an open loop; far more than are needed below saturation. */
const maxConnections = 400
const seed = 20_261_123

export async function measureEndpoint(target: Target, name: string, timing: Timing, connections = endpointConnections) {
  return await runLoad(target, { shares: { [name]: 1 }, ...timing, seed, mode: { kind: 'closed', connections } })
}

export async function measureClosed(target: Target, shares: Shares, timing: Timing): Promise<MeasuredLoad> {
  return await runLoad(target, { shares, ...timing, seed, mode: { kind: 'closed', connections: mixConnections } })
}

export async function measureOpen(
  target: Target,
  shares: Shares,
  requestsPerSecond: number,
  timing: Timing,
): Promise<MeasuredLoad> {
  return await runLoad(target, { shares, ...timing, seed, mode: { kind: 'open', requestsPerSecond, maxConnections } })
}

/**
 * The highest rate of arrivals, to within 5 %, at which the 95th percentile stays below the limit and nothing fails. The
 * search begins around `guess`, in requests a second.
 */
export async function findHighestRate(
  target: Target,
  shares: Shares,
  guess: number,
  limitMs: number,
  timing: Timing,
): Promise<number> {
  const holds = async (rate: number) => {
    const { all } = await measureOpen(target, shares, rate, timing)
    return all.errors === 0 && all.p95 < limitMs
  }
  let holding = 0
  let failing = guess * 1.3
  for (let rate = guess * 0.9; failing - holding > failing * 0.05; ) {
    if (await holds(rate)) holding = rate
    else failing = rate
    // Below a rate that failed with nothing known to hold, a middle to zero would take many steps.
    rate = holding === 0 ? failing * 0.8 : (holding + failing) / 2
    if (rate < 1) return 0
  }
  return holding
}
