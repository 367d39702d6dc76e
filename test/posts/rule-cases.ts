import type { Content, Level } from '../../src/posts/rules.ts'
import type { FileFacts, PostKind } from '../../src/posts/schema.ts'

/** For every rule of Instagram's a post that keeps it and one that breaks it, at the limit where there is one. */

type Item = Content['media'][number]

const mebibyte = 1024 * 1024

const imageTraits = { kind: 'image', colorProfile: null, colorModel: 'rgb' } as const
const videoTraits = {
  kind: 'video',
  container: 'mp4',
  videoCodec: 'h264',
  frameRate: 30,
  videoBitRate: 5_000_000,
  audioCodec: 'aac',
  audioChannels: 2,
  audioSampleRate: 48_000,
  hasEditList: false,
  chroma: '4:2:0',
  isInterlaced: false,
} as const

const jpeg = (more: Partial<FileFacts> = {}): FileFacts => ({
  status: 'ready',
  contentType: 'image/jpeg',
  bytes: 500_000,
  width: 1080,
  height: 1080,
  durationMs: null,
  traits: imageTraits,
  ...more,
})
const mp4 = (more: Partial<FileFacts> = {}, traits: object = {}): FileFacts => ({
  status: 'ready',
  contentType: 'video/mp4',
  bytes: 20 * mebibyte,
  width: 1080,
  height: 1920,
  durationMs: 15_000,
  traits: { ...videoTraits, ...traits },
  ...more,
})
const upright = (more: Partial<FileFacts> = {}) => jpeg({ height: 1920, ...more })

const mediaId = '0190a6bc-5e7a-7000-8000-000000000001'
const other = '0190a6bc-5e7a-7000-8000-000000000002'
export const item = (file: FileFacts | null, more: Partial<Item> = {}): Item => ({
  mediaId,
  altText: file?.contentType === 'image/jpeg' ? 'A cup of coffee' : null,
  userTags: [],
  productTags: [],
  file,
  ...more,
})
const bare = (file: FileFacts, more: Partial<Item> = {}) => item(file, { altText: null, ...more })

const facebook = { login: 'facebook', status: 'active' } as const
const instagram = { login: 'instagram', status: 'active' } as const

/** A post that keeps every rule, for each kind. */
export const kept: Readonly<Record<PostKind, Content>> = {
  image: blank('image', [item(jpeg())]),
  carousel: blank('carousel', [item(jpeg()), item(jpeg())]),
  reel: blank('reel', [item(mp4())]),
  story: blank('story', [bare(upright())]),
}

function blank(kind: PostKind, media: Item[]): Content {
  const none = { caption: null, options: {}, cover: null, duplicateOf: null }
  return { ...none, kind, accountId: other, account: facebook, media }
}

export type RuleCase = {
  readonly code: string
  readonly level: Level
  readonly keeps: Content
  readonly breaks: Content
  /** Where, one pointer per failing item. */
  readonly at: readonly string[]
}

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ')
const userTags = (count: number) => Array.from({ length: count }, (_, i) => ({ username: `u${i}`, x: 0.5, y: 1 }))
const productTags = (count: number, place: object = { x: 0, y: 1 }) =>
  Array.from({ length: count }, (_, i) => ({ productId: String(i), ...place }))

const image = (more: Partial<Content>) => ({ ...kept.image, ...more })
const carousel = (more: Partial<Content>) => ({ ...kept.carousel, ...more })
const reel = (more: Partial<Content>) => ({ ...kept.reel, ...more })
const story = (more: Partial<Content>) => ({ ...kept.story, ...more })
const imageOf = (file: Partial<FileFacts>) => image({ media: [item(jpeg(file))] })
const reelOf = (file: Partial<FileFacts>, traits: object = {}) => reel({ media: [item(mp4(file, traits))] })
const storyOf = (file: Partial<FileFacts>) => story({ media: [item(mp4(file))] })
const cover = (file: Partial<FileFacts>) => reel({ options: { coverMediaId: other }, cover: upright(file) })
const first = ['/media/0']

type Pair = readonly [keeps: Content, breaks: Content, at: readonly string[]]
const casesOf = (level: Level, pairs: readonly (readonly [string, ...Pair])[]): RuleCase[] =>
  pairs.map(([code, keeps, breaks, at]) => ({ code, level, keeps, breaks, at }))

const refused = casesOf('refused', [
  [
    'account/flavour-forbids',
    image({ options: { locationId: '7' }, media: [item(jpeg(), { productTags: productTags(1) })] }),
    image({
      account: instagram,
      options: { locationId: '7', isPaidPartnership: true, sponsorIds: ['1'] },
      media: [item(jpeg(), { productTags: productTags(1) })],
    }),
    ['/options/locationId', '/options/isPaidPartnership', '/options/sponsorIds', '/media/0/productTags'],
  ],
  [
    'account/flavour-forbids',
    image({ account: instagram, options: { isPaidPartnership: false, sponsorIds: [] } }),
    reel({ account: instagram, options: { locationId: '7' } }),
    ['/options/locationId'],
  ],
  ['media/too-many', image({}), image({ media: [item(jpeg()), item(jpeg())] }), ['/media']],
  [
    'media/too-many',
    carousel({ media: new Array(10).fill(item(jpeg())) }),
    carousel({ media: new Array(11).fill(item(jpeg())) }),
    ['/media'],
  ],
  ['media/rejected', imageOf({ status: 'pending' }), imageOf({ status: 'rejected' }), first],
  ['media/wrong-type', image({}), image({ media: [item(mp4())] }), first],
  ['media/wrong-type', image({}), imageOf({ contentType: 'image/png' }), first],
  ['media/wrong-type', reelOf({ contentType: 'video/quicktime' }), reel({ media: [bare(jpeg())] }), first],
  ['media/wrong-type', storyOf({}), story({ media: [bare(upright({ contentType: 'image/webp' }))] }), first],
  [
    'media/wrong-type',
    carousel({ media: [item(jpeg()), item(mp4())] }),
    carousel({ media: [item(jpeg()), item(jpeg({ contentType: 'image/png' }))] }),
    ['/media/1'],
  ],
  ['media/too-large', imageOf({ bytes: 8 * mebibyte }), imageOf({ bytes: 8 * mebibyte + 1 }), first],
  ['media/too-large', reelOf({ bytes: 300 * mebibyte }), reelOf({ bytes: 300 * mebibyte + 1 }), first],
  ['media/too-large', storyOf({ bytes: 100 * mebibyte }), storyOf({ bytes: 100 * mebibyte + 1 }), first],
  [
    'media/too-large',
    story({ media: [bare(upright({ bytes: 8 * mebibyte }))] }),
    story({ media: [bare(upright({ bytes: 8 * mebibyte + 1 }))] }),
    first,
  ],
  ['media/aspect-ratio', imageOf({ height: 1350 }), imageOf({ height: 1370 }), first],
  ['media/aspect-ratio', imageOf({ width: 1440, height: 1800 }), imageOf({ height: 1351 }), first],
  ['media/aspect-ratio', imageOf({ width: 1200, height: 628 }), imageOf({ width: 1200, height: 620 }), first],
  ['media/aspect-ratio', reelOf({ width: 10, height: 1000 }), reelOf({ width: 4, height: 1000 }), first],
  ['media/aspect-ratio', reelOf({ width: 1000, height: 100 }), reelOf({ width: 1020, height: 100 }), first],
  ['media/aspect-ratio', storyOf({ width: 100, height: 1000 }), storyOf({ width: 90, height: 1000 }), first],
  [
    'media/aspect-ratio',
    story({ media: [bare(jpeg({ height: 1920 }))] }),
    carousel({ media: [item(jpeg()), item(jpeg({ height: 1920 })), item(jpeg({ height: 500 }))] }),
    ['/media/1', '/media/2'],
  ],
  ['media/too-short', reelOf({ durationMs: 3_000 }), reelOf({ durationMs: 2_999 }), first],
  ['media/too-short', storyOf({ durationMs: 3_000 }), storyOf({ durationMs: 2_999 }), first],
  [
    'media/too-short',
    carousel({ media: [item(jpeg()), item(mp4({ durationMs: 3_000 }))] }),
    carousel({ media: [item(jpeg()), item(mp4({ durationMs: 2_999 }))] }),
    ['/media/1'],
  ],
  ['media/too-long', reelOf({ durationMs: 900_000 }), reelOf({ durationMs: 900_001 }), first],
  ['media/too-long', storyOf({ durationMs: 60_000 }), storyOf({ durationMs: 60_001 }), first],
  ['media/too-wide', reelOf({ width: 1920 }), reelOf({ width: 1921 }), first],
  ['media/too-wide', storyOf({ width: 1920 }), storyOf({ width: 1921 }), first],
  ['media/codec', reelOf({}, { videoCodec: 'hevc' }), reelOf({}, { videoCodec: 'av1' }), first],
  ['media/frame-rate', reelOf({}, { frameRate: 23 }), reelOf({}, { frameRate: 22.9 }), first],
  ['media/frame-rate', reelOf({}, { frameRate: 60.02 }), reelOf({}, { frameRate: 61 }), first],
  ['media/bit-rate', reelOf({}, { videoBitRate: 25_000_000 }), reelOf({}, { videoBitRate: 25_000_001 }), first],
  ['media/chroma', reelOf({}, { chroma: null }), reelOf({}, { chroma: '4:2:2' }), first],
  ['media/audio', reelOf({}, { audioCodec: null }), reelOf({}, { audioCodec: 'mp3' }), first],
  ['media/audio', reelOf({}, { audioChannels: 1 }), reelOf({}, { audioChannels: 6 }), first],
  ['media/audio', reelOf({}, { audioSampleRate: 44_100 }), reelOf({}, { audioSampleRate: 96_000 }), first],
  ['caption/too-long', image({ caption: '😀'.repeat(1100) }), image({ caption: 'c'.repeat(2201) }), ['/caption']],
  [
    'caption/too-many-hashtags',
    image({ caption: times(30, (n) => `#größe${n}`) }),
    image({ caption: times(31, (n) => `#größe${n}`) }),
    ['/caption'],
  ],
  [
    'caption/too-many-mentions',
    image({ caption: `${times(20, (n) => `@u.${n}`)} mail@example.test` }),
    image({ caption: times(21, (n) => `@u.${n}`) }),
    ['/caption'],
  ],
  [
    'first-comment/too-long',
    image({ options: { firstComment: 'c'.repeat(2200) } }),
    image({ options: { firstComment: 'c'.repeat(2201) } }),
    ['/options/firstComment'],
  ],
  [
    'alt-text/too-long',
    image({ media: [item(jpeg(), { altText: 'a'.repeat(1000) })] }),
    carousel({ media: [item(jpeg()), item(jpeg(), { altText: 'a'.repeat(1001) })] }),
    ['/media/1/altText'],
  ],
  ['alt-text/foreign', reel({}), reel({ media: [item(mp4(), { altText: 'x' })] }), ['/media/0/altText']],
  ['alt-text/foreign', story({}), story({ media: [item(upright())] }), ['/media/0/altText']],
  [
    'alt-text/foreign',
    carousel({ media: [item(jpeg()), item(mp4())] }),
    carousel({ media: [item(jpeg()), item(mp4(), { altText: 'x' })] }),
    ['/media/1/altText'],
  ],
  [
    'user-tags/too-many',
    image({ media: [item(jpeg(), { userTags: userTags(20) })] }),
    image({ media: [item(jpeg(), { userTags: userTags(21) })] }),
    ['/media/0/userTags'],
  ],
  [
    'product-tags/foreign',
    story({}),
    story({ media: [bare(upright(), { productTags: productTags(1) })] }),
    ['/media/0/productTags'],
  ],
  [
    'product-tags/too-many',
    image({ media: [item(jpeg(), { productTags: productTags(5) })] }),
    image({ media: [item(jpeg(), { productTags: productTags(6) })] }),
    ['/media/0/productTags'],
  ],
  [
    'product-tags/too-many',
    reel({ media: [item(mp4(), { productTags: productTags(30, {}) })] }),
    reel({ media: [item(mp4(), { productTags: productTags(31, {}) })] }),
    ['/media/0/productTags'],
  ],
  [
    'product-tags/position-on-video',
    reel({ media: [item(mp4(), { productTags: productTags(1, {}) })] }),
    reel({ media: [item(mp4(), { productTags: [...productTags(1, {}), ...productTags(1)] })] }),
    ['/media/0/productTags/1'],
  ],
  [
    'options/foreign',
    reel({ options: { shareToFeed: true } }),
    image({ options: { shareToFeed: true } }),
    ['/options/shareToFeed'],
  ],
  [
    'options/foreign',
    story({ options: { isAiGenerated: true } }),
    story({ options: { isAiGenerated: true, collaborators: ['a'], firstComment: 'Hi' } }),
    ['/options/firstComment', '/options/collaborators'],
  ],
  [
    'collaborators/too-many',
    image({ options: { collaborators: ['a', 'b', 'c'] } }),
    reel({ options: { collaborators: ['a', 'b', 'c', 'd'] } }),
    ['/options/collaborators'],
  ],
  [
    'sponsors/too-many',
    image({ options: { sponsorIds: ['1', '2'] } }),
    image({ options: { sponsorIds: ['1', '2', '3'] } }),
    ['/options/sponsorIds'],
  ],
  [
    'thumb-offset/beyond-end',
    reel({ options: { thumbOffsetMs: 14_999 } }),
    reel({ options: { thumbOffsetMs: 15_000 } }),
    ['/options/thumbOffsetMs'],
  ],
  ['cover/rejected', cover({ status: 'pending' }), cover({ status: 'rejected' }), ['/options/coverMediaId']],
  ['cover/wrong-type', cover({}), cover({ contentType: 'video/mp4' }), ['/options/coverMediaId']],
  ['cover/too-large', cover({ bytes: 8 * mebibyte }), cover({ bytes: 8 * mebibyte + 1 }), ['/options/coverMediaId']],
])

const problems = casesOf('problem', [
  ['account/missing', image({}), image({ accountId: null, account: null }), ['/accountId']],
  ['account/not-active', image({}), image({ account: { login: 'facebook', status: 'needs_reauth' } }), ['/accountId']],
  ['account/not-active', image({}), image({ account: { login: 'instagram', status: 'disconnected' } }), ['/accountId']],
  ['media/missing', image({}), image({ media: [] }), ['/media']],
  ['media/too-few', carousel({}), carousel({ media: [item(jpeg())] }), ['/media']],
  ['media/not-ready', imageOf({}), imageOf({ status: 'pending' }), first],
  [
    'media/not-ready',
    carousel({}),
    carousel({ media: [item(jpeg()), item(jpeg({ status: 'processing' }))] }),
    ['/media/1'],
  ],
  [
    'user-tags/position-missing',
    story({ media: [bare(upright(), { userTags: [{ username: 'a' }] })] }),
    image({ media: [item(jpeg(), { userTags: [...userTags(1), { username: 'a', x: 0 }, { username: 'b' }] })] }),
    ['/media/0/userTags/1', '/media/0/userTags/2'],
  ],
  [
    'user-tags/position-missing',
    reel({ media: [item(mp4(), { userTags: [{ username: 'a' }] })] }),
    carousel({ media: [item(jpeg()), item(jpeg(), { userTags: [{ username: 'a' }] })] }),
    ['/media/1/userTags/0'],
  ],
  ['cover/not-ready', cover({}), cover({ status: 'processing' }), ['/options/coverMediaId']],
])

const warnings = casesOf('warning', [
  ['content/duplicate', image({}), image({ duplicateOf: other }), ['']],
  ['media/not-upright', reelOf({}), reelOf({ height: 1080 }), first],
  ['media/not-upright', story({}), story({ media: [bare(jpeg())] }), first],
  [
    'media/cropped',
    carousel({ media: [item(jpeg()), item(jpeg({ width: 600, height: 600 }))] }),
    carousel({ media: [item(jpeg()), item(jpeg()), item(jpeg({ height: 1350 }))] }),
    ['/media/2'],
  ],
  ['media/scaled', imageOf({ width: 320, height: 320 }), imageOf({ width: 319, height: 319 }), first],
  ['media/scaled', imageOf({ width: 1440, height: 1440 }), imageOf({ width: 1441, height: 1441 }), first],
  [
    'media/color-profile',
    imageOf({ traits: { ...imageTraits, colorProfile: 'sRGB IEC61966-2.1' } }),
    imageOf({ traits: { ...imageTraits, colorProfile: 'Display P3' } }),
    first,
  ],
  ['media/color-profile', imageOf({}), imageOf({ traits: { ...imageTraits, colorModel: 'cmyk' } }), first],
  ['media/may-be-too-small', reelOf({ width: 640, height: 1138 }), reelOf({ width: 639, height: 1138 }), first],
  ['media/interlaced', reelOf({}, { isInterlaced: null }), reelOf({}, { isInterlaced: true }), first],
  ['media/edit-list', reelOf({}), reelOf({}, { hasEditList: true }), first],
  ['caption/ignored', story({ caption: '' }), story({ caption: 'Words' }), ['/caption']],
  [
    'first-comment/may-be-refused',
    image({ options: { firstComment: 'c'.repeat(300) } }),
    image({ options: { firstComment: 'c'.repeat(301) } }),
    ['/options/firstComment'],
  ],
  [
    'first-comment/may-be-refused',
    image({ options: { firstComment: '#a #b #c #d' } }),
    image({ options: { firstComment: '#a #b #c #d #e' } }),
    ['/options/firstComment'],
  ],
  ['alt-text/missing', image({}), image({ media: [bare(jpeg())] }), ['/media/0/altText']],
  [
    'product-tags/position-missing',
    image({ media: [item(jpeg(), { productTags: productTags(1) })] }),
    image({ media: [item(jpeg(), { productTags: productTags(1, {}) })] }),
    ['/media/0/productTags/0'],
  ],
  [
    'collaborators/may-be-refused',
    image({ options: { collaborators: ['a'] } }),
    carousel({ options: { collaborators: ['a'] } }),
    ['/options/collaborators'],
  ],
  [
    'trial/with-collaborators',
    reel({ options: { trial: { graduationStrategy: 'manual' } } }),
    reel({ options: { trial: { graduationStrategy: 'manual' }, collaborators: ['a'] } }),
    ['/options/trial'],
  ],
  [
    'thumb-offset/ignored',
    reel({ options: { thumbOffsetMs: 1 } }),
    reel({ options: { thumbOffsetMs: 1, coverMediaId: other }, cover: upright() }),
    ['/options/thumbOffsetMs'],
  ],
  ['cover/aspect-ratio', cover({}), cover({ height: 1080 }), ['/options/coverMediaId']],
])

export const ruleCases: readonly RuleCase[] = [...refused, ...problems, ...warnings]
