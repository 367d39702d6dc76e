import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { loadModule, parseSync } from 'libpg-query'

type Finding = { file: string; line: number; rule_name: string; message: string; help: string | null }
type Parts = { up: string; upLine: number; down: string; isTransaction: boolean }

/** A file without a transaction holds one statement, so its limits come from the role that runs it. */
const SET_BY_ROLE = 'require-lock-timeout,require-statement-timeout'

const run = promisify(execFile)

/**
 * Checks migrations, given as path to text: that both directions exist, and by squawk that the way up is safe on a table in
 * use. Answers lines of the form `path:line: rule: what and how to mend`.
 */
export async function checkMigrations(files: ReadonlyMap<string, string>): Promise<string[]> {
  await loadModule()
  const problems: string[] = []
  const parts = new Map<string, Parts>()
  const versions = new Set<string>()
  for (const [path, text] of files) {
    const version = /(\d{14})_[a-z0-9_]+\.sql$/.exec(path)?.[1]
    if (version === undefined)
      problems.push(`${path}:1: name: a migration is <14 digits of UTC time>_<what_it_does>.sql`)
    else if (versions.has(version))
      problems.push(`${path}:1: name: ${version} is taken; dbmate would run only one of the two`)
    versions.add(version ?? '')
    const split = splitMigration(text)
    if (typeof split === 'string') problems.push(`${path}:1: parts: ${split}`)
    else {
      parts.set(path, split)
      problems.push(...checkParts(path, split))
    }
  }
  const inTransaction = [...parts].filter(([, part]) => part.isTransaction)
  const alone = [...parts].filter(([, part]) => !part.isTransaction)
  problems.push(...(await squawk(inTransaction, ['--assume-in-transaction'])))
  problems.push(...(await squawk(alone, ['--no-assume-in-transaction', '--exclude', SET_BY_ROLE])))
  return problems.sort()
}

/** The two halves of a file, or what is wrong with it. */
function splitMigration(text: string): Parts | string {
  const marks = [...text.matchAll(/^-- migrate:(up|down)(.*)$/gm)]
  const [up, down] = marks
  if (up?.[1] !== 'up' || down?.[1] !== 'down' || marks.length > 2) {
    return 'a file has one -- migrate:up and below it one -- migrate:down'
  }
  return {
    up: text.slice(up.index, down.index),
    upLine: text.slice(0, up.index).split('\n').length,
    down: text.slice(down.index),
    isTransaction: !/transaction:\s*false/.test(up[2] ?? ''),
  }
}

function checkParts(path: string, { up, upLine, down, isTransaction }: Parts): string[] {
  const problems: string[] = []
  const statements = countStatements(up)
  if (statements === 0) problems.push(`${path}:${upLine}: parts: the way up does nothing`)
  if (countStatements(down) === 0) problems.push(`${path}:${upLine}: parts: the way down does nothing`)
  if (!isTransaction && statements > 1) {
    problems.push(
      `${path}:${upLine}: parts: without a transaction a file holds one statement, or PostgreSQL makes it one`,
    )
  }
  return problems
}

function countStatements(sql: string): number {
  const parsed: { stmts?: unknown[] } = parseSync(sql)
  return parsed.stmts?.length ?? 0
}

async function squawk(parts: readonly [string, Parts][], options: string[]): Promise<string[]> {
  if (parts.length === 0) return []
  const folder = await mkdtemp(join(tmpdir(), 'defeah-migrations-'))
  try {
    for (const [path, { up, upLine }] of parts) {
      await mkdir(join(folder, dirname(path)), { recursive: true })
      await writeFile(join(folder, path), '\n'.repeat(upLine - 1) + up)
    }
    const paths = parts.map(([path]) => path)
    const findings = await runSquawk(
      ['--config', resolve('.squawk.toml'), ...options, '--reporter', 'json', ...paths],
      folder,
    )
    return findings.map(({ file, line, rule_name: rule, message, help }) => {
      return `${file}:${line + 1}: ${rule}: ${message}${help === null ? '' : ` ${help}`}`
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** squawk leaves with 1 when it has found something, and with more when it could not look. */
async function runSquawk(args: string[], cwd: string): Promise<Finding[]> {
  try {
    const { stdout } = await run(resolve('node_modules/.bin/squawk'), args, { cwd })
    return JSON.parse(stdout)
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    if (stdout?.startsWith('[')) return JSON.parse(stdout)
    throw new Error(`squawk failed: ${stderr ?? String(error)}`, { cause: error })
  }
}
