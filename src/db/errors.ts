/** What a failed statement means to the code that ran it. Source: PostgreSQL 15, Appendix A (SQLSTATE classes). */
export type DatabaseFailure =
  | { readonly kind: 'constraint'; readonly constraint: string; readonly sqlstate: string; readonly detail: string }
  | { readonly kind: 'value'; readonly sqlstate: string }
  | { readonly kind: 'unavailable'; readonly reason: string }

/** What the server refuses, in its own words; `sqlstate` by Appendix A. Texts are '' where it says nothing. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly sqlstate: string
  /** ERROR; FATAL and PANIC end the session. */
  readonly severity: string
  /** The violated constraint, or the one that a trigger names. */
  readonly constraint: string
  readonly detail: string

  constructor(message: string, sqlstate: string, { severity = '', constraint = '', detail = '' } = {}) {
    super(message)
    this.sqlstate = sqlstate
    this.severity = severity
    this.constraint = constraint
    this.detail = detail
  }
}

/** The connection could not be made, ended, or carried what is not this protocol. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

/** A statement that got no answer within the client's own bound. */
export class DatabaseTimeout extends Error {
  override readonly name = 'DatabaseTimeout'
}

// 08 connection, 53 resources, 57 operator intervention and statement timeout, 58 system (Hyperdrive's own).
const unavailableClasses = new Set(['08', '53', '57', '58'])
// Protocol violation: a fault of this code.
const ownFault = '08P01'
// Serialization failure, deadlock, lock timeout, idle-in-transaction timeout, read-only after a failover.
const unavailableStates = new Set(['40001', '40P01', '55P03', '25P03', '25006'])

/** Sorts what a statement threw; undefined for anything that is not the database's failure. */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (error instanceof DatabaseTimeout) return { kind: 'unavailable', reason: 'timeout' }
  if (error instanceof ConnectionError) return { kind: 'unavailable', reason: 'connection' }
  if (!(error instanceof ServerError)) return undefined
  const { sqlstate, severity, constraint, detail } = error
  const sqlstateClass = sqlstate.slice(0, 2)
  const isTransient = unavailableClasses.has(sqlstateClass) || unavailableStates.has(sqlstate) || severity !== 'ERROR'
  if (isTransient && sqlstate !== ownFault) return { kind: 'unavailable', reason: sqlstate }
  if (sqlstateClass === '23') return { kind: 'constraint', constraint, sqlstate, detail }
  if (sqlstateClass === '22') return { kind: 'value', sqlstate }
  return undefined
}

/** The violated constraint's name, or undefined when the error is none. */
export function violatedConstraint(error: unknown): string | undefined {
  const failure = databaseFailure(error)
  return failure?.kind === 'constraint' ? failure.constraint : undefined
}
