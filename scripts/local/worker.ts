import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'smol-toml'
import { LocalError, type Service, startService, waitFor } from './process.ts'
import { writePrivate } from './secrets.ts'
import type { HostOptions } from './worker-host.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export type WorkerOptions = {
  port: number
  /** For wrangler's own state, log and the file with the variables. */
  directory: string
  apiDatabaseUrl: string
  jobsDatabaseUrl: string
  /** Variables and secrets, over those of wrangler.toml. */
  vars: Record<string, string>
  /** What the Worker logs, line by line. */
  onLine: (line: string) => void
}

/** Starts the Worker in workerd (rebuilt at each change of a file), without waiting for it. */
export function startWorker(options: WorkerOptions): Service {
  const variables = join(options.directory, 'worker.env')
  writePrivate(
    variables,
    Object.entries(options.vars)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join(''),
  )
  const ownVariables = join(ROOT, '.dev.vars')
  const host: HostOptions = {
    config: join(ROOT, 'wrangler.toml'),
    port: options.port,
    persistTo: join(options.directory, 'wrangler'),
    envFiles: [variables, ...(existsSync(ownVariables) ? [ownVariables] : [])],
  }
  const hostFile = join(options.directory, 'worker.json')
  writePrivate(hostFile, JSON.stringify(host))
  return startService({
    command: process.execPath,
    args: ['--no-warnings', join(ROOT, 'scripts', 'local', 'worker-host.ts'), hostFile],
    cwd: ROOT,
    env: { ...process.env, ...wranglerEnvironment(options) },
    logFile: join(options.directory, 'worker.log'),
    stopSignal: 'SIGUSR2',
    urgentSignal: 'SIGINT',
    graceMs: 8_000,
    onOutput: lineSplitter((line) => !line.startsWith('[wrangler:info]') && options.onLine(line)),
  })
}

function wranglerEnvironment(options: WorkerOptions): Record<string, string> {
  return {
    CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: options.apiDatabaseUrl,
    CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE_JOBS: options.jobsDatabaseUrl,
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
    WRANGLER_LOG_PATH: join(options.directory, 'wrangler', 'logs'),
    WRANGLER_REGISTRY_PATH: join(options.directory, 'wrangler', 'registry'),
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  }
}

/** Waits until /readyz answers 200. */
export async function waitUntilReady(service: Service, { port, directory }: WorkerOptions): Promise<void> {
  let last = 'no answer'
  const check = async () => {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5_000) })
      last = `${response.status} ${(await response.text()).slice(0, 300)}`
      return response.ok ? true : undefined
    } catch {
      return undefined
    }
  }
  if (await waitFor(check, { timeoutMs: 90_000, everyMs: 50, isAlive: service.isRunning })) return
  const log = join(directory, 'worker.log')
  if (service.isRunning()) throw new LocalError(`the Worker is not ready, /readyz: ${last} (log: ${log})`)
  const errors = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => /ERROR|error:/i.test(line))
  throw new LocalError(
    `the Worker did not start: ${errors.at(-1)?.replace(/^.*\[ERROR\]\s*/, '') ?? 'no message'} (log: ${log})`,
  )
}

/** The cron expressions that wrangler.toml declares. */
export function readCrons(): string[] {
  const configuration = parse(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')) as { triggers?: { crons?: string[] } }
  return configuration.triggers?.crons ?? []
}

function lineSplitter(onLine: (line: string) => unknown): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
}
