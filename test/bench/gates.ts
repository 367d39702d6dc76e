import { endpoints } from './endpoints.ts'
import { type Figures, isMeasured, type Measured } from './figures.ts'

export type Verdict = 'holds' | 'fails' | 'not measured' | 'later'

export type Gate = {
  figure: string
  value: string
  mustBe: string
  goal?: string
  verdict: Verdict
}

/** The rate, in requests a second, and the 95th percentile of the gate on the mix. */
export const openLoopRate = 500
export const latencyLimitMs = 100

/** Round trips by endpoint; reads and audited writes take 2. */
const replay = 'POST /v1/posts (replay)'
const login = 'POST /v1/auth/login'
const expectedRoundTrips: Readonly<Record<string, number>> = { [replay]: 4, [login]: 4, 'session check': 0 }
/** How far a slope may lie above the whole number that it stands for. */
const roundTripTolerance = 0.4

/** DESIGN's performance budget against what was measured; a figure that could not be measured does not hold. */
export function judge(figures: Figures): Gate[] {
  return [...judgeMix(figures), ...judgeLists(figures), ...judgeWorker(figures), ...later]
}

function judgeMix({ open, highest, peer }: Figures): Gate[] {
  const { p95, errors } = open.all
  return [
    {
      figure: `mix at ${openLoopRate} requests/s: p95`,
      value: `${p95.toFixed(1)} ms, ${errors} errors`,
      mustBe: `< ${latencyLimitMs} ms, 0 errors`,
      goal: `>= 1,000/s (highest now: ${highest.perSecond.toFixed(0)}/s)`,
      verdict: verdict(p95 < latencyLimitMs && errors === 0),
    },
    {
      figure: 'mix, requests/s against the peer',
      value: isMeasured(peer) ? `${peer.ratio.toFixed(2)}x` : peer.notMeasured,
      mustBe: '>= 1.5x',
      goal: '>= 3x',
      verdict: judgeOne(peer, ({ ratio }) => ratio >= 1.5),
    },
  ]
}

function judgeLists({ lists }: Figures): Gate[] {
  const [worst] = Object.entries(lists).sort(([, left], [, right]) => right.ratio - left.ratio)
  const ratio = worst?.[1].ratio ?? Number.NaN
  return [
    {
      figure: 'any list: last page against first',
      value: `at most ${ratio.toFixed(2)}x (${worst?.[0]})`,
      mustBe: '<= 1.2x',
      verdict: verdict(ratio <= 1.2),
    },
  ]
}

function judgeWorker(figures: Figures): Gate[] {
  const { startUp, bundle, login: loginTime } = figures
  const readCpu = cpuPerRead(figures)
  return [
    {
      figure: 'CPU of the Worker per read of the mix',
      value: `${readCpu.toFixed(2)} ms`,
      mustBe: '<= 1.6 ms',
      goal: '<= 1.0 ms',
      verdict: verdict(readCpu <= 1.6),
    },
    ...judgeRoundTrips(figures.roundTrips),
    {
      figure: 'bundle, gzip',
      value: `${(bundle.gzipBytes / 1000).toFixed(0)} kB`,
      mustBe: '<= 350 kB',
      goal: '<= 250 kB',
      verdict: verdict(bundle.gzipBytes <= 350_000),
    },
    {
      figure: 'start-up in workerd',
      value: `${startUp.milliseconds.toFixed(0)} ms`,
      mustBe: '<= 150 ms',
      goal: '<= 100 ms',
      verdict: verdict(startUp.milliseconds <= 150),
    },
    {
      figure: 'login (scrypt)',
      value: `${loginTime.p50.toFixed(0)} ms`,
      mustBe: '<= 400 ms',
      verdict: verdict(loginTime.p50 <= 400),
    },
  ]
}

function judgeRoundTrips(measured: Figures['roundTrips']): Gate[] {
  const named = Object.entries(endpoints)
  const groups: Record<string, string[]> = {
    'round trips, reads': named.filter(([, { kind }]) => kind === 'read').map(([name]) => name),
    'round trips, writes and refresh': named
      .filter(([name, { kind }]) => (kind === 'write' || kind === 'auth') && !(name in expectedRoundTrips))
      .map(([name]) => name),
    'round trips, replay': [replay],
    'round trips, login': [login],
  }
  return Object.entries(groups).map(([figure, names]) => {
    const expected = expectedRoundTrips[names[0] ?? ''] ?? 2
    const most = Math.max(...names.map((name) => measured[name] ?? Number.NaN))
    return {
      figure,
      value: `at most ${most.toFixed(1)}`,
      mustBe: String(expected),
      verdict: verdict(most <= expected + roundTripTolerance),
    }
  })
}

/** The reads' CPU milliseconds, each by its share of the mix. */
function cpuPerRead({ mix, endpoints: measured }: Pick<Figures, 'mix' | 'endpoints'>): number {
  const reads = Object.entries(mix.shares).filter(([name]) => endpoints[name]?.kind === 'read')
  const total = reads.reduce((sum, [, share]) => sum + share, 0)
  return reads.reduce(
    (sum, [name, share]) => sum + ((measured[name]?.cpuMs['worker'] ?? Number.NaN) * share) / total,
    0,
  )
}

const later: Gate[] = [
  ['round trips, transactions', '4 (no route has one)'],
  ['event ingestion, 1,000 a request', '>= 10,000 events/s'],
  ['dashboards on 10 M events', 'p95 < 100 ms'],
  ['p95 at three years of data against one', '<= 1.3x'],
].map(([figure = '', mustBe = '']) => ({ figure, value: '', mustBe, verdict: 'later' }))

function judgeOne<T extends object>(figure: Measured<T>, holds: (figure: T) => boolean): Verdict {
  return isMeasured(figure) ? verdict(holds(figure)) : 'not measured'
}

function verdict(holds: boolean): Verdict {
  return holds ? 'holds' : 'fails'
}
