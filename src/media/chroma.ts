import { asciiAt } from './source.ts'

/** How a video's colour is sampled, and whether its frames are halves; null where the stream does not say. */
export type Sampling = { readonly chroma: string | null; readonly isInterlaced: boolean | null }

const chromaNames = ['4:0:0', '4:2:0', '4:2:2', '4:4:4']
const unknown: Sampling = { chroma: null, isInterlaced: null }

/** Reads it from what a decoder is set up with: the box `avcC` or `hvcC` (ISO/IEC 14496-15). */
export function samplingOf(codec: string, description: Uint8Array): Sampling {
  try {
    if (codec === 'h264') return samplingOfAvc(description)
    return codec === 'hevc' ? samplingOfHevc(description) : unknown
  } catch (error) {
    // The stream's own words break off; it plays for who can play it.
    if (error instanceof RangeError) return unknown
    throw error
  }
}

function samplingOfHevc(description: Uint8Array): Sampling {
  const view = viewOf(description)
  const flags = view.getUint8(6)
  const [isProgressive, isInterlaced] = [(flags & 0x80) !== 0, (flags & 0x40) !== 0]
  return { chroma: chromaNames[view.getUint8(16) & 3] ?? null, isInterlaced: isInterlaced && !isProgressive }
}

const withChroma = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]

/** The first sequence parameter set (ITU-T H.264, 7.3.2.1.1), as far as the flag that tells frames from fields. */
function samplingOfAvc(description: Uint8Array): Sampling {
  const view = viewOf(description)
  if ((view.getUint8(5) & 0x1f) === 0) return unknown
  const bits = bitsOf(description.subarray(9, 8 + view.getUint16(6)))
  const profile = bits.fixed(8)
  bits.fixed(16)
  bits.golomb()
  const format = withChroma.includes(profile) ? chromaFormat(bits) : 1
  bits.golomb()
  skipPictureOrder(bits)
  bits.golomb()
  bits.fixed(1)
  bits.golomb()
  bits.golomb()
  return { chroma: chromaNames[format] ?? null, isInterlaced: bits.fixed(1) === 0 }
}

type Bits = ReturnType<typeof bitsOf>

function chromaFormat(bits: Bits): number {
  const format = bits.golomb()
  if (format === 3) bits.fixed(1)
  bits.golomb()
  bits.golomb()
  bits.fixed(1)
  const hasScaling = bits.fixed(1) === 1
  const lists = format === 3 ? 12 : 8
  for (let list = 0; hasScaling && list < lists; list += 1)
    if (bits.fixed(1) === 1) skipScaling(bits, list < 6 ? 16 : 64)
  return format
}

function skipScaling(bits: Bits, size: number): void {
  let [last, next] = [8, 8]
  for (let entry = 0; entry < size; entry += 1) {
    if (next !== 0) next = (last + bits.signedGolomb() + 256) % 256
    if (next !== 0) last = next
  }
}

function skipPictureOrder(bits: Bits): void {
  const type = bits.golomb()
  if (type === 0) bits.golomb()
  if (type !== 1) return
  bits.fixed(1)
  bits.golomb()
  bits.golomb()
  const cycle = bits.golomb()
  if (cycle > 255) throw new RangeError('no such cycle')
  for (let entry = 0; entry < cycle; entry += 1) bits.golomb()
}

/** Reads bits, without the bytes that keep the stream from looking like a start code. Throws a RangeError at the end. */
function bitsOf(escaped: Uint8Array) {
  const bytes = escaped.filter((byte, at) => !(byte === 3 && at >= 2 && escaped[at - 1] === 0 && escaped[at - 2] === 0))
  let at = 0
  const one = (): number => {
    const byte = bytes[at >> 3]
    if (byte === undefined) throw new RangeError('the bits end')
    const bit = (byte >> (7 - (at & 7))) & 1
    at += 1
    return bit
  }
  const fixed = (count: number): number => {
    let value = 0
    for (let bit = 0; bit < count; bit += 1) value = value * 2 + one()
    return value
  }
  const golomb = (): number => {
    let zeros = 0
    while (one() === 0) zeros += 1
    if (zeros > 32) throw new RangeError('no such number')
    return 2 ** zeros - 1 + fixed(zeros)
  }
  const signedGolomb = (): number => {
    const code = golomb()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
  return { fixed, golomb, signedGolomb }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)

/** The name of a codec that has no common one: its four characters in the file. */
export function fourCharacters(id: unknown): string {
  if (typeof id === 'number') {
    const view = new DataView(new ArrayBuffer(4))
    view.setUint32(0, id)
    return asciiAt(view, 0, 4)
  }
  return typeof id === 'string' ? id : 'unknown'
}
