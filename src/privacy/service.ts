import type { Context, JobContext, UserContext } from '../context.ts'
import { leased } from '../idempotency/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError } from '../problem.ts'
import {
  findExport,
  findLinkedExport,
  findPendingExport,
  findUnprovedWorkspace,
  insertExport,
  listExports,
} from './exports.user.sql.ts'
import { type Link, openLink, signLink } from './links.ts'
import { DataExport, type DataExportQuery, type DownloadableExport } from './schema.ts'

/** A person's own data, in an archive. */

const dayMs = 24 * 60 * 60 * 1000
const maxExportsADay = 5
/** For a person who is signed in and follows it at once. */
const linkLifeMs = 10 * 60 * 1000
/** For a mail, which is read later. */
const mailedLinkLifeMs = dayMs
const leaseSeconds = 30

/**
 * Asks for an archive of everything about the person; the one under way, when there is one. A worker makes it, and a
 * mail says when it is there.
 */
export async function requestExport(ctx: UserContext): Promise<DataExport> {
  return await leased(ctx, { answer: DataExport, status: 202, leaseSeconds }, async () => {
    const { userId, sessionId } = ctx
    const pending = await ctx.db.maybeOne(insertExport, {
      userId,
      sessionId,
      id: ctx.makeId(),
      outboxId: ctx.makeId(),
      maxExports: maxExportsADay,
      since: new Date(ctx.now().getTime() - dayMs).toISOString(),
      now: ctx.now().toISOString(),
    })
    if (pending === undefined) return await pendingExport(ctx)
    ctx.wakeOutbox()
    return { ...pending, bytes: null, sha256: null, finishedAt: null, expiresAt: null }
  })
}

async function pendingExport(ctx: UserContext): Promise<DataExport> {
  await refuseUnproved(ctx)
  const pending = await ctx.db.maybeOne(findPendingExport, { userId: ctx.userId })
  if (pending !== undefined) return pending
  const detail = `At most ${maxExportsADay} in 24 hours.`
  throw new ProblemError('export/too-many', { detail, headers: { 'Retry-After': '3600' } })
}

/** An archive holds what is in the person's workspaces: a session that may not enter one of them gets none. */
async function refuseUnproved({ db, userId, sessionId }: UserContext): Promise<void> {
  const unproved = await db.maybeOne(findUnprovedWorkspace, { userId, sessionId })
  if (unproved !== undefined) throw new ProblemError('auth/second-factor-required')
}

/** The person's exports, newest first. */
export async function listMyExports(ctx: UserContext, { limit, cursor }: DataExportQuery): Promise<Page<DataExport>> {
  const from = { beforeId: cursor?.[0] ?? null, limit: limit + 1 }
  return pageOf(await ctx.db.many(listExports, { userId: ctx.userId, ...from }), limit, ({ id }) => [id])
}

/** One of the person's exports, with a fresh link while the archive is there, which ends with this session. */
export async function getMyExport(ctx: UserContext, id: string): Promise<DownloadableExport> {
  const found = await ctx.db.maybeOne(findExport, { userId: ctx.userId, id })
  if (found === undefined) throw new ProblemError('export/not-found')
  const { status, expiresAt } = found
  if (status !== 'ready' || expiresAt === null || Date.parse(expiresAt) <= ctx.now().getTime())
    return { ...found, download: null }
  await refuseUnproved(ctx)
  const link = await signLink(ctx, { id, expiresAt, sessionId: ctx.sessionId }, linkLifeMs)
  return { ...found, download: { url: link.url, expiresAt: link.expiresAt } }
}

/** The link that the mail about an export carries; undefined when there is no archive (any more). */
export async function exportLink(
  ctx: Pick<JobContext, 'db' | 'keyring' | 'now' | 'makeId' | 'publicUrl'>,
  exportId: string,
): Promise<Link | undefined> {
  const ready = await ctx.db.maybeOne(findLinkedExport, {
    linkedExportId: exportId,
    linkSessionId: null,
    now: ctx.now().toISOString(),
  })
  return ready === undefined ? undefined : await signLink(ctx, ready, mailedLinkLifeMs)
}

export type Download = {
  readonly body: ReadableStream<Uint8Array>
  readonly bytes: number
  readonly contentType: string
  readonly fileName: string
}

/** The archive that a signed link leads to. */
export async function downloadExport(ctx: Context, token: string): Promise<Download> {
  const linked = await openLink(ctx, token)
  if (linked === undefined) throw new ProblemError('export/not-found')
  const found = await ctx.db.maybeOne(findLinkedExport, { ...linked, now: ctx.now().toISOString() })
  if (found === undefined) throw new ProblemError('export/not-found')
  const stored = await fromStore(ctx.objects.get(found.objectKey))
  if (stored === undefined) throw new ProblemError('export/not-found')
  return {
    ...stored,
    contentType: 'application/gzip',
    fileName: `defeah-data-${found.createdAt.slice(0, 10)}.ndjson.gz`,
  }
}

async function fromStore<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (cause) {
    throw new ProblemError('service/unavailable', { cause })
  }
}
