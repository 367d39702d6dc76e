import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { assertMigrated, latestMigration } from './gen/database.ts'
import { DescribeError, openDescriber } from './gen/describe.ts'
import { emitFile } from './gen/emit.ts'
import { lineAt, readStatements, SqlFileError, type Statement } from './gen/statements.ts'
import { withDatabase } from './gen/throwaway.ts'

/*
 * Types every statement of sql/ and writes src/<feature>/<subject>.sql.ts. Parsing and type inference are pgtyped's own; its
 * command line is not used, because it leaves with 0 when statements fail and keeps the old types. Here one failed statement
 * fails the run, names its line, and nothing is written.
 */

const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, database: { type: 'string' } },
})

const databaseUrl = options.database ?? process.env['GEN_DATABASE_URL']
try {
  const generated = await withDatabase(databaseUrl, generateAll)
  process.exitCode = options.check ? await compare(generated) : await write(generated)
} catch (error) {
  const failures = error instanceof AggregateError ? error.errors : [error]
  for (const failure of failures) console.error(messageOf(failure))
  console.error('gen: failed, nothing was written')
  process.exitCode = 1
}

async function generateAll(url: string): Promise<Map<string, string>> {
  await assertMigrated(url)
  const files = new Map<string, string>()
  const failures: Error[] = []
  const describer = await openDescriber(url)
  try {
    for (const sqlPath of await list('sql/**/*.sql')) {
      try {
        files.set(
          sqlPath.replace(/^sql\//, 'src/').replace(/\.sql$/, '.sql.ts'),
          await generate(sqlPath, describer.describe),
        )
      } catch (error) {
        if (!(error instanceof SqlFileError || error instanceof AggregateError)) throw error
        failures.push(...(error instanceof AggregateError ? error.errors : [error]))
      }
    }
  } finally {
    describer.close()
  }
  files.set('src/db/schema-version.ts', schemaVersionFile(await latestMigration()))
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} statements failed`)
  return files
}

async function generate(
  sqlPath: string,
  describe: Awaited<ReturnType<typeof openDescriber>>['describe'],
): Promise<string> {
  if (!/^sql\/[a-z][a-z-]*\/[a-z][a-z-]*(\.user|\.jobs)?\.sql$/.test(sqlPath)) {
    throw new SqlFileError(sqlPath, 1, 'a statement file is sql/<feature>/<subject>[.user|.jobs].sql')
  }
  const text = await readFile(sqlPath, 'utf8')
  const statements = readStatements(sqlPath, text)
  if (statements.length === 0) throw new SqlFileError(sqlPath, 1, 'no statement has a name')
  const failures: SqlFileError[] = []
  const described: Parameters<typeof emitFile>[1][number][] = []
  for (const statement of statements) {
    try {
      const one = { statement, described: await describe(statement) }
      emitFile(sqlPath, [one])
      described.push(one)
    } catch (error) {
      failures.push(new SqlFileError(sqlPath, lineOf(text, statement, error), `${statement.name}: ${messageOf(error)}`))
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} statements failed`)
  return emitFile(sqlPath, described)
}

function lineOf(text: string, statement: Statement, error: unknown): number {
  return error instanceof DescribeError ? lineAt(text, statement.offset + error.offset) : statement.line
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function schemaVersionFile(version: string): string {
  return [
    '// Generated from db/migrations by `npm run gen`. Do not edit.',
    '/** The newest migration this build knows; /readyz compares it with the database. */',
    `export const schemaVersion = '${version}'\n`,
  ].join('\n')
}

async function write(files: Map<string, string>): Promise<number> {
  const stale = (await list('src/**/*.sql.ts')).filter((path) => !files.has(path))
  await Promise.all(stale.map((path) => rm(path)))
  let changed = stale.length
  for (const [path, text] of files) {
    if ((await readOrNothing(path)) === text) continue
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    changed += 1
  }
  console.log(`gen: ${files.size} files, ${changed} changed`)
  return 0
}

async function compare(files: Map<string, string>): Promise<number> {
  const stale = (await list('src/**/*.sql.ts')).filter((path) => !files.has(path))
  const wrong = stale.map((path) => `${path}: has no statement file any more`)
  for (const [path, text] of files) {
    const present = await readOrNothing(path)
    if (present === undefined) wrong.push(`${path}: is missing`)
    else if (present !== text) wrong.push(`${path}: is not what sql/ and the schema give`)
  }
  for (const line of wrong) console.error(line)
  if (wrong.length > 0) console.error('gen --check: run npm run gen and commit the result')
  else console.log(`gen --check: ${files.size} files are current`)
  return wrong.length > 0 ? 1 : 0
}

async function list(pattern: string): Promise<string[]> {
  const paths: string[] = []
  for await (const path of glob(pattern)) paths.push(path)
  return paths.sort()
}

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}
