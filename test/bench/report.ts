import { endpoints } from './endpoints.ts'
import { type Figures, isMeasured, type Measured } from './figures.ts'
import { type Gate, latencyLimitMs, openLoopRate } from './gates.ts'
import type { Summary } from './load/job.ts'
import type { MeasuredLoad } from './load/run-load.ts'

/** Share of the processors' time that other work may take without making the figures provisional. */
const quietShare = 0.1

/** A run's figures for people. */
export function render(figures: Figures, gates: readonly Gate[]): string {
  return [
    renderHead(figures),
    renderEndpoints(figures),
    renderMix(figures),
    renderLists(figures),
    renderParts(figures),
    renderGates(gates),
    '',
  ].join('\n\n')
}

function renderHead({ machine, data, mix, isQuick, measuredAt, endpoints: measured, closed }: Figures): string {
  const counts = Object.entries(data).map(([name, count]) => `${count.toLocaleString('en')} ${name}`)
  const lines = [
    `Bench of ${measuredAt}: ${machine.processors} x ${machine.model}, Node ${machine.node}, ${machine.workerd}`,
    `Data: ${counts.join(', ')}`,
  ]
  if (mix.missing.length > 0) lines.push(`Not there yet, its share of the mix goes to reads: ${mix.missing.join(', ')}`)
  if (isQuick) lines.push('A quick run: short measurements of little data')
  const loads = [closed, ...Object.values(measured)]
  const otherWork = loads.reduce((sum, load) => sum + load.otherWork, 0) / loads.length
  if (otherWork > quietShare) {
    lines.push(
      `PROVISIONAL: other work, here or on this machine's host, took ${(otherWork * 100).toFixed(0)} % of the processors`,
    )
  }
  return lines.join('\n')
}

function renderEndpoints({ endpoints: measured, mix, roundTrips }: Figures): string {
  const rows = Object.keys(endpoints).flatMap((name) => {
    const load = measured[name]
    if (!load) return []
    const trips = roundTrips[name]?.toFixed(1).replace('-0.0', '0.0')
    const share = mix.shares[name]?.toFixed(1)
    return [[name, share ?? '', ...latencies(load.all), cpu(load), trips ?? '-']]
  })
  return table(['closed loop, 8 connections', 'mix %', 'req/s', 'p50', 'p95', 'p99', 'CPU ms', 'round trips'], rows)
}

function renderMix({ closed, open, highest, peer }: Figures): string {
  const rows = [
    ['closed loop, 32 connections', ...latencies(closed.all), cpu(closed)],
    [`open loop, ${openLoopRate}/s`, ...latencies(open.all), cpu(open)],
  ]
  if (isMeasured(peer)) {
    rows.push(['closed loop, beside the peer', ...latencies(peer.worker.all), cpu(peer.worker)])
    rows.push([`closed loop, ${peer.name}`, ...latencies(peer.closed.all), cpu(peer.closed)])
  }
  const others = Object.entries(closed.cpuMs).filter(([name]) => name !== 'worker')
  const failed = [closed, open].flatMap(({ errorSamples }) => errorSamples.slice(0, 1))
  return [
    table(['the mix', 'req/s', 'p50', 'p95', 'p99', 'CPU ms'], rows),
    ...failed.map((sample) => `Failed, for example: ${sample.slice(0, 200)}`),
    `Highest rate with p95 < ${latencyLimitMs} ms: ${highest.perSecond.toFixed(0)} requests/s`,
    `CPU ms per request of the others, closed loop: ${others.map(([name, ms]) => `${name} ${ms.toFixed(2)}`).join(', ')}`,
    isMeasured(peer)
      ? `Peer: ${peer.versions}; the Worker does ${peer.ratio.toFixed(2)}x`
      : `Peer: ${notMeasured(peer)}`,
  ].join('\n')
}

function renderParts(figures: Figures): string {
  const { misses, startUp, bundle, login, readLimit, writeLimit, connectRoundTrips } = figures
  const limit = (measured: Figures['readLimit']) =>
    isMeasured(measured)
      ? `${measured.perSecond.toFixed(0)}/s, connecting each time ${measured.perSecondConnecting.toFixed(0)}/s`
      : notMeasured(measured)
  return table(
    ['also', ''],
    [
      ['session check, state from the isolate', `${misses.isolateMs.toFixed(1)} ms`],
      ['  from Redis', `${misses.redisMs.toFixed(1)} ms`],
      ['  from the database', `${misses.databaseMs.toFixed(1)} ms`],
      ['  and a token not seen before', `${misses.firstSightMs.toFixed(1)} ms`],
      ['login, one at a time', `p50 ${login.p50.toFixed(0)} ms, p95 ${login.p95.toFixed(0)} ms`],
      ['bundle', `${(bundle.bytes / 1000).toFixed(0)} kB, gzip ${(bundle.gzipBytes / 1000).toFixed(0)} kB`],
      [
        'start-up to the first answer',
        `${startUp.withWorkerMs.toFixed(0)} ms, an empty Worker ${startUp.emptyMs.toFixed(0)} ms`,
      ],
      ['round trips to connect (not counted above)', connectRoundTrips.toFixed(1)],
      ['limit: the SQL of GET /v1/posts in pgbench', limit(readLimit)],
      ['limit: the SQL of POST /v1/posts in pgbench', limit(writeLimit)],
    ],
  )
}

function renderLists({ lists }: Figures): string {
  const rows = Object.entries(lists).map(([name, { pages, firstMs, lastMs, ratio }]) => [
    name,
    String(pages),
    firstMs.toFixed(2),
    lastMs.toFixed(2),
    ratio.toFixed(2),
  ])
  return table(['lists of the largest workspace', 'pages', 'first, ms', 'last, ms', 'ratio'], rows)
}

function renderGates(gates: readonly Gate[]): string {
  const rows = gates.map(({ figure, value, mustBe, goal, verdict }) => [verdict, figure, value, mustBe, goal ?? ''])
  return table(['gate', 'figure', 'measured', 'must be', 'goal'], rows, 5)
}

function notMeasured(figure: Measured<object>): string {
  return 'notMeasured' in figure ? `not measured: ${String(figure.notMeasured)}` : ''
}

function latencies({ perSecond, p50, p95, p99, errors }: Summary): string[] {
  const failed = errors > 0 ? ` (${errors} failed)` : ''
  return [`${perSecond.toFixed(0)}${failed}`, p50.toFixed(1), p95.toFixed(1), p99.toFixed(1)]
}

function cpu({ cpuMs }: MeasuredLoad): string {
  return (cpuMs['worker'] ?? cpuMs['peer'] ?? Number.NaN).toFixed(2)
}

/** Columns of text, the first `textColumns` of them to the left. */
function table(head: readonly string[], rows: readonly string[][], textColumns = 1): string {
  const lines = [[...head], ...rows]
  const widths = head.map((_title, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const cell = (text: string, column: number) => {
    const width = widths[column] ?? 0
    return column < textColumns || head.length === 2 ? text.padEnd(width) : text.padStart(width)
  }
  const rendered = lines.map((line) => line.map(cell).join('  ').trimEnd())
  return [rendered[0], '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2)), ...rendered.slice(1)].join('\n')
}
