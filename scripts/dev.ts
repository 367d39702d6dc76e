import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildAssets } from './build-assets.ts'
import { loadCommonPasswords } from './local/common-passwords.ts'
import { startCrons } from './local/cron.ts'
import { checkGivenDatabase } from './local/given-database.ts'
import { takeLock } from './local/lock.ts'
import { connect, migrate } from './local/migrate.ts'
import { freePort, isPortFree, LocalError, stopEverything } from './local/process.ts'
import { asRole, createRoles, grantDatabase } from './local/roles.ts'
import { type LocalSecrets, loadSecrets, saveSecrets, secretsFile, writePrivate } from './local/secrets.ts'
import { checkGivenRedis, openDatabase, openRedis } from './local/services.ts'
import { startUpstash } from './local/upstash.ts'
import { readCrons, startWorker, waitUntilReady } from './local/worker.ts'
import { seedDemo } from './seed-demo.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const KEPT = join(ROOT, '.data')
const DEFAULT_PORT = 8787
/** Where the development servers of React and Vite are. */
const frontEnds = 'http://localhost:3000,http://localhost:5173'

/** What is to be undone at the end, latest first; the servers themselves are ended by stopEverything. */
const endings: (() => void | Promise<void>)[] = []
let isStopping = false
let isReady = false

/** npm run dev [-- --ephemeral] [--state FILE]: the whole platform on this machine, until it is interrupted. */
async function main(): Promise<void> {
  const startedAt = performance.now()
  const { isEphemeral, stateFile } = readArguments()
  const port = await choosePort()
  if (!isEphemeral) endings.push(await takeLock(join(KEPT, 'dev.lock')))
  const dataDirectory = isEphemeral ? throwawayDirectory() : KEPT
  const given = { database: process.env['DATABASE_URL'] || undefined, redis: process.env['REDIS_URL'] || undefined }
  if (given.database) await checkGivenDatabase(given.database)
  if (given.redis) await checkGivenRedis(given.redis)
  const secretsAt = secretsFile(dataDirectory, KEPT, given.database)
  const secrets = loadSecrets(secretsAt)
  const place = { dataDirectory, isEphemeral, secrets, say: print }

  const database = await stage('database', () => openDatabase(given.database, place))
  const redis = await stage('redis', () => openRedis(given.redis, place))
  buildAssets()
  const rest = await startUpstash({ redisUrl: redis.url, token: secrets.redisRestToken })
  endings.push(rest.stop)
  const apiDatabaseUrl = asRole(database.ownerUrl, 'api', secrets.logins.api)
  const jobsDatabaseUrl = asRole(database.ownerUrl, 'jobs', secrets.logins.jobs)
  // A browser makes passkeys for a domain, which an address is not.
  const url = `http://localhost:${port}`
  const listening = `http://127.0.0.1:${port}`
  const worker = {
    port,
    directory: dataDirectory,
    apiDatabaseUrl,
    jobsDatabaseUrl,
    vars: variables(url, rest, secrets),
    onLine: (line: string) => isReady && print(line),
  }
  const service = startWorker(worker)
  await stage('migrations', async () => await migrate(database.ownerUrl))
  await stage('roles', async () => {
    await createRoles(database.ownerUrl, secrets.logins)
    await grantDatabase(database.ownerUrl)
  })
  await stage('passwords', async () => await loadCommonPasswords(database.ownerUrl))
  await stage('worker', async () => await waitUntilReady(service, worker))
  void service.exited.then(() =>
    fail(new LocalError(`the Worker has ended (log: ${join(dataDirectory, 'worker.log')})`)),
  )
  await stage('demo data', async () => await makeDemoData(listening, database.ownerUrl, secrets))
  saveSecrets(secretsAt, secrets)
  endings.push(startCrons(listening, readCrons(), print))
  const { email, password } = secrets.demo
  writeState(stateFile, {
    pid: process.pid,
    url,
    databaseUrl: database.ownerUrl,
    apiDatabaseUrl,
    jobsDatabaseUrl,
    redisUrl: redis.url,
    redisRestUrl: rest.url,
    redisRestToken: rest.token,
    instagramUrl: null,
    aiUrl: null,
    demo: { email, password },
  })
  print(`
  API          ${url}/v1
  reference    ${url}/docs
  mailbox      ${url}/dev/mailbox
  database     ${database.ownerUrl}
  addresses    ${stateFile}
  demo login   ${email}  ${password}

  ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s; Ctrl-C ends everything
`)
  isReady = true
}

function readArguments(): { isEphemeral: boolean; stateFile: string } {
  try {
    const { values } = parseArgs({ options: { ephemeral: { type: 'boolean' }, state: { type: 'string' } } })
    return { isEphemeral: values.ephemeral ?? false, stateFile: stateFileOf(values.state) }
  } catch (error) {
    throw new LocalError(`${(error as Error).message} (npm run dev -- [--ephemeral] [--state FILE])`)
  }
}

function stateFileOf(given: string | undefined): string {
  if (given === undefined) return join(KEPT, 'dev.json')
  const file = resolve(given)
  if (existsSync(dirname(file))) return file
  throw new LocalError(`--state ${given}: there is no folder ${dirname(file)}`)
}

async function choosePort(): Promise<number> {
  const text = process.env['PORT'] || String(DEFAULT_PORT)
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new LocalError(`PORT is not a port number: ${text}`)
  if (port === 0) return await freePort()
  if (await isPortFree(port)) return port
  throw new LocalError(
    `port ${port} is in use: end what listens there, or choose another: PORT=${port + 1} npm run dev`,
  )
}

function throwawayDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'defeah-dev-'))
  endings.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function variables(url: string, rest: { url: string; token: string }, secrets: LocalSecrets): Record<string, string> {
  return {
    ENVIRONMENT: 'development',
    PUBLIC_URL: url,
    APP_URL: url,
    CORS_ORIGINS: frontEnds,
    WEBAUTHN_ORIGINS: `${url},${frontEnds}`,
    // As in production, unless whoever starts it raises them, for a load from one address.
    RATE_LIMIT_FACTOR: process.env['RATE_LIMIT_FACTOR'] || '1',
    UPSTASH_REDIS_REST_URL: rest.url,
    UPSTASH_REDIS_REST_TOKEN: rest.token,
    KEY_ENCRYPTION_KEYS: secrets.keyEncryptionKeys,
    REFRESH_MAC_KEYS: secrets.refreshMacKeys,
    MAIL_ADAPTER: 'mailbox',
  }
}

/** Once per database: what a developer then changes or deletes stays so. */
async function makeDemoData(url: string, ownerUrl: string, secrets: LocalSecrets): Promise<void> {
  const sql = connect(ownerUrl)
  try {
    const [row] = await sql<{ identity: string }[]>`
      select (select system_identifier from pg_control_system()) || ':' || oid as identity
      from pg_database where datname = current_database()`
    if (row && row.identity === secrets.demo.madeIn) return
    const login = await seedDemo(url, secrets.demo)
    secrets.demo = { ...login, madeIn: row?.identity ?? null }
  } finally {
    await sql.end()
  }
}

function writeState(file: string, state: object): void {
  const text = `${JSON.stringify(state, null, 2)}\n`
  writePrivate(file, text)
  endings.push(() => {
    if (readFileSync(file, 'utf8') === text) rmSync(file)
  })
}

/** Runs a part of the start and prints its line when it is done. */
async function stage<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const result = await work()
  const detail = typeof result === 'object' && result && 'detail' in result ? `  ${result.detail}` : ''
  const milliseconds = `${Math.round(performance.now() - startedAt)} ms`
  if (!isStopping) print(`  ${name.padEnd(11)}${milliseconds.padStart(8)}${detail}`)
  return result
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function stop(exitCode: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  await stopEverything()
  for (const ending of endings.reverse()) {
    try {
      await ending()
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`)
    }
  }
  process.exit(exitCode)
}

async function fail(error: unknown): Promise<void> {
  if (isStopping) return
  const { message, stack, code }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error))
  const isForeign = code === 'EACCES' || code === 'EPERM'
  const text = isForeign ? `${message}: made by another user? remove it, or run as that user` : message
  process.stderr.write(`npm run dev: ${isForeign || error instanceof LocalError ? text : stack}\n`)
  await stop(1)
}

/** Under npm our parent is npm or its shell: without it nobody could end us from that terminal. */
function watchParent(): void {
  if (!process.env['npm_lifecycle_event']) return
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && void stop(0), 1_000).unref()
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0))
// A terminal that hung up, or a pipe whose reader has gone.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => void stop(0))
process.on('uncaughtException', (error) => void fail(error))
process.on('unhandledRejection', (error) => void fail(error))
watchParent()
main().catch(fail)
