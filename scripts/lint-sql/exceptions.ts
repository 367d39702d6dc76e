import type { ParsedStatement } from './parse.ts'

/*
 * What single statements may do that others may not, each with its reason. The key is `path statement`; one that matches no
 * statement any more is reported.
 */

export function keyOf({ path, name }: Pick<ParsedStatement, 'path' | 'name'>): string {
  return `${path} ${name}`
}

/** May read the database's clock: leases, and nothing that a user could notice. */
export const CLOCK_ALLOWED: Readonly<Record<string, string>> = {}

/** Lists without :limit!, because something else bounds them. */
export const UNBOUNDED_LISTS: Readonly<Record<string, string>> = {
  'sql/keys/keys.user.sql listGlobalKeys': 'a handful of keys, of which rotation retires the old',
}

/** Compares a parameter that may be NULL, and means no row by it. */
export const NULL_COMPARED: Readonly<Record<string, string>> = {
  'sql/auth/sessions.user.sql findAccessState': 'a token may name no workspace, and then has no role',
}

/** First words of statement names: STYLE's, then the domain's. */
export const VERBS: readonly string[] = [
  'find',
  'list',
  'count',
  'exists',
  'insert',
  'update',
  'delete',
  'upsert',
  'lock',
  'claim',
  'finish',
  'release',
  'rotate',
  'revoke',
  'touch',
  'move',
  'register',
  'ensure',
]
