import type { Timing } from './measure/throughput.ts'

/** How long and how often things are measured. */
export type Scale = {
  /** Of the seed, with 50 posts each; DESIGN's year 1 has 10,000. */
  users: number
  /** Accounts that send the load, each of another workspace. */
  workspaces: number
  endpoint: Timing
  mix: Timing
  open: Timing
  search: Timing
  /** Requests at each delay of the proxy. */
  tripRequests: number
  startUps: number
  missAccounts: number
  limitSeconds: number
  /** How often each page of a list is asked for. */
  pageRequests: number
}

const full: Scale = {
  users: 10_000,
  workspaces: 200,
  endpoint: { warmUpSeconds: 1, seconds: 5 },
  mix: { warmUpSeconds: 3, seconds: 12 },
  open: { warmUpSeconds: 3, seconds: 20 },
  search: { warmUpSeconds: 1, seconds: 7 },
  tripRequests: 20,
  startUps: 9,
  missAccounts: 100,
  limitSeconds: 6,
  pageRequests: 60,
}

/** To try the bench itself; its figures are rough. */
const quick: Scale = {
  users: 300,
  workspaces: 24,
  endpoint: { warmUpSeconds: 0.5, seconds: 1.5 },
  mix: { warmUpSeconds: 1, seconds: 4 },
  open: { warmUpSeconds: 1, seconds: 5 },
  search: { warmUpSeconds: 0.5, seconds: 2.5 },
  tripRequests: 8,
  startUps: 3,
  missAccounts: 24,
  limitSeconds: 2,
  pageRequests: 20,
}

export function scaleOf(isQuick: boolean): Scale {
  return isQuick ? quick : full
}
