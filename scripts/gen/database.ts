import { readdir } from 'node:fs/promises'
import postgres from 'postgres'

/** The timestamp of the newest migration, which names the schema a build was generated against. */
export async function latestMigration(): Promise<string> {
  const files = await readdir('db/migrations')
  const versions = files.map((file) => /^(\d+)_.*\.sql$/.exec(file)?.[1]).filter((version) => version !== undefined)
  return versions.sort().at(-1) ?? '0'
}

/** Fails in one line where the database is out of reach or not at the newest migration. */
export async function assertMigrated(databaseUrl: string): Promise<void> {
  const expected = await latestMigration()
  const sql = postgres(databaseUrl, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    const [row] = await sql<{ version: string | null }[]>`select max(version) as version from schema_migrations`
    if (row?.version !== expected) {
      throw new Error(`is at migration ${row?.version ?? 'none'}, the files at ${expected}: run npm run db:up`)
    }
  } catch (error) {
    const where = new URL(databaseUrl)
    throw new Error(`database ${where.host}${where.pathname}: ${reason(error)}`)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error)
}
