import { ascending, percentile } from '../statistics.ts'
import type { Summary } from './job.ts'

export type Sample = { endpoint: string; latencyMs: number; isGood: boolean }

export function summaryOf(samples: readonly Sample[], seconds: number): Summary {
  const sorted = samples.map(({ latencyMs }) => latencyMs).sort(ascending)
  return {
    count: samples.length,
    errors: samples.filter(({ isGood }) => !isGood).length,
    perSecond: samples.length / seconds,
    mean: sorted.reduce((sum, latency) => sum + latency, 0) / sorted.length,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
  }
}
