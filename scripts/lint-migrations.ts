import { glob, readFile } from 'node:fs/promises'
import { checkMigrations } from './lint-migrations/check.ts'

/* Prints what is wrong with db/migrations, a line each. */

const files = new Map<string, string>()
for await (const path of glob('db/migrations/*')) files.set(path, await readFile(path, 'utf8'))

const problems = await checkMigrations(files)
for (const problem of problems) console.error(problem)
console.log(`lint-migrations: ${files.size} files, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
