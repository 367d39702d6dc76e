import { parseArgs } from 'node:util'
import { readList } from './erasures/list.ts'
import { type Outcome, replay } from './erasures/replay.ts'
import { connect } from './local/migrate.ts'
import { LocalError } from './local/process.ts'

/*
 * Erases again in a restored database whoever was erased since the backup, before it serves anybody:
 *
 *   DATABASE_URL=postgres://owner... npm run erasures:replay -- --list FOLDER [--dry-run] [--unfinished]
 *
 * FOLDER is a copy of erasures/ in the private bucket (docs/privacy.md says how to get one).
 */

const { values: options } = parseArgs({
  options: {
    list: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    unfinished: { type: 'boolean', default: false },
  },
})

try {
  await main()
} catch (error) {
  console.error(error instanceof LocalError ? `erasures:replay: ${error.message}` : error)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const databaseUrl = process.env['DATABASE_URL']
  if (databaseUrl === undefined) throw new LocalError("DATABASE_URL, as the database's owner, is not set")
  if (options.list === undefined) throw new LocalError('--list FOLDER, a copy of erasures/ in the bucket, is missing')
  const list = readList(options.list)
  const counts = new Map<Outcome, number>()
  const sql = connect(databaseUrl)
  try {
    const { 'dry-run': isDryRun, unfinished: takesUnfinished } = options
    await replay(sql, list, { isDryRun, takesUnfinished }, ({ userId, requestedAt }, outcome, heirs) => {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      const what = isDryRun && outcome === 'erased' ? 'would be erased' : outcome
      console.log(
        `${userId}  asked ${requestedAt}  ${what}${heirs > 0 ? `, ${heirs} workspaces have a new owner` : ''}`,
      )
    })
  } finally {
    await sql.end()
  }
  const sums = [...counts].map(([outcome, count]) => `${count} ${outcome}`)
  console.log(`${list.length} on the list: ${sums.join(', ') || 'nobody'}`)
  if (counts.has('unfinished'))
    throw new LocalError('some asked and it is not on record that it was done: see docs/privacy.md, then --unfinished')
}
