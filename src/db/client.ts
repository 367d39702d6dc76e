import type { CompiledStatement } from './run.ts'

/**
 * The client of the database, made for what a Worker does: a connection that lives as long as a request and runs one
 * statement or two. A whole execution leaves in one write, so it takes one round trip; there is no pool, no name of a
 * statement that a pooler would have to keep, and no question to the catalog. `postgres`, which scripts and tests use,
 * asks for a statement's types before it sends the values: two round trips, and twice the messages to write and to wake
 * up for, which is where a Worker's time goes (docs/performance.md).
 */
export type SqlClient = {
  /** Runs a statement and answers its rows; values are in text form. Throws ServerError or ConnectionError. */
  readonly query: (statement: CompiledStatement, values: readonly (string | null)[]) => Promise<Row[]>
  /** Runs the work between begin and commit, alone on the connection; rolls back when it throws. */
  readonly transaction: <T>(work: (client: SqlClient) => Promise<T>) => Promise<T>
  /** Gives the connection up: what runs or waits on it fails, and what comes later does. */
  readonly close: () => void
}

export type Row = Record<string, unknown>

/** A connection; where nobody collects it, it must be closed. */
export type SqlConnection = SqlClient & { readonly isBroken: () => boolean }

/** Makes the client for one request; called at the request's first statement. */
export type Connect = () => SqlClient

/** A byte stream to the database, which a platform provides. */
export type Socket = {
  /** Sends; what goes wrong shows at the next `receive`. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void
  /** The next bytes, valid until the next call; undefined once the other side has closed. Throws when it is lost. */
  readonly receive: () => Promise<Uint8Array | undefined>
  readonly close: () => void
}

export type OpenSocket = (host: string, port: number) => Socket
