import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parse } from 'smol-toml'
import { ROOT } from '../../../scripts/local/bundle.ts'
import { freePort, LocalError, type Service, startService, waitFor } from '../../../scripts/local/process.ts'
import { canConnect } from './probe.ts'

export type BenchWorker = { url: string; port: number; pid: number; service: Service; logFile: string }

export type WorkerdOptions = {
  directory: string
  /** The bundle as a deployment would upload it, or any other module. */
  script: string
  hyperdrives?: Readonly<Record<string, string>>
  vars?: Readonly<Record<string, string>>
  /** Serves the inspector's protocol there; costs CPU, so only for profiles. */
  inspectorPort?: number
}

/**
 * Runs a bundle in plain `workerd serve`: no proxy, no entry Worker and no inspector before it, so that what is measured is
 * what the Worker costs. Hyperdrive bindings lead to the given addresses.
 */
export async function startWorkerd(options: WorkerdOptions): Promise<BenchWorker> {
  const logFile = join(options.directory, 'workerd.log')
  mkdirSync(options.directory, { recursive: true })
  copyFileSync(options.script, join(options.directory, 'worker.js'))
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const service = spawnWorkerd(options, port, logFile)
    if (await waitFor(() => canConnect(port), { timeoutMs: 20_000, everyMs: 1, isAlive: service.isRunning })) {
      return { url: `http://127.0.0.1:${port}`, port, pid: service.pid, service, logFile }
    }
    await service.stop()
    if (attempt === 3)
      throw new LocalError(`workerd did not start: ${readFileSync(logFile, 'utf8').trim().slice(-500)}`)
  }
}

function spawnWorkerd(options: WorkerdOptions, port: number, logFile: string): Service {
  const configuration = join(options.directory, 'workerd.capnp')
  writeFileSync(configuration, capnp(options, port), { mode: 0o600 })
  const inspector = options.inspectorPort ? [`--inspector-addr=127.0.0.1:${options.inspectorPort}`] : []
  return startService({
    command: workerdBinary(),
    args: ['serve', ...inspector, configuration],
    cwd: options.directory,
    logFile,
    stopSignal: 'SIGTERM',
    graceMs: 2_000,
  })
}

/** The program itself: the package's own command is a Node process before it. */
function workerdBinary(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('workerd/package.json'))
  const name = `@cloudflare/workerd-${process.platform}-${process.arch === 'x64' ? '64' : process.arch}`
  return join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'workerd')
}

type Configuration = { compatibility_date: string; compatibility_flags: string[] }

function capnp({ hyperdrives = {}, vars = {} }: WorkerdOptions, port: number): string {
  const configuration = parse(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')) as Configuration
  const text = (value: string) => JSON.stringify(value)
  const databases = Object.entries(hyperdrives).map(([name, address]) => ({ name, url: new URL(address) }))
  const services = databases.map(
    ({ name, url }) => `( name = ${text(name)}, external = ( address = ${text(url.host)}, tcp = () ) )`,
  )
  const bindings = [
    ...Object.entries(vars).map(([name, value]) => `( name = ${text(name)}, text = ${text(value)} )`),
    ...databases.map(
      ({ name, url }) => `( name = ${text(name)}, hyperdrive = ( designator = ${text(name)},
          database = ${text(url.pathname.slice(1))}, user = ${text(url.username)},
          password = ${text(decodeURIComponent(url.password))}, scheme = "postgresql" ) )`,
    ),
    '( name = "OUTBOX", queue = "outbox" )',
    '( name = "PRIVATE_FILES", r2Bucket = "outbox" )',
    '( name = "MEDIA_FILES", r2Bucket = "outbox" )',
    `( name = "IMAGES", wrapped = ( moduleName = "cloudflare-internal:images-api",
        innerBindings = [ ( name = "fetcher", service = "outbox" ) ] ) )`,
  ]
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ( name = "main", worker = (
      modules = [ ( name = "worker.js", esModule = embed "worker.js" ) ],
      compatibilityDate = ${text(configuration.compatibility_date)},
      compatibilityFlags = [ ${configuration.compatibility_flags.map(text).join(', ')} ],
      bindings = [
        ${bindings.join(',\n        ')}
      ],
      globalOutbound = "network"
    ) ),
    ( name = "outbox", worker = (
      modules = [ ( name = "outbox.js", esModule = "export default { fetch: () => Response.json({}) }" ) ],
      compatibilityDate = ${text(configuration.compatibility_date)}
    ) ),
    ( name = "network", network = ( allow = [ "public", "private" ], tlsOptions = ( trustBrowserCas = true ) ) ),
    ${services.join(',\n    ')}
  ],
  sockets = [ ( name = "http", address = "127.0.0.1:${port}", http = (), service = "main" ) ]
);
`
}
