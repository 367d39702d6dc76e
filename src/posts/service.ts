import { getCampaign } from '../campaigns/service.ts'
import type { MemberContext } from '../context.ts'
import type { Db } from '../db/database.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError } from '../problem.ts'
import { judge, judgeNewPosts, mediaIdsOf, refusalOf, refuse } from './content.ts'
import { againWhenGone, insertDrafts } from './drafts.ts'
import { deletePost, findPost, findPostToChange, listPosts, lockPost, updatePost } from './posts.sql.ts'
import { asPost, asRow, reportOf, storedOptions } from './problems.ts'
import type { CampaignPostQuery, NewPost, Post, PostChange, PostQuery, PostReport } from './schema.ts'

const editableStatuses: ReadonlySet<string> = new Set([
  'draft',
  'in_review',
  'changes_requested',
  'approved',
  'scheduled',
  'failed',
  'missed',
])

/** A new draft. What it lacks for publishing is listed in `problems`; what could never be published is refused. */
export async function createPost(ctx: MemberContext, input: NewPost): Promise<Post> {
  const { posts } = await insertDrafts(ctx, 201, async () => {
    const judged = await judgeNewPosts(ctx, [input])
    judged.forEach(refuse)
    return { drafts: judged.map(({ draft }) => draft), refused: [] }
  })
  return onlyOf(posts)
}

/** A new draft with the content of another post, whatever has become of that one. */
export async function duplicatePost(ctx: MemberContext, id: string): Promise<Post> {
  const { posts } = await insertDrafts(ctx, 201, async () => {
    const { row, contentFingerprint } = await read(ctx, id)
    const duplicateOf = row.accountId === null ? null : id
    return { drafts: [{ ...row, contentFingerprint, duplicateOf }], refused: [] }
  })
  return onlyOf(posts)
}

/** What a body would be refused for, what it lacks, and what may not be as it was meant: all that can be told of it. */
export async function validatePost(ctx: MemberContext, input: NewPost): Promise<PostReport> {
  const [{ findings, refusals } = { findings: [], refusals: [] }] = await judgeNewPosts(ctx, [input])
  const missing = refusals.filter(({ code }) => code === 'reference/not-found')
  if (missing.length > 0) throw refusalOf(missing)
  return reportOf(findings, input)
}

type Reader = Pick<MemberContext, 'db' | 'now'>

export async function getPost(ctx: Reader, id: string): Promise<Post> {
  return asPost((await read(ctx, id)).row)
}

async function read(ctx: Reader, id: string) {
  const found = await ctx.db.maybeOne(findPost, { id, now: ctx.now().toISOString() })
  if (found === undefined) throw new ProblemError('post/not-found')
  const { contentFingerprint, ...columns } = found
  return { row: asRow(columns), contentFingerprint }
}

/** Posts, newest first; `from` and `to` bound the scheduled time. */
export async function listPostsPage(ctx: MemberContext, query: PostQuery): Promise<Page<Post>> {
  const { limit, cursor, tag, ...filters } = query
  const tagKey = tag === undefined ? null : ctx.workspaceId + tag
  const rows = await ctx.db.many(listPosts, { ...filters, tagKey, beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  return pageOf(
    rows.map((row) => asPost(asRow({ ...row, duplicateOf: null }))),
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

/** Changes a post that is not yet on its way, when one of `versions` is current (null: whichever is). */
export async function changePost(
  ctx: MemberContext,
  id: string,
  change: PostChange,
  versions: number[] | null,
): Promise<Post> {
  return await againWhenGone(async () => {
    const changed = await changeOnce(ctx, ctx.db, { id, change, versions })
    if (changed !== undefined) return changed
    // Another change came in between: this one takes its turn, and is judged by what it then finds.
    const inTurn = await ctx.db.transaction(async (db) => {
      await db.maybeOne(lockPost, { id })
      return await changeOnce(ctx, db, { id, change, versions })
    })
    if (inTurn === undefined) throw new ProblemError('request/version-stale')
    return inTurn
  })
}

type Wish = { readonly id: string; readonly change: PostChange; readonly versions: number[] | null }

/** Reads, judges and writes; undefined when another change came in between. */
async function changeOnce(ctx: MemberContext, db: Db, { id, change, versions }: Wish): Promise<Post | undefined> {
  const { caption, accountId, campaignId, options } = change
  const mediaIds = mediaIdsOf(change) ?? null
  const changed = [...Object.keys(change), ...(mediaIds === null ? [] : ['media'])]
  const content = { caption, accountId, campaignId, coverMediaId: options?.coverMediaId, mediaIds }
  const found = await db.maybeOne(findPostToChange, { id, changed, content, now: ctx.now().toISOString() })
  if (found === undefined) throw new ProblemError('post/not-found')
  const { newAccount, hasNewCampaign, newCover, newFiles, contentFingerprint, ...columns } = found
  const before = asRow(columns)
  if (versions !== null && !versions.includes(before.version)) throw new ProblemError('request/version-stale')
  if (!editableStatuses.has(before.status))
    throw new ProblemError('post/not-editable', { detail: `It is ${before.status}.` })
  const facts = {
    account: newAccount,
    hasCampaign: hasNewCampaign,
    cover: newCover,
    files: newFiles,
    duplicateOf: before.duplicateOf,
    contentFingerprint,
  } as Parameters<typeof judge>[3]
  const judged = judge(ctx, { ...before, contentFingerprint }, change, facts)
  refuse(judged)
  const { draft, findings } = judged
  const { contentFingerprint: _, ...shown } = draft
  const { problems } = reportOf(findings)
  if (before.status === 'scheduled' && problems.length > 0)
    throw new ProblemError('post/not-ready', { detail: 'It is scheduled, and would not be ready.', errors: problems })
  const stored = {
    ...draft,
    options: storedOptions(draft.options),
    media: draft.media.map(({ file: _, ...item }) => item),
  }
  const moved = await db.maybeOne(updatePost, { content: stored, id, version: before.version })
  return moved && asPost({ ...before, ...shown, ...moved })
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

function onlyOf(posts: readonly Post[]): Post {
  const [post] = posts
  if (post === undefined) throw new Error('expected one post, got none')
  return post
}
