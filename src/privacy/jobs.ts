import type { JobContext } from '../context.ts'
import { sendExportReady } from '../mail/service.ts'
import type { OutboxHandler } from '../outbox/service.ts'
import { attemptsAt, exportsOf, exportsPrefix, storeArchive } from './archive-file.ts'
import { findErasureRequest, updateErasureRecorded } from './erasure.jobs.sql.ts'
import { erasedKey, listPrefix, requestedKey, unfinishedAmong, writeEntry } from './erasure-list.ts'
import {
  findExportToMake,
  findReadyExport,
  finishExport,
  listExpiredExports,
  listKeptExports,
  updateExportExpired,
  updateStuckExports,
} from './exports.jobs.sql.ts'
import { exportLink } from './service.ts'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs
const exportLifeMs = 7 * dayMs
/** Below the lease of the outbox row. */
const maxMakingMs = 50_000
const maxExpiredARun = 50

export const privacyHandlers: Readonly<Record<string, OutboxHandler>> = {
  'privacy/export': makeExport,
  'privacy/record-erasure': recordErasure,
  'mail/export-ready': tellExportReady,
}

/** Mails that the archive is there, as long as it is; with a link, unless a mailbox alone must not open it. */
async function tellExportReady(ctx: JobContext, row: Parameters<OutboxHandler>[1]): Promise<void> {
  const { subjectId: id } = row
  const now = ctx.now().toISOString()
  const ready = id === null ? undefined : await ctx.db.maybeOne(findReadyExport, { id, now })
  if (id === null || ready === undefined) return
  const link = await exportLink(ctx, id)
  await sendExportReady(ctx, row, { link, expiresAt: ready.expiresAt })
}

/** Makes the archive. Another attempt at the same one writes another object, and the first to finish is the one kept. */
async function makeExport(ctx: JobContext, { subjectId, fence }: Parameters<OutboxHandler>[1]): Promise<void> {
  const wanted = subjectId === null ? undefined : await ctx.db.maybeOne(findExportToMake, { id: subjectId })
  if (wanted === undefined) return
  const { id, userId } = wanted
  const objectKey = `${attemptsAt(userId, id)}${fence}.ndjson.gz`
  const stored = await storeArchive(ctx, wanted, objectKey, ctx.now().getTime() + maxMakingMs)
  const now = ctx.now()
  const finished = await ctx.db.maybeOne(finishExport, {
    id,
    objectKey,
    ...stored,
    outboxId: ctx.makeId(),
    expiresAt: new Date(now.getTime() + exportLifeMs).toISOString(),
    now: now.toISOString(),
  })
  if (finished === undefined) await ctx.objects.delete([objectKey])
}

/** Finishes an erasure outside the database: deletes the person's archives, and says in the list that it is done. */
async function recordErasure(ctx: JobContext, { subjectId }: Parameters<OutboxHandler>[1]): Promise<void> {
  const request = subjectId === null ? undefined : await ctx.db.maybeOne(findErasureRequest, { id: subjectId })
  if (request === undefined) return
  const { id, userId, erasedAt } = request
  await deleteAll(ctx, exportsOf(userId))
  await writeEntry(ctx.objects, erasedKey(id), { id, userId, erasedAt })
  await ctx.db.maybeOne(updateErasureRecorded, { id, now: ctx.now().toISOString() })
}

/** Deletes archives whose time is over, and gives up those that could not be made within a day. */
export async function expireExports(ctx: JobContext): Promise<{ expired: number; givenUp: number }> {
  const now = ctx.now().toISOString()
  const expired = await ctx.db.many(listExpiredExports, { now, limit: maxExpiredARun })
  for (const { id, userId } of expired) {
    await deleteAll(ctx, attemptsAt(userId, id))
    await ctx.db.maybeOne(updateExportExpired, { id })
  }
  const askedBefore = new Date(ctx.now().getTime() - dayMs).toISOString()
  const givenUp = await ctx.db.many(updateStuckExports, { now, askedBefore })
  return { expired: expired.length, givenUp: givenUp.length }
}

/** Deletes objects that no export knows: what a worker wrote and died before it could say so. */
export async function sweepExports(ctx: JobContext): Promise<{ deleted: number }> {
  let deleted = 0
  for await (const keys of pagesOf(ctx, exportsPrefix)) {
    const idOf = (key: string) => key.split('/')[2] ?? ''
    const ids = [...new Set(keys.map(idOf))].filter((id) => /^[0-9a-f-]{36}$/.test(id))
    const kept = new Map((await ctx.db.many(listKeptExports, { ids })).map((each) => [each.id, each.objectKey]))
    // Of one that is being made every object may be the one.
    const stray = keys.filter((key) => ![key, null].includes(kept.get(idOf(key)) as string | null))
    await ctx.objects.delete(stray)
    deleted += stray.length
  }
  return { deleted }
}

/**
 * Looks after the list of erasures: one that was asked for and refused, or whose request died before its statement, is
 * taken off; one that happened and is not said to be done gets its second object.
 */
export async function reconcileErasures(ctx: JobContext): Promise<{ withdrawn: number; completed: number }> {
  const keys: string[] = []
  for await (const page of pagesOf(ctx, listPrefix)) keys.push(...page)
  let [withdrawn, completed] = [0, 0]
  for (const id of unfinishedAmong(keys)) {
    const request = await ctx.db.maybeOne(findErasureRequest, { id })
    if (request !== undefined) {
      await writeEntry(ctx.objects, erasedKey(id), { id, userId: request.userId, erasedAt: request.erasedAt })
      completed += 1
    } else if (isOld(ctx, id)) {
      await ctx.objects.delete([requestedKey(id)])
      withdrawn += 1
    }
  }
  return { withdrawn, completed }
}

/** No request lasts an hour. The id is a UUID of version 7, which begins with its milliseconds (RFC 9562, 5.7). */
const isOld = (ctx: JobContext, id: string): boolean =>
  Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) < ctx.now().getTime() - hourMs

async function deleteAll(ctx: JobContext, prefix: string): Promise<void> {
  for await (const keys of pagesOf(ctx, prefix)) await ctx.objects.delete(keys)
}

async function* pagesOf(ctx: JobContext, prefix: string): AsyncGenerator<readonly string[]> {
  let keys = await ctx.objects.list(prefix)
  while (keys.length > 0) {
    yield keys
    keys = await ctx.objects.list(prefix, keys.at(-1))
  }
}
