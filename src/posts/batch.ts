import type { MemberContext } from '../context.ts'
import { ProblemError, type ProblemItem } from '../problem.ts'
import { type Judged, judgeNewPosts, refusalOf } from './content.ts'
import { insertDrafts, type Refused } from './drafts.ts'
import { reportOf } from './problems.ts'
import type { NewPost, Outcome, PostBatch, PostBatchResult } from './schema.ts'

/** Many posts by one request, in as many round trips as one. */

export async function createPosts(ctx: MemberContext, { mode, dryRun, posts }: PostBatch): Promise<PostBatchResult> {
  const entries = posts.map((body) => ({ body, refusals: [] }))
  const outcomes = await createEach(ctx, entries, { mode, dryRun, pointerTo: (index) => `/posts/${index}` })
  return { created: createdIn(outcomes), data: outcomes.map((outcome, index) => ({ index, ...outcome })) }
}

/** One of many: the body of a post, or what speaks against there being one. */
export type Entry = { readonly body: NewPost | undefined; readonly refusals: readonly ProblemItem[] }

/** A request of many faulty entries would otherwise be answered by many times its size. */
const maxErrors = 100

type Choices = {
  readonly mode: 'all' | 'each'
  readonly dryRun: boolean
  /** Where an entry stands in the request's body. */
  readonly pointerTo: (index: number) => string
}

/**
 * What becomes of each entry, in order. In mode `all` one refused entry refuses the request, with all that speaks against
 * any of them; a dry run never does.
 */
export async function createEach(
  ctx: MemberContext,
  entries: readonly Entry[],
  { mode, dryRun, pointerTo }: Choices,
): Promise<Outcome[]> {
  if (dryRun) return (await judgeEach(ctx, entries)).map(foreseen)
  const { posts, refused } = await insertDrafts(ctx, 200, async () => {
    const verdicts = await judgeEach(ctx, entries)
    const refusals = verdicts.flatMap(({ refusals: errors }, index) => (errors.length > 0 ? [{ index, errors }] : []))
    if (mode === 'all' && refusals.length > 0) throw refusalOfAll(refusals, pointerTo)
    return {
      drafts: verdicts.flatMap(({ judged, refusals: errors }) => (judged && errors.length === 0 ? [judged.draft] : [])),
      refused: refusals,
    }
  })
  const errorsAt = new Map(refused.map(({ index, errors }) => [index, errors]))
  const made = posts.values()
  return entries.map((_, index): Outcome => {
    const errors = errorsAt.get(index)
    return errors === undefined ? { status: 201, post: made.next().value } : refusedWith(errors)
  })
}

export const createdIn = (outcomes: readonly Outcome[]): number => outcomes.filter(({ post }) => post).length

type Verdict = { readonly body: NewPost | undefined; readonly judged?: Judged; readonly refusals: ProblemItem[] }

async function judgeEach(ctx: MemberContext, entries: readonly Entry[]): Promise<Verdict[]> {
  const judged = (
    await judgeNewPosts(
      ctx,
      entries.flatMap(({ body }) => body ?? []),
    )
  ).values()
  return entries.map(({ body, refusals }): Verdict => {
    const verdict = body && judged.next().value
    return verdict === undefined
      ? { body, refusals: [...refusals] }
      : { body, judged: verdict, refusals: [...refusals, ...verdict.refusals] }
  })
}

function foreseen({ body, judged, refusals }: Verdict): Outcome {
  if (judged === undefined || refusals.length > 0) return refusedWith(refusals)
  return { status: 200, report: reportOf(judged.findings, body) }
}

function refusedWith(errors: readonly ProblemItem[]): Outcome {
  const { status, code, title } = refusalOf(errors)
  return { status, problem: { code, title, errors: errors.slice(0, maxErrors) } }
}

function refusalOfAll(refusals: readonly Refused[], pointerTo: (index: number) => string): ProblemError {
  const errors = refusals.flatMap(({ index, errors: own }) =>
    own.map((item) => ({ ...item, pointer: `${pointerTo(index)}${item.pointer}` })),
  )
  return new ProblemError(refusalOf(errors).code, { errors: errors.slice(0, maxErrors) })
}
