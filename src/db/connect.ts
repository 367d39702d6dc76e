import type { OpenSocket, SqlConnection } from './client.ts'
import { Connection } from './connection.ts'
import { createSecrets, Login } from './login.ts'
import { startupMessage } from './outgoing.ts'
import { createTurns } from './turns.ts'

/**
 * Reads a connection string once; the connections it makes log in at their first statement. There are no timers:
 * database.ts bounds the wait for an answer, connecting included.
 */
export function connectTo(url: string, openSocket: OpenSocket): () => SqlConnection {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const sslMode = searchParams.get('sslmode') ?? 'disable'
  // Hyperdrive speaks TLS to the database and none to the Worker; to go on without would break somebody's promise.
  if (!['disable', 'prefer'].includes(sslMode))
    throw new Error(`sslmode=${sslMode}: this client leaves TLS to Hyperdrive`)
  const credentials = { user: decodeURIComponent(username), password: decodeURIComponent(password) }
  const startup = startupMessage({
    user: credentials.user,
    database: decodeURIComponent(pathname.slice(1)),
    client_encoding: 'UTF8',
    application_name: 'defeah',
  })
  const secrets = createSecrets(credentials)
  const open = () => new Connection(openSocket(hostname, Number(port || 5432)), startup, new Login(secrets))
  return () => {
    let opened: Connection | undefined
    const connection = () => {
      opened ??= open()
      return opened
    }
    // A connection has one transaction at a time: it keeps everything else waiting.
    const inTurn = createTurns()
    return {
      query: (statement, values) => inTurn(() => connection().query(statement, values)),
      transaction: (work) => inTurn(() => connection().transaction(work)),
      isBroken: () => opened?.isBroken ?? false,
      close: () => opened?.close(),
    }
  }
}
