import type { ProblemItem } from '../problem.ts'
import { type Finding, findingsOf } from './rules.ts'
import type { Post, PostOptions, PostReport, PostRow } from './schema.ts'

/** What the rules say of a post, as callers are told. */

/** A post as it is answered: its row, and what the rules say of it now. */
export function asPost(row: PostRow): Post {
  const { coverMediaId: _, duplicateOf: __, ...post } = row
  return { ...post, ...reportOf(findingsOf(row)) }
}

/** The columns of a post as its row. `options` and the JSON of `media` are written by the service alone. */
export function asRow(columns: Columns): PostRow {
  const row = columns as PostRow
  if (row.coverMediaId === null) return row
  return { ...row, options: { ...row.options, coverMediaId: row.coverMediaId } }
}

type Columns = { readonly [Column in keyof PostRow]: Column extends JsonColumn ? unknown : PostRow[Column] }
type JsonColumn = 'options' | 'media' | 'account' | 'cover'

/** The cover is a column, so that a file cannot be deleted while a post shows it. */
export function storedOptions({ coverMediaId: _, ...options }: PostOptions): PostOptions {
  return options
}

/** What stands in the way of publishing, and what may not be as it was meant; `body` is what the pointers lead into. */
export function reportOf(findings: readonly Finding[], body: object = {}): PostReport {
  const toldOf = (isWarning: boolean) =>
    findings
      .filter(({ level }) => (level === 'warning') === isWarning)
      .map((finding) => ({ ...told(finding), pointer: pointerInto(body, finding) ?? finding.pointer }))
  return { problems: toldOf(false), warnings: toldOf(true) }
}

/**
 * What a body with these members is refused for: faults that no later addition repairs, of the members that it sets.
 * The pointers lead into the body.
 */
export function refusalsOf(findings: readonly Finding[], body: object): ProblemItem[] {
  return findings.flatMap((finding) => {
    const pointer = finding.level === 'refused' ? pointerInto(body, finding) : undefined
    return pointer === undefined ? [] : [{ ...told(finding), pointer }]
  })
}

/** Where in a body the reason of a fault lies; undefined when the body has no part in it. */
function pointerInto(body: object, { pointer, alsoBy = [] }: Finding): string | undefined {
  const [, member = ''] = pointer.split('/')
  if (member in body) return pointer
  if (member === 'media' && 'mediaIds' in body) return mediaIdPointer(pointer)
  const other = alsoBy.find((name) => name in body || (name === 'media' && 'mediaIds' in body))
  if (other === undefined) return undefined
  return other in body ? `/${other}` : '/mediaIds'
}

/** A body of ids alone has nothing below the item. */
const mediaIdPointer = (pointer: string): string =>
  pointer.split('/').slice(0, 3).join('/').replace('/media', '/mediaIds')

const told = ({ pointer, code, detail }: Finding) => ({ pointer, code, detail })
