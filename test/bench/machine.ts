import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Figures } from './figures.ts'

const observedSeconds = 3

/** What the run takes place on, and how busy other work keeps it. */
export async function describeMachine(): Promise<Figures['machine']> {
  const before = processorTicks()
  await sleep(observedSeconds * 1000)
  const after = processorTicks()
  const { version } = createRequire(import.meta.url)('workerd/package.json') as { version: string }
  return {
    processors: cpus().length,
    model: cpus()[0]?.model.trim() ?? 'unknown',
    node: process.versions.node,
    workerd: `workerd ${version}`,
    busyBefore: 1 - (after.idle - before.idle) / (after.all - before.all),
  }
}

function processorTicks(): { idle: number; all: number } {
  const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).map(Number) ?? []
  // user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user already.
  const all = ticks.slice(0, 8).reduce((sum, count) => sum + count, 0)
  return { idle: (ticks[3] ?? 0) + (ticks[4] ?? 0), all }
}
