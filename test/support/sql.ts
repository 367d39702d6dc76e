import postgres from 'postgres'
import { openNodeSocket } from '../../scripts/local/socket.ts'
import type { SqlClient, SqlConnection } from '../../src/db/client.ts'
import { connectTo } from '../../src/db/connect.ts'
import { parsers, toText } from '../../src/db/values.ts'

/** Ways to the database: the application's own client over Node's sockets, and `postgres` to look at rows. */

/** A client whose connections outlive their statements, since a process forked for each would be most of a test's time. */
export type SqlPool = SqlClient & { readonly end: () => void }

export function createPool(url: string, maxConnections: number): SqlPool {
  const connect = connectTo(url, openNodeSocket)
  const idle: SqlConnection[] = []
  const all = new Set<SqlConnection>()
  const waiting: (() => void)[] = []
  const use = async <T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> => {
    while (idle.length === 0 && all.size >= maxConnections) {
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    const connection = idle.pop() ?? connect()
    all.add(connection)
    try {
      return await work(connection)
    } finally {
      if (connection.isBroken()) all.delete(connection)
      else idle.push(connection)
      waiting.shift()?.()
    }
  }
  return {
    query: (statement, values) => use((connection) => connection.query(statement, values)),
    transaction: (work) => use((connection) => connection.transaction(work)),
    // Whoever is late keeps its connection out of the pool by itself.
    close: () => undefined,
    end: () => {
      for (const connection of all) connection.close()
    },
  }
}

/** Runs text that no statement file holds. */
export const queryText = async (client: SqlClient, text: string, values: readonly (string | null)[] = []) =>
  await client.query({ text, params: [] }, values)

/** A client for tests' own SQL, with values as the application sees them. */
export function openSql(url: string, maxConnections = 1, settings: Record<string, string> = {}): postgres.Sql {
  const types = Object.fromEntries(
    Object.entries(parsers).map(([name, { oid, parse }]) => {
      const serialize = (value: unknown) => toText(value, oid === 114 || oid === 3802)
      return [name, { to: oid, from: [oid], serialize, parse }]
    }),
  )
  const text = { to: 25, from: [1082, 1114], serialize: String, parse: String }
  return postgres(url, {
    max: maxConnections,
    fetch_types: false,
    types: { ...types, text },
    connection: settings,
    onnotice: () => undefined,
  }) as unknown as postgres.Sql
}
