import { glob, readFile, writeFile } from 'node:fs/promises'
import { formatSql, layoutProblems } from './format-sql/format.ts'

/* Formats the project's SQL; with --check it only says what it would change. */

const isCheck = process.argv.includes('--check')
const problems: string[] = []
let changed = 0
for await (const path of glob(['sql/**/*.sql', 'db/migrations/*.sql', 'scripts/**/*.sql'])) {
  const text = await readFile(path, 'utf8')
  const formatted = formatSql(text)
  if (formatted !== text) {
    changed += 1
    if (isCheck) problems.push(`${path}:${firstDifference(text, formatted)}: not formatted; run npm run format`)
    else await writeFile(path, formatted)
  }
  problems.push(...layoutProblems(path, formatted))
}

for (const problem of problems.sort()) console.error(problem)
console.log(`format-sql: ${isCheck ? `${problems.length} problems` : `${changed} files changed`}`)
if (problems.length > 0) process.exitCode = 1

function firstDifference(text: string, formatted: string): number {
  const other = formatted.split('\n')
  return text.split('\n').findIndex((line, index) => line !== other[index]) + 1
}
