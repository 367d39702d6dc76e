import { glob, readFile } from 'node:fs/promises'
import { lintFiles } from './lint-sql/lint.ts'

/* Prints what is wrong with the statements of sql/, a line each: `path:line statement: rule: what and how to mend`. */

const files = new Map<string, string>()
for await (const path of glob('sql/**/*.sql')) files.set(path, await readFile(path, 'utf8'))
const sources = new Map<string, string>()
for (const pattern of ['src/**/*.ts', 'scripts/**/*.ts', 'test/**/*.ts']) {
  for await (const path of glob(pattern)) sources.set(path, await readFile(path, 'utf8'))
}

const { problems, statements } = await lintFiles(files, sources)
for (const problem of problems) console.error(problem)
console.log(`lint-sql: ${statements} statements in ${files.size} files, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
