import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cpuSeconds } from '../measure/cpu.ts'
import type { LoadJob, LoadMessage, LoadResult } from './job.ts'

/** Where a load goes, and the processes (name to pid) whose CPU is read meanwhile. */
export type Target = { port: number; accountsFile: string; watched: Readonly<Record<string, number>> }

export type MeasuredLoad = LoadResult & {
  /** CPU milliseconds, user and system, that each watched process and the load itself used per request. */
  cpuMs: Record<string, number>
}

const generatorFile = fileURLToPath(new URL('./generator.ts', import.meta.url))

/** Runs one load in a process of its own. */
export async function runLoad(target: Target, job: Omit<LoadJob, 'port' | 'accountsFile'>): Promise<MeasuredLoad> {
  const generator = fork(generatorFile, { execArgv: ['--no-warnings'] })
  const watched = Object.entries({ ...target.watched, load: generator.pid ?? 0 })
  const usage = () => watched.map(([name, pid]) => ({ name, seconds: cpuSeconds(pid) }))
  let before = usage()
  let after = before
  try {
    const result = await new Promise<LoadResult>((resolve, reject) => {
      generator.on('message', (message: LoadMessage) => {
        if (message === 'measuring') before = usage()
        else if (message === 'measured') after = usage()
        else resolve(message.result)
      })
      generator.once('exit', (code) => reject(new Error(`the load generator ended with code ${code}`)))
      generator.once('error', reject)
      generator.send({ ...job, port: target.port, accountsFile: target.accountsFile } satisfies LoadJob)
    })
    const perRequest = after.map(({ name, seconds }, index) => {
      return [name, ((seconds - (before[index]?.seconds ?? 0)) * 1000) / result.all.count] as const
    })
    return { ...result, cpuMs: Object.fromEntries(perRequest) }
  } finally {
    generator.kill('SIGKILL')
  }
}
