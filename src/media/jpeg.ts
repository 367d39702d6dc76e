import { iccProfileName } from './icc.ts'
import { orientationIn } from './orientation.ts'
import { checkPixels } from './pixels.ts'
import { truncated, unreadable } from './rejection.ts'
import type { ImageTraits } from './schema.ts'
import { asciiAt, type MediaSource } from './source.ts'

/** What is known of a picture; its size is as it is shown, after turning. */
export type ImageFacts = { readonly width: number; readonly height: number; readonly traits: ImageTraits }

type Frame = { readonly width: number; readonly height: number; readonly colorModel: ImageTraits['colorModel'] }

const marker = { fill: 0xff, sos: 0xda, eoi: 0xd9, app1: 0xe1, app2: 0xe2 } as const
const colorModels: Readonly<Record<number, ImageTraits['colorModel']>> = { 1: 'gray', 3: 'rgb', 4: 'cmyk' }
const exifHeader = 'Exif\0\0'
const iccHeader = 'ICC_PROFILE\0'
const maxSegments = 5_000
/** A progressive picture has about a dozen scans, each with its tables. */
const maxLaterSegments = 1_000
const scanBytes = 256 * 1024

/** Walks the segments of a JPEG (ITU-T T.81, annex B) from its start to the end of the image, without decoding it. */
export async function inspectJpeg(source: MediaSource): Promise<ImageFacts> {
  let frame: Frame | undefined
  let colorProfile: string | null = null
  let isTurned = false
  for await (const { code, at, bytes } of segmentsOf(source)) {
    if (isFrame(code)) frame = frameIn(code, await source.view(at, 6))
    if (code === marker.app1) isTurned ||= isTurnedBy(await source.view(at, bytes))
    if (code === marker.app2) colorProfile ??= profileIn(await source.view(at, bytes))
    if (code !== marker.sos) continue
    if (frame === undefined) throw unreadable('The picture begins before its header.')
    await expectEnd(source, at + bytes)
    const { width, height, colorModel } = frame
    const traits = { kind: 'image', colorProfile, colorModel } as const
    return isTurned ? { width: height, height: width, traits } : { width, height, traits }
  }
  throw unreadable('There is no picture in it.')
}

type Segment = { readonly code: number; readonly at: number; readonly bytes: number }

/** The segments before the first coded data, and that of its scan. */
async function* segmentsOf(source: MediaSource): AsyncGenerator<Segment> {
  let at = 2
  for (let segments = 0; segments < maxSegments; segments += 1) {
    const header = await source.view(at, 4)
    const code = header.getUint8(1)
    if (header.getUint8(0) !== 0xff) throw unreadable(`There is no segment at byte ${at}.`)
    if (code === marker.eoi) return
    // A segment may begin with any number of fill bytes.
    if (code === marker.fill) {
      at += 1
      continue
    }
    const length = header.getUint16(2)
    if (length < 2) throw unreadable(`The segment at byte ${at} has no length.`)
    yield { code, at: at + 4, bytes: length - 2 }
    at += 2 + length
  }
}

const isFrame = (code: number): boolean => code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code)

/** Baseline, extended and progressive, at eight bits: what is read everywhere. */
function frameIn(code: number, view: DataView): Frame {
  if (code > 0xc2 || view.getUint8(0) !== 8)
    throw unreadable('It is coded as few can read: lossless, or at twelve bits.')
  const colorModel = colorModels[view.getUint8(5)]
  if (colorModel === undefined) throw unreadable(`It has ${view.getUint8(5)} colour components.`)
  const [height, width] = [view.getUint16(1), view.getUint16(3)]
  checkPixels(width, height)
  return { width, height, colorModel }
}

const isTurnedBy = (view: DataView<ArrayBuffer>): boolean =>
  startsWith(view, exifHeader) && orientationIn(new DataView(view.buffer, exifHeader.length)) >= 5

/** The first piece of a profile, which begins with the table of what is in it. */
const profileIn = (view: DataView<ArrayBuffer>): string | null =>
  startsWith(view, iccHeader) && view.byteLength > iccHeader.length + 2 && view.getUint8(iccHeader.length) === 1
    ? iccProfileName(new DataView(view.buffer, iccHeader.length + 2))
    : null

const startsWith = (view: DataView, text: string): boolean =>
  view.byteLength >= text.length && asciiAt(view, 0, text.length) === text

/**
 * Looks for the end of the image behind its first scan. Within coded data an 0xff is followed by 0x00 or a restart; what
 * comes after the end, such as the film of a motion picture, is nobody's business.
 */
async function expectEnd(source: MediaSource, from: number): Promise<void> {
  let at = from
  let segments = 0
  while (at < source.bytes) {
    const chunk = await source.read(at, scanBytes)
    let next = 0
    while (next < chunk.byteLength) {
      const found = nextMarker(chunk, next)
      if (found === undefined) break
      if (chunk[found + 1] === marker.eoi) return
      segments += 1
      if (segments > maxLaterSegments) throw unreadable('It has too many segments.')
      // Tables and further scans stand between the scans of a progressive picture.
      next = found + 2 + (await source.view(at + found + 2, 2)).getUint16(0)
    }
    // A marker may begin with the last byte.
    at += Math.max(1, next, chunk.byteLength - 1)
  }
  throw truncated('The file ends before the picture does.')
}

function nextMarker(chunk: Uint8Array, from: number): number | undefined {
  for (let at = chunk.indexOf(0xff, from); at >= 0 && at + 1 < chunk.byteLength; at = chunk.indexOf(0xff, at + 1)) {
    const code = chunk[at + 1] ?? 0
    if (code !== 0 && code !== 0xff && !(code >= 0xd0 && code <= 0xd7)) return at
  }
  return undefined
}
