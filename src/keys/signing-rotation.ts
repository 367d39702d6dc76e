import type { RotationContext } from './rotation.ts'
import { insertNextSigningKey, type ListSigningKeysResult, listSigningKeys } from './signing-keys.jobs.sql.ts'

/** Between the publication of a signing key and its first use: what has the key set, keeps it for less than that. */
const publishedBeforeUseMs = 5 * 60_000
const maxPublished = 10

/** What a rotation of the signing key would do. */
export async function planSigningKey(ctx: RotationContext): Promise<string[]> {
  const published = await ctx.db.many(listSigningKeys, { limit: maxPublished })
  if (published.length > 1) return underWay(ctx, published)
  if (published.length === 0) return [noKey]
  return ['publish a new signing key, which signs in 5 minutes']
}

/**
 * Publishes the next signing key. The rest happens by itself: the minute's job lets the current one verify for as long as
 * its tokens live, and then retires it.
 */
export async function rotateSigningKey(ctx: RotationContext): Promise<string[]> {
  const published = await ctx.db.many(listSigningKeys, { limit: maxPublished })
  if (published.length === 0) return [noKey]
  const { id, kekVersion, wrappedKey, publicJwk } = await ctx.keyring.makeGlobalKey(ctx.makeId(), 'signing')
  const notBefore = new Date(ctx.now().getTime() + publishedBeforeUseMs).toISOString()
  const made = await ctx.db.maybeOne(insertNextSigningKey, { id, kekVersion, wrappedKey, publicJwk, notBefore })
  if (made === undefined) return underWay(ctx, await ctx.db.many(listSigningKeys, { limit: maxPublished }))
  return [`published signing key ${id}, which signs from ${notBefore} on`]
}

const noKey = 'there is no signing key yet: the first request makes it'

function underWay(ctx: RotationContext, [newest]: readonly ListSigningKeysResult[]): string[] {
  if (newest === undefined) return [noKey]
  const { id, notBefore } = newest
  const isUsed = Date.parse(notBefore) <= ctx.now().getTime()
  return [
    isUsed
      ? `a rotation is under way: key ${id} signs since ${notBefore}, tokens of the one before it are still good`
      : `a rotation is under way: key ${id} is published and signs from ${notBefore} on`,
  ]
}
