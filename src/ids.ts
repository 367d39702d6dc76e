/** Makes one UUID version 7 (RFC 9562) at each call. */
export type MakeId = () => string

/**
 * Time-ordered ids: 48 bits of Unix milliseconds, a 12-bit counter that rises within one millisecond (a Worker's clock
 * stands still between two I/O events), 62 random bits.
 */
export function uuidMaker(now: () => Date): MakeId {
  let lastMs = 0
  let counter = 0
  return () => {
    const ms = Math.max(now().getTime(), lastMs)
    const random = crypto.getRandomValues(new Uint8Array(10))
    // A fresh millisecond starts in the lower half, so that 2,048 more ids fit before time is borrowed from the next.
    counter = ms === lastMs ? counter + 1 : (byte(random, 8) << 3) | (byte(random, 9) & 7)
    lastMs = counter > 0xfff ? ms + 1 : ms
    counter &= 0xfff
    const time = lastMs.toString(16).padStart(12, '0')
    const low = [(byte(random, 0) & 0x3f) | 0x80, ...random.slice(1, 8)]
    const tail = low.map((value) => value.toString(16).padStart(2, '0')).join('')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`
  }
}

const byte = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0
