/** Reads a body chunk by chunk. */
export type ByteReader = {
  /** Undefined at the end. */
  readonly read: () => Promise<Uint8Array | undefined>
  readonly cancel: () => Promise<void>
}

const bufferBytes = 256 * 1024

/** Each chunk is good until the next is read: all lie in one buffer, and leave no garbage of the body's size. */
export function readInOneBuffer(body: ReadableStream<Uint8Array>): ByteReader {
  const reader = body.getReader({ mode: 'byob' })
  let buffer = new ArrayBuffer(bufferBytes)
  return {
    read: async () => {
      const { done, value } = await reader.read(new Uint8Array(buffer))
      if (value !== undefined) buffer = value.buffer
      return done ? undefined : value
    },
    cancel: async () => await reader.cancel(),
  }
}

export function readInChunks(body: ReadableStream<Uint8Array>): ByteReader {
  const reader = body.getReader()
  return { read: async () => (await reader.read()).value, cancel: async () => await reader.cancel() }
}
