import { connectMailbox } from '../../src/cache/mailbox.ts'
import { createDatabase } from '../../src/db/database.ts'
import { uuidMaker } from '../../src/ids.ts'
import { outboxHandlers } from '../../src/jobs/crons.ts'
import { createKeyring } from '../../src/keys/service.ts'
import { drainOutbox } from '../../src/outbox/service.ts'
import { noObjects } from './no-objects.ts'
import { type Step, watchSteps } from './outbox-steps.ts'
import { createPool } from './sql.ts'

/**
 * A worker of the outbox as a process of its own, to be killed: drains with leases of a second, again and again. It prints
 * `ready` before its first drain, and `at STEP` when it has come to the step given, where it stays.
 */

export type WorkerTask = {
  jobsUrl: string
  mailbox: { url: string; token: string; name: string }
  keyEncryptionKeys: [version: number, base64: string][]
  stopAt: Step | null
}

const task = JSON.parse(process.argv[2] ?? '') as WorkerTask
// Whoever started this is gone: so is the reason for it.
process.stdin.on('end', () => process.exit(1)).resume()

const now = () => new Date()
const pool = createPool(task.jobsUrl, 10)
const ports = { connect: () => pool, monotonic: () => performance.now(), onStatement: () => undefined }
const keys = task.keyEncryptionKeys.map(
  ([version, base64]) => [version, new Uint8Array(Buffer.from(base64, 'base64'))] as const,
)
const actor = { kind: 'job', id: 'drain-outbox', requestId: 'test' }
const ctx = {
  db: createDatabase(ports, { actor: JSON.stringify(actor) }),
  now,
  makeId: uuidMaker(now),
  keyring: createKeyring({ keyEncryptionKeys: new Map(keys), refreshMacKeys: new Map(), now }),
  mailer: connectMailbox({ ...task.mailbox, now }),
  // No mail needs them.
  objects: noObjects,
  media: noObjects,
  publicUrl: 'https://api.test',
  appUrl: 'https://app.test',
  log: (level: string, message: string, fields?: object) => console.log(JSON.stringify({ level, message, ...fields })),
}
const watched = watchSteps(ctx, async (step) => {
  if (step !== task.stopAt) return
  console.log(`at ${step}`)
  await new Promise(() => undefined)
})

console.log('ready')
while (true) {
  await drainOutbox(watched, outboxHandlers, { leaseSeconds: 1 })
  await new Promise((resolve) => setTimeout(resolve, 50))
}
