import postgres from 'postgres'
import { driverTypes } from './driver-types.ts'

/** The driver's client, as far as this code uses it. */
export type SqlClient = Pick<postgres.Sql, 'unsafe' | 'begin'>

/** Makes the client for one request; called at the request's first statement. */
export type Connect = () => SqlClient

const connectTimeoutSeconds = 5

/**
 * Options of every client. `prepare` stays on, since Hyperdrive hangs without it. The catalog is not asked for types
 * (see driver-types.ts). `max` is 1: in a Worker a request's statements follow one another.
 */
export function clientOptions(url: string, max = 1): postgres.Options<typeof driverTypes> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    pass: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    ssl: searchParams.get('sslmode') === 'require' ? 'require' : false,
    max,
    prepare: true,
    fetch_types: false,
    types: driverTypes,
    connect_timeout: connectTimeoutSeconds,
    onnotice: () => undefined,
    // Timestamps are parsed on the promise that the session's zone is UTC; everything else is set on the role.
    connection: { TimeZone: 'UTC' },
  }
}

/**
 * A client per request: a Worker may not use one request's socket in another, and the runtime collects it when the
 * invocation ends (calling `end()` there can hang). Options are read once per isolate.
 */
export function connectPerRequest(url: string): Connect {
  const options = clientOptions(url)
  return () => postgres(options) as unknown as SqlClient
}
