import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cpuSeconds } from '../measure/cpu.ts'
import type { LoadJob, LoadResult } from './generator.ts'

export type MeasuredLoad = LoadResult & {
  /** CPU seconds that each watched process used while the load was measured. */
  cpu: Record<string, number>
}

/** Runs one load in a process of its own, and reads what the named processes (by pid) use meanwhile. */
export async function runLoad(job: LoadJob, watched: Readonly<Record<string, number>> = {}): Promise<MeasuredLoad> {
  const generator = fork(fileURLToPath(new URL('generator.ts', import.meta.url)), { execArgv: ['--no-warnings'] })
  const pids = { ...watched, load: generator.pid as number }
  const usage = () => Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)] as const)
  let before: ReturnType<typeof usage> = []
  let after: ReturnType<typeof usage> = []
  try {
    const result = await new Promise<LoadResult>((resolve, reject) => {
      generator.on('message', (message: 'measuring' | 'measured' | { result: LoadResult }) => {
        if (message === 'measuring') before = usage()
        else if (message === 'measured') after = usage()
        else resolve(message.result)
      })
      generator.once('exit', (code) => reject(new Error(`the load generator ended with code ${code}`)))
      generator.once('error', reject)
      generator.send(job)
    })
    const start = Object.fromEntries(before)
    return { ...result, cpu: Object.fromEntries(after.map(([name, seconds]) => [name, seconds - (start[name] ?? 0)])) }
  } finally {
    generator.kill('SIGKILL')
  }
}
