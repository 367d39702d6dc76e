import { glob, readFile } from 'node:fs/promises'
import { checkSources } from './lint-imports/check.ts'

/* Prints where src/ breaks the boundaries of its parts, a line each: `path:line: rule: what and how to mend`. */

const files = new Map<string, string>()
for await (const path of glob('src/**/*.ts')) files.set(path, await readFile(path, 'utf8'))
const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(await readFile('package.json', 'utf8'))

const problems = checkSources(files, Object.keys(dependencies))
for (const problem of problems) console.error(problem)
console.log(`lint-imports: ${files.size} files, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
