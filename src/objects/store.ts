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
  /** The object, whose body is to be read or cancelled; undefined when there is none. */
  readonly get: (key: string) => Promise<StoredObject | undefined>
  /** Deletes what is there of up to 1,000 keys. */
  readonly delete: (keys: readonly string[]) => Promise<void>
  /** Up to 1,000 keys that begin with the prefix and come after `after`, in order. */
  readonly list: (prefix: string, after?: string) => Promise<readonly string[]>
}

export type StoredObject = { readonly body: ReadableStream<Uint8Array>; readonly bytes: number }

/** What is used of R2's binding (Workers R2 API). */
export type Bucket = {
  readonly put: (key: string, body: Uint8Array<ArrayBuffer>) => Promise<unknown>
  readonly get: (key: string) => Promise<{ readonly body: unknown; readonly size: number } | null>
  readonly delete: (keys: string[]) => Promise<unknown>
  readonly list: (options: {
    prefix: string
    limit: number
    startAfter?: string
  }) => Promise<{ readonly objects: readonly { readonly key: string }[] }>
  readonly createMultipartUpload: (key: string) => Promise<MultipartUpload>
}

type MultipartUpload = {
  readonly uploadPart: (partNumber: number, body: Uint8Array<ArrayBuffer>) => Promise<unknown>
  readonly complete: (parts: never[]) => Promise<unknown>
  readonly abort: () => Promise<unknown>
}

const defaultTimeoutMs = 10_000
// All parts but the last are of one size, of 5 MiB at least (R2, multipart upload).
const partBytes = 5 * 1024 * 1024
const maxParts = 1_000
const maxKeys = 1_000

/** The port over a bucket of R2; each call to it answers within the timeout, or counts as failed. */
export function connectObjects(bucket: Bucket, timeoutMs = defaultTimeoutMs): ObjectStore {
  const inTime = boundedBy(timeoutMs)
  return {
    put: async (key, body) => {
      if (body instanceof Uint8Array) await inTime(bucket.put(key, body))
      else await putParts(bucket, inTime, key, body)
    },
    get: async (key) => {
      const found = await inTime(bucket.get(key))
      // What R2 calls a ReadableStream is one; its type is the platform's own.
      return found === null ? undefined : { body: found.body as ReadableStream<Uint8Array>, bytes: found.size }
    },
    delete: async (keys) => {
      if (keys.length > 0) await inTime(bucket.delete([...keys]))
    },
    list: async (prefix, after) => {
      const from = after === undefined ? {} : { startAfter: after }
      const { objects } = await inTime(bucket.list({ prefix, limit: maxKeys, ...from }))
      return objects.map(({ key }) => key)
    },
  }
}

type InTime = <T>(call: Promise<T>) => Promise<T>

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

/** The same bytes in parts of one size, the last one shorter, and empty at most when there are none at all. */
async function* inParts(chunks: AsyncIterable<Uint8Array>) {
  let part = new Uint8Array(partBytes)
  let length = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; ) {
      if (length === partBytes) {
        yield { bytes: part, isLast: false }
        part = new Uint8Array(partBytes)
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

const boundedBy =
  (timeoutMs: number): InTime =>
  async (call) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the object store did not answer in time')), timeoutMs)
    })
    try {
      return await Promise.race([call, timeout])
    } finally {
      clearTimeout(timer)
    }
  }
