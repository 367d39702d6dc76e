import type { MemberContext } from '../context.ts'
import { missingReference, ProblemError, type ProblemItem } from '../problem.ts'
import { listPostFacts } from './posts.sql.ts'
import { refusalsOf } from './problems.ts'
import { type Finding, findingsOf } from './rules.ts'
import type { AccountFacts, FileFacts, NewPost, PostChange, PostMedia, PostRow } from './schema.ts'

/** Bodies of posts, judged with what is known of all that they name. */

/** What a post consists of, as its row has it. */
export type Draft = Pick<
  PostRow,
  | 'kind'
  | 'caption'
  | 'campaignId'
  | 'accountId'
  | 'account'
  | 'options'
  | 'coverMediaId'
  | 'cover'
  | 'tags'
  | 'media'
  | 'duplicateOf'
> & {
  /** In hex; equal in posts that say and show the same, null in one that shows nothing. */
  readonly contentFingerprint: string | null
}

/** `refusals` lead into the body, and are empty when the post can be kept as `draft`. */
export type Judged = {
  readonly draft: Draft
  readonly findings: readonly Finding[]
  readonly refusals: readonly ProblemItem[]
}

/** What there is of all that a body names; null for what does not exist, and for what it does not name. */
export type Facts = {
  readonly account: AccountFacts | null
  readonly hasCampaign: boolean
  readonly cover: FileFacts | null
  readonly files: readonly (FileFacts | null)[] | null
  readonly duplicateOf: string | null
  readonly contentFingerprint: string | null
}

/** Judges bodies of new posts; what they name is read in one statement. */
export async function judgeNewPosts(ctx: MemberContext, bodies: readonly NewPost[]): Promise<Judged[]> {
  const contents = bodies.map((body) => {
    const { caption = null, campaignId = null, accountId = null, options } = body
    const coverMediaId = options?.coverMediaId ?? null
    return { caption, campaignId, accountId, coverMediaId, mediaIds: mediaIdsOf(body) ?? [] }
  })
  const isBare = contents.every(
    ({ caption: _, mediaIds, ...ids }) => mediaIds.length === 0 && Object.values(ids).every((id) => id === null),
  )
  const rows = isBare ? [] : await ctx.db.many(listPostFacts, { contents, now: ctx.now().toISOString() })
  // The JSON is built by that statement, from columns that hold nothing else.
  return bodies.map((body, index) => judge(ctx, blankOf(body.kind), { accountId: null, ...body }, rows[index] as Facts))
}

/** Judges a post as a body would make it. */
export function judge(ctx: MemberContext, before: Draft, body: PostChange, facts: Facts = noFacts): Judged {
  const items = mediaOf(body)
  const media = items?.map((item, index) => ({ ...item, file: facts.files?.[index] ?? null })) ?? before.media
  const { kind } = before
  const {
    caption = before.caption,
    campaignId = before.campaignId,
    options = before.options,
    tags = before.tags,
  } = body
  const [accountId, account] =
    body.accountId === undefined ? [before.accountId, before.account] : [body.accountId, facts.account]
  const cover = body.options === undefined ? before.cover : facts.cover
  const { duplicateOf, contentFingerprint } = facts
  const findings = findingsOf({ kind, caption, accountId, account, options, cover, media, duplicateOf })
  const coverMediaId = options.coverMediaId ?? null
  const parts = { kind, caption, campaignId, accountId, account, options, coverMediaId, cover, tags }
  return {
    // A file that does not exist is among the refusals, so nobody sees a draft with one.
    draft: { ...parts, media: media as Draft['media'], duplicateOf, contentFingerprint },
    findings,
    refusals: [...missingReferences(ctx, body, facts), ...refusalsOf(findings, body)],
  }
}

/** Throws all that speaks against a body; what it names and does not exist gives the problem its name. */
export function refuse({ refusals }: Pick<Judged, 'refusals'>): void {
  if (refusals.length > 0) throw refusalOf(refusals)
}

export function refusalOf(errors: readonly ProblemItem[]): ProblemError {
  const isMissing = errors.some(({ code }) => code === 'reference/not-found')
  return new ProblemError(isMissing ? 'reference/not-found' : 'request/invalid', { errors })
}

/** The media in the form they are stored; undefined when the body names none. */
function mediaOf({ media, mediaIds }: Pick<PostChange, 'media' | 'mediaIds'>): PostMedia[] | undefined {
  return media ?? mediaIds?.map((mediaId) => ({ mediaId, altText: null, userTags: [], productTags: [] }))
}

export const mediaIdsOf = (body: Pick<PostChange, 'media' | 'mediaIds'>): string[] | undefined =>
  body.mediaIds ?? body.media?.map(({ mediaId }) => mediaId)

function missingReferences({ accountIds }: MemberContext, body: PostChange, facts: Facts): ProblemItem[] {
  const { accountId, campaignId, options, mediaIds } = body
  const pointers: string[] = []
  // An API key that is limited to accounts works on posts of these alone; all others are to it as if they were not.
  const isForeign = accountIds !== null && accountId !== undefined && !accountIds.includes(accountId ?? '')
  if (isForeign || (accountId && facts.account === null)) pointers.push('/accountId')
  if (campaignId && !facts.hasCampaign) pointers.push('/campaignId')
  if (options?.coverMediaId && facts.cover === null) pointers.push('/options/coverMediaId')
  mediaIdsOf(body)?.forEach((_, index) => {
    if (!facts.files?.[index]) pointers.push(mediaIds ? `/mediaIds/${index}` : `/media/${index}/mediaId`)
  })
  return pointers.map(missingReference)
}

const noFacts: Facts = {
  account: null,
  hasCampaign: false,
  cover: null,
  files: null,
  duplicateOf: null,
  contentFingerprint: null,
}

const blankOf = (kind: Draft['kind']): Draft => ({
  kind,
  caption: null,
  campaignId: null,
  accountId: null,
  account: null,
  options: {},
  coverMediaId: null,
  cover: null,
  tags: [],
  media: [],
  duplicateOf: null,
  contentFingerprint: null,
})
