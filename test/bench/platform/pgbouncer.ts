import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, LocalError, type Service, startService, waitFor } from '../../../scripts/local/process.ts'
import { canConnect } from './probe.ts'

export type Pooler = {
  port: number
  service: Service
  /** The same database through the pooler. */
  url: (databaseUrl: string) => string
}

export type PoolerOptions = {
  directory: string
  postgresPort: number
  /** Login roles and their passwords. */
  users: Readonly<Record<string, string>>
}

/** Server connections per role, about what a small Hyperdrive configuration holds. */
export const poolSize = 20

/**
 * PgBouncer in transaction mode, in Hyperdrive's place. The Worker names no statement, but the peer's driver does, on a server
 * connection that serves another client next: DEALLOCATE ALL at each return keeps them from piling up.
 */
export async function startPooler(binary: string, options: PoolerOptions): Promise<Pooler> {
  const account = ownAccount()
  mkdirSync(options.directory, { mode: 0o700 })
  const userFile = join(options.directory, 'userlist.txt')
  const configuration = join(options.directory, 'pgbouncer.ini')
  const logFile = join(options.directory, 'pgbouncer.log')
  const users = Object.entries(options.users).map(([user, password]) => `"${user}" "${password}"\n`)
  writeFileSync(userFile, users.join(''), { mode: 0o600 })
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    writeFileSync(configuration, settings(options.postgresPort, port, userFile), { mode: 0o600 })
    if (account)
      for (const path of [options.directory, userFile, configuration]) chownSync(path, account.uid, account.gid)
    const stopping = { stopSignal: 'SIGTERM', urgentSignal: 'SIGQUIT', graceMs: 3_000 } as const
    const service = startService({ command: binary, args: [configuration], cwd: '/', logFile, ...stopping, ...account })
    if (await waitFor(() => canConnect(port), { timeoutMs: 10_000, isAlive: service.isRunning })) {
      return { port, service, url: (databaseUrl) => withPort(databaseUrl, port) }
    }
    await service.stop()
    if (attempt === 3) throw new LocalError(`pgbouncer did not start (log: ${logFile})`)
  }
}

function settings(postgresPort: number, port: number, userFile: string): string {
  return `[databases]
* = host=127.0.0.1 port=${postgresPort}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = md5
auth_file = ${userFile}
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 2000
server_reset_query = DEALLOCATE ALL
server_reset_query_always = 1
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
`
}

function withPort(databaseUrl: string, port: number): string {
  const url = new URL(databaseUrl)
  url.port = String(port)
  return url.href
}

/** PgBouncer refuses to run as root. */
function ownAccount(): { uid: number; gid: number } | undefined {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined
}
