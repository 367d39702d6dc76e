/** Random numbers that depend on their name alone: the same seed, subject and number give the same ones in any order. */
export type Random = {
  /** 0 up to, not including, 1. */
  readonly next: () => number
  /** A whole number from `least` to `most`. */
  readonly between: (least: number, most: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <T>(items: readonly T[]) => T
  /** A UUID version 7 of that millisecond. */
  readonly uuid: (ms: number) => string
  readonly hex: (bytes: number) => string
}

/** What the numbers are for; part of their name. */
export const subjects = { user: 1, workspace: 2, account: 3, campaign: 4, post: 5, team: 6, time: 7 } as const

/** The small fast counter generator of C. Doty-Humphrey (PractRand's sfc32), seeded by four words. */
export function randomOf(seed: number, subject: number, number: number, part = 0): Random {
  let [a, b, c, counter] = [seed | 0, (subject << 20) ^ part, number | 0, 1]
  const word = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let round = 0; round < 12; round += 1) word()
  const next = () => word() / 2 ** 32
  const hex = (bytes: number) => {
    let text = ''
    for (let length = 0; length < bytes; length += 4) text += word().toString(16).padStart(8, '0')
    return text.slice(0, bytes * 2)
  }
  return {
    next,
    hex,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    uuid: (ms) => {
      const time = Math.floor(ms).toString(16).padStart(12, '0')
      const tail = hex(10)
      const variant = ((Number.parseInt(tail.charAt(3), 16) & 3) | 8).toString(16)
      return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-${variant}${tail.slice(4, 7)}-${tail.slice(7, 19)}`
    },
  }
}
