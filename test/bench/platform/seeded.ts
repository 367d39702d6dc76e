import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../../scripts/local/bundle.ts'
import { migrate } from '../../../scripts/local/migrate.ts'
import { startPostgres } from '../../../scripts/local/postgres.ts'
import { LocalError, run, type Service } from '../../../scripts/local/process.ts'
import { createRoles, grantDatabase, type LoginPasswords, loginRoles } from '../../../scripts/local/roles.ts'
import { seedDatabase } from '../../../scripts/seed/fill.ts'
import { makePlan, type Plan } from '../../../scripts/seed/plan.ts'
import { parseKeySettings } from '../../../src/config.ts'
import { schemaVersion } from '../../../src/db/schema-version.ts'

/** What goes with a cluster whose rows were made once and are kept. */
type Kept = { ownerPassword: string; passwords: LoginPasswords; keyEncryptionKeys: string; seededAt: string }

export type Seeded = {
  port: number
  service: Service
  ownerUrl: string
  passwords: LoginPasswords
  keyEncryptionKeys: string
  plan: Plan
}

const DATABASE = 'bench'
const CACHE = join(ROOT, '.data', 'bench')
const generators = join(ROOT, 'scripts', 'seed')
const seed = 1

/**
 * A cluster of this run's own with the rows of `npm run seed`. They take minutes to make, so a cluster that has them is kept
 * under .data/bench, one for each number of users, until the schema or the generators change; a run works on a copy.
 */
export async function startSeeded(directory: string, users: number, say: (text: string) => void): Promise<Seeded> {
  const kept = join(CACHE, `${users}-${fingerprint()}`)
  if (!existsSync(kept)) await makeKept(kept, users, say)
  const { ownerPassword, passwords, keyEncryptionKeys, seededAt } = readKept(kept)
  say('copying the rows')
  const data = join(directory, 'postgres')
  const { code, output } = await run('cp', ['-a', join(kept, 'postgres'), data])
  if (code !== 0) throw new LocalError(`the rows were not copied: ${output}`)
  const options = { directory: data, logFile: join(directory, 'postgres.log'), password: ownerPassword }
  // Durable: a write waits for its disk as it does in production.
  const { port, url, service } = await startPostgres({ ...options, durable: true, throwawayDirectory: directory })
  const plan = makePlan({ users, seed, now: new Date(seededAt) })
  return { port, service, ownerUrl: url(DATABASE), passwords, keyEncryptionKeys, plan }
}

async function makeKept(kept: string, users: number, say: (text: string) => void): Promise<void> {
  const unfinished = `${kept}.${process.pid}`
  const outdated = existsSync(CACHE) ? readdirSync(CACHE).filter((name) => name.startsWith(`${users}-`)) : []
  for (const name of outdated) rmSync(join(CACHE, name), { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true, mode: 0o711 })
  const secret = () => randomBytes(12).toString('base64url')
  const made: Kept = {
    ownerPassword: secret(),
    passwords: Object.fromEntries(loginRoles.map((role) => [role, secret()])) as LoginPasswords,
    keyEncryptionKeys: versionedKey(),
    seededAt: new Date().toISOString(),
  }
  say(`making the rows of ${users} users, once`)
  try {
    const options = { directory: join(unfinished, 'postgres'), logFile: join(unfinished, 'postgres.log') }
    const { url, stop } = await startPostgres({ ...options, password: made.ownerPassword, durable: false })
    const ownerUrl = url(DATABASE)
    await migrate(ownerUrl)
    await createRoles(ownerUrl, made.passwords)
    await grantDatabase(ownerUrl)
    const { keyEncryptionKeys } = parseKeySettings({ KEY_ENCRYPTION_KEYS: made.keyEncryptionKeys })
    await seedDatabase({ ownerUrl, keyEncryptionKeys, users, seed, now: new Date(made.seededAt) })
    await stop()
    writeFileSync(join(unfinished, 'kept.json'), JSON.stringify(made), { mode: 0o600 })
    renameSync(unfinished, kept)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

const readKept = (kept: string): Kept => JSON.parse(readFileSync(join(kept, 'kept.json'), 'utf8'))

/** Changes with whatever the rows come from. */
function fingerprint(): string {
  const hash = createHash('sha256').update(schemaVersion)
  for (const name of readdirSync(generators).sort()) hash.update(readFileSync(join(generators, name)))
  return hash.digest('hex').slice(0, 16)
}

export const versionedKey = (): string => `1:${randomBytes(32).toString('base64')}`
