/** The store, or what converts images, failed or did not answer in time: nobody knows what it has done. */
export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError'
}

export type InTime = <T>(call: Promise<T>) => Promise<T>

/** What a call answers, or an ObjectStoreError when it fails or takes longer than so many milliseconds; `who` is asked. */
export const boundedBy =
  (timeoutMs: number, who = 'the object store'): InTime =>
  async (call) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new ObjectStoreError(`${who} did not answer in time`)), timeoutMs)
    })
    try {
      return await Promise.race([call, timeout])
    } catch (cause) {
      throw cause instanceof ObjectStoreError ? cause : new ObjectStoreError(`${who} failed`, { cause })
    } finally {
      clearTimeout(timer)
    }
  }

const chunkTimeoutMs = 10_000

/** The chunks of a stored body. Throws an ObjectStoreError when it breaks off, or the next one does not come in time. */
export async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  const inTime = boundedBy(chunkTimeoutMs)
  try {
    for (;;) {
      const { value, done } = await inTime(reader.read())
      if (done) return
      yield value
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}
