import { z } from '@hono/zod-openapi'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Fold, Id, Instant, LocalTime, Text, Timestamp, TimeZone } from '../http/values.ts'
import { MediaStatus, MediaTraits } from '../media/schema.ts'

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
export type PostStatus = z.infer<typeof PostStatus>

const Username = z.string().regex(/^[A-Za-z0-9._]{1,30}$/, { error: 'must be an Instagram user name' })
/** A share of the picture's width or height, from its top left corner. */
const Coordinate = z.number().min(0).max(1)
const MetaId = z.string().regex(/^[0-9]{1,32}$/, { error: 'must be an id of Meta' })

/*
 * What Instagram's rules bound (how long a caption, how many of something) is told by rules.ts, with better words. Here
 * stand the outer bounds of what is read at all.
 */
const maxText = 10_000
const maxItems = 100

/**
 * What a kind takes beside media and caption: rules-options.ts says which. Stored as written, but for the cover, which is
 * a column; `options_version` 1.
 */
export const PostOptions = z
  .strictObject({
    firstComment: Text(maxText).min(1).openapi({ description: 'Posted as a comment once it is live' }),
    locationId: z
      .string()
      .regex(/^[0-9]{1,32}$/, { error: 'must be a Facebook Page id' })
      .openapi({ description: 'Needs Facebook Login' }),
    collaborators: z.array(Username).max(maxItems),
    isAiGenerated: z.boolean(),
    isPaidPartnership: z.boolean().openapi({ description: 'Needs Facebook Login' }),
    sponsorIds: z.array(MetaId).max(maxItems).openapi({ description: 'Needs Facebook Login' }),
    shareToFeed: z.boolean(),
    audioName: Text(200).min(1),
    coverMediaId: Id.openapi({ description: 'A picture of the media library; wins over thumbOffsetMs' }),
    thumbOffsetMs: z.int().min(0).max(900_000),
    trial: z.strictObject({ graduationStrategy: z.enum(['manual', 'ss_performance']) }),
  })
  .partial()
  .openapi('PostOptions')
export type PostOptions = z.infer<typeof PostOptions>

const UserTag = z.strictObject({ username: Username, x: Coordinate.optional(), y: Coordinate.optional() })
const ProductTag = z.strictObject({ productId: MetaId, x: Coordinate.optional(), y: Coordinate.optional() })

const postMedia = {
  mediaId: Id,
  altText: Text(maxText).min(1).nullable().default(null),
  userTags: z.array(UserTag).max(maxItems).default([]),
  productTags: z.array(ProductTag).max(maxItems).default([]),
}

/** An item as a body has it. What was read can be sent back: `file` is not the caller's to say, and counts for nothing. */
export const PostMedia = z
  .strictObject({ ...postMedia, file: z.unknown().optional().openapi({ readOnly: true }) })
  .transform(({ file: _, ...item }) => item)
  .openapi('PostMedia')
export type PostMedia = z.infer<typeof PostMedia>

/** What is known of a file's bytes; all but the status is null until it is ready. */
export const FileFacts = z
  .object({
    status: MediaStatus,
    contentType: z.string().nullable(),
    bytes: z.int().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    durationMs: z.int().nullable(),
    traits: MediaTraits.nullable(),
  })
  .openapi('PostFile')
export type FileFacts = z.infer<typeof FileFacts>

export const AccountFacts = z
  .object({ login: z.enum(['instagram', 'facebook']), status: z.enum(['active', 'needs_reauth', 'disconnected']) })
  .openapi('PostAccount')
export type AccountFacts = z.infer<typeof AccountFacts>

/** An entry of `problems` or `warnings`; the pointer leads into the post. */
export const PostProblem = z
  .object({ pointer: z.string(), code: z.string(), detail: z.string() })
  .openapi('PostProblem')
export type PostProblem = z.infer<typeof PostProblem>

const Tags = z
  .array(Text(50).trim().min(1))
  .max(20)
  .transform((tags) => [...new Set(tags)])

/** A post's columns, with what is now known of its account and files; `Post` adds what follows from them. */
export const PostRow = z.object({
  id: Id,
  authorId: Id,
  accountId: Id.nullable(),
  account: AccountFacts.nullable(),
  campaignId: Id.nullable(),
  kind: PostKind,
  caption: z.string().nullable(),
  options: PostOptions,
  coverMediaId: Id.nullable(),
  cover: FileFacts.nullable(),
  tags: z.array(z.string()),
  status: PostStatus,
  scheduledAt: Timestamp.nullable(),
  localTime: z.string().nullable().openapi({ description: 'The wall time that was asked for, in timeZone' }),
  fold: z.int().nullable().openapi({ description: 'Which of the two, where clocks show localTime twice' }),
  timeZone: z.string().nullable(),
  publishedAt: Timestamp.nullable(),
  permalink: z.string().nullable(),
  media: z.array(z.object({ ...postMedia, file: FileFacts }).openapi('ShownMedia')),
  duplicateOf: Id.nullable(),
  contentRevision: z.int().openapi({ description: 'Raised with each change of what an approver looks at' }),
  approvedRevision: z.int().nullable().openapi({ description: 'The contentRevision that was approved last' }),
  version: z.int(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type PostRow = z.infer<typeof PostRow>

export const Post = PostRow.omit({ coverMediaId: true, duplicateOf: true })
  .extend({
    problems: z.array(PostProblem).openapi({ description: 'What is missing or not yet right for publishing' }),
    warnings: z.array(PostProblem).openapi({ description: 'What can be published, and may not be what was meant' }),
  })
  .openapi('Post')
export type Post = z.infer<typeof Post>

export const PostPage = PageOf(Post, 'PostPage')

const contentFields = {
  caption: Text(maxText).nullable(),
  campaignId: Id.nullable(),
  accountId: Id.nullable(),
  options: PostOptions,
  tags: Tags,
  mediaIds: z.array(Id).max(maxItems),
  media: z.array(PostMedia).max(maxItems),
}

const oneFormOfMedia = {
  check: ({ media, mediaIds }: { media?: unknown; mediaIds?: unknown }) =>
    media === undefined || mediaIds === undefined,
  refusal: { path: ['mediaIds'], error: 'send either media or mediaIds' },
}

export const NewPost = z
  .strictObject({ kind: PostKind, ...z.object(contentFields).partial().shape })
  .refine(oneFormOfMedia.check, oneFormOfMedia.refusal)
  .openapi('NewPost')
export type NewPost = z.infer<typeof NewPost>

/** Members that are absent stay as they are. The kind of a post does not change. */
export const PostChange = z
  .strictObject(contentFields)
  .partial()
  .refine(oneFormOfMedia.check, oneFormOfMedia.refusal)
  .openapi('PostChange')
export type PostChange = z.infer<typeof PostChange>

export const PostReport = z
  .object({ problems: z.array(PostProblem), warnings: z.array(PostProblem) })
  .openapi('PostReport')
export type PostReport = z.infer<typeof PostReport>

/** What of many bodies becomes of the others when one is refused: nothing, or what would have become of each alone. */
const Mode = z.enum(['all', 'each'])
const maxBatch = 100

export const PostBatch = z
  .strictObject({
    mode: Mode.default('all'),
    dryRun: z.boolean().default(false).openapi({ description: 'Tell what would be, and keep nothing' }),
    posts: z.array(NewPost).min(1).max(maxBatch),
  })
  .openapi('PostBatch')
export type PostBatch = z.infer<typeof PostBatch>

export const ImportQuery = z.strictObject({
  mode: Mode.default('all'),
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .transform((word) => word === 'true'),
})
export type ImportQuery = z.infer<typeof ImportQuery>

/** What became of one body: 201 with the post, 422 with the problem; in a dry run 200 with what would be told of it. */
const Outcome = z.object({
  status: z.int(),
  post: Post.optional(),
  problem: z.object({ code: z.string(), title: z.string(), errors: z.array(PostProblem) }).optional(),
  report: PostReport.optional(),
})
export type Outcome = z.infer<typeof Outcome>

export const PostBatchResult = z
  .object({ created: z.int(), data: z.array(Outcome.extend({ index: z.int() })) })
  .openapi('PostBatchResult')
export type PostBatchResult = z.infer<typeof PostBatchResult>

export const PostImportResult = z
  .object({ created: z.int(), data: z.array(Outcome.extend({ line: z.int() })) })
  .openapi('PostImportResult')
export type PostImportResult = z.infer<typeof PostImportResult>

export const NewPostNote = z.strictObject({ text: Text(4000).trim().min(1) }).openapi('NewPostNote')
export type NewPostNote = z.infer<typeof NewPostNote>

export const PostNote = z.object({ id: Id, authorId: Id, text: z.string(), createdAt: Timestamp }).openapi('PostNote')
export type PostNote = z.infer<typeof PostNote>

export const PostNotePage = PageOf(PostNote, 'PostNotePage')
export const PostNoteQuery = z.strictObject(PageQuery('post-notes', z.tuple([Id])))
export type PostNoteQuery = z.infer<typeof PostNoteQuery>

const Filters = z
  .object({
    campaignId: Id,
    accountId: Id,
    authorId: Id,
    status: PostStatus,
    tag: Text(50).min(1),
    from: Instant,
    to: Instant,
  })
  .partial()

export const PostQuery = z.strictObject({ ...PageQuery('posts', z.tuple([Id])), ...Filters.shape })
export type PostQuery = z.infer<typeof PostQuery>

export const CampaignPostQuery = z.strictObject({
  ...PageQuery('posts', z.tuple([Id])),
  ...Filters.omit({ campaignId: true }).shape,
})
export type CampaignPostQuery = z.infer<typeof CampaignPostQuery>

/** Why somebody moves a post, as its history shows it. */
const Reason = Text(1000).trim().min(1)

export const PostSubmission = z.strictObject({ note: Reason }).partial().openapi('PostSubmission')
export type PostSubmission = z.infer<typeof PostSubmission>

const Revision = z.int().min(1).max(2_147_483_647)
const seenRevision = Revision.openapi({
  description: 'The contentRevision that was looked at; 412 when there is another',
})

export const NewApproval = z
  .strictObject({ note: Reason, contentRevision: seenRevision })
  .partial()
  .openapi('NewApproval')
export type NewApproval = z.infer<typeof NewApproval>

export const NewRejection = z
  .strictObject({ reason: Reason, contentRevision: seenRevision.optional() })
  .openapi('NewRejection')
export type NewRejection = z.infer<typeof NewRejection>

export const PostApproval = z
  .object({
    id: Id,
    userId: Id,
    decision: z.enum(['approved', 'rejected']),
    contentRevision: z.int(),
    reason: z.string().nullable(),
    at: Timestamp,
  })
  .openapi('PostApproval')
export type PostApproval = z.infer<typeof PostApproval>

export const PostApprovalPage = PageOf(PostApproval, 'PostApprovalPage')
export const PostApprovalQuery = z.strictObject(PageQuery('post-approvals', z.tuple([Id])))
export type PostApprovalQuery = z.infer<typeof PostApprovalQuery>

export const PostMove = z
  .object({
    id: Id,
    from: PostStatus.nullable().openapi({ description: 'null: it was made' }),
    to: PostStatus,
    actorKind: z.enum(['user', 'api_key', 'job', 'webhook', 'anonymous', 'migration']),
    actorId: z.string().nullable(),
    userId: Id.nullable(),
    reason: z.string().nullable(),
    at: Timestamp,
  })
  .openapi('PostMove')
export type PostMove = z.infer<typeof PostMove>

export const PostMovePage = PageOf(PostMove, 'PostMovePage')
export const PostMoveQuery = z.strictObject(PageQuery('post-history', z.tuple([Id])))
export type PostMoveQuery = z.infer<typeof PostMoveQuery>

/** When a post is to be published. */
export const PostSchedule = z
  .union([
    z.strictObject({ at: Instant }),
    z.strictObject({
      localTime: LocalTime,
      timeZone: TimeZone,
      fold: Fold,
    }),
    z.strictObject({ slot: z.literal('next').openapi({ description: 'The next free slot of the account' }) }),
  ])
  .openapi('PostSchedule')
export type PostSchedule = z.infer<typeof PostSchedule>
