import { accountRules } from './rules-account.ts'
import { imageRules, mediaRules, videoRules } from './rules-media.ts'
import { optionRules } from './rules-options.ts'
import { tagRules } from './rules-tags.ts'
import { textRules } from './rules-text.ts'
import type { AccountFacts, FileFacts, PostKind, PostMedia, PostOptions } from './schema.ts'

/**
 * What Instagram takes: one table of rules over a post and what is known of its account and files. Sources are Meta's
 * reference of `POST /{ig-user-id}/media` and its media specifications; where these are silent or contradict each other,
 * a rule warns and does not refuse.
 */

/** A post with its facts. A file or an account is null where it is not known: what needs it is then not judged. */
export type Content = {
  readonly kind: PostKind
  readonly caption: string | null
  readonly accountId: string | null
  readonly account: AccountFacts | null
  readonly options: PostOptions
  readonly cover: FileFacts | null
  readonly media: readonly (PostMedia & { readonly file: FileFacts | null })[]
  /** Another post of the last 30 days with the same words and media on the same account. */
  readonly duplicateOf: string | null
}

/**
 * refused: no later addition repairs it. problem: it stands in the way of publishing, and may yet come right. warning:
 * it can be published, and may not be what was meant.
 */
export type Level = 'refused' | 'problem' | 'warning'

/** A value that breaks a rule: where (a JSON Pointer into the post) and, in plain words, what is and what may be. */
export type Fault = { readonly pointer: string; readonly detail: string }

export type Rule = {
  readonly code: string
  readonly level: Level
  /** Members of a post whose change can also break it, beside the one that the pointer begins with. */
  readonly alsoBy?: readonly ('accountId' | 'media')[] | undefined
  readonly faultsOf: (content: Content) => readonly Fault[]
}

export const rules: readonly Rule[] = [
  ...accountRules,
  ...mediaRules,
  ...imageRules,
  ...videoRules,
  ...textRules,
  ...tagRules,
  ...optionRules,
]

export type Finding = Fault & Pick<Rule, 'code' | 'level' | 'alsoBy'>

/** Every fault of a post, one entry per failing item. */
export function findingsOf(content: Content): Finding[] {
  const findings: Finding[] = []
  for (const { code, level, alsoBy, faultsOf } of rules) {
    for (const { pointer, detail } of faultsOf(content)) findings.push({ code, level, alsoBy, pointer, detail })
  }
  return findings
}
