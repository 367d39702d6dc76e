import { type ByteReader, readInChunks, readInOneBuffer } from '../byte-reader.ts'
import { boundedBy, type InTime, ObjectStoreError } from './in-time.ts'

/**
 * The port to private files: what is too large, or must not lie, in the database. Every call answers or rejects within
 * its bound; nobody reaches a file but through this code.
 */
export type ObjectStore = {
  /**
   * Stores bytes under a key, in place of what was there; rejects when they were not stored. Chunks may come to any
   * length up to 5 GiB: they leave in parts, and are never held as a whole.
   */
  readonly put: (key: string, body: Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>) => Promise<void>
  /** Stores bytes as they come, when they are exactly as many as expected and the store finds that hash; else nothing. */
  readonly putExact: (key: string, body: ReadableStream<Uint8Array>, expected: Expected) => Promise<PutOutcome>
  /** The object, or a range of it, whose body is to be read or cancelled; undefined when there is none. */
  readonly get: (key: string, range?: Range) => Promise<StoredObject | undefined>
  /** What is known of the object without its bytes. */
  readonly head: (key: string) => Promise<ObjectHead | undefined>
  /** Deletes what is there of up to 1,000 keys. */
  readonly delete: (keys: readonly string[]) => Promise<void>
  /** Up to 1,000 keys that begin with the prefix and come after `after`, in order. */
  readonly list: (prefix: string, after?: string) => Promise<readonly string[]>
  /** As `list`, with the instant at which each was stored. */
  readonly listDated: (prefix: string, after?: string) => Promise<readonly { key: string; storedAt: Date }[]>
}

/** `bytes` is the size of the whole object, whatever the range. */
export type StoredObject = { readonly body: ReadableStream<Uint8Array>; readonly bytes: number }

/** `sha256` is what the store found when it was put with one; in hex. */
export type ObjectHead = { readonly bytes: number; readonly sha256: string | undefined }

export type Range = { readonly offset: number; readonly length: number }

export type Expected = { readonly bytes: number; readonly sha256: string; readonly contentType: string }

/** `broken-off`: the sender is gone, or sent nothing for too long. */
export type PutOutcome = 'stored' | 'other-size' | 'other-digest' | 'broken-off'

/** What is used of R2's binding (Workers R2 API). */
export type Bucket = {
  readonly put: (
    key: string,
    body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
    options?: { sha256: string; httpMetadata: { contentType: string } },
  ) => Promise<unknown>
  readonly get: (
    key: string,
    options?: { range: { offset: number; length: number } },
  ) => Promise<{ readonly body: unknown; readonly size: number } | null>
  readonly head: (
    key: string,
  ) => Promise<{ readonly size: number; readonly checksums: { readonly sha256?: ArrayBuffer } } | null>
  readonly delete: (keys: string[]) => Promise<unknown>
  readonly list: (options: {
    prefix: string
    limit: number
    startAfter?: string
  }) => Promise<{ readonly objects: readonly { readonly key: string; readonly uploaded: Date }[] }>
  readonly createMultipartUpload: (key: string) => Promise<MultipartUpload>
}

type MultipartUpload = {
  readonly uploadPart: (partNumber: number, body: Uint8Array<ArrayBuffer>) => Promise<unknown>
  readonly complete: (parts: never[]) => Promise<unknown>
  readonly abort: () => Promise<unknown>
}

const defaultTimeoutMs = 10_000
const defaultIdleMs = 30_000
// All parts but the last are of one size, of 5 MiB at least (R2, multipart upload).
const partBytes = 5 * 1024 * 1024
const maxParts = 1_000
const maxKeys = 1_000

type Options = {
  /** For each call, and for the store to take one more chunk. */
  readonly timeoutMs?: number
  /** How long a sender may send nothing. */
  readonly idleMs?: number
  /**
   * The platform's pipe for exactly so many bytes, as R2 wants a stream. A write to it ends when the bytes are taken, so
   * that all chunks of a body can be read into one buffer, and leave no garbage of its size.
   */
  readonly fixedLength?: (bytes: number) => TransformStream<Uint8Array, Uint8Array>
}

/** The port over a bucket of R2; each call to it answers within the timeout, or counts as failed. */
export function connectObjects(bucket: Bucket, options: Options = {}): ObjectStore {
  const { timeoutMs = defaultTimeoutMs, idleMs = defaultIdleMs, fixedLength } = options
  const inTime = boundedBy(timeoutMs)
  const listed = async (prefix: string, after?: string) => {
    const from = after === undefined ? {} : { startAfter: after }
    return (await inTime(bucket.list({ prefix, limit: maxKeys, ...from }))).objects
  }
  return {
    put: async (key, body) => {
      if (body instanceof Uint8Array) await inTime(bucket.put(key, body))
      else await putParts(bucket, inTime, key, body)
    },
    putExact: async (key, body, expected) => {
      const pipe = fixedLength?.(expected.bytes) ?? new TransformStream<Uint8Array, Uint8Array>()
      const reader = fixedLength === undefined ? readInChunks(body) : readInOneBuffer(body)
      const { sha256, contentType } = expected
      const stored = bucket.put(key, pipe.readable, { sha256, httpMetadata: { contentType } })
      return await putAsItComes({ stored, reader, writable: pipe.writable, bytes: expected.bytes, inTime, idleMs })
    },
    get: async (key, range) => {
      const found = await inTime(range === undefined ? bucket.get(key) : bucket.get(key, { range }))
      // What R2 calls a ReadableStream is one; its type is the platform's own.
      return found === null ? undefined : { body: found.body as ReadableStream<Uint8Array>, bytes: found.size }
    },
    head: async (key) => {
      const found = await inTime(bucket.head(key))
      if (found === null) return undefined
      const { sha256 } = found.checksums
      return { bytes: found.size, sha256: sha256 === undefined ? undefined : hexOf(sha256) }
    },
    delete: async (keys) => {
      if (keys.length > 0) await inTime(bucket.delete([...keys]))
    },
    list: async (prefix, after) => (await listed(prefix, after)).map(({ key }) => key),
    listDated: async (prefix, after) =>
      (await listed(prefix, after)).map(({ key, uploaded }) => ({ key, storedAt: uploaded })),
  }
}

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

type Coming = {
  readonly stored: Promise<unknown>
  readonly reader: ByteReader
  readonly writable: WritableStream<Uint8Array>
  readonly bytes: number
  readonly inTime: InTime
  readonly idleMs: number
}

/** What R2 says when the bytes have another SHA-256 than it was told (error 10037). */
const otherDigest = /\(10037\)/

/** Moves a body into a put, a chunk at a time; the sender and the store each have their own patience. */
async function putAsItComes({ stored, reader, writable, bytes, inTime, idleMs }: Coming): Promise<PutOutcome> {
  const writer = writable.getWriter()
  writer.closed.catch(() => undefined)
  // A put that fails while the body still comes ends the next write too, which would otherwise wait for ever.
  const failed = stored.then(() => new Promise<never>(() => undefined))
  failed.catch(() => undefined)
  const giveUp = async (outcome: PutOutcome): Promise<PutOutcome> => {
    reader.cancel().catch(() => undefined)
    writer.abort(new Error(outcome)).catch(() => undefined)
    await inTime(stored).catch(() => undefined)
    return outcome
  }
  const fromSender = boundedBy(idleMs)
  let length = 0
  try {
    for (;;) {
      const chunk = await fromSender(reader.read()).catch(() => 'broken-off' as const)
      if (chunk === 'broken-off') return await giveUp(chunk)
      if (chunk === undefined) break
      length += chunk.byteLength
      if (length > bytes) return await giveUp('other-size')
      await inTime(Promise.race([writer.write(chunk), failed]))
    }
    if (length < bytes) return await giveUp('other-size')
    await inTime(Promise.all([writer.close(), stored]))
    return 'stored'
  } catch (error) {
    const cause = error instanceof ObjectStoreError ? error.cause : error
    const isOther = otherDigest.test(String(cause))
    await giveUp('other-digest')
    if (isOther) return 'other-digest'
    throw error
  }
}

async function putParts(bucket: Bucket, inTime: InTime, key: string, chunks: AsyncIterable<Uint8Array>) {
  let upload: MultipartUpload | undefined
  const parts: unknown[] = []
  try {
    for await (const { bytes, isLast } of inParts(chunks)) {
      if (isLast && upload === undefined) {
        await inTime(bucket.put(key, bytes))
        return
      }
      if (parts.length === maxParts) throw new RangeError('the object is larger than an object may be')
      upload ??= await inTime(bucket.createMultipartUpload(key))
      parts.push(await inTime(upload.uploadPart(parts.length + 1, bytes)))
    }
    await inTime(upload?.complete(parts as never[]) ?? Promise.resolve())
  } catch (error) {
    // What is left of an upload that cannot even be given up ends by the bucket's own rule after seven days.
    await inTime(upload?.abort() ?? Promise.resolve()).catch(() => undefined)
    throw error
  }
}

/**
 * The same bytes in parts of one size, the last one shorter, and empty at most when there are none at all. A part is good
 * until the next is asked for: all lie in one buffer, and leave no garbage of the object's size.
 */
async function* inParts(chunks: AsyncIterable<Uint8Array>) {
  const part = new Uint8Array(partBytes)
  let length = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; ) {
      if (length === partBytes) {
        yield { bytes: part, isLast: false }
        length = 0
      }
      const piece = chunk.subarray(at, at + partBytes - length)
      part.set(piece, length)
      length += piece.byteLength
      at += piece.byteLength
    }
  }
  yield { bytes: part.subarray(0, length), isLast: true }
}
