import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ConfigError, parseKeySettings } from '../src/config.ts'
import { createProgress } from './keys-rotate/progress.ts'
import { chosenDatabase } from './local/dev-database.ts'
import { checkGivenDatabase } from './local/given-database.ts'
import { LocalError } from './local/process.ts'
import { type LocalSecrets, secretsFile } from './local/secrets.ts'
import { seedDatabase } from './seed/fill.ts'
import { emailOf, seedPassword } from './seed/people.ts'

/*
 * npm run seed -- --scale demo|year1|year3 [--database-url URL] [--seed N] [--force]
 *
 * A year of users, workspaces, accounts, campaigns, media, posts and their audit trail, by COPY: on --database-url, or
 * DATABASE_URL, or the database of `npm run dev`; as a member of defeah_owner (the owner of the database, the role
 * migrator). The people are encrypted under KEY_ENCRYPTION_KEYS, by default those of `npm run dev`, and all sign in with the same
 * password. Media are rows alone, no bytes; accounts have no tokens. Killed at any line, it has done nothing.
 */

const scales: Readonly<Record<string, number>> = { demo: 40, year1: 10_000, year3: 30_000 }
const usage = 'npm run seed -- --scale demo|year1|year3 [--database-url URL] [--seed N] [--force]'
const KEPT = fileURLToPath(new URL('../.data', import.meta.url))

try {
  await main()
} catch (error) {
  const isClear = error instanceof LocalError || error instanceof ConfigError
  process.stderr.write(`seed: ${isClear ? error.message : (error as Error).stack}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const startedAt = performance.now()
  const { users, seed, isForced, given } = readArguments()
  const ownerUrl = given ?? chosenDatabase()
  await checkGivenDatabase(ownerUrl)
  const { keyEncryptionKeys } = parseKeySettings(keysOf(given))
  const progress = createProgress(process.stdout, () => performance.now())
  const plan = await seedDatabase({
    ownerUrl,
    keyEncryptionKeys,
    users,
    seed,
    isForced,
    now: new Date(),
    report: progress.report,
  })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const [first] = plan.users
  progress.say(`${users} users, ${plan.workspaces.length} workspaces, ${plan.postTimes.length} posts in ${seconds} s`)
  if (first) progress.say(`login: ${emailOf(first)} and so on, password: ${seedPassword}`)
}

function readArguments() {
  const { values } = parsed()
  const users = scales[values.scale ?? '']
  const seed = Number(values.seed ?? '1')
  if (users === undefined || !Object.hasOwn(scales, values.scale ?? '')) throw new LocalError(usage)
  if (!Number.isSafeInteger(seed) || seed < 0) throw new LocalError(`--seed is a whole number: ${values.seed}`)
  return { users, seed, isForced: values.force ?? false, given: values['database-url'] ?? process.env['DATABASE_URL'] }
}

function parsed() {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ options: { scale: text, seed: text, 'database-url': text, force: { type: 'boolean' } } })
  } catch (error) {
    throw new LocalError(`${(error as Error).message} (${usage})`)
  }
}

/** KEY_ENCRYPTION_KEYS, or else what `npm run dev` keeps for that database. */
function keysOf(databaseUrl: string | undefined): Record<string, string | undefined> {
  if (process.env['KEY_ENCRYPTION_KEYS']) return process.env
  const files = [secretsFile(KEPT, KEPT, databaseUrl), join(KEPT, 'secrets.json')]
  const file = files.find(existsSync)
  if (file === undefined)
    throw new LocalError(
      'set KEY_ENCRYPTION_KEYS to what the Workers of this database have; those of `npm run dev -- --ephemeral` are known to it alone',
    )
  return { KEY_ENCRYPTION_KEYS: (JSON.parse(readFileSync(file, 'utf8')) as LocalSecrets).keyEncryptionKeys }
}
