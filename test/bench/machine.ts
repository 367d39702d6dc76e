import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import type { Figures } from './figures.ts'

/** What the run takes place on. */
export function describeMachine(): Figures['machine'] {
  const { version } = createRequire(import.meta.url)('workerd/package.json') as { version: string }
  return {
    processors: cpus().length,
    model: cpus()[0]?.model.trim() ?? 'unknown',
    node: process.versions.node,
    workerd: `workerd ${version}`,
  }
}
