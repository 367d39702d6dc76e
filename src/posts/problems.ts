import type { PostProblem, PostRow } from './schema.ts'

/** What a draft lacks for publishing. None of it stops the draft; all of it can still be added. */
export function problemsOf({ kind, accountId, media }: Pick<PostRow, 'kind' | 'accountId' | 'media'>): PostProblem[] {
  const problems: PostProblem[] = []
  if (accountId === null) {
    problems.push({
      pointer: '/accountId',
      code: 'account/missing',
      detail: 'choose the Instagram account to publish to',
    })
  }
  if (media.length === 0) {
    problems.push({ pointer: '/media', code: 'media/missing', detail: 'choose what to show' })
  } else if (kind === 'carousel' && media.length < 2) {
    problems.push({ pointer: '/media', code: 'media/too-few', detail: 'a carousel needs at least 2 items' })
  }
  return problems
}
