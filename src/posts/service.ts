import { getCampaign } from '../campaigns/service.ts'
import type { MemberContext } from '../context.ts'
import { databaseFailure } from '../db/errors.ts'
import { once } from '../idempotency/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError, referenceNotFound } from '../problem.ts'
import { deletePost, findPost, insertPost, listPosts, lockPost, updatePost } from './posts.sql.ts'
import { problemsOf } from './problems.ts'
import {
  type CampaignPostQuery,
  maxMedia,
  type NewPost,
  type Post,
  type PostChange,
  type PostKind,
  type PostMedia,
  type PostQuery,
  PostRow,
  postOptions,
} from './schema.ts'

const editableStatuses: ReadonlySet<string> = new Set(['draft', 'changes_requested', 'failed', 'missed'])

/** A new draft. What it lacks for publishing is listed in `problems`. */
export async function createPost(ctx: MemberContext, input: NewPost): Promise<Post> {
  const { kind, caption = null, campaignId = null, accountId = null, options = {} } = input
  refuseForeignAccount(ctx, accountId)
  const media = mediaOf(input) ?? []
  const row = await once(ctx, PostRow, async () => {
    return await namingMedia(input, media, async () => {
      const made = { id: ctx.makeId(), userId: ctx.userId, now: ctx.now().toISOString() }
      const values = { kind, caption, campaignId, accountId, options, media, ...made }
      return asRow(await ctx.db.one(insertPost, values))
    })
  })
  return withProblems(row)
}

export async function getPost(ctx: MemberContext, id: string): Promise<Post> {
  const row = await ctx.db.maybeOne(findPost, { id })
  if (row === undefined) throw new ProblemError('post/not-found')
  return withProblems(asRow(row))
}

/** Posts, newest first; `from` and `to` bound the scheduled time. */
export async function listPostsPage(ctx: MemberContext, query: PostQuery): Promise<Page<Post>> {
  const { limit, cursor, ...filters } = query
  const rows = await ctx.db.many(listPosts, { ...filters, beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  return pageOf(
    rows.map((row) => withProblems(asRow(row))),
    limit,
    ({ id }) => [id],
  )
}

/** The posts of one campaign, which must exist. */
export async function listCampaignPosts(
  ctx: MemberContext,
  campaignId: string,
  query: CampaignPostQuery,
): Promise<Page<Post>> {
  const page = await listPostsPage(ctx, { ...query, campaignId })
  if (page.data.length === 0) await getCampaign(ctx, campaignId)
  return page
}

/** Changes a post that is still being worked on, when one of `versions` is current (null: whichever is). */
export async function changePost(
  ctx: MemberContext,
  id: string,
  change: PostChange,
  versions: number[] | null,
): Promise<Post> {
  if (change.accountId !== undefined) refuseForeignAccount(ctx, change.accountId)
  const media = mediaOf(change)
  const kinds = kindsThatTake(change, media)
  const changed = [...Object.keys(change), ...(media === undefined ? [] : ['media'])]
  const { caption, campaignId, accountId, options } = change
  const values = { caption, campaignId, accountId, options, media: media ?? [], id, versions, kinds, changed }
  const row = await namingMedia(change, media ?? [], async () => {
    const changedPost = await ctx.db.maybeOne(updatePost, values)
    if (changedPost !== undefined) return changedPost
    await refuseChange(ctx, id, change, versions, kinds)
    // Nothing speaks against it, so another change came in between: this one takes its turn.
    return await ctx.db.transaction(async (db) => {
      await db.maybeOne(lockPost, { id })
      return await db.maybeOne(updatePost, values)
    })
  })
  if (row === undefined) throw new ProblemError('request/version-stale')
  return withProblems(asRow(row))
}

/** Throws when the post, as it is now, does not take the change. */
async function refuseChange(
  ctx: MemberContext,
  id: string,
  change: PostChange,
  versions: number[] | null,
  kinds: PostKind[],
): Promise<void> {
  const post = await getPost(ctx, id)
  if (versions !== null && !versions.includes(post.version)) throw new ProblemError('request/version-stale')
  if (!kinds.includes(post.kind)) throw foreignToKind(post.kind, change)
  if (!editableStatuses.has(post.status))
    throw new ProblemError('post/not-editable', { detail: `It is ${post.status}.` })
}

/** Deletes a post that nobody has published or awaits. */
export async function removePost(ctx: MemberContext, id: string, versions: number[] | null): Promise<void> {
  if ((await ctx.db.maybeOne(deletePost, { id, versions })) !== undefined) return
  const post = await getPost(ctx, id)
  if (versions !== null && !versions.includes(post.version)) throw new ProblemError('request/version-stale')
  if (post.status === 'scheduled') throw new ProblemError('post/unschedule-first')
  throw new ProblemError('post/not-deletable', {
    detail: `It is ${post.status}; POST /v1/posts/${id}/archive keeps it.`,
  })
}

/** An API key that is limited to accounts works on posts of these alone; all others are to it as if they were not. */
function refuseForeignAccount({ accountIds }: MemberContext, accountId: string | null): void {
  if (accountIds !== null && (accountId === null || !accountIds.includes(accountId)))
    throw referenceNotFound('/accountId')
}

/** The media in the form they are stored; undefined when the body names none. */
function mediaOf({ media, mediaIds }: Pick<PostChange, 'media' | 'mediaIds'>): PostMedia[] | undefined {
  return media ?? mediaIds?.map((mediaId) => ({ mediaId, altText: null, userTags: [], productTags: [] }))
}

/** The kinds of post for which a change is possible at all. */
function kindsThatTake({ options }: PostChange, media: readonly PostMedia[] = []): PostKind[] {
  const kinds = Object.keys(maxMedia) as PostKind[]
  return kinds.filter(
    (kind) => media.length <= maxMedia[kind] && (options === undefined || postOptions[kind].safeParse(options).success),
  )
}

/** A change that no post of this kind can take. */
function foreignToKind(kind: PostKind, { options, mediaIds }: PostChange): ProblemError {
  const issues = postOptions[kind].safeParse(options ?? {}).error?.issues ?? []
  const keys = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.join('/')]))
  const foreign = keys.map((key) => ({
    pointer: `/options/${key}`,
    code: 'options/foreign',
    detail: `is not for a ${kind}`,
  }))
  const tooMany = {
    pointer: mediaIds ? '/mediaIds' : '/media',
    code: 'media/too-many',
    detail: `at most ${maxMedia[kind]}`,
  }
  return new ProblemError('request/invalid', { errors: foreign.length > 0 ? foreign : [tooMany] })
}

/** Runs a write; when a medium does not exist, the problem points at the item, which the server's detail names by id. */
async function namingMedia<T>(
  body: Pick<PostChange, 'mediaIds'>,
  media: readonly PostMedia[],
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const failure = databaseFailure(error)
    if (failure?.kind !== 'constraint' || failure.constraint !== 'post_media_media_fkey') throw error
    const index = media.findIndex(({ mediaId }) => failure.detail.includes(mediaId.toLowerCase()))
    throw referenceNotFound(body.mediaIds ? `/mediaIds/${index}` : `/media/${index}/mediaId`, error)
  }
}

/** `options` and `media` are written by this service alone, from values that their schemas have passed. */
const asRow = (row: Omit<PostRow, 'options' | 'media'> & { options: unknown; media: unknown }): PostRow =>
  row as PostRow

const withProblems = (row: PostRow): Post => ({ ...row, problems: problemsOf(row) })
