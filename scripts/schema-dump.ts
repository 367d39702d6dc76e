import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { withDatabase } from './gen/throwaway.ts'
import { LocalError, run } from './local/process.ts'
import { firstDifference } from './schema/difference.ts'

/*
 * Writes db/schema.sql: what all migrations together make, for people who review a change. Grants are in it, owners are not
 * (all is defeah_owner's), and neither are partitions, which depend on the day. `--check` only compares.
 */

const FILE = 'db/schema.sql'
const MAJOR = '15'

const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, database: { type: 'string' } },
})

try {
  const pgDump = await findPgDump()
  const schema = await withDatabase(options.database ?? process.env['SCHEMA_DATABASE_URL'], (url) => dump(pgDump, url))
  if (options.check) await check(schema)
  else await writeFile(FILE, schema)
} catch (error) {
  console.error(error instanceof LocalError ? `db:dump: ${error.message}` : error)
  process.exitCode = 1
}

/** A pg_dump of another major version writes other text, so only one of ours counts. */
async function findPgDump(): Promise<string> {
  for (const candidate of ['pg_dump', `/usr/lib/postgresql/${MAJOR}/bin/pg_dump`]) {
    const { code, output } = await run(candidate, ['--version'])
    if (code === 0 && output.includes(`(PostgreSQL) ${MAJOR}.`)) return candidate
  }
  throw new LocalError(`pg_dump ${MAJOR} is missing: install postgresql-client-${MAJOR}`)
}

async function dump(pgDump: string, databaseUrl: string): Promise<string> {
  const args = ['--schema-only', '--no-owner', '--exclude-table=partitions.*', `--dbname=${databaseUrl}`]
  const { code, output } = await run(pgDump, args)
  if (code !== 0) throw new LocalError(`pg_dump failed: ${output.trim()}`)
  return withoutVersions(output)
}

/** Without what differs between patch releases and between two runs: version lines, the key of \restrict, blank lines. */
function withoutVersions(text: string): string {
  return `${text
    .split('\n')
    .filter((line) => !/^(\\(un)?restrict |-- Dumped |-- PostgreSQL database dump|--$)/.test(line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`
}

async function check(schema: string): Promise<void> {
  const current = await readFile(FILE, 'utf8').catch(() => '')
  if (current === schema) return
  throw new LocalError(
    `${FILE} is not what the migrations make: run npm run db:dump\n${firstDifference(current, schema)}`,
  )
}
