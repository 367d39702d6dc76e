import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { cpuSeconds, machineSeconds } from '../measure/cpu.ts'
import type { LoadJob, LoadMessage, LoadResult } from './job.ts'

/** Where a load goes, and the processes (name to pid) whose CPU is read meanwhile. */
export type Target = { port: number; accountsFile: string; watched: Readonly<Record<string, number>> }

export type MeasuredLoad = LoadResult & {
  /** CPU milliseconds, user and system, that each watched process and the load itself used per request. */
  cpuMs: Record<string, number>
  /** Share (0 to 1) of the processors' time that anything else took, other guests of the machine's host included. */
  otherWork: number
}

const generatorFile = fileURLToPath(new URL('./generator.ts', import.meta.url))

/** Runs one load in a process of its own. */
export async function runLoad(target: Target, job: Omit<LoadJob, 'port' | 'accountsFile'>): Promise<MeasuredLoad> {
  const generator = fork(generatorFile, { execArgv: ['--no-warnings'] })
  const watched = Object.entries({ ...target.watched, load: generator.pid ?? 0 })
  const usage = (): Usage => ({
    at: performance.now(),
    machine: machineSeconds(),
    each: watched.map(([name, pid]) => [name, cpuSeconds(pid)]),
  })
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
    return { ...result, ...spent(before, after, result.all.count) }
  } finally {
    generator.kill('SIGKILL')
  }
}

/** CPU seconds so far. */
type Usage = { at: number; machine: number; each: (readonly [name: string, seconds: number])[] }

function spent(before: Usage, after: Usage, requests: number): Pick<MeasuredLoad, 'cpuMs' | 'otherWork'> {
  const each = after.each.map(([name, seconds], index) => [name, seconds - (before.each[index]?.[1] ?? 0)] as const)
  const ours = each.reduce((sum, [, seconds]) => sum + seconds, 0)
  const available = ((after.at - before.at) / 1000) * availableParallelism()
  return {
    cpuMs: Object.fromEntries(each.map(([name, seconds]) => [name, (seconds * 1000) / requests])),
    otherWork: Math.max(0, after.machine - before.machine - ours) / available,
  }
}
