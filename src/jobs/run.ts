import type { Actor } from '../context.ts'
import type { Connect } from '../db/client.ts'
import { createDatabase } from '../db/database.ts'
import type { MakeId } from '../ids.ts'
import type { Log } from '../log.ts'
import { crons } from './crons.ts'

type JobPlatform = {
  /** Connects as the jobs role. */
  readonly connect: Connect
  readonly now: () => Date
  readonly monotonic: () => number
  readonly makeId: MakeId
  readonly log: Log
}

// Above the jobs role's statement_timeout of 30 s.
const answerTimeoutMs = 32_000

/** Runs the jobs of a cron one after another. One that fails does not keep the next from running, and fails the run. */
export async function runCron(cron: string, { connect, now, monotonic, makeId, log }: JobPlatform): Promise<void> {
  const runId = makeId()
  const failures: unknown[] = []
  for (const [name, job] of Object.entries(crons[cron] ?? {})) {
    const startedAt = monotonic()
    const ports = { connect, monotonic, answerTimeoutMs, onStatement: () => undefined }
    const db = createDatabase(ports, { actor: JSON.stringify(jobActor(name, runId)) })
    const fields = () => ({ name, runId, durationMs: Math.round(monotonic() - startedAt) })
    try {
      log('info', 'job', { ...(await job({ db, now })), ...fields() })
    } catch (error) {
      log('error', 'job', {
        ...fields(),
        error: String(error),
        stack: error instanceof Error ? error.stack : undefined,
      })
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

const jobActor = (name: string, runId: string): Actor => ({
  kind: 'job',
  id: name,
  userId: null,
  sessionId: null,
  workspaceId: null,
  requestId: runId,
  address: null,
})
