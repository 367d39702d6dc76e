import { type ImageFacts, inspectJpeg } from './jpeg.ts'
import { inspectPng } from './png.ts'
import { Rejection } from './rejection.ts'
import type { MediaTraits, MediaType } from './schema.ts'
import type { MediaSource } from './source.ts'
import { inspectVideo, type VideoFacts } from './video.ts'
import { inspectWebp } from './webp.ts'

/** What is stored of a file that has passed its checks. */
export type MediaFacts = {
  readonly width: number
  readonly height: number
  readonly durationMs: number | null
  readonly traits: MediaTraits
}

/** `toConvert`: it is sound as far as its headers go, and has to become a JPEG before more can be said. */
export type Inspection = MediaFacts | 'toConvert'

/** The type that the first bytes of a file have; undefined for one that is not taken. */
export async function sniffType(source: MediaSource): Promise<MediaType | undefined> {
  const text = String.fromCharCode(...(await source.read(0, 12)))
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'image/webp'
  const [box, brand] = [text.slice(4, 8), text.slice(8, 12)]
  if (box === 'ftyp' && imageBrands.includes(brand)) return undefined
  if (box === 'ftyp') return brand === 'qt  ' ? 'video/quicktime' : 'video/mp4'
  // QuickTime is older than the box that names a type.
  return ['moov', 'mdat', 'wide', 'pnot'].includes(box) ? 'video/quicktime' : undefined
}

/** Pictures in the clothes of an MP4 (HEIF). */
const imageBrands = ['heic', 'heix', 'heif', 'mif1', 'msf1', 'avif', 'avis', 'hevc', 'hevx']

/** Refuses what is not of the type that it is said to be. */
export async function expectType(source: MediaSource, declared: string): Promise<void> {
  const found = await sniffType(source)
  if (found === declared) return
  throw new Rejection(
    'media/type-mismatch',
    `It is said to be ${declared}, and is ${found ?? 'of no type that is taken'}.`,
  )
}

const inspectors: Readonly<Record<MediaType, (source: MediaSource) => Promise<Inspection>>> = {
  'image/jpeg': async (source) => asFacts(await inspectJpeg(source)),
  'image/png': async (source) => {
    await inspectPng(source)
    return 'toConvert'
  },
  'image/webp': async (source) => {
    await inspectWebp(source)
    return 'toConvert'
  },
  'video/mp4': async (source) => asFacts(await inspectVideo(source, 'mp4')),
  'video/quicktime': async (source) => asFacts(await inspectVideo(source, 'mov')),
}

/** Checks a file of a type by what its headers say; throws a Rejection that says what is wrong with it. */
export const inspect = async (source: MediaSource, type: MediaType): Promise<Inspection> =>
  await inspectors[type](source)

const asFacts = (facts: ImageFacts | VideoFacts): MediaFacts => ({ durationMs: null, ...facts })
