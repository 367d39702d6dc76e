import { checkPixels } from './pixels.ts'
import { Rejection, unreadable } from './rejection.ts'
import { asciiAt, type MediaSource } from './source.ts'

const signatureBytes = 8
/** Length, name and checksum. */
const chunkOverhead = 12
const maxChunks = 100_000

/** Walks the chunks of a PNG (W3C PNG, section 5) to its end, without decoding it; refuses what a decoder must not see. */
export async function inspectPng(source: MediaSource): Promise<void> {
  let at = signatureBytes
  for (let chunk = 0; chunk < maxChunks; chunk += 1) {
    const header = await source.view(at, chunkOverhead)
    const name = asciiAt(header, 4, 4)
    if (chunk === 0) {
      if (name !== 'IHDR') throw unreadable('It does not begin with its header.')
      const size = await source.view(at + 8, 8)
      checkPixels(size.getUint32(0), size.getUint32(4))
    }
    if (name === 'acTL') throw new Rejection('media/animated', 'The image moves: send it as a video.')
    if (name === 'IEND') return
    at += chunkOverhead + header.getUint32(0)
  }
  throw unreadable('It has too many parts.')
}
