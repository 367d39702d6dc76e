import type { MemberContext } from '../context.ts'
import { violatedConstraint } from '../db/errors.ts'
import { leased, once } from '../idempotency/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError } from '../problem.ts'
import { sourceKey } from './keys.ts'
import { withLink } from './link.ts'
import { deleteMediaFile, findMediaUsage, insertFetchedFile, insertMediaFile, listMediaFiles } from './media.sql.ts'
import { Rejection } from './rejection.ts'
import {
  type MediaFile,
  type MediaQuery,
  type MediaUsage,
  maxVideoBytes,
  type NewMedia,
  OpenUpload,
  type StartedMedia,
  StoredFile,
} from './schema.ts'
import { asFile, digestOf, findFile, outcomeOf, putCounted, reject, settle } from './settling.ts'

/** How long an upload may wait for its first byte. */
const uploadSeconds = 60 * 60
/** Longer than an upload's checks can take: each call to the store and to the converter has a timeout. */
const completionLeaseSeconds = 300

/** Opens an upload, and reserves its size. */
export async function startUpload(ctx: MemberContext, input: NewMedia): Promise<StartedMedia> {
  const opened = await once(ctx, OpenUpload, async () => {
    const now = ctx.now()
    const uploadExpiresAt = expiryAfter(now)
    const values = { ...input, id: ctx.makeId(), userId: ctx.userId, uploadExpiresAt, now: now.toISOString() }
    return await ctx.db.one(insertMediaFile, values)
  })
  return { ...asOpenFile(opened), upload: await uploadOf(ctx, opened) }
}

/** Stores the bytes of an open upload, as they come; `bytes` is the length that the request states. */
export async function storeContent(
  ctx: MemberContext,
  id: string,
  { bytes, body }: { readonly bytes: number | undefined; readonly body: ReadableStream<Uint8Array> | null },
): Promise<void> {
  const file = await findFile(ctx, id)
  const { declaredSha256: sha256, declaredBytes, declaredContentType: contentType } = file
  if (file.status !== 'pending' || sha256 === null) throw new ProblemError('media/upload-closed')
  if (isExpired(ctx, file)) throw new ProblemError('media/upload-expired', { detail: 'Start a new one.' })
  if (bytes === undefined) throw new ProblemError('request/length-required')
  if (bytes !== declaredBytes || body === null) throw sizeMismatch(declaredBytes)
  const expected = { bytes: declaredBytes, sha256, contentType }
  const outcome = await ctx.media.putExact(sourceKey(ctx.workspaceId, id), body, expected)
  ctx.note({ upload: outcome })
  if (outcome === 'other-size') throw sizeMismatch(declaredBytes)
  if (outcome === 'other-digest')
    throw new ProblemError('media/checksum-mismatch', { detail: `It was to be ${sha256}.` })
  if (outcome === 'broken-off') throw new ProblemError('media/upload-incomplete', { detail: 'Send it again.' })
}

/** Checks an upload that has arrived, and makes the file ready or rejects it. Completing again answers the same. */
export async function completeUpload(ctx: MemberContext, id: string): Promise<MediaFile> {
  const lease = { answer: StoredFile, status: 200, leaseSeconds: completionLeaseSeconds }
  const stored = await leased(ctx, lease, async () => {
    const file = await findFile(ctx, id)
    const { declaredContentType: contentType, declaredBytes: bytes, declaredSha256: sha256 } = file
    if (file.status !== 'pending' || sha256 === null) return outcomeOf(file)
    const key = sourceKey(ctx.workspaceId, id)
    const head = await ctx.media.head(key)
    if (head === undefined) throw new ProblemError(isExpired(ctx, file) ? 'media/upload-expired' : 'media/not-uploaded')
    const declared = { contentType, bytes, sha256 }
    // What has another size need not be counted.
    const counted = head.sha256 ?? (head.bytes === bytes ? await digestOf(ctx.media, key) : '')
    return await settle(ctx, { id, bytes: head.bytes, sha256: counted, declared })
  })
  return await withLink(ctx, stored)
}

type Fetched = {
  readonly fileName: string
  /** The bytes as they come; what it throws is thrown on, and ends the file. */
  readonly body: AsyncIterable<Uint8Array>
  /** Most bytes that are taken, and reserved while they come: what the sender announced, or the most of any type. */
  readonly maxBytes?: number
}

/**
 * Makes a file of bytes that the server itself has fetched. They pass the checks of an upload; their type is what they
 * are, and nobody has declared it.
 */
export async function storeFetched(
  ctx: MemberContext,
  { fileName, body, maxBytes = maxVideoBytes }: Fetched,
): Promise<StoredFile> {
  const id = ctx.makeId()
  const uploadExpiresAt = expiryAfter(ctx.now())
  await ctx.db.one(insertFetchedFile, { id, userId: ctx.userId, fileName, maxBytes, uploadExpiresAt })
  try {
    const arrived = await putCounted(ctx.media, sourceKey(ctx.workspaceId, id), body, maxBytes)
    if (arrived.bytes === 0) throw new Rejection('media/unreadable', 'It is empty.')
    return await settle(ctx, { id, ...arrived, declared: undefined })
  } catch (error) {
    const { code, detail } = error instanceof Rejection ? error : incomplete
    const refusal: unknown = await reject(ctx, id, code, detail).catch((problem: unknown) => problem)
    throw error instanceof Rejection ? refusal : error
  }
}

const incomplete = { code: 'media/upload-incomplete', detail: 'It broke off.' } as const

export async function getMedia(ctx: MemberContext, id: string): Promise<MediaFile> {
  return await withLink(ctx, asFile(await findFile(ctx, id)))
}

export async function listMediaPage(ctx: MemberContext, query: MediaQuery): Promise<Page<MediaFile>> {
  const { limit, cursor, status = null, kind = null } = query
  const rows = await ctx.db.many(listMediaFiles, { status, kind, beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  const files = await Promise.all(rows.map(async (row) => await withLink(ctx, asFile(row))))
  return pageOf(files, limit, ({ id }) => [id])
}

export async function getMediaUsage(ctx: MemberContext): Promise<MediaUsage> {
  return await ctx.db.one(findMediaUsage)
}

/** Deletes a file that no post shows. Its bytes go with the last file that refers to them. */
export async function removeMedia(ctx: MemberContext, id: string): Promise<void> {
  try {
    const values = { id, outboxId: ctx.makeId(), now: ctx.now().toISOString() }
    const row = await ctx.db.maybeOne(deleteMediaFile, values)
    if (row === undefined) throw new ProblemError('media/not-found')
    ctx.wakeOutbox()
  } catch (error) {
    if (!showingConstraints.includes(violatedConstraint(error) ?? '')) throw error
    throw new ProblemError('media/in-use', { detail: 'Take it out of its posts first.', cause: error })
  }
}

/** References of posts to files: as what they show, and as the cover of a reel. */
const showingConstraints = ['post_media_media_fkey', 'posts_cover_media_fkey']

const expiryAfter = (now: Date): string => new Date(now.getTime() + uploadSeconds * 1000).toISOString()

const isExpired = (ctx: MemberContext, { uploadExpiresAt }: { readonly uploadExpiresAt: string | null }): boolean =>
  uploadExpiresAt !== null && ctx.now() > new Date(uploadExpiresAt)

const sizeMismatch = (bytes: number) =>
  new ProblemError('media/size-mismatch', { detail: `The upload has to have the ${bytes} bytes that were declared.` })

const asOpenFile = ({ declaredSha256, ...row }: OpenUpload): MediaFile => ({
  ...row,
  sha256: null,
  width: null,
  height: null,
  durationMs: null,
  traits: null,
  rejectionCode: null,
  url: null,
  urlExpiresAt: null,
})

/** Signed as of the row's own instant, so a replay renders the same. */
async function uploadOf(ctx: MemberContext, row: OpenUpload): Promise<StartedMedia['upload']> {
  const { id, bytes, contentType, declaredSha256: sha256, uploadExpiresAt } = row
  if (ctx.signUpload === undefined) {
    const headers = { 'content-length': String(bytes), 'content-type': contentType }
    return { method: 'PUT', url: `${ctx.publicUrl}/v1/media/${id}/content`, headers }
  }
  const signedAt = new Date(new Date(uploadExpiresAt).getTime() - uploadSeconds * 1000)
  const key = sourceKey(ctx.workspaceId, id)
  const upload = { key, bytes, sha256, contentType, signedAt, expiresInSeconds: uploadSeconds }
  return { method: 'PUT', ...(await ctx.signUpload(upload)) }
}
