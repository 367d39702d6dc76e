import { readFileSync } from 'node:fs'
import { endpoints } from './endpoints.ts'

export type Mix = {
  /** Endpoint to its share of all requests in percent. */
  shares: Record<string, number>
  /** Parts that do not exist yet; the reads have their share. */
  missing: string[]
}

type Part = { percent: number; endpoints: Record<string, number> }

/** The mix of mix.json, as far as its endpoints exist. */
export function readMix(): Mix {
  const parts: Record<string, Part> = JSON.parse(readFileSync(new URL('./mix.json', import.meta.url), 'utf8'))
  const exists = ({ endpoints: named }: Part) => Object.keys(named).every((name) => name in endpoints)
  const missing = Object.keys(parts).filter((name) => parts[name] !== undefined && !exists(parts[name]))
  const freePercent = missing.reduce((sum, name) => sum + (parts[name]?.percent ?? 0), 0)
  const shares = Object.entries(parts).flatMap(([name, part]) => {
    if (missing.includes(name)) return []
    const percent = part.percent + (name === 'reads' ? freePercent : 0)
    const total = Object.values(part.endpoints).reduce((sum, weight) => sum + weight, 0)
    return Object.entries(part.endpoints).map(([endpoint, weight]) => [endpoint, (weight / total) * percent] as const)
  })
  return { shares: Object.fromEntries(shares), missing }
}
