import type { JobContext } from '../../src/context.ts'
import { createDatabase } from '../../src/db/database.ts'
import type { TestApp } from './app.ts'

/** What a job of this application gets, to run a single one of its verbs. */
export function jobContext({ jobs }: Pick<TestApp, 'jobs'>): JobContext {
  const { connect, monotonic, ...common } = jobs
  const actor = JSON.stringify({ kind: 'job', id: 'test', requestId: 'test' })
  return { ...common, db: createDatabase({ connect, monotonic, onStatement: () => undefined }, { actor }) }
}
