import { readdirSync, readFileSync } from 'node:fs'

/** Of Linux's /proc: USER_HZ, which is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100

/** CPU seconds that all processors were not idle since the machine started: for anybody here, or for other guests of its host. */
export function machineSeconds(): number {
  const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).map(Number) ?? []
  // user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user already.
  return [0, 1, 2, 5, 6, 7].reduce((sum, index) => sum + (ticks[index] ?? 0), 0) / ticksPerSecond
}

/** CPU seconds, user and system, that a process and those it started and that still live have used so far. */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    // utime and stime, then those of ended children that were waited for.
    const own = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0) / ticksPerSecond
    return childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), own)
  } catch {
    return 0
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    try {
      return readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    } catch {
      // The thread has ended meanwhile.
      return []
    }
  })
}
