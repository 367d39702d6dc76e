import type { SqlClient, SqlConnection } from '../../src/db/client.ts'
import { connectTo } from '../../src/db/connect.ts'
import { LocalError } from '../local/process.ts'
import { openNodeSocket, openTlsSocket } from '../local/socket.ts'

/** One connection, opened anew after it was lost. */
export function openDatabase(url: string): SqlClient {
  const open = connector(url)
  let connection: SqlConnection | undefined
  const live = () => {
    if (connection === undefined || connection.isBroken()) connection = open()
    return connection
  }
  return {
    query: async (statement, values) => await live().query(statement, values),
    transaction: async (work) => await live().transaction(work),
    close: () => {
      connection?.close()
      connection = undefined
    },
  }
}

const localHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Another machine is reached under TLS, its certificate checked, unless `sslmode` says otherwise (libpq's words). */
function connector(text: string): () => SqlConnection {
  if (!URL.canParse(text)) throw new LocalError('the connection string is no URL')
  const url = new URL(text)
  const sslMode = url.searchParams.get('sslmode') ?? (localHosts.has(url.hostname) ? 'disable' : 'verify-full')
  url.searchParams.delete('sslmode')
  if (sslMode === 'disable') return connectTo(url.href, openNodeSocket)
  if (sslMode === 'require') return connectTo(url.href, openTlsSocket({ rejectUnauthorized: false }))
  if (sslMode === 'verify-full') return connectTo(url.href, openTlsSocket({ rejectUnauthorized: true }))
  throw new LocalError('sslmode is disable, require or verify-full')
}
