import { randomBytes } from 'node:crypto'
import { accessSync, constants, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { freePort, LocalError, type Service, startService, waitFor } from './process.ts'
import { createRespClient } from './resp.ts'

export type LocalRedis = { url: string; service: Service }

export type RedisOptions = {
  /** Where its configuration and log go. */
  directory: string
  /** To come back at the same address after a stop. */
  port?: number
  password?: string
  throwawayDirectory?: string
}

/** The path of a real server on PATH, or undefined. */
export function findRedisServer(): string | undefined {
  const folders = (process.env['PATH'] ?? '')
    .split(delimiter)
    .concat('/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin')
  const candidates = ['redis-server', 'valkey-server'].flatMap((name) => folders.map((folder) => join(folder, name)))
  return candidates.find(isExecutable)
}

/** Starts a real server that keeps nothing on disk and listens on 127.0.0.1 alone, with a password. */
export async function startRedisServer(binary: string, options: RedisOptions): Promise<LocalRedis> {
  const password = options.password ?? randomBytes(18).toString('base64url')
  const configuration = join(options.directory, 'redis.conf')
  const logFile = join(options.directory, 'redis.log')
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    // In a file, because arguments can be read by every user of the machine.
    writeFileSync(configuration, redisConf(port, password), { mode: 0o600 })
    const service = startService({
      command: binary,
      args: [configuration],
      cwd: options.directory,
      logFile,
      stopSignal: 'SIGTERM',
      graceMs: 5_000,
      ...(options.throwawayDirectory && { throwawayDirectory: options.throwawayDirectory }),
    })
    const url = `redis://:${password}@127.0.0.1:${port}`
    const answers = async () => ((await canReach(url, 1_000)) ? true : undefined)
    if (await waitFor(answers, { timeoutMs: 20_000, isAlive: service.isRunning })) return { url, service }
    await service.stop()
    if (attempt >= 5 || options.port) throw new LocalError(`${binary} did not start (log: ${logFile})`)
  }
}

function redisConf(port: number, password: string): string {
  return `port ${port}\nbind 127.0.0.1\nrequirepass ${password}\nsave ""\nappendonly no\ndaemonize no\nmaxmemory 256mb\nmaxmemory-policy allkeys-lru\n`
}

/** Whether a Redis answers at this URL within the time, with these credentials. */
export async function canReach(url: string, timeoutMs: number): Promise<boolean> {
  const client = createRespClient(url)
  const timer = setTimeout(client.close, timeoutMs)
  try {
    const [reply] = await client.send([['PING']])
    return reply !== null && typeof reply === 'object' && 'status' in reply && reply.status === 'PONG'
  } catch {
    return false
  } finally {
    clearTimeout(timer)
    client.close()
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
