import { z } from '@hono/zod-openapi'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Id, Instant, Text, Timestamp } from '../http/values.ts'

/** Bounds from Meta's reference of `POST /{ig-user-id}/media`. */

export const PostKind = z.enum(['image', 'carousel', 'reel', 'story'])
export type PostKind = z.infer<typeof PostKind>

export const PostStatus = z.enum([
  'draft',
  'in_review',
  'changes_requested',
  'approved',
  'scheduled',
  'publishing',
  'unconfirmed',
  'published',
  'failed',
  'missed',
  'archived',
])

const Username = z.string().regex(/^[A-Za-z0-9._]{1,30}$/, { error: 'must be an Instagram user name' })
/** A share of the picture's width or height, from its top left corner. */
const Coordinate = z.number().min(0).max(1)

const feedOptions = {
  locationId: z.string().regex(/^[0-9]{1,32}$/, { error: 'must be a Facebook Page id' }),
  collaborators: z.array(Username).max(3),
  isAiGenerated: z.boolean(),
}

/** What a kind takes beside media and caption. Stored as written; `options_version` 1. */
export const postOptions = {
  image: z.strictObject(feedOptions).partial().openapi('ImageOptions'),
  carousel: z.strictObject(feedOptions).partial().openapi('CarouselOptions'),
  reel: z
    .strictObject({
      ...feedOptions,
      shareToFeed: z.boolean(),
      audioName: Text(200),
      thumbOffsetMs: z.int().min(0).max(900_000),
      trial: z.strictObject({ graduationStrategy: z.enum(['manual', 'ss_performance']) }),
    })
    .partial()
    .openapi('ReelOptions'),
  story: z.strictObject({ isAiGenerated: z.boolean() }).partial().openapi('StoryOptions'),
} as const satisfies Record<PostKind, z.ZodObject>

/** How many items a kind can ever hold. */
export const maxMedia = { image: 1, carousel: 10, reel: 1, story: 1 } as const satisfies Record<PostKind, number>

/** The options of every kind at once, for where the kind stands elsewhere: faults keep their place. */
const Options = z
  .strictObject({
    ...postOptions.image.shape,
    ...postOptions.carousel.shape,
    ...postOptions.reel.shape,
    ...postOptions.story.shape,
  })
  .openapi('PostOptions')

const UserTag = z.strictObject({ username: Username, x: Coordinate.optional(), y: Coordinate.optional() })
const ProductTag = z.strictObject({
  productId: z.string().regex(/^[0-9]{1,32}$/),
  x: Coordinate.optional(),
  y: Coordinate.optional(),
})

export const PostMedia = z
  .strictObject({
    mediaId: Id,
    altText: Text(1000).min(1).nullable().default(null),
    userTags: z.array(UserTag).max(20).default([]),
    productTags: z.array(ProductTag).max(30).default([]),
  })
  .openapi('PostMedia')
export type PostMedia = z.infer<typeof PostMedia>

export const PostProblem = z
  .object({ pointer: z.string(), code: z.string(), detail: z.string() })
  .openapi('PostProblem')
export type PostProblem = z.infer<typeof PostProblem>

/** A post's columns; `Post` adds what is derived from them. */
export const PostRow = z.object({
  id: Id,
  authorId: Id,
  accountId: Id.nullable(),
  campaignId: Id.nullable(),
  kind: PostKind,
  caption: z.string().nullable(),
  options: Options,
  status: PostStatus,
  scheduledAt: Timestamp.nullable(),
  timeZone: z.string().nullable(),
  publishedAt: Timestamp.nullable(),
  permalink: z.string().nullable(),
  media: z.array(PostMedia),
  version: z.int(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type PostRow = z.infer<typeof PostRow>

export const Post = PostRow.extend({
  problems: z.array(PostProblem).openapi({ description: 'What is missing or not yet right for publishing' }),
}).openapi('Post')
export type Post = z.infer<typeof Post>

export const PostPage = PageOf(Post, 'PostPage')

const contentFields = (mostMedia: number) => ({
  caption: Text(2200).nullable(),
  campaignId: Id.nullable(),
  accountId: Id.nullable(),
  mediaIds: z.array(Id).max(mostMedia),
  media: z.array(PostMedia).max(mostMedia),
})

const newPostOf = <K extends PostKind, O extends z.ZodType>(kind: K, options: O) =>
  z.strictObject({
    kind: z.literal(kind),
    ...z.object(contentFields(maxMedia[kind])).partial().shape,
    options: options.optional(),
  })

const oneFormOfMedia = {
  check: ({ media, mediaIds }: { media?: unknown; mediaIds?: unknown }) =>
    media === undefined || mediaIds === undefined,
  refusal: { path: ['mediaIds'], error: 'send either media or mediaIds' },
}

export const NewPost = z
  .discriminatedUnion('kind', [
    newPostOf('image', postOptions.image),
    newPostOf('carousel', postOptions.carousel),
    newPostOf('reel', postOptions.reel),
    newPostOf('story', postOptions.story),
  ])
  .refine(oneFormOfMedia.check, oneFormOfMedia.refusal)
  .openapi('NewPost')
export type NewPost = z.infer<typeof NewPost>

/** Members that are absent stay as they are. The kind of a post does not change; `options` must be of that kind. */
export const PostChange = z
  .strictObject({ ...contentFields(maxMedia.carousel), options: Options })
  .partial()
  .refine(oneFormOfMedia.check, oneFormOfMedia.refusal)
  .openapi('PostChange')
export type PostChange = z.infer<typeof PostChange>

const Filters = z
  .object({ campaignId: Id, accountId: Id, authorId: Id, status: PostStatus, from: Instant, to: Instant })
  .partial()

export const PostQuery = z.strictObject({ ...PageQuery('posts', z.tuple([Id])), ...Filters.shape })
export type PostQuery = z.infer<typeof PostQuery>

export const CampaignPostQuery = z.strictObject({
  ...PageQuery('posts', z.tuple([Id])),
  ...Filters.omit({ campaignId: true }).shape,
})
export type CampaignPostQuery = z.infer<typeof CampaignPostQuery>
