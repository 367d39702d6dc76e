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
  const { host, port, database, ...credentials } = parseConnectionString(url)
  const settings = { client_encoding: 'UTF8', application_name: 'defeah' }
  const startup = startupMessage({ user: credentials.user, database, ...settings })
  const secrets = createSecrets(credentials)
  const open = () => new Connection(openSocket(host, port), startup, new Login(secrets))
  return () => {
    let opened: Connection | undefined
    const connection = () => {
      opened ??= open()
      return opened
    }
    // A connection has one transaction at a time: it keeps everything else waiting.
    const inTurn = createTurns()
    return {
      query: (statement, values) => inTurn(async () => await connection().query(statement, values)),
      transaction: (work) => inTurn(async () => await connection().transaction(work)),
      isBroken: () => opened?.isBroken ?? false,
      close: () => opened?.close(),
    }
  }
}

/** `postgres://user:password@host:port/database`. Throws without repeating any of it. */
function parseConnectionString(text: string) {
  try {
    const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(text)
    const [user, secret, database] = [username, password, pathname.slice(1)].map(decodeURIComponent)
    if (!/^postgres(ql)?:$/.test(protocol) || !hostname || !user || !database) throw new Error('a part is missing')
    const sslMode = searchParams.get('sslmode') ?? 'disable'
    // Hyperdrive speaks TLS to the database and none to the Worker; to go on without would break somebody's promise.
    if (!['disable', 'prefer'].includes(sslMode)) throw new Error(`sslmode=${sslMode} is left to Hyperdrive`)
    const host = hostname.replace(/^\[|\]$/g, '')
    return { user, password: secret ?? '', host, port: Number(port || 5432), database }
  } catch (error) {
    const reason = error instanceof TypeError || error instanceof URIError ? 'it is no URL' : (error as Error).message
    throw new Error(`a connection string is postgres://user:password@host:port/database: ${reason}`)
  }
}
