/** What a failed statement means to the code that ran it. Source: PostgreSQL 15, Appendix A (SQLSTATE classes). */
export type DatabaseFailure =
  | { readonly kind: 'constraint'; readonly constraint: string; readonly sqlstate: string; readonly detail: string }
  | { readonly kind: 'value'; readonly sqlstate: string }
  | { readonly kind: 'unavailable'; readonly reason: string }

/** A statement that got no answer within the client's own bound. */
export class DatabaseTimeout extends Error {
  override readonly name = 'DatabaseTimeout'
}

// 08 connection, 28 a login refused, 3D no such database, 53 resources, 57 operator intervention and statement timeout,
// 58 system (Hyperdrive's own).
const unavailableClasses = new Set(['08', '28', '3D', '53', '57', '58'])
// Serialization failure, deadlock, lock timeout, idle-in-transaction timeout, read-only after a failover.
const unavailableStates = new Set(['40001', '40P01', '55P03', '25P03', '25006'])

/** Sorts what the driver threw; undefined for anything that is not a statement's failure. */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (error instanceof DatabaseTimeout) return { kind: 'unavailable', reason: 'timeout' }
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  const { code } = error
  // The server's own errors have a severity; the class's name is gone from a minified bundle.
  if (!('severity' in error)) return isConnectionCode(code) ? { kind: 'unavailable', reason: code } : undefined
  const sqlstateClass = code.slice(0, 2)
  if (unavailableClasses.has(sqlstateClass) || unavailableStates.has(code)) return { kind: 'unavailable', reason: code }
  if (sqlstateClass === '23') {
    return {
      kind: 'constraint',
      constraint: textOf(error, 'constraint_name'),
      sqlstate: code,
      detail: textOf(error, 'detail'),
    }
  }
  if (sqlstateClass === '22') return { kind: 'value', sqlstate: code }
  return undefined
}

/** The violated constraint's name, or undefined when the error is none. */
export function violatedConstraint(error: unknown): string | undefined {
  const failure = databaseFailure(error)
  return failure?.kind === 'constraint' ? failure.constraint : undefined
}

/** postgres.js says CONNECTION_…, CONNECT_TIMEOUT; sockets say E…. */
function isConnectionCode(code: string): boolean {
  return /^(CONNECT|E[A-Z]+$)/.test(code)
}

function textOf(error: Error, key: string): string {
  const value: unknown = Reflect.get(error, key)
  return typeof value === 'string' ? value : ''
}
