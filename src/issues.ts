import type { z } from 'zod'
import type { ProblemItem } from './problem.ts'

/** What a schema says against a value, as callers are told. */

/** Where the value came from; the body where nothing is said. */
export type Place = Pick<ProblemItem, 'in'>

export function itemsOf(issue: z.core.$ZodIssue, place: Place = {}): ProblemItem[] {
  const code = `value/${issue.code.replaceAll('_', '-')}`
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...place,
      pointer: pointerOf([...issue.path, key]),
      code,
      detail: 'is not known here',
    }))
  }
  const closest = issue.code === 'invalid_union' ? closestOf(issue.errors) : undefined
  if (closest !== undefined)
    return closest.flatMap((inner) => itemsOf({ ...inner, path: [...issue.path, ...inner.path] }, place))
  return [{ ...place, pointer: pointerOf(issue.path), code, detail: issue.message }]
}

/** Of several forms that a value may have, what keeps it from the one whose members it has. */
const closestOf = (forms: readonly (readonly z.core.$ZodIssue[])[]) =>
  forms.toSorted((one, other) => strangeIn(one) - strangeIn(other)).at(0)

const strangeIn = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 100 * issue.keys.length : 1), 0)

/** RFC 6901: `~` and `/` within a name are escaped. */
const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
