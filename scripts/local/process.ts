import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A failure with a cause the developer can act on: shown as one line, without a stack. */
export class LocalError extends Error {
  override name = 'LocalError'
}

export type Service = {
  pid: number
  /** Settles when the process is gone, whoever ended it. */
  exited: Promise<void>
  isRunning: () => boolean
  /** Whether its end is our doing. */
  isStopping: () => boolean
  stop: () => Promise<void>
}

export type ServiceOptions = {
  command: string
  args: string[]
  env?: NodeJS.ProcessEnv
  cwd?: string
  uid?: number
  gid?: number
  logFile: string
  stopSignal: NodeJS.Signals
  /** What follows when stopSignal had no effect in `graceMs`; SIGKILL comes last in any case. */
  urgentSignal?: NodeJS.Signals
  graceMs: number
  /** Removed by the guard when this process dies without stopping the service. */
  throwawayDirectory?: string
  /** Gets what the service prints, beside its log file. */
  onOutput?: (text: string) => void
}

const services = new Set<Service>()
const commands = new Set<ChildProcess>()
let isClosing = false

/** Ends everything that this process has started, latest first; nothing can be started any more. */
export async function stopEverything(): Promise<void> {
  isClosing = true
  for (const command of commands) command.kill('SIGKILL')
  for (const service of [...services].reverse()) await service.stop()
}

/**
 * Starts a server in a session of its own, so that Ctrl-C reaches only us and we stop things in order. A guard shell holds
 * the read end of a pipe of ours: when we die in a way that runs no handler (SIGKILL, a crash), it stops the service.
 */
export function startService(options: ServiceOptions): Service {
  if (isClosing) throw new LocalError('stopped')
  const log = openSync(options.logFile, 'a', 0o600)
  const output = options.onOutput ? 'pipe' : log
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ['ignore', output, output],
    ...(options.env && { env: options.env }),
    ...(options.cwd && { cwd: options.cwd }),
    ...(options.uid !== undefined && { uid: options.uid, gid: options.gid }),
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      appendFileSync(options.logFile, text)
      options.onOutput?.(text)
    })
  }
  closeSync(log)
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  if (child.pid === undefined)
    return { pid: -1, exited, isRunning: () => false, isStopping: () => isClosing, stop: async () => {} }
  child.unref()
  const pid = child.pid
  const guard = startGuard(pid, options.stopSignal, options.throwawayDirectory)
  const isRunning = () => child.exitCode === null && child.signalCode === null
  let stopping: Promise<void> | undefined
  const stop = () => {
    child.ref()
    guard.ref()
    stopping ??= stopChild(child, exited, options).then(() => {
      // What the service itself started is in its process group.
      signalProcess(-pid, 'SIGKILL')
      return endGuard(guard)
    })
    return stopping
  }
  const service = { pid, exited, isRunning, isStopping: () => isClosing || stopping !== undefined, stop }
  services.add(service)
  void exited.then(async () => {
    services.delete(service)
    // From now on the pid may be another's.
    await endGuard(guard)
  })
  return service
}

const GUARD = `while read -r _; do :; done
kill -s "$2" "$1" 2>/dev/null
tries=0
while kill -0 "$1" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -s KILL "$1" 2>/dev/null
kill -s KILL "-$1" 2>/dev/null
[ -z "$3" ] || rm -rf "$3"`

function startGuard(pid: number, stopSignal: NodeJS.Signals, throwawayDirectory = ''): ChildProcess {
  const args = ['-c', GUARD, 'guard', String(pid), stopSignal.replace('SIG', ''), throwawayDirectory]
  const guard = spawn('sh', args, { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] })
  guard.once('error', () => {})
  guard.stdin?.once('error', () => {})
  guard.unref()
  // The pipe must not keep our own event loop alive.
  ;(guard.stdin as unknown as { unref?: () => void } | null)?.unref?.()
  return guard
}

async function endGuard(guard: ChildProcess): Promise<void> {
  if (guard.pid === undefined || guard.exitCode !== null || guard.signalCode !== null) return
  const gone = new Promise((resolve) => guard.once('exit', resolve))
  signalProcess(-guard.pid, 'SIGKILL')
  await gone
}

async function stopChild(child: ChildProcess, exited: Promise<void>, options: ServiceOptions): Promise<void> {
  const signals: NodeJS.Signals[] = [
    options.stopSignal,
    ...(options.urgentSignal ? [options.urgentSignal] : []),
    'SIGKILL',
  ]
  for (const signal of signals) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    // A stopped process (SIGSTOP, as tests do) handles no signal but SIGKILL until it continues.
    signalProcess(child.pid, 'SIGCONT')
    signalProcess(child.pid, signal)
    await Promise.race([exited, sleep(options.graceMs, undefined, { ref: false })])
  }
}

/** Sends a signal and says whether there was a process to receive it. A negative pid names a process group. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** The command line of a live process, or undefined: a pid alone proves nothing, since pids are reused. */
export async function commandOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined
    } catch {
      return undefined
    }
  }
  const { code, output } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)])
  return code === 0 ? output.trim() || undefined : undefined
}

export type RunResult = { code: number; output: string }

/** Runs a command to its end; `output` is stdout and stderr together. A command that cannot start has code 127. */
export function run(
  command: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; uid?: number; gid?: number } = {},
): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { maxBuffer: 64 * 1024 * 1024, ...options }, (error, stdout, stderr) => {
      commands.delete(child)
      const output = `${stdout}${stderr}`
      if (!error) return resolve({ code: 0, output })
      const code = typeof error.code === 'number' ? error.code : 127
      resolve({ code, output: output || error.message })
    })
    commands.add(child)
  })
}

/** A port of 127.0.0.1 that was free a moment ago: whoever takes it must cope with losing the race. */
export async function freePort(): Promise<number> {
  const port = await tryPort(0)
  if (port === undefined) throw new LocalError('no free TCP port on 127.0.0.1')
  return port
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}

/** Polls `check` until it returns something, `isAlive` turns false, or the time is over. */
export async function waitFor<T>(
  check: () => Promise<T | undefined> | T | undefined,
  { timeoutMs, everyMs = 20, isAlive = () => true }: { timeoutMs: number; everyMs?: number; isAlive?: () => boolean },
): Promise<T | undefined> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const found = await check()
    if (found !== undefined) return found
    if (!isAlive() || performance.now() > end) return undefined
    await sleep(everyMs)
  }
}
