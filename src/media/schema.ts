import { z } from '@hono/zod-openapi'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Id, Name, Text, Timestamp } from '../http/values.ts'

/** Types that may be uploaded; an image other than JPEG is stored as a JPEG. */
export const imageTypes = ['image/jpeg', 'image/png', 'image/webp'] as const
export const videoTypes = ['video/mp4', 'video/quicktime'] as const
/** Types that files are stored with. */
export const storedTypes = ['image/jpeg', ...videoTypes] as const
export const MediaType = z.enum([...imageTypes, ...videoTypes])
export type MediaType = z.infer<typeof MediaType>

export const mebibyte = 1024 * 1024
/** Most bytes of an upload; what a post takes of them is for the rules of posts to say. */
export const maxImageBytes = 30 * mebibyte
export const maxVideoBytes = 300 * mebibyte
/** What Instagram takes of a JPEG, and scales a wider one down to (Meta, IG User Media). */
export const maxJpegBytes = 8 * mebibyte
export const shownWidth = 1440

/** What the checks of an image have found, beside its size in pixels. */
export const ImageTraits = z.object({
  kind: z.literal('image'),
  /** Name in the ICC profile; null: it has none, and is taken as sRGB. */
  colorProfile: z.string().nullable(),
  colorModel: z.enum(['gray', 'rgb', 'cmyk']),
})
export type ImageTraits = z.infer<typeof ImageTraits>

/** What the checks of a video have found, beside its frame size and duration. */
export const VideoTraits = z.object({
  kind: z.literal('video'),
  container: z.enum(['mp4', 'mov']),
  /** `h264`, `hevc`, or what it is. */
  videoCodec: z.string(),
  /** Frames per second, on average. */
  frameRate: z.number().nullable(),
  /** Bits per second, on average. */
  videoBitRate: z.number().nullable(),
  /** `aac`, or what it is; null: it has no sound, and so for the next two. */
  audioCodec: z.string().nullable(),
  audioChannels: z.int().nullable(),
  /** Samples per second. */
  audioSampleRate: z.number().nullable(),
  hasEditList: z.boolean(),
  /** Such as `4:2:0`. */
  chroma: z.string().nullable(),
  isInterlaced: z.boolean().nullable(),
})
export type VideoTraits = z.infer<typeof VideoTraits>

export const MediaTraits = z.discriminatedUnion('kind', [ImageTraits, VideoTraits]).openapi('MediaTraits')
export type MediaTraits = z.infer<typeof MediaTraits>

export const MediaStatus = z.enum(['pending', 'processing', 'ready', 'rejected'])

export const MediaFile = z
  .object({
    id: Id,
    userId: Id,
    fileName: z.string(),
    status: MediaStatus.openapi({ description: 'Only a ready file can be published' }),
    contentType: z.string().openapi({ description: 'Of what is stored; until it is ready, as declared' }),
    bytes: z.int().openapi({ description: 'Of what is stored; until it is ready, as declared' }),
    sha256: z.string().nullable().openapi({ description: 'In hex, of what is stored' }),
    width: z.int().nullable().openapi({ description: 'Pixels, as it is shown' }),
    height: z.int().nullable().openapi({ description: 'Pixels, as it is shown' }),
    durationMs: z.int().nullable(),
    traits: MediaTraits.nullable(),
    rejectionCode: z.string().nullable().openapi({ description: 'The code of the problem that it was refused with' }),
    uploadExpiresAt: Timestamp.nullable(),
    url: z.string().nullable().openapi({
      description:
        'Where the bytes of a ready file are, for whoever has it, without credentials; it changes every 12 hours',
    }),
    urlExpiresAt: Timestamp.nullable(),
    version: z.int(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .openapi('MediaFile')
export type MediaFile = z.infer<typeof MediaFile>

/** What a file is rendered from: a link to its bytes is made for each answer, and stored nowhere. */
export const StoredFile = MediaFile.omit({ url: true, urlExpiresAt: true }).extend({ objectKey: z.string().nullable() })
export type StoredFile = z.infer<typeof StoredFile>

export const MediaPage = PageOf(MediaFile, 'MediaPage')

export const MediaQuery = z.strictObject({
  ...PageQuery('media', z.tuple([Id])),
  status: MediaStatus.optional(),
  kind: z.enum(['image', 'video']).optional(),
})
export type MediaQuery = z.infer<typeof MediaQuery>

const maxBytesOf = (contentType: MediaType): number => (isVideo(contentType) ? maxVideoBytes : maxImageBytes)
export const isVideo = (contentType: string): boolean => contentType.startsWith('video/')

export const FileName = Name(255)

export const NewMedia = z
  .strictObject({
    fileName: FileName,
    contentType: MediaType,
    bytes: z.int({ abort: true }).min(1).max(maxVideoBytes),
    sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, { error: 'must be a SHA-256 in hex' })
      .toLowerCase(),
  })
  .refine(({ contentType, bytes }) => bytes <= maxBytesOf(contentType), {
    path: ['bytes'],
    error: `must be at most ${maxImageBytes} for an image`,
  })
  .openapi('NewMedia')
export type NewMedia = z.infer<typeof NewMedia>

export const MediaImport = z
  .strictObject({
    url: Text(2048).openapi({ description: 'https, of a public host' }),
    fileName: FileName.optional().openapi({ description: 'By default the last part of the URL' }),
  })
  .openapi('MediaImport')
export type MediaImport = z.infer<typeof MediaImport>

/** What a new file is rendered from; recorded for a request that comes again. */
export const OpenUpload = z.object({
  id: Id,
  userId: Id,
  fileName: z.string(),
  status: MediaStatus,
  contentType: z.string(),
  bytes: z.int(),
  declaredSha256: z.string(),
  uploadExpiresAt: Timestamp,
  version: z.int(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type OpenUpload = z.infer<typeof OpenUpload>

export const StartedMedia = MediaFile.extend({
  upload: z
    .object({
      method: z.literal('PUT'),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
    })
    .openapi({
      description:
        'Where to send the bytes, with these headers. A URL of this API also needs the access token, as every request does; one of the object store must not have it.',
    }),
}).openapi('StartedMedia')
export type StartedMedia = z.infer<typeof StartedMedia>

export const MediaUsage = z
  .object({
    usedBytes: z.int().openapi({ description: 'Stored; the same bytes count once' }),
    reservedBytes: z.int().openapi({ description: 'Announced by uploads that are open' }),
    limitBytes: z.int().openapi({ description: "What the workspace's plan holds" }),
  })
  .openapi('MediaUsage')
export type MediaUsage = z.infer<typeof MediaUsage>
