import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { unstable_startWorker as startWorker } from 'wrangler'

/**
 * The process that runs the Worker in workerd for `npm run dev`, rebuilding it at each change. It is a process of its own
 * because wrangler takes over the signals of the one that it runs in. SIGUSR2 ends it; its workerd is gone by then, while at
 * SIGINT wrangler would leave without waiting.
 */
export type HostOptions = {
  config: string
  port: number
  persistTo: string
  envFiles: string[]
}

const [file = ''] = process.argv.slice(2)
const { config, port, persistTo, envFiles }: HostOptions = JSON.parse(readFileSync(file, 'utf8'))

const starting = startWorker({
  config,
  envFiles,
  dev: {
    server: { hostname: '127.0.0.1', port },
    inspector: false,
    persist: persistTo,
    logLevel: 'warn',
    watch: true,
    liveReload: false,
    remote: false,
    structuredLogsHandler: ({ message }: { message: string }) => process.stdout.write(`${message}\n`),
  },
})

process.once('SIGUSR2', async () => {
  // A workerd that is just starting is not waited for by dispose().
  const force = sleep(7_000, undefined, { ref: false }).then(() => process.exit(1))
  const worker = await starting.catch(() => undefined)
  await Promise.race([worker?.dispose(), force])
  await endChildren()
  process.exit(0)
})

/** wrangler's esbuild services end only after us; where nobody reaps orphans they would stay in the process list. */
async function endChildren(): Promise<void> {
  const children = () => {
    try {
      return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    } catch {
      return []
    }
  }
  for (let tries = 0; tries < 50 && children().length > 0; tries++) {
    for (const child of children()) process.kill(child, 'SIGKILL')
    await sleep(10)
  }
}

await starting
