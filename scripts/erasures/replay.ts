import type postgres from 'postgres'
import { toText } from '../../src/db/values.ts'
import { uuidMaker } from '../../src/ids.ts'
import { updateHeirs } from '../../src/privacy/erasure.jobs.sql.ts'
import { erasePerson, lockPerson, lockWorkspacesOfPerson } from '../../src/privacy/erasure.user.sql.ts'
import type { ListedErasure } from './list.ts'

export type Outcome =
  /** Was there, and is gone now. */
  | 'erased'
  /** Was erased before the backup, or by an earlier run. */
  | 'already erased'
  /** The backup is older than the account. */
  | 'unknown'
  /** Nobody has said that it happened: left alone unless told otherwise. */
  | 'unfinished'

export type ReplayOptions = { readonly isDryRun: boolean; readonly takesUnfinished: boolean }

type Report = (erasure: ListedErasure, outcome: Outcome, heirs: number) => void

/** Erases again, in a restored database, each person of the list; each by itself, so that a run can be ended and repeated. */
export async function replay(
  sql: postgres.Sql,
  list: readonly ListedErasure[],
  options: ReplayOptions,
  report: Report,
): Promise<void> {
  for (const erasure of list) {
    const outcome = await outcomeOf(sql, erasure, options)
    const heirs = outcome === 'erased' && !options.isDryRun ? await eraseAgain(sql, erasure) : 0
    report(erasure, outcome, heirs)
  }
}

async function outcomeOf(
  sql: postgres.Sql,
  { userId, erasedAt }: ListedErasure,
  { takesUnfinished }: ReplayOptions,
): Promise<Outcome> {
  const [person] = await sql<{ status: string }[]>`select status from users where id = ${userId}`
  if (person === undefined) return 'unknown'
  if (person.status === 'erased') return 'already erased'
  return erasedAt === undefined && !takesUnfinished ? 'unfinished' : 'erased'
}

async function eraseAgain(sql: postgres.Sql, erasure: ListedErasure): Promise<number> {
  const { id, userId, receiptDigest, requestedAt, backupsExpireAt, erasedAt = requestedAt } = erasure
  const now = () => new Date()
  const makeId = uuidMaker(now)
  const actor = JSON.stringify({ kind: 'job', id: 'erasures-replay', requestId: makeId() })
  const values = {
    actor,
    userId,
    versions: null,
    erasureId: id,
    newReceiptDigest: receiptDigest,
    requestedAt,
    backupsExpireAt,
    outboxId: makeId(),
    now: erasedAt,
  }
  return await sql.begin(async (tx) => {
    const heirs = await run(tx, updateHeirs, values)
    await run(tx, lockWorkspacesOfPerson, values)
    await run(tx, lockPerson, values)
    await run(tx, erasePerson, values)
    return heirs.length
  })
}

type Query = {
  readonly compiled: (typeof erasePerson | typeof updateHeirs | typeof lockPerson)['compiled']
}

const run = (tx: postgres.TransactionSql, { compiled }: Query, values: Readonly<Record<string, unknown>>) =>
  tx.unsafe(
    compiled.text,
    compiled.params.map(({ name, isJson = false }) => toText(values[name], isJson)),
  )
