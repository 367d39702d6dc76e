import { getTypes, startup } from '@pgtyped/query'
import { processSQLQueryIR } from '@pgtyped/runtime'
import { AsyncQueue } from '@pgtyped/wire'
import type { Statement } from './statements.ts'
import type { PgType } from './types.ts'

export type Described = {
  parameters: { name: string; type: PgType; required: boolean }[]
  columns: { name: string; type: PgType; nullable: boolean }[]
}

export type Describer = { describe: (statement: Statement) => Promise<Described>; close: () => void }

/** What the database said about a statement, with the offset in the statement where it said it. */
export class DescribeError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.name = 'DescribeError'
    this.offset = offset
  }
}

class SilenceError extends Error {}

const DESCRIBE_TIMEOUT_MS = 30_000

/**
 * Asks the database for the types of statements, through pgtyped: Parse and Describe, then the catalog for enums and NOT
 * NULL. Nothing is executed. The URL must be reachable: pgtyped ends the process where it is not.
 */
export async function openDescriber(databaseUrl: string): Promise<Describer> {
  const url = new URL(databaseUrl)
  const queue = new AsyncQueue()
  await startup(
    {
      host: url.hostname,
      port: Number(url.port || 5432),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      dbName: decodeURIComponent(url.pathname.slice(1)),
    },
    queue,
  )
  let silence: SilenceError | undefined
  return {
    // After one missing answer the next one would be taken for it.
    describe: async (statement) => {
      if (silence) throw silence
      try {
        return await withTimeout(describe(statement, queue))
      } catch (error) {
        if (error instanceof SilenceError) silence = error
        throw error
      }
    },
    close: () => {
      queue.socket.destroy()
    },
  }
}

async function describe(statement: Statement, queue: AsyncQueue): Promise<Described> {
  const spread = statement.ir.params.find((param) => param.transform.type !== 'scalar')
  if (spread) throw new DescribeError(`:${spread.name} is expanded into the text; pass an array and unnest() it`, 0)
  const interpolated = processSQLQueryIR(statement.ir)
  const types = await getTypes(interpolated, queue)
  if ('errorCode' in types) {
    const hint = types.hint === undefined ? '' : ` (${types.hint})`
    throw new DescribeError(types.message + hint, offsetOf(statement, Number(types.position ?? 1)))
  }
  const { params, mapping } = types.paramMetadata
  return {
    parameters: mapping.map((param) => {
      if (!('assignedIndex' in param) || typeof param.assignedIndex !== 'number' || !('required' in param)) {
        throw new DescribeError(`:${param.name} is not a plain parameter`, 0)
      }
      const type = params[param.assignedIndex - 1]
      if (type === undefined) throw new DescribeError(`:${param.name} has no type: cast it (:${param.name}::text)`, 0)
      return { name: param.name, type, required: param.required }
    }),
    columns: columnsOf(types.returnTypes),
  }
}

function columnsOf(returned: { returnName: string; type: PgType; nullable?: boolean }[]): Described['columns'] {
  const seen = new Set<string>()
  return returned.map(({ returnName, type, nullable }) => {
    const hint = returnName.endsWith('!') || returnName.endsWith('?') ? returnName.slice(-1) : ''
    const name = hint === '' ? returnName : returnName.slice(0, -1)
    if (name === '?column?' || name === '?column') throw new DescribeError('a column has no name: add as "name"', 0)
    if (seen.has(name)) throw new DescribeError(`two columns are named "${name}": a row would keep one of them`, 0)
    seen.add(name)
    return { name, type, nullable: hint === '?' || (hint === '' && nullable !== false) }
  })
}

/** The database counts characters of the text it was sent, in which `:workspaceId!` had become `$1`. */
function offsetOf(statement: Statement, position: number): number {
  const uses = statement.ir.params
    .flatMap((param, index) => param.locs.map(({ a, b }) => ({ a, b, sent: `$${index + 1}`.length })))
    .sort((x, y) => x.a - y.a)
  let offset = position - 1
  for (const use of uses) {
    if (use.a >= offset) break
    offset += use.b - use.a + 1 - use.sent
  }
  return Math.max(0, offset)
}

async function withTimeout<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SilenceError('the database did not answer')), DESCRIBE_TIMEOUT_MS)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
