import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { delimiter, resolve } from 'node:path'
import { withDatabase } from './gen/throwaway.ts'

/*
 * Everything static and generated, in one go: each part says whether it holds and how long it took, a failure does not stop
 * the others, and what failed is printed in full at the end. --fast leaves out the parts that need a database.
 */

type Part = { name: string; command: string[] }
type Result = { name: string; isOk: boolean; seconds: number; output: string }

const TYPE_CACHE = 'node_modules/.cache/tsc.tsbuildinfo'

/** The longest first, so that the others fill the time beside it. */
const PARTS: readonly Part[] = [
  {
    name: 'types',
    command: ['tsc', '--noEmit', '--pretty', 'false', '--incremental', '--tsBuildInfoFile', TYPE_CACHE],
  },
  { name: 'format and lint', command: ['biome', 'ci', '--error-on-warnings', '--colors=off'] },
  { name: 'unused code', command: ['knip', '--no-progress', '--treat-config-hints-as-errors'] },
  { name: 'import boundaries', command: ['node', 'scripts/lint-imports.ts'] },
  { name: 'SQL rules', command: ['node', 'scripts/lint-sql.ts'] },
  { name: 'SQL layout', command: ['node', 'scripts/format-sql.ts', '--check'] },
  { name: 'migrations', command: ['node', 'scripts/lint-migrations.ts'] },
  { name: 'docs/security.md', command: ['node', 'scripts/security-docs.ts', '--check'] },
]

/** These get one migrated throwaway database, as --database. They only read it. */
const DATABASE_PARTS: readonly Part[] = [
  { name: 'generated statements', command: ['node', 'scripts/gen.ts', '--check'] },
  { name: 'db/schema.sql', command: ['node', 'scripts/schema-dump.ts', '--check'] },
  { name: 'docs/schema.md', command: ['node', 'scripts/schema-docs.ts', '--check'] },
]

const startedAt = performance.now()
const work = [atOnce(PARTS.map((part) => () => run(part)))]
if (!process.argv.includes('--fast')) work.push(runDatabaseParts())
const results = (await Promise.all(work)).flat()
const failed = results.filter(({ isOk }) => !isOk)
for (const { name, output } of failed) console.log(`\n--- ${name}\n${output.trimEnd()}`)
console.log(`\n${results.length - failed.length} of ${results.length} hold, ${elapsed(startedAt).toFixed(1)} s`)
if (failed.length > 0) process.exitCode = 1

async function runDatabaseParts(): Promise<Result[]> {
  const since = performance.now()
  try {
    return await withDatabase(undefined, async (url) => {
      return await atOnce(
        DATABASE_PARTS.map(
          ({ name, command }) =>
            () =>
              run({ name, command: [...command, '--database', url] }),
        ),
      )
    })
  } catch (error) {
    const output = `no throwaway database, so not checked: ${error instanceof Error ? error.message : String(error)}`
    return DATABASE_PARTS.map(({ name }) => print({ name, isOk: false, seconds: elapsed(since), output }))
  }
}

/** Runs tasks side by side, as many as there are processors. */
async function atOnce<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = []
  const waiting = [...tasks]
  const worker = async (): Promise<void> => {
    for (let task = waiting.shift(); task; task = waiting.shift()) results.push(await task())
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return results
}

function run({ name, command: [program = '', ...args] }: Part): Promise<Result> {
  const since = performance.now()
  // The project's own Node and tools, also where the check was not started by npm.
  const path = [resolve('node_modules/.bin'), process.env['PATH']].join(delimiter)
  const child = spawn(program, args, { env: { ...process.env, PATH: path }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const collect = (chunk: Buffer): void => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return new Promise((done) => {
    child.once('error', (error) => done(print({ name, isOk: false, seconds: elapsed(since), output: error.message })))
    child.once('close', (code) => done(print({ name, isOk: code === 0, seconds: elapsed(since), output })))
  })
}

function print(result: Result): Result {
  console.log(`${result.isOk ? 'ok  ' : 'FAIL'}  ${result.name.padEnd(22)} ${result.seconds.toFixed(1).padStart(5)} s`)
  return result
}

function elapsed(since: number): number {
  return (performance.now() - since) / 1000
}
