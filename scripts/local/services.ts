import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from './migrate.ts'
import { startPostgres } from './postgres.ts'
import { isPortFree, LocalError, type Service } from './process.ts'
import { canReach, findRedisServer, startRedisServer } from './redis.ts'
import { startRedisEmulator } from './redis-emulator.ts'
import type { LocalSecrets } from './secrets.ts'

/** Seconds that a service which died stays away: long enough to see what its absence does. */
const RESTART_AFTER_SECONDS = 10

export type Say = (text: string) => void

export type Place = { dataDirectory: string; isEphemeral: boolean; secrets: LocalSecrets; say: Say }

/** The owner's connection string: the given server, or the embedded one started here. */
export async function openDatabase(
  given: string | undefined,
  place: Place,
): Promise<{ ownerUrl: string; detail: string }> {
  if (given) {
    const { host, pathname } = new URL(given)
    return { ownerUrl: given, detail: `DATABASE_URL, ${host}${pathname}` }
  }
  const { dataDirectory, isEphemeral, secrets, say } = place
  const start = (preferredPort: number | null) =>
    startPostgres({
      directory: `${dataDirectory}/postgres`,
      logFile: `${dataDirectory}/postgres.log`,
      password: secrets.ownerPassword,
      durable: !isEphemeral,
      ...(preferredPort && { preferredPort }),
      ...(isEphemeral && { throwawayDirectory: dataDirectory }),
    })
  const { port, url, service } = await start(isEphemeral ? null : secrets.postgresPort)
  secrets.postgresPort = port
  await checkPassword(url('postgres'), dataDirectory)
  keepAlive('PostgreSQL', service, say, async () =>
    (await isPortFree(port)) ? (await start(port)).service : undefined,
  )
  return {
    ownerUrl: url('defeah'),
    detail: `PostgreSQL 15 on 127.0.0.1:${port}${isEphemeral ? ', thrown away at the end' : ''}`,
  }
}

async function checkPassword(ownerUrl: string, dataDirectory: string): Promise<void> {
  const sql = connect(ownerUrl)
  try {
    await sql`select 1`
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error
    throw new LocalError(
      `${dataDirectory}/secrets.json does not belong to ${dataDirectory}/postgres: put the right file back, or remove both to begin anew`,
    )
  } finally {
    await sql.end()
  }
}

/** Fails in one line where a REDIS_URL is of no use. */
export async function checkGivenRedis(given: string): Promise<void> {
  if (!URL.canParse(given) || new URL(given).protocol !== 'redis:') {
    throw new LocalError('REDIS_URL is not of the form redis://:password@host:port')
  }
  if (await canReach(given, 5_000)) return
  throw new LocalError('REDIS_URL is not reachable: start that server, or unset REDIS_URL for a local one')
}

/** A Redis to put the REST endpoint in front of: REDIS_URL, a server found on PATH, or the emulator. */
export async function openRedis(given: string | undefined, place: Place): Promise<{ url: string; detail: string }> {
  if (given) return { url: given, detail: `REDIS_URL, ${new URL(given).host}` }
  const binary = findRedisServer()
  if (!binary) {
    const { url } = await startRedisEmulator()
    return { url, detail: 'EMULATED, without scripts: install redis-server or valkey for the real one' }
  }
  const { dataDirectory: directory, isEphemeral, say } = place
  const options = { directory, ...(isEphemeral && { throwawayDirectory: directory }) }
  const { url, service } = await startRedisServer(binary, options)
  const { port, password } = new URL(url)
  keepAlive('Redis', service, say, async () => {
    if (!(await isPortFree(Number(port)))) return undefined
    return (await startRedisServer(binary, { ...options, port: Number(port), password })).service
  })
  return { url, detail: `${binary} on 127.0.0.1:${port}` }
}

/** Starts a service again, at the same address, when it has died; a port in use by then means that somebody else did. */
function keepAlive(name: string, service: Service, say: Say, restart: () => Promise<Service | undefined>): void {
  void service.exited.then(async () => {
    if (service.isStopping()) return
    say(`${name} has stopped; it is started again in ${RESTART_AFTER_SECONDS} s`)
    await sleep(RESTART_AFTER_SECONDS * 1000, undefined, { ref: false })
    if (service.isStopping()) return
    try {
      const next = await restart()
      if (next) keepAlive(name, next, say, restart)
      say(`${name} is back`)
    } catch (error) {
      say(`${name} could not be started again: ${(error as Error).message}`)
    }
  })
}
