import { readdirSync, readFileSync } from 'node:fs'

/** Memory of workerd while something goes on, as Linux counts it. */

export const mebibyte = 1024 * 1024

/** Resident memory of the workerd that this process started last, in MiB. */
export function workerMebibytes(): number {
  const children = readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && statusOf(pid).includes(`PPid:\t${process.pid}\n`),
  )
  const workerds = children.filter((pid) => statusOf(pid).startsWith('Name:\tworkerd'))
  if (workerds.length === 0) throw new Error('there is no workerd')
  return Number(/VmRSS:\s+(\d+)/.exec(statusOf(workerds.at(-1) ?? ''))?.[1]) / 1024
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

/** The most that was resident while something went on. */
export async function peakDuring(work: () => Promise<unknown>): Promise<number> {
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, workerMebibytes())
  }, 25)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return peak
}
