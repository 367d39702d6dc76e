import type { ParsedStatement } from './parse.ts'

/*
 * What single statements may do that others may not, each with its reason. The key is `path statement`; one that matches no
 * statement any more is reported.
 */

export function keyOf({ path, name }: Pick<ParsedStatement, 'path' | 'name'>): string {
  return `${path} ${name}`
}

/** May read the database's clock: leases, and nothing that a user could notice. */
export const CLOCK_ALLOWED: Readonly<Record<string, string>> = {
  'sql/mail/mail.jobs.sql updateInvitationToken': 'a lease',
  'sql/mail/mail.jobs.sql upsertAccountToken': 'a lease',
  'sql/keys/index-keys.jobs.sql insertNextIndexKey': 'a trigger compares it with the clock of the database',
  'sql/keys/index-keys.jobs.sql listIndexKeys': 'how long ago, by the clock that wrote the instant',
  'sql/keys/index-keys.jobs.sql updateSucceededIndexKeys': 'listIndexKeys compares it with the same clock',
  'sql/keys/data-keys.jobs.sql findDataKeyRotation': 'compared with created_at, which the database writes',
  'sql/idempotency/records.sql claimIdempotencyRecord': 'a lease',
  'sql/idempotency/records.sql findIdempotencyRecord': 'a lease',
  'sql/idempotency/records.user.sql claimUserIdempotencyRecord': 'a lease',
  'sql/idempotency/records.user.sql findUserIdempotencyRecord': 'a lease',
  'sql/outbox/outbox.jobs.sql claimOutbox': 'a lease',
  'sql/outbox/outbox.jobs.sql finishAbandonedOutbox': 'a lease',
  'sql/outbox/outbox.jobs.sql finishOutbox': 'a lease',
  'sql/outbox/outbox.jobs.sql releaseOutbox': 'a lease',
}

/** Lists without :limit!, because something else bounds them. */
export const UNBOUNDED_LISTS: Readonly<Record<string, string>> = {
  'sql/keys/keys.user.sql listGlobalKeys': 'a handful of keys, of which rotation retires the old',
  'sql/posts/posts.sql listAccountsByUsername': 'at most the accounts of a workspace, which are few',
  'sql/posts/posts.sql listPostFacts': 'a row for each body that it is asked about',
  'sql/media/media.jobs.sql listKeptUploads': 'at most one row for each key that it is asked about',
  'sql/privacy/exports.jobs.sql listKeptExports': 'at most one row for each id that it is asked about',
}

/** Compares a parameter that may be NULL, and means no row by it. */
export const NULL_COMPARED: Readonly<Record<string, string>> = {
  'sql/auth/access.user.sql findSessionAccess': 'a token may name no workspace, and then has no role',
  'sql/users/users.user.sql findUser': 'a token may name no workspace, and then has no role',
  'sql/users/users.user.sql updateUser': 'a token may name no workspace, and then has no role',
  'sql/auth/sessions.user.sql insertSession': 'without a device, a place, or an answer to a challenge',
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
  'archive',
  'release',
  'rotate',
  'revoke',
  'touch',
  'move',
  'register',
  'ensure',
  'confirm',
  'prove',
  'accept',
  'close',
  'restore',
  'erase',
]
