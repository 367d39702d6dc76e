import { checkPixels } from './pixels.ts'
import { Rejection, truncated, unreadable } from './rejection.ts'
import { asciiAt, type MediaSource } from './source.ts'

const maxChunks = 1_000
const animationFlag = 0x02

/** Reads the sizes that a WebP states (RFC 9649), of the canvas and of the picture, and whether it is all there. */
export async function inspectWebp(source: MediaSource): Promise<void> {
  const end = 8 + (await source.view(0, 12)).getUint32(4, true)
  if (end > source.bytes) throw truncated(`It says that it has ${end} bytes, and has ${source.bytes}.`)
  let at = 12
  for (let chunk = 0; chunk < maxChunks && at + 8 <= end; chunk += 1) {
    const header = await source.view(at, 8)
    const name = asciiAt(header, 0, 4)
    const read = sizes[name]
    if (read !== undefined) {
      const { width, height, isAnimated = false } = read(await source.view(at + 8, 10))
      checkPixels(width, height)
      if (isAnimated) throw new Rejection('media/animated', 'The image moves: send it as a video.')
      if (name !== 'VP8X') return
    }
    const length = header.getUint32(4, true)
    at += 8 + length + (length % 2)
  }
  throw unreadable('There is no picture in it.')
}

type Size = { width: number; height: number; isAnimated?: boolean }

const sizes: Readonly<Record<string, (view: DataView) => Size>> = {
  'VP8 ': (view) => ({ width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff }),
  VP8L: (view) => {
    const bits = view.getUint32(1, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  },
  VP8X: (view) => ({
    width: (view.getUint32(4, true) & 0xffffff) + 1,
    height: (view.getUint32(6, true) >>> 8) + 1,
    isAnimated: (view.getUint8(0) & animationFlag) !== 0,
  }),
}
