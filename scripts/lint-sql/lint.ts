import { loadModule } from 'libpg-query'
import { readStatements, type Statement } from '../gen/statements.ts'
import { checkActor } from './actor.ts'
import type { Report } from './analysis.ts'
import { checkBinding } from './binding.ts'
import { CLOCK_ALLOWED, NULL_COMPARED, UNBOUNDED_LISTS } from './exceptions.ts'
import { type ParsedStatement, parseStatement } from './parse.ts'
import { checkRules } from './rules.ts'
import { findUnused } from './unused.ts'

/**
 * Checks statement files, given as path to text. `sources` are the TypeScript files that may use the statements; without
 * them nothing is called unused.
 */
export async function lintFiles(
  files: ReadonlyMap<string, string>,
  sources?: ReadonlyMap<string, string>,
): Promise<{ problems: string[]; statements: number }> {
  await loadModule()
  const problems: string[] = []
  const known: { path: string; name: string; line: number }[] = []
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const statements = readOrReport(path, text, problems)
    problems.push(...misplaced(path, statements))
    for (const statement of statements) {
      known.push({ path, name: statement.name, line: statement.line })
      problems.push(...lintStatement(path, text, statement))
    }
  }
  if (sources) {
    for (const { path, name, line } of findUnused(known, sources)) {
      problems.push(`${path}:${line} ${name}: unused: nothing imports it; delete it`)
    }
    for (const key of [CLOCK_ALLOWED, NULL_COMPARED, UNBOUNDED_LISTS].flatMap(Object.keys)) {
      if (!known.some(({ path, name }) => `${path} ${name}` === key)) {
        problems.push(`scripts/lint-sql/exceptions.ts:1 ${key}: exception: no such statement; delete it`)
      }
    }
  }
  return { problems, statements: known.length }
}

const ORDER = ['find', 'list', 'count', 'insert', 'update', 'delete']

/** Readers look for a statement where its verb belongs. A domain's own verbs stand anywhere. */
function misplaced(path: string, statements: readonly Statement[]): string[] {
  const placed = statements.filter(({ name }) => ORDER.includes(verbOf(name)))
  return placed.flatMap(({ name, line }, index) => {
    const before = placed
      .slice(0, index)
      .find((other) => ORDER.indexOf(verbOf(other.name)) > ORDER.indexOf(verbOf(name)))
    return before ? [`${path}:${line} ${name}: order: stands above ${before.name}: ${ORDER.join(', ')}`] : []
  })
}

function verbOf(name: string): string {
  return /^[a-z]+/.exec(name)?.[0] ?? ''
}

function readOrReport(path: string, text: string, problems: string[]): Statement[] {
  try {
    return readStatements(path, text)
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
    return []
  }
}

function lintStatement(path: string, text: string, statement: Statement): string[] {
  let parsed: ParsedStatement
  try {
    parsed = parseStatement(path, text, statement)
  } catch (error) {
    return [
      `${path}:${statement.line} ${statement.name}: syntax: ${error instanceof Error ? error.message : String(error)}`,
    ]
  }
  const problems = new Map<string, number>()
  const report: Report = (location, rule, message) => {
    const line = location === 0 ? parsed.line : parsed.lineOf(location)
    problems.set(`${path}:${line} ${statement.name}: ${rule}: ${message}`, line)
  }
  checkBinding(parsed, report)
  checkActor(parsed, report)
  checkRules(parsed, report)
  return [...problems].sort(([, a], [, b]) => a - b).map(([problem]) => problem)
}
