import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ConfigError, parseKeySettings } from '../src/config.ts'
import { createDatabase } from '../src/db/database.ts'
import { databaseFailure } from '../src/db/errors.ts'
import { uuidMaker } from '../src/ids.ts'
import { planDataKeys, rotateDataKeys } from '../src/keys/data-key-rotation.ts'
import { planIndexKey, rotateIndexKey } from '../src/keys/index-key-rotation.ts'
import type { IndexRotationContext } from '../src/keys/index-key-waits.ts'
import { planKeyEncryption, RotationError, rotateKeyEncryption } from '../src/keys/rotation.ts'
import { createKeyring } from '../src/keys/service.ts'
import { planSigningKey, rotateSigningKey } from '../src/keys/signing-rotation.ts'
import { openDatabase } from './keys-rotate/connection.ts'
import { createProgress } from './keys-rotate/progress.ts'
import { LocalError } from './local/process.ts'

/*
 * npm run keys:rotate -- kek|dek|signing|blind-index [--dry-run] [--batch N] [--key-cache-seconds N] [--database URL]
 *
 * Works while the API serves, as the role jobs, on --database or JOBS_DATABASE_URL, with the KEY_ENCRYPTION_KEYS that the
 * Workers have. Killed at any line, the same command goes on. docs/security.md has the procedure of each kind.
 */

type Step = (ctx: IndexRotationContext) => Promise<string[]>

const kinds: Readonly<Record<string, { readonly plan: Step; readonly run: Step }>> = {
  kek: { plan: planKeyEncryption, run: rotateKeyEncryption },
  dek: { plan: planDataKeys, run: rotateDataKeys },
  signing: { plan: planSigningKey, run: rotateSigningKey },
  'blind-index': { plan: planIndexKey, run: rotateIndexKey },
}

const usage =
  'npm run keys:rotate -- kek|dek|signing|blind-index [--dry-run] [--batch N] [--key-cache-seconds N] [--database URL]'
const maxBatch = 1_000
const maxKeyCacheSeconds = 60
/** Above the jobs role's statement_timeout of 30 s. */
const answerTimeoutMs = 32_000

const now = () => new Date()
const monotonic = () => performance.now()

try {
  await main()
} catch (error) {
  process.stderr.write(`keys:rotate: ${describe(error)}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { kind, isDryRun, batch, keyCacheSeconds: given, databaseUrl } = readArguments()
  const { keyEncryptionKeys, keyCacheSeconds } = parseKeySettings(process.env)
  const makeId = uuidMaker(now)
  const client = openDatabase(databaseUrl)
  const actor = { kind: 'job', id: 'keys-rotate', requestId: makeId() }
  const ports = { connect: () => client, monotonic, answerTimeoutMs, onStatement: () => undefined }
  const progress = createProgress(process.stdout, monotonic)
  const ctx: IndexRotationContext = {
    db: createDatabase(ports, { actor: JSON.stringify(actor) }),
    // Only what signs people in needs the MAC keys.
    keyring: createKeyring({ keyEncryptionKeys, refreshMacKeys: new Map(), now }),
    now,
    makeId,
    batch,
    keyCacheSeconds: given ?? keyCacheSeconds,
    pause: async (ms) => void (await sleep(ms)),
    report: progress.report,
  }
  try {
    const lines = isDryRun ? await kind.plan(ctx) : await kind.run(ctx)
    for (const line of lines) progress.say(isDryRun ? `would: ${line}` : line)
  } finally {
    client.close()
  }
}

function readArguments() {
  const { values, positionals } = parsed()
  const [name = ''] = positionals
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined || positionals.length !== 1) throw new LocalError(usage)
  const databaseUrl = values.database ?? process.env['JOBS_DATABASE_URL']
  if (!databaseUrl)
    throw new LocalError('say which database: JOBS_DATABASE_URL, the connection string of the role jobs')
  return {
    kind,
    databaseUrl,
    isDryRun: values['dry-run'] ?? false,
    batch: wholeNumber('--batch', values.batch, maxBatch) ?? 100,
    keyCacheSeconds: wholeNumber('--key-cache-seconds', values['key-cache-seconds'], maxKeyCacheSeconds),
  }
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean' },
        batch: { type: 'string' },
        'key-cache-seconds': { type: 'string' },
        database: { type: 'string' },
      },
    })
  } catch (error) {
    throw new LocalError(`${(error as Error).message} (${usage})`)
  }
}

function wholeNumber(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (!/^[1-9][0-9]*$/.test(text) || number > max) throw new LocalError(`${name} is a whole number from 1 to ${max}`)
  return number
}

/** One line for what the operator can act on; the stack for what only we can. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isClear = error instanceof LocalError || error instanceof RotationError || error instanceof ConfigError
  return isClear || databaseFailure(error)?.kind === 'unavailable' ? error.message : (error.stack ?? error.message)
}
