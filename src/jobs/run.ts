import type { Actor, JobContext } from '../context.ts'
import type { Connect } from '../db/client.ts'
import { createDatabase } from '../db/database.ts'
import { crons, type Job, wakings } from './crons.ts'

/** What a platform provides to jobs. */
export type JobPlatform = Omit<JobContext, 'db'> & {
  /** Connects as the jobs role. */
  readonly connect: Connect
  readonly monotonic: () => number
}

// Above the jobs role's statement_timeout of 30 s.
const answerTimeoutMs = 32_000

/** Runs the jobs of a cron. */
export const runCron = async (cron: string, platform: JobPlatform): Promise<void> =>
  await runJobs(crons[cron] ?? {}, platform)

/** Runs what a message of the queue is sent for. */
export const runWaking = async (platform: JobPlatform): Promise<void> => await runJobs(wakings, platform)

/** Runs jobs one after another. One that fails does not keep the next from running, and fails the run. */
async function runJobs(jobs: Readonly<Record<string, Job>>, platform: JobPlatform): Promise<void> {
  const { connect, monotonic, ...common } = platform
  const { log } = common
  const runId = platform.makeId()
  const failures: unknown[] = []
  for (const [name, job] of Object.entries(jobs)) {
    const startedAt = monotonic()
    const ports = { connect, monotonic, answerTimeoutMs, onStatement: () => undefined }
    const db = createDatabase(ports, { actor: JSON.stringify(jobActor(name, runId)) })
    const fields = () => ({ name, runId, durationMs: Math.round(monotonic() - startedAt) })
    try {
      log('info', 'job', { ...(await job({ ...common, db })), ...fields() })
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
