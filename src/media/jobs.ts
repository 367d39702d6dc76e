import type { JobContext } from '../context.ts'
import { violatedConstraint } from '../db/errors.ts'
import type { OutboxHandlers, OutboxRow } from '../outbox/service.ts'
import { mediaPrefix, ownerOf, uploadPrefix } from './keys.ts'
import {
  deleteAbandonedFiles,
  deleteUnreferredObjects,
  findMediaSweep,
  listKeptUploads,
  listMismarkedObjects,
  updateAbandonedFiles,
  updateMediaSweep,
  updateMismarkedObjects,
} from './media.jobs.sql.ts'

const hourMs = 60 * 60 * 1000
/** After its expiry an upload may still be on its way: the slowest is given two hours. */
const graceMs = 2 * hourMs
/** What is younger may belong to a request that is under way. */
const strayAgeMs = 24 * hourMs
const batch = 500
/** A night's share of a large bucket; the next night goes on. */
const maxSweepMs = 5 * 60 * 1000
const maxMismarked = 1_000

export const mediaHandlers: OutboxHandlers = { 'media/clear-upload': clearUpload }

/**
 * Deletes what nothing refers to any more of an upload: its bytes after a rejection, what was left of a conversion, all
 * once the last file is gone. It may run at any time and any number of times.
 */
async function clearUpload(ctx: JobContext, { workspaceId, subjectId: uploadId }: OutboxRow): Promise<void> {
  if (workspaceId === null || uploadId === null) return
  try {
    await ctx.db.many(deleteUnreferredObjects, { ownerWorkspaceId: workspaceId, uploadId })
  } catch (error) {
    // A file has just begun to refer to one of them.
    if (violatedConstraint(error) !== 'media_files_object_fkey') throw error
  }
  await deleteStray(ctx, await ctx.media.list(uploadPrefix(workspaceId, uploadId)))
}

type Abandoned = { readonly expiredBefore: string; readonly now: string; readonly limit: number }

/** Ends uploads that nobody finished, and gives back what they reserved. */
export async function expireUploads(ctx: JobContext): Promise<{ deleted: number; rejected: number }> {
  const now = ctx.now()
  const expiredBefore = new Date(now.getTime() - graceMs).toISOString()
  const values = { expiredBefore, now: now.toISOString(), limit: batch }
  const rejected = await ctx.db.many(updateAbandonedFiles, values)
  return { deleted: await deleteAbandoned(ctx, values), rejected: rejected.length }
}

async function deleteAbandoned(ctx: JobContext, values: Abandoned): Promise<number> {
  try {
    return (await ctx.db.many(deleteAbandonedFiles, values)).length
  } catch (error) {
    // A post has just begun to show one of them, so the next run will refuse that one.
    const constraint = violatedConstraint(error)
    if (constraint !== 'post_media_media_fkey' && constraint !== 'posts_cover_media_fkey') throw error
    ctx.log('warn', 'abandoned uploads not deleted', { constraint })
    return 0
  }
}

type Sweep = { looked: number; deleted: number; missing: number; found: number }

/**
 * Compares the store with the database, key by key: deletes objects that nothing refers to, and marks rows whose object is
 * gone. It goes on each night where it stopped, and begins anew at the end.
 */
export async function sweepMedia(ctx: JobContext): Promise<Sweep> {
  const startedAt = ctx.now().getTime()
  const sweep: Sweep = { looked: 0, deleted: 0, missing: 0, found: 0 }
  let afterKey = (await ctx.db.maybeOne(findMediaSweep))?.afterKey ?? ''
  do {
    const listed = await ctx.media.listDated(mediaPrefix, afterKey === '' ? undefined : afterKey)
    const untilKey = listed.at(-1)?.key ?? null
    const old = listed.filter(({ storedAt }) => storedAt.getTime() < startedAt - strayAgeMs)
    sweep.looked += listed.length
    const deleted = await deleteStray(
      ctx,
      old.map(({ key }) => key),
    )
    sweep.deleted += deleted.length
    const keys = listed.map(({ key }) => key)
    const marked = await markMissing(ctx, { afterKey, untilKey, keys, startedAt })
    sweep.missing += marked.missing
    sweep.found += marked.found
    afterKey = untilKey ?? ''
    await ctx.db.maybeOne(updateMediaSweep, { afterKey })
  } while (afterKey !== '' && ctx.now().getTime() < startedAt + maxSweepMs)
  return sweep
}

type Page = {
  readonly afterKey: string
  readonly untilKey: string | null
  readonly keys: readonly string[]
  readonly startedAt: number
}

async function markMissing(ctx: JobContext, { afterKey, untilKey, keys, startedAt }: Page) {
  const createdBefore = new Date(startedAt - hourMs).toISOString()
  const values = { afterKey, untilKey, listedKeys: keys, createdBefore, limit: maxMismarked }
  const wrong = await ctx.db.many(listMismarkedObjects, values)
  const objectKeys: string[] = []
  const count = { missing: 0, found: 0 }
  for (const { objectKey, missingSince } of wrong) {
    // It may have been replaced between the list and the look into the database.
    const isThere = (await ctx.media.head(objectKey)) !== undefined
    if (isThere !== (missingSince !== null)) continue
    objectKeys.push(objectKey)
    count[isThere ? 'found' : 'missing'] += 1
    if (!isThere) ctx.log('error', 'media object missing', { objectKey })
  }
  if (objectKeys.length > 0) await ctx.db.many(updateMismarkedObjects, { objectKeys, now: ctx.now().toISOString() })
  return count
}

/** Deletes those of the keys that no object has and no open upload may yet use; a key of no known form stays. */
async function deleteStray(ctx: JobContext, keys: readonly string[]): Promise<readonly string[]> {
  const known = keys.flatMap((key) => {
    const owner = ownerOf(key)
    return owner === undefined ? [] : [{ key, ...owner }]
  })
  if (known.length === 0) return []
  const kept = await ctx.db.many(listKeptUploads, {
    objectKeys: known.map(({ key }) => key),
    workspaceIds: known.map(({ workspaceId }) => workspaceId),
    uploadIds: known.map(({ uploadId }) => uploadId),
  })
  const keptKeys = new Set(kept.map(({ objectKey }) => objectKey))
  const stray = known.map(({ key }) => key).filter((key) => !keptKeys.has(key))
  await ctx.media.delete(stray)
  return stray
}
