import type { Progress } from '../../src/keys/rotation.ts'

/** What progress is written to: a terminal gets a bar that is drawn over, everything else a line now and then. */
export type Output = { readonly isTTY?: boolean; readonly write: (text: string) => unknown }

const barWidth = 30
const lineEveryMs = 5_000

export function createProgress(output: Output, monotonic: () => number) {
  let stage = ''
  let lastLineAt = 0
  let drawn = 0
  const draw = (text: string) => {
    output.write(`\r${text.padEnd(drawn)}`)
    drawn = text.length
  }
  const report = ({ stage: current, done, total }: Progress): void => {
    const isNew = current !== stage
    const isWhole = done >= total
    if (output.isTTY === true) {
      if (isNew && drawn > 0) {
        output.write('\n')
        drawn = 0
      }
      draw(`${current.padEnd(16)} ${bar(done, total)} ${done}/${total}`)
    } else if (isNew || isWhole || monotonic() - lastLineAt >= lineEveryMs) {
      output.write(`${current}: ${done} of ${total}\n`)
      lastLineAt = monotonic()
    }
    stage = current
  }
  const say = (line: string): void => {
    if (drawn > 0) output.write('\n')
    drawn = 0
    output.write(`${line}\n`)
  }
  return { report, say }
}

function bar(done: number, total: number): string {
  const filled = total === 0 ? barWidth : Math.min(barWidth, Math.floor((done / total) * barWidth))
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}]`
}
