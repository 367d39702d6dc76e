/** The first line in which two texts differ, as a reader of a failed check wants to see it. */
export function firstDifference(current: string, wanted: string): string {
  const [left, right] = [current.split('\n'), wanted.split('\n')]
  const line = left.findIndex((text, index) => text !== right[index])
  const at = line === -1 ? left.length : line
  return `line ${at + 1}: has ${JSON.stringify(left[at] ?? null)}, should be ${JSON.stringify(right[at] ?? null)}`
}
