import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connectMailbox, type Mailbox } from '../../src/cache/mailbox.ts'
import type { JobContext } from '../../src/context.ts'
import { createDatabase } from '../../src/db/database.ts'
import { type AppSecrets, makeSecrets, startApp, type TestApp } from './app.ts'
import { atEnd } from './endings.ts'
import { searchAtEnd } from './leaks.ts'
import type { Step } from './outbox-steps.ts'
import type { WorkerTask } from './outbox-worker.ts'
import { sharedRedis } from './redis.ts'

/** Workers of the outbox in processes of their own, and one in this process, over one database and one mailbox. */
export type OutboxWorld = {
  app: TestApp
  mailbox: Mailbox
  /** What the worker in this process runs on. */
  context: JobContext
  /** Another process that drains, until it is killed. */
  startWorker: (stopAt: Step | null) => Promise<OutboxWorker>
}

export type OutboxWorker = {
  /** Settles when the worker stands at the step that it was given. */
  stopped: Promise<void>
  /** SIGKILL: no handler of the process runs. */
  kill: () => Promise<void>
}

export async function startOutboxWorld(): Promise<OutboxWorld> {
  const secrets = makeSecrets()
  const app = await startApp({ secrets })
  const { restUrl: url, token } = sharedRedis()
  const place = { url, token, name: randomUUID() }
  const mailbox = connectMailbox({ ...place, now: app.now })
  const { connect, monotonic, ...common } = app.jobs
  const actor = JSON.stringify({ kind: 'job', id: 'drain-outbox', requestId: 'test' })
  const db = createDatabase({ connect, monotonic, onStatement: () => undefined }, { actor })
  const context = { ...common, db, mailer: mailbox }
  const task = { jobsUrl: app.database.jobsUrl, mailbox: place, keyEncryptionKeys: keysOf(secrets) }
  return { app, mailbox, context, startWorker: async (stopAt) => await startWorker({ ...task, stopAt }) }
}

const keysOf = ({ keyEncryptionKeys }: AppSecrets): WorkerTask['keyEncryptionKeys'] =>
  [...keyEncryptionKeys].map(([version, key]) => [version, Buffer.from(key).toString('base64')])

async function startWorker(task: WorkerTask): Promise<OutboxWorker> {
  const args = ['--no-warnings', join(import.meta.dirname, 'outbox-worker.ts'), JSON.stringify(task)]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const printedLines: string[] = []
  lines.on('line', (line) => void printedLines.push(line))
  searchAtEnd('the log of a worker', () => printedLines.join('\n'))
  const printed = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => line === wanted && resolve())
      void exited.then(() => reject(new Error(`the worker ended before it printed: ${wanted}`)))
    })
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  atEnd(kill)
  const stopped = printed(`at ${task.stopAt}`)
  // Whoever does not wait for it kills the worker before.
  stopped.catch(() => undefined)
  await printed('ready')
  return { stopped, kill }
}
