import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { resolveBinary } from 'dbmate'
import postgres from 'postgres'
import { LocalError, run } from './process.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Applies the pending migrations. dbmate takes no lock, so one is held around it; and it prints "Applied" even when it
 * failed, so only its exit code counts.
 */
export async function migrate(ownerUrl: string): Promise<void> {
  const lock = connect(ownerUrl)
  try {
    await lock`select pg_advisory_lock(hashtext('migrations'))`.catch(ignoreMissingDatabase)
    const { code, output } = await dbmate(['up', '--strict'], ownerUrl)
    if (code !== 0) throw new LocalError(`migrations failed: ${lastLines(output, 4)}${hintOf(output)}`)
  } finally {
    await lock.end()
  }
}

const hintOf = (output: string): string =>
  output.includes('permission denied')
    ? ': this login may not migrate; use the owner of the database, with CREATEROLE, or the role migrator'
    : ''

/** dbmate makes the database when there is none; nobody else can be migrating it then. */
function ignoreMissingDatabase(error: { code?: string }): void {
  if (error.code !== '3D000') throw error
}

export async function dbmate(command: string[], ownerUrl: string): ReturnType<typeof run> {
  const url = new URL(ownerUrl)
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (isLocal && !url.searchParams.has('sslmode')) url.searchParams.set('sslmode', 'disable')
  const args = ['--no-dump-schema', '--migrations-dir', 'db/migrations', '--env-file', '/dev/null', ...command]
  return await run(resolveBinary(), args, { cwd: ROOT, env: { ...process.env, DATABASE_URL: url.href } })
}

/** Runs one of our SQL scripts; the settings are what the script reads with current_setting(). */
export async function runScript(ownerUrl: string, file: string, settings: Record<string, string> = {}): Promise<void> {
  const path = `${ROOT}scripts/${file}`
  if (!existsSync(path)) throw new LocalError(`${path} is missing`)
  const sql = connect(ownerUrl)
  try {
    await sql.begin(async (tx) => {
      for (const [name, value] of Object.entries(settings)) await tx`select set_config(${name}, ${value}, true)`
      await tx.unsafe(readFileSync(path, 'utf8')).simple()
    })
  } finally {
    await sql.end()
  }
}

/** A connection of the owner's for set-up work. */
export function connect(url: string): postgres.Sql {
  return postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 })
}

function lastLines(output: string, count: number): string {
  return output.trim().split('\n').slice(-count).join(' | ')
}
