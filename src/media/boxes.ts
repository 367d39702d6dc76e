import { Rejection, truncated, unreadable } from './rejection.ts'
import { asciiAt, type MediaSource } from './source.ts'

/** The outermost boxes of an MP4 or QuickTime file (ISO/IEC 14496-12), which say where its index lies. */

type Box = { readonly name: string; readonly at: number; readonly headerBytes: number; readonly bytes: number }

const maxBoxes = 1_000
/** The index of a quarter of an hour at 60 frames per second takes about 1.5 MiB. */
const maxIndexBytes = 6 * 1024 * 1024

/** The index (`moov`), which has to come before the media that it describes, so that the file plays while it loads. */
export async function readIndex(source: MediaSource): Promise<DataView> {
  const boxes: Box[] = []
  for (let at = 0; at < source.bytes; at += boxes.at(-1)?.bytes ?? 0) {
    if (boxes.length === maxBoxes) throw unreadable('It has too many parts.')
    boxes.push(await boxAt(source, at))
  }
  const index = boxes.find(({ name }) => name === 'moov')
  const media = boxes.find(({ name }) => name === 'mdat')
  if (index === undefined) throw truncated('It has no index (moov).')
  if (media !== undefined && media.at < index.at)
    throw new Rejection(
      'media/moov-not-first',
      'The index (moov) comes after the media (mdat): write it for "fast start".',
    )
  if (index.bytes > maxIndexBytes) throw unreadable(`Its index is larger than ${maxIndexBytes} bytes.`)
  return await source.view(index.at + index.headerBytes, index.bytes - index.headerBytes)
}

async function boxAt(source: MediaSource, at: number): Promise<Box> {
  // Some writers end a file with four bytes of nothing.
  if (source.bytes - at < 8) return { name: '', at, headerBytes: 0, bytes: source.bytes - at }
  const header = await source.view(at, 8)
  const name = asciiAt(header, 4, 4)
  const size = header.getUint32(0)
  const headerBytes = size === 1 ? 16 : 8
  const bytes = await lengthOf(source, at, size)
  if (bytes < headerBytes) throw unreadable(`The part at byte ${at} has no length.`)
  if (at + bytes > source.bytes)
    throw truncated(`The file has ${source.bytes} bytes, and its parts go on to ${at + bytes}.`)
  return { name, at, headerBytes, bytes }
}

/** 0 means to the end of the file, and 1 that the length follows the name (ISO/IEC 14496-12, 4.2). */
async function lengthOf(source: MediaSource, at: number, size: number): Promise<number> {
  if (size === 0) return source.bytes - at
  return size === 1 ? Number((await source.view(at + 8, 8)).getBigUint64(0)) : size
}

/** Whether a track is cut or shifted by its edit list; one edit of the whole from its beginning changes nothing. */
export function hasEditList(index: DataView): boolean {
  return childrenOf(index, 'trak')
    .flatMap((track) => childrenOf(track, 'edts'))
    .flatMap((edits) => childrenOf(edits, 'elst'))
    .some(doesEdit)
}

function doesEdit(list: DataView): boolean {
  if (list.byteLength < 8) return false
  const isLong = list.getUint8(0) === 1
  const entries = list.getUint32(4)
  if (entries !== 1) return entries > 1
  if (list.byteLength < 8 + (isLong ? 20 : 12)) return true
  const startsAt = isLong ? list.getBigInt64(16) : BigInt(list.getInt32(12))
  return startsAt !== 0n
}

/** The contents of those boxes directly within a box that have a name. */
export function childrenOf(box: DataView, name: string): DataView[] {
  const found: DataView[] = []
  for (let at = 0; at + 8 <= box.byteLength; ) {
    const bytes = box.getUint32(at)
    if (bytes < 8 || at + bytes > box.byteLength) break
    if (asciiAt(box, at + 4, 4) === name) found.push(new DataView(box.buffer, box.byteOffset + at + 8, bytes - 8))
    at += bytes
  }
  return found
}
