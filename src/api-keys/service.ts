import type { MemberContext } from '../context.ts'
import { makeApiKey } from '../crypto/api-key.ts'
import { databaseFailure } from '../db/errors.ts'
import { demandPermission } from '../members/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { type ProblemCode, ProblemError, referenceNotFound } from '../problem.ts'
import { insertApiKey, listApiKeys, revokeApiKey, rotateApiKey } from './api-keys.sql.ts'
import type { ApiKey, ApiKeyQuery, ApiKeyWithSecret, NewApiKey, Rotation } from './schema.ts'

/** The workspace's keys, newest first; revoked ones are gone. */
export async function listKeys(ctx: MemberContext, { limit, cursor }: ApiKeyQuery): Promise<Page<ApiKey>> {
  const rows = await ctx.db.many(listApiKeys, { beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  return pageOf(rows, limit, ({ id }) => [id])
}

/**
 * A new key, shown this once. It may do at most what its scopes say and what its maker's role allows. Throws
 * auth/email-unverified for who has not proved an address, and refuses an end that has passed.
 */
export async function createApiKey(ctx: MemberContext, input: NewApiKey): Promise<ApiKeyWithSecret> {
  const { name, expiresAt = null, accountIds = null } = input
  const scopes = [...new Set(input.scopes)].sort()
  if (accountIds !== null && scopes.some((scope) => workspaceWide.has(scope))) throw workspaceWideScope()
  if (expiresAt !== null && Date.parse(expiresAt) <= ctx.now().getTime()) throw hasPassed('/expiresAt')
  const { key, hint, digest: newDigest } = await makeApiKey()
  const id = ctx.makeId()
  const { userId } = ctx
  const made = { id, userId, name, hint, scopes, accountIds, expiresAt, newDigest }
  const row = await namingAccount(accountIds ?? [], async () => await ctx.db.maybeOne(insertApiKey, made))
  if (row === undefined) return await refuse(ctx, 'auth/email-unverified')
  const { createdAt } = row
  return { id, name, hint, scopes, accountIds, userId, expiresAt, lastUsedAt: null, createdAt, key }
}

/** Another secret for the same key; the old one works on for a while, so that nothing stops meanwhile. */
export async function rotateKey(
  ctx: MemberContext,
  id: string,
  { overlapSeconds }: Rotation,
): Promise<ApiKeyWithSecret> {
  const { key, hint, digest: newDigest } = await makeApiKey()
  const now = ctx.now()
  const overlapEndsAt = new Date(now.getTime() + overlapSeconds * 1000).toISOString()
  const made = { id, userId: ctx.userId, hint, newDigest, overlapEndsAt, now: now.toISOString() }
  const row = await ctx.db.maybeOne(rotateApiKey, made)
  if (row === undefined) return await refuse(ctx, 'api-key/not-found')
  const { changedDigests, ...changed } = row
  await ctx.access.forgetApiKeys(ctx, changedDigests ?? [])
  return { ...changed, hint, key }
}

/** Ends a key, with all its secrets. */
export async function revokeKey(ctx: MemberContext, id: string): Promise<void> {
  const row = await ctx.db.maybeOne(revokeApiKey, { id, userId: ctx.userId, now: ctx.now().toISOString() })
  if (row === undefined) return await refuse(ctx, 'api-key/not-found')
  await ctx.access.forgetApiKeys(ctx, row.digests)
}

/** Throws what a statement without a row means: that the caller may not any more, else `code`. */
async function refuse(ctx: MemberContext, code: ProblemCode): Promise<never> {
  await demandPermission(ctx, 'api-keys:write')
  throw new ProblemError(code)
}

/** When an account is not the workspace's, the problem points at it; the server's detail names it by id. */
async function namingAccount<T>(accountIds: readonly string[], write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const failure = databaseFailure(error)
    if (failure?.kind !== 'constraint' || failure.constraint !== 'api_key_accounts_account_fkey') throw error
    throw referenceNotFound(`/accountIds/${accountIds.findIndex((id) => failure.detail.includes(id))}`, error)
  }
}

/** What shows the whole workspace's doings cannot be cut down to accounts. */
const workspaceWide: ReadonlySet<string> = new Set(['audit:read'])

function workspaceWideScope(): ProblemError {
  const detail = `${[...workspaceWide].join(', ')} cannot be limited to accounts`
  const item = { pointer: '/accountIds', code: 'value/workspace-wide', detail }
  return new ProblemError('request/invalid', { errors: [item] })
}

function hasPassed(pointer: string): ProblemError {
  const item = { pointer, code: 'value/passed', detail: 'must lie in the future' }
  return new ProblemError('request/invalid', { errors: [item] })
}
