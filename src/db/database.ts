import type { Connect, SqlClient } from './client.ts'
import { DatabaseTimeout } from './errors.ts'
import type { CompiledStatement, PreparedQuery } from './run.ts'
import { toText } from './values.ts'

/**
 * Parameters that the request fills and a service therefore cannot pass: the tenant, who acts, and the record that
 * makes a POST idempotent. A statement names those it needs.
 */
export type FilledParams = {
  readonly workspaceId?: string
  readonly actor?: string
  /** The roles that may do what the route is for; a statement that grants holds the caller's row to one of them. */
  readonly permittedRoles?: readonly string[]
  /** What an API key is limited to; null for all accounts of the workspace. */
  readonly visibleAccountIds?: readonly string[] | null
  readonly idempotencyKey?: string | null
  readonly idempotencyRoute?: string | null
  readonly idempotencyFingerprint?: string | null
  /** The same request under every hash key. */
  readonly idempotencyFingerprints?: readonly string[] | null
  readonly idempotencyPrincipal?: string | null
}

type Given<Params> = Omit<Params, keyof FilledParams>
// A statement without parameters of its own is called without them.
type Args<Params> = keyof Given<Params> extends never ? [params?: undefined] : [params: Given<Params>]

/** How a service speaks to the database. Each method runs one statement. */
export type Db = {
  /** All rows. */
  many<P, R>(query: PreparedQuery<P, R>, ...args: Args<P>): Promise<R[]>
  /** The row, or undefined for none; two are an error. */
  maybeOne<P, R>(query: PreparedQuery<P, R>, ...args: Args<P>): Promise<R | undefined>
  /** The row; anything but one is an error. */
  one<P, R>(query: PreparedQuery<P, R>, ...args: Args<P>): Promise<R>
  /** Several statements that stand or fall together. Refuses to nest. Costs a round trip each for begin and commit. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** The same connection with other filled parameters, for the moment a credential becomes known. */
  with(filled: FilledParams): Db
}

export type DatabasePorts = {
  readonly connect: Connect
  /** Milliseconds on a clock that only moves forward. */
  readonly monotonic: () => number
  /** How long to wait for an answer: above the role's statement_timeout, whose refusal is clearer and ends the work. */
  readonly answerTimeoutMs?: number
  /** Called after each statement with its duration in milliseconds. */
  readonly onStatement: (durationMs: number) => void
}

// Above the api role's statement_timeout of 5 s.
const requestAnswerTimeoutMs = 7_000
/** A transaction is a few statements at most. */
const transactionStatements = 4

/** A request's view of the database; connects at the first statement. */
export function createDatabase(ports: DatabasePorts, filled: FilledParams): Db {
  let client: SqlClient | undefined
  return databaseOver(() => (client ??= ports.connect()), ports, filled)
}

function databaseOver(
  clientOf: () => SqlClient,
  ports: DatabasePorts,
  filled: FilledParams,
  inTransaction = false,
): Db {
  const { answerTimeoutMs = requestAnswerTimeoutMs } = ports
  const many = async <P, R>(query: PreparedQuery<P, R>, ...[params]: Args<P>): Promise<R[]> => {
    const values = query.compiled.params.map((param) => toText(valueFor(param, params, filled), param.isJson ?? false))
    const startedAt = ports.monotonic()
    try {
      // What the rows are is what `npm run gen` asked the database about this very statement.
      return (await answered(clientOf(), (client) => client.query(query.compiled, values), answerTimeoutMs)) as R[]
    } finally {
      ports.onStatement(ports.monotonic() - startedAt)
    }
  }
  const maybeOne = async <P, R>(query: PreparedQuery<P, R>, ...args: Args<P>): Promise<R | undefined> => {
    const rows = await many(query, ...args)
    if (rows.length > 1) throw new Error(`expected at most one row, got ${rows.length}`)
    return rows[0]
  }
  const one = async <P, R>(query: PreparedQuery<P, R>, ...args: Args<P>): Promise<R> => {
    const row = await maybeOne(query, ...args)
    if (row === undefined) throw new Error('expected one row, got none')
    return row
  }
  const transaction = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    if (inTransaction) throw new Error('a transaction does not nest; pass the outer one on')
    const run = (client: SqlClient) =>
      client.transaction((inner) => work(databaseOver(() => inner, ports, filled, true)))
    return await answered(clientOf(), run, transactionStatements * answerTimeoutMs)
  }
  return {
    many,
    maybeOne,
    one,
    transaction,
    with: (more) => databaseOver(clientOf, ports, { ...filled, ...more }, inTransaction),
  }
}

/**
 * Fails closed: a statement that needs the tenant or the actor never runs without, and never with one that a service
 * brought along.
 */
function valueFor(
  { name, required }: CompiledStatement['params'][number],
  params: unknown,
  filled: FilledParams,
): unknown {
  const source = filledNames.has(name) ? filled : ((params as object | undefined) ?? {})
  const value: unknown = Reflect.get(source, name) ?? null
  if (value === null && required) throw new Error(`:${name} is required and has no value`)
  return value
}

const filledNames: ReadonlySet<string> = new Set<keyof FilledParams>([
  'workspaceId',
  'actor',
  'permittedRoles',
  'visibleAccountIds',
  'idempotencyKey',
  'idempotencyRoute',
  'idempotencyFingerprint',
  'idempotencyFingerprints',
  'idempotencyPrincipal',
])

/** Whatever is late ends its connection, since its answer would be taken for the next statement's, or run after a 503. */
async function answered<T>(client: SqlClient, work: (client: SqlClient) => Promise<T>, boundMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new DatabaseTimeout('the database did not answer in time'))
      client.close()
    }, boundMs)
  })
  try {
    return await Promise.race([work(client), timeout])
  } finally {
    clearTimeout(timer)
  }
}
