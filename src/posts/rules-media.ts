import { maxJpegBytes, mebibyte, shownWidth } from '../media/schema.ts'
import type { Content, Fault, Rule } from './rules.ts'
import type { FileFacts, PostKind } from './schema.ts'

/** What the files of each kind may be. Sizes are in MiB, as the text of Meta's own refusal has it. */

/** How many items a kind can ever hold. */
const maxItems = { image: 1, carousel: 10, reel: 1, story: 1 } as const satisfies Record<PostKind, number>
const minCarouselItems = 2

const imageLimits = { bytes: maxJpegBytes, ratio: [0.8, 1.91], width: [320, shownWidth] } as const

const reelLimits = { bytes: 300 * mebibyte, ratio: [0.01, 10], durationMs: [3_000, 900_000] } as const
const storyVideoLimits = { bytes: 100 * mebibyte, ratio: [0.1, 10], durationMs: [3_000, 60_000] } as const
const videoLimits = {
  width: 1920,
  frameRate: [23, 60],
  bitRate: 25_000_000,
  audioChannels: 2,
  audioSampleRate: 48_000,
  /** Reels with a shorter side have been refused; the reference has no such bound. */
  surelyTakenSide: 640,
} as const
const videoCodecs: ReadonlySet<string> = new Set(['h264', 'hevc'])

/** There is no table for the videos of a carousel: they are held to that of a reel. */
const videoLimitsOf = (kind: PostKind) => (kind === 'story' ? storyVideoLimits : reelLimits)

type Item = Content['media'][number]
type ReadyItem = { readonly file: FileFacts; readonly kind: PostKind; readonly first: FileFacts | null }

export const isReady = (file: FileFacts | null | undefined): boolean => file?.status === 'ready'
const isJpeg = ({ contentType }: FileFacts): boolean => contentType === 'image/jpeg'
export const isVideo = (file: FileFacts | null): boolean => file?.contentType?.startsWith('video/') ?? false

/** Width by height to two decimals, so that 1200 x 628 is 1.91; undefined where the file's are not known. */
export const ratioOf = ({ width, height }: FileFacts): number | undefined =>
  width === null || height === null ? undefined : Math.round((100 * width) / height) / 100
/** Exactly, since 4:5 is what it says, while 1.91:1 stands for 1200 x 628. */
const isNarrower = ({ width, height }: FileFacts, ratio: number): boolean => (width ?? 0) / (height ?? 1) < ratio
/** 9:16 */
export const storyRatio = 0.56

/** How many there are, and whether the files can be used at all. */
export const mediaRules: readonly Rule[] = [
  {
    code: 'media/missing',
    level: 'problem',
    faultsOf: ({ media }) => (media.length === 0 ? [{ pointer: '/media', detail: 'choose what to show' }] : []),
  },
  {
    code: 'media/too-few',
    level: 'problem',
    faultsOf: ({ kind, media }) =>
      kind === 'carousel' && media.length > 0 && media.length < minCarouselItems
        ? [{ pointer: '/media', detail: `has ${media.length}; a carousel needs at least ${minCarouselItems} items` }]
        : [],
  },
  {
    code: 'media/too-many',
    level: 'refused',
    faultsOf: ({ kind, media }) =>
      media.length > maxItems[kind]
        ? [{ pointer: '/media', detail: `has ${media.length}; a ${kind} holds at most ${maxItems[kind]}` }]
        : [],
  },
  {
    code: 'media/not-ready',
    level: 'problem',
    faultsOf: eachItem(({ file }) =>
      file?.status === 'pending' || file?.status === 'processing' ? `the file is still ${file.status}` : undefined,
    ),
  },
  {
    code: 'media/rejected',
    level: 'refused',
    faultsOf: eachItem(({ file }) => (file?.status === 'rejected' ? 'the file was rejected' : undefined)),
  },
  {
    code: 'media/wrong-type',
    level: 'refused',
    faultsOf: eachReady(({ file, kind }) => {
      const taken = typesOf[kind]
      if (file.contentType === null || taken.includes(file.contentType)) return undefined
      return `is ${file.contentType}; a ${kind} shows ${taken.join(', ')}`
    }),
  },
  {
    code: 'media/too-large',
    level: 'refused',
    faultsOf: eachReady(({ file, kind }) => {
      const most = isVideo(file) ? videoLimitsOf(kind).bytes : imageLimits.bytes
      return file.bytes !== null && file.bytes > most ? `has ${file.bytes} bytes; Instagram takes ${most}` : undefined
    }),
  },
  {
    code: 'media/aspect-ratio',
    level: 'refused',
    faultsOf: eachReady(({ file, kind }) => {
      if (isJpeg(file) && kind === 'story') return undefined
      const [least, most] = isVideo(file) ? videoLimitsOf(kind).ratio : imageLimits.ratio
      const ratio = ratioOf(file)
      if (ratio === undefined || (!isNarrower(file, least) && ratio <= most)) return undefined
      return `is ${file.width} x ${file.height}, ${ratio}:1; Instagram takes ${least}:1 to ${most}:1`
    }),
  },
  {
    code: 'media/not-upright',
    level: 'warning',
    faultsOf: eachReady(({ file, kind }) => {
      const ratio = ratioOf(file)
      if (ratio === undefined || ratio === storyRatio || (kind !== 'reel' && kind !== 'story')) return undefined
      return `is ${file.width} x ${file.height}; Instagram recommends 9:16 and crops or pads what is not`
    }),
  },
  {
    code: 'media/cropped',
    level: 'warning',
    faultsOf: eachReady(({ file, kind, first }) => {
      const [own, shown] = [ratioOf(file), first === null ? undefined : ratioOf(first)]
      if (kind !== 'carousel' || own === undefined || shown === undefined || own === shown) return undefined
      return `is ${own}:1; Instagram crops it to ${shown}:1, as the first item is`
    }),
  },
]

/** What pictures must be beside that. */
export const imageRules: readonly Rule[] = [
  {
    code: 'media/scaled',
    level: 'warning',
    faultsOf: eachReady(({ file, kind }) => {
      const [least, most] = imageLimits.width
      if (kind === 'story' || isVideo(file) || file.width === null) return undefined
      if (file.width >= least && file.width <= most) return undefined
      return `is ${file.width} pixels wide; Instagram scales it to ${file.width < least ? least : most}`
    }),
  },
  {
    code: 'media/color-profile',
    level: 'warning',
    faultsOf: eachReady(({ file: { traits } }) => {
      if (traits?.kind !== 'image') return undefined
      const isSrgb = traits.colorProfile === null || /srgb/i.test(traits.colorProfile)
      if (isSrgb && traits.colorModel !== 'cmyk') return undefined
      return `is in ${traits.colorModel === 'cmyk' ? 'CMYK' : traits.colorProfile}; Instagram shows sRGB, so colours may change`
    }),
  },
]

/** What videos must be beside that. What the file does not tell is not judged. */
export const videoRules: readonly Rule[] = [
  videoRule('media/too-short', 'refused', ({ file: { durationMs }, kind }) => {
    const [least] = videoLimitsOf(kind).durationMs
    return durationMs !== null && durationMs < least
      ? `lasts ${durationMs} ms; at least ${least} ms are needed`
      : undefined
  }),
  videoRule('media/too-long', 'refused', ({ file: { durationMs }, kind }) => {
    const [, most] = videoLimitsOf(kind).durationMs
    return durationMs !== null && durationMs > most ? `lasts ${durationMs} ms; a ${kind} takes ${most} ms` : undefined
  }),
  videoRule('media/too-wide', 'refused', ({ file: { width } }) =>
    width !== null && width > videoLimits.width
      ? `is ${width} pixels wide; Instagram takes ${videoLimits.width}`
      : undefined,
  ),
  videoRule('media/may-be-too-small', 'warning', ({ file: { width, height } }) =>
    width !== null && height !== null && Math.min(width, height) < videoLimits.surelyTakenSide
      ? `is ${width} x ${height}; Instagram may refuse a side below ${videoLimits.surelyTakenSide} pixels`
      : undefined,
  ),
  traitRule('media/codec', 'refused', ({ videoCodec }) =>
    videoCodecs.has(videoCodec) ? undefined : `is ${videoCodec}; Instagram takes ${[...videoCodecs].join(' and ')}`,
  ),
  traitRule('media/frame-rate', 'refused', ({ frameRate }) => {
    const [least, most] = videoLimits.frameRate
    // A rate that is counted from the frames may lie a little above.
    if (frameRate === null || (frameRate >= least && Math.round(frameRate) <= most)) return undefined
    return `has ${frameRate} frames a second; Instagram takes ${least} to ${most}`
  }),
  traitRule('media/bit-rate', 'refused', ({ videoBitRate }) =>
    videoBitRate !== null && videoBitRate > videoLimits.bitRate
      ? `has ${videoBitRate} bit/s; Instagram takes ${videoLimits.bitRate}`
      : undefined,
  ),
  traitRule('media/chroma', 'refused', ({ chroma }) =>
    chroma !== null && chroma !== '4:2:0' ? `has chroma ${chroma}; Instagram takes 4:2:0` : undefined,
  ),
  traitRule('media/audio', 'refused', ({ audioCodec, audioChannels, audioSampleRate }) => {
    const { audioChannels: channels, audioSampleRate: rate } = videoLimits
    if (audioCodec !== null && audioCodec !== 'aac') return `has ${audioCodec} audio; Instagram takes aac`
    if ((audioChannels ?? 0) > channels) return `has ${audioChannels} audio channels; Instagram takes ${channels}`
    if ((audioSampleRate ?? 0) > rate) return `has audio of ${audioSampleRate} Hz; Instagram takes ${rate}`
    return undefined
  }),
  // Some encoders say that frames may be halves where none is.
  traitRule('media/interlaced', 'warning', ({ isInterlaced }) =>
    isInterlaced === true ? 'may be interlaced; Instagram takes progressive video' : undefined,
  ),
  // The reference wants none, and takes those that common encoders write all the same.
  traitRule('media/edit-list', 'warning', ({ hasEditList }) =>
    hasEditList ? 'has an edit list; Instagram may refuse it' : undefined,
  ),
]

const videoTypes = ['video/mp4', 'video/quicktime'] as const
const typesOf: Readonly<Record<PostKind, readonly string[]>> = {
  image: ['image/jpeg'],
  carousel: ['image/jpeg', ...videoTypes],
  reel: videoTypes,
  story: ['image/jpeg', ...videoTypes],
}

/** One fault per item for which `fault` has words. */
function eachItem(fault: (item: Item, content: Content) => string | undefined) {
  return (content: Content): Fault[] =>
    content.media.flatMap((item, index) => {
      const detail = fault(item, content)
      return detail === undefined ? [] : [{ pointer: `/media/${index}`, detail }]
    })
}

/** The same of files whose bytes are known: all else is still to come. */
function eachReady(fault: (item: ReadyItem) => string | undefined) {
  return eachItem(({ file }, { kind, media: [first] }) =>
    file !== null && isReady(file) ? fault({ file, kind, first: first?.file ?? null }) : undefined,
  )
}

function videoRule(code: string, level: Rule['level'], fault: (item: ReadyItem) => string | undefined): Rule {
  return { code, level, faultsOf: eachReady((item) => (isVideo(item.file) ? fault(item) : undefined)) }
}

type VideoTraits = Extract<FileFacts['traits'], { kind: 'video' }>

function traitRule(code: string, level: Rule['level'], fault: (traits: VideoTraits) => string | undefined): Rule {
  return videoRule(code, level, ({ file: { traits } }) => (traits?.kind === 'video' ? fault(traits) : undefined))
}
