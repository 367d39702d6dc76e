import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, LocalError, run, type Service, startService, waitFor } from '../../../scripts/local/process.ts'
import { poolSize } from '../platform/pgbouncer.ts'
import { findProgram } from '../platform/probe.ts'

export type PeerOptions = {
  python: string
  directory: string
  /** The api role's database through the pooler. */
  databaseUrl: string
  redisUrl: string
  issuer: string
  /** The Worker's public keys, as it serves them. */
  jwks: string
  rateLimitFactor: string
}

const folder = fileURLToPath(new URL('./fastapi_peer', import.meta.url))

export const peerPackages =
  'python3-fastapi python3-sqlalchemy python3-asyncpg python3-jwt python3-cryptography python3-redis python3-hiredis ' +
  'uvicorn python3-uvloop python3-httptools'

const versionsScript = `
import asyncpg, cryptography, fastapi, hiredis, httptools, jwt, redis, sqlalchemy, sys, uvicorn, uvloop
print(f"Python {sys.version.split()[0]}, FastAPI {fastapi.__version__}, SQLAlchemy {sqlalchemy.__version__}, "
      f"asyncpg {asyncpg.__version__}, uvicorn {uvicorn.__version__}")
`

/** A Python that has everything the peer needs: the system's own first, where Debian's packages are. */
export async function findPeerPython(): Promise<{ python: string; versions: string } | undefined> {
  const found = ['/usr/bin/python3', findProgram('python3')].filter((path) => path !== undefined)
  for (const python of new Set(found)) {
    const { code, output } = await run(python, ['-c', versionsScript])
    if (code === 0) return { python, versions: output.trim() }
  }
  return undefined
}

/** One process with one event loop, as the Worker has; its standard output, the log, goes to a file as the Worker's does. */
export async function startPeer(options: PeerOptions): Promise<{ port: number; service: Service }> {
  const logFile = join(options.directory, 'peer.log')
  const port = await freePort()
  const service = startService({
    command: options.python,
    args: ['-m', 'uvicorn', 'main:app', '--app-dir', folder, '--port', String(port), ...uvicornSettings],
    env: {
      PATH: process.env['PATH'],
      PYTHONDONTWRITEBYTECODE: '1',
      PEER_DATABASE_URL: options.databaseUrl,
      PEER_REDIS_URL: options.redisUrl,
      PEER_POOL_SIZE: String(poolSize),
      PEER_ISSUER: options.issuer,
      PEER_JWKS: options.jwks,
      PEER_RATE_LIMIT_FACTOR: options.rateLimitFactor,
      PEER_ORIGINS: 'https://app.example.com',
    },
    logFile,
    stopSignal: 'SIGTERM',
    graceMs: 3_000,
  })
  const isServing = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/posts`).catch(() => undefined)
    return response?.status === 401 ? true : undefined
  }
  if (await waitFor(isServing, { timeoutMs: 20_000, isAlive: service.isRunning })) return { port, service }
  await service.stop()
  throw new LocalError(`the peer did not start (log: ${logFile})`)
}

const uvicornSettings = [
  '--host',
  '127.0.0.1',
  '--loop',
  'uvloop',
  '--http',
  'httptools',
  '--no-access-log',
  '--log-level',
  'warning',
]
