import postgres from 'postgres'
import { driverTypes } from './driver-types.ts'

/** The driver's client, as far as this code uses it. */
export type SqlClient = Pick<postgres.Sql, 'unsafe' | 'begin'>

/** Makes the client for one request; called at the request's first statement. */
export type Connect = () => SqlClient

/** What the driver asks of a socket that a platform provides; the events are Node's: data, drain, error, close. */
export type DriverSocket = {
  readyState: 'open' | 'closed'
  on(event: string, listener: (value?: unknown) => void): void
  once(event: string, listener: (value?: unknown) => void): void
  removeListener(event: string, listener: (value?: unknown) => void): void
  removeAllListeners(): void
  write(bytes: Uint8Array, written?: () => void): boolean
  end(bytes?: Uint8Array): void
  destroy(): void
}

/**
 * Options of every client. `prepare` stays on, since Hyperdrive hangs without it. The catalog is not asked for types
 * (see driver-types.ts). `max` is 1: in a Worker a request's statements follow one another. The session's zone is
 * UTC because the login roles say so. No timers: database.ts bounds the wait for an answer, connecting included.
 */
export function clientOptions(url: string, max = 1): postgres.Options<typeof driverTypes> {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    pass: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    ssl: false,
    max,
    prepare: true,
    fetch_types: false,
    types: driverTypes,
    connect_timeout: 0,
    idle_timeout: 0,
    max_lifetime: null,
    onnotice: () => undefined,
  }
}

/**
 * A client per request: a Worker may not use one request's socket in another, and the runtime collects it when the
 * invocation ends (calling `end()` there can hang). Options are read once per isolate.
 */
export function connectPerRequest(url: string, openSocket: (host: string, port: number) => DriverSocket): Connect {
  const options = clientOptions(url)
  const { hostname, port } = new URL(url)
  const socket = () => openSocket(hostname, Number(port || 5432))
  // The driver's types lack `socket`, which its code reads and its manual describes.
  const withSocket = Object.assign(options, { socket }) as postgres.Options<typeof driverTypes>
  return () => postgres(withSocket) as unknown as SqlClient
}
