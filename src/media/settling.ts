import type { MemberContext } from '../context.ts'
import { createDigest } from '../crypto/digest.ts'
import { violatedConstraint } from '../db/errors.ts'
import { chunksOf, ObjectStoreError } from '../objects/in-time.ts'
import type { ObjectStore } from '../objects/store.ts'
import { ProblemError } from '../problem.ts'
import { expectType, inspect, type MediaFacts, sniffType } from './inspection.ts'
import { inspectJpeg } from './jpeg.ts'
import { sourceKey, uploadPrefix } from './keys.ts'
import {
  type FindMediaFileResult,
  findMediaFile,
  findSameSource,
  updateReadyFile,
  updateRejectedFile,
  updateReusingFile,
} from './media.sql.ts'
import { Rejection, type RejectionCode, unreadable } from './rejection.ts'
import { isVideo, maxImageBytes, maxJpegBytes, StoredFile, shownWidth } from './schema.ts'
import { openSource } from './source.ts'

/** How an upload that lies in the store becomes a ready file, or is refused for good. */

export type Declared = { readonly contentType: string; readonly bytes: number; readonly sha256: string }

type Arrived = {
  readonly id: string
  readonly bytes: number
  /** In hex, as counted over the bytes that arrived. */
  readonly sha256: string
  /** What the uploader said of it; undefined for what the server fetched itself. */
  readonly declared: Declared | undefined
}

type Stored = MediaFacts & {
  readonly objectKey: string
  readonly contentType: string
  readonly bytes: number
  readonly sha256: string
}

/** Checks what has arrived. Throws the problem that it was refused with, whoever refused it. */
export async function settle(ctx: MemberContext, arrived: Arrived): Promise<StoredFile> {
  try {
    return await acceptOf(ctx, arrived)
  } catch (error) {
    if (error instanceof Rejection) return await reject(ctx, arrived.id, error.code, error.detail)
    if (!(error instanceof ObjectStoreError)) throw error
    // Who is faster clears away what this one still reads.
    const file = await findFile(ctx, arrived.id)
    if (file.status === 'ready' || file.status === 'rejected') return outcomeOf(file)
    throw error
  }
}

/** Refuses a file that is still open, and throws the problem; where it was decided meanwhile, that is the outcome. */
export async function reject(
  ctx: MemberContext,
  id: string,
  rejectionCode: RejectionCode,
  detail: string,
): Promise<StoredFile> {
  const values = { id, rejectionCode, outboxId: ctx.makeId(), now: ctx.now().toISOString() }
  const row = await ctx.db.maybeOne(updateRejectedFile, values)
  if (row === undefined) return outcomeOf(await findFile(ctx, id))
  ctx.wakeOutbox()
  throw new ProblemError(rejectionCode, { detail })
}

export async function findFile(ctx: MemberContext, id: string): Promise<FindMediaFileResult> {
  const row = await ctx.db.maybeOne(findMediaFile, { id })
  if (row === undefined) throw new ProblemError('media/not-found')
  return row
}

/** What became of a file that is no longer open. */
export function outcomeOf(row: FindMediaFileResult): StoredFile {
  if (row.status === 'ready') return asFile(row)
  // Written by this code alone, from the table of problems.
  if (row.status === 'rejected') throw new ProblemError(row.rejectionCode as RejectionCode)
  throw new ProblemError('media/upload-closed')
}

/** Strips what is not shown, and reads `traits`, which the database holds as JSON. */
export const asFile = (row: object): StoredFile => StoredFile.parse(row)

async function acceptOf(ctx: MemberContext, arrived: Arrived): Promise<StoredFile> {
  const { id, bytes, sha256, declared } = arrived
  if (declared !== undefined && bytes !== declared.bytes)
    throw new Rejection('media/size-mismatch', `It has ${bytes} bytes; ${declared.bytes} were declared.`)
  if (declared !== undefined && sha256 !== declared.sha256)
    throw new Rejection('media/checksum-mismatch', 'Other bytes have arrived than were declared.')
  const key = sourceKey(ctx.workspaceId, id)
  const source = openSource(ctx.media, key, bytes)
  if (declared !== undefined) await expectType(source, declared.contentType)
  const contentType = await sniffType(source)
  if (contentType === undefined) throw new Rejection('media/unsupported-type', 'It is of no type that is taken.')
  if (!isVideo(contentType) && bytes > maxImageBytes)
    throw new Rejection('media/too-large', `An image may have ${maxImageBytes} bytes.`)
  const inspected = await inspect(source, contentType)
  if (inspected !== 'toConvert')
    return await makeReady(ctx, arrived, contentType, { ...inspected, objectKey: key, contentType, bytes, sha256 })
  const reused = await reuse(ctx, id, sha256, contentType)
  return reused ?? (await makeReady(ctx, arrived, contentType, await convert(ctx, id, key)))
}

async function makeReady(
  ctx: MemberContext,
  { id, bytes, declared }: Arrived,
  foundContentType: string,
  stored: Stored,
): Promise<StoredFile> {
  const isConverted = stored.objectKey !== sourceKey(ctx.workspaceId, id)
  const found = declared === undefined ? { foundContentType, foundBytes: bytes } : {}
  const outbox = { outboxId: ctx.makeId(), now: ctx.now().toISOString() }
  const values = { ...stored, ...found, ...outbox, id, uploadId: id, hasLeavings: isConverted }
  const row = await ctx.db.maybeOne(updateReadyFile, values)
  if (row !== undefined) {
    ctx.wakeOutbox()
    return asFile(row)
  }
  // Somebody else was faster; nothing refers to what was made here, and nothing can any more.
  if (isConverted) await ctx.media.delete([stored.objectKey])
  return outcomeOf(await findFile(ctx, id))
}

/** The outcome of the same bytes before; undefined where there is none, or its object is just going. */
async function reuse(
  ctx: MemberContext,
  id: string,
  declaredSha256: string,
  declaredContentType: string,
): Promise<StoredFile | undefined> {
  const same = await ctx.db.maybeOne(findSameSource, { declaredSha256, declaredContentType })
  if (same === undefined) return undefined
  const values = { id, sameSourceId: same.id, outboxId: ctx.makeId(), now: ctx.now().toISOString() }
  try {
    const row = await ctx.db.maybeOne(updateReusingFile, values)
    if (row === undefined) return undefined
    ctx.wakeOutbox()
    return outcomeOf(await findFile(ctx, id))
  } catch (error) {
    if (violatedConstraint(error) === 'media_files_object_fkey') return undefined
    throw error
  }
}

/** The JPEG of a picture. One that Instagram would not take for its size is made no wider than Instagram shows it. */
async function convert(ctx: MemberContext, id: string, key: string): Promise<Stored> {
  const whole = await convertTo(ctx, id, key)
  if (whole.bytes <= maxJpegBytes || whole.width <= shownWidth) return whole
  // What was made first is cleared away as all that is left of a conversion.
  return await convertTo(ctx, id, key, shownWidth)
}

async function convertTo(ctx: MemberContext, id: string, key: string, maxWidth?: number): Promise<Stored> {
  const found = await ctx.media.get(key)
  if (found === undefined) throw new ObjectStoreError('the object went away before it was converted')
  const jpeg = await ctx.images.toJpeg(found.body, maxWidth)
  if (jpeg === undefined) throw unreadable('It cannot be decoded.')
  const objectKey = uploadPrefix(ctx.workspaceId, id) + ctx.makeId()
  const { bytes, sha256 } = await putCounted(ctx.media, objectKey, chunksOf(jpeg))
  const facts = await inspectJpeg(openSource(ctx.media, objectKey, bytes))
  return { ...facts, durationMs: null, objectKey, contentType: 'image/jpeg', bytes, sha256 }
}

/** Stores a stream of any length up to `maxBytes`; what it was. A stream that fails leaves nothing. */
export async function putCounted(
  store: ObjectStore,
  key: string,
  body: AsyncIterable<Uint8Array>,
  maxBytes = Number.MAX_SAFE_INTEGER,
): Promise<{ bytes: number; sha256: string }> {
  const digest = createDigest()
  let bytes = 0
  async function* counted() {
    for await (const chunk of body) {
      digest.add(chunk)
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw new Rejection('media/too-large', `It has more than ${maxBytes} bytes.`)
      yield chunk
    }
  }
  await store.put(key, counted())
  return { bytes, sha256: digest.hex() }
}

/** SHA-256 of what lies in the store, in hex, where the store itself does not say. */
export async function digestOf(store: ObjectStore, key: string): Promise<string> {
  const found = await store.get(key)
  if (found === undefined) throw new ObjectStoreError('the object went away before it was read')
  const digest = createDigest()
  for await (const chunk of chunksOf(found.body)) digest.add(chunk)
  return digest.hex()
}
