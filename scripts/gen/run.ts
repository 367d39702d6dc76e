import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { assertMigrated, latestMigration } from './database.ts'
import { DescribeError, type Describer, openDescriber } from './describe.ts'
import { emitFile } from './emit.ts'
import { lineAt, readStatements, SqlFileError, type Statement } from './statements.ts'

export type Outcome = { isOk: boolean; lines: string[] }

type Files = Map<string, string>

/** Generates from a migrated database, for the project in the current folder; `isCheck` compares and writes nothing. */
export async function runGen(databaseUrl: string, { isCheck }: { isCheck: boolean }): Promise<Outcome> {
  await assertMigrated(databaseUrl)
  const describer = await openDescriber(databaseUrl)
  try {
    const { files, failures } = await generateAll(describer)
    if (failures.length > 0) return { isOk: false, lines: [...failures, 'gen: failed, nothing was written'] }
    return isCheck ? await compare(files) : await write(files)
  } finally {
    describer.close()
  }
}

async function generateAll(describer: Describer): Promise<{ files: Files; failures: string[] }> {
  const files: Files = new Map()
  const failures: string[] = []
  for (const path of await list('sql/**/*.sql')) {
    try {
      files.set(path.replace(/^sql\//, 'src/').replace(/\.sql$/, '.sql.ts'), await generate(path, describer))
    } catch (error) {
      if (error instanceof SqlFileError) failures.push(error.message)
      else if (error instanceof AggregateError) failures.push(...error.errors.map(messageOf))
      else throw error
    }
  }
  files.set('src/db/schema-version.ts', schemaVersionFile(await latestMigration()))
  return { files, failures }
}

async function generate(path: string, describer: Describer): Promise<string> {
  if (!/^sql\/[a-z][a-z-]*\/[a-z][a-z-]*(\.user|\.jobs)?\.sql$/.test(path)) {
    throw new SqlFileError(path, 1, 'a statement file is sql/<feature>/<subject>[.user|.jobs].sql')
  }
  const text = await readFile(path, 'utf8')
  const statements = readStatements(path, text)
  if (statements.length === 0) throw new SqlFileError(path, 1, 'no statement has a name')
  const failures: SqlFileError[] = []
  const described: Parameters<typeof emitFile>[1][number][] = []
  for (const statement of statements) {
    try {
      const one = { statement, described: await describer.describe(statement) }
      // Emitted alone first, so that a type without a name is told of the statement it stands in.
      emitFile(path, [one])
      described.push(one)
    } catch (error) {
      failures.push(new SqlFileError(path, lineOf(text, statement, error), `${statement.name}: ${messageOf(error)}`))
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${path}: ${failures.length} statements failed`)
  return emitFile(path, described)
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

async function write(files: Files): Promise<Outcome> {
  const stale = await staleFiles(files)
  await Promise.all(stale.map((path) => rm(path)))
  let changed = stale.length
  for (const [path, text] of files) {
    if ((await readOrNothing(path)) === text) continue
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    changed += 1
  }
  return { isOk: true, lines: [`gen: ${files.size} files, ${changed} changed`] }
}

async function compare(files: Files): Promise<Outcome> {
  const lines = (await staleFiles(files)).map((path) => `${path}: has no statement file any more`)
  for (const [path, text] of files) {
    const present = await readOrNothing(path)
    if (present === undefined) lines.push(`${path}: is missing`)
    else if (present !== text) lines.push(`${path}: is not what sql/ and the schema give`)
  }
  if (lines.length === 0) return { isOk: true, lines: [`gen: ${files.size} files are current`] }
  return { isOk: false, lines: [...lines, 'gen: run npm run gen and commit the result'] }
}

async function staleFiles(files: Files): Promise<string[]> {
  return (await list('src/**/*.sql.ts')).filter((path) => !files.has(path))
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
