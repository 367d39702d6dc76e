import { parseArgs } from 'node:util'
import { runGen } from './gen/run.ts'
import { withDatabase } from './gen/throwaway.ts'

/*
 * Types every statement of sql/ and writes src/<feature>/<subject>.sql.ts. Parsing and type inference are pgtyped's own; its
 * command line is not used, because it leaves with 0 when statements fail and keeps the old types. Here one failed statement
 * fails the run, names its line, and nothing is written.
 */

const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, database: { type: 'string' } },
})

try {
  const given = options.database ?? process.env['GEN_DATABASE_URL']
  const { isOk, lines } = await withDatabase(given, (url) => runGen(url, { isCheck: options.check }))
  for (const line of lines) console.log(line)
  if (!isOk) process.exitCode = 1
} catch (error) {
  console.error(`gen: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
