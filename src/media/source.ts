import { boundedBy, ObjectStoreError } from '../objects/in-time.ts'
import type { ObjectStore } from '../objects/store.ts'
import { truncated } from './rejection.ts'

/** A stored file as the checks read it: a few blocks at a time, never as a whole. */
export type MediaSource = {
  readonly bytes: number
  /** As many bytes as there are from there, up to the length. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>
  /** A view of exactly so many bytes; throws `media/truncated` where the file ends before. */
  readonly view: (offset: number, length: number) => Promise<DataView<ArrayBuffer>>
}

const blockBytes = 512 * 1024
const maxBlocks = 6
/** For a block to arrive after the store has answered. */
const bodyTimeoutMs = 10_000

/** Reads an object by ranges. What the store does not answer is thrown as its error, and says nothing about the file. */
export function openSource(store: ObjectStore, key: string, bytes: number): MediaSource {
  const blocks = new Map<number, Promise<Uint8Array>>()
  const fetchBlock = async (index: number): Promise<Uint8Array> => {
    const offset = index * blockBytes
    const range = { offset, length: Math.min(blockBytes, bytes - offset) }
    const found = await store.get(key, range)
    if (found === undefined) throw new ObjectStoreError('the object went away while it was read')
    return await allOf(found.body, range.length)
  }
  const blockAt = (index: number): Promise<Uint8Array> => {
    const known = blocks.get(index)
    if (known !== undefined) return known
    const block = fetchBlock(index)
    block.catch(() => blocks.delete(index))
    blocks.set(index, block)
    const [oldest] = blocks.keys()
    if (blocks.size > maxBlocks && oldest !== undefined) blocks.delete(oldest)
    return block
  }
  const read = async (offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const end = Math.max(offset, Math.min(offset + length, bytes))
    const result = new Uint8Array(end - offset)
    for (let at = offset; at < end; ) {
      const index = Math.floor(at / blockBytes)
      const block = await blockAt(index)
      const piece = block.subarray(at - index * blockBytes, end - index * blockBytes)
      result.set(piece, at - offset)
      at += piece.byteLength
    }
    return result
  }
  return {
    bytes,
    read,
    view: async (offset, length) => {
      const { buffer, byteLength } = await read(offset, length)
      if (byteLength < length) throw truncated(`The file ends at byte ${bytes}, in the middle of something.`)
      return new DataView(buffer)
    },
  }
}

async function allOf(body: ReadableStream<Uint8Array>, length: number): Promise<Uint8Array> {
  const reader = body.getReader()
  try {
    return await boundedBy(bodyTimeoutMs)(filled(reader, length))
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

async function filled(reader: ReadableStreamDefaultReader<Uint8Array>, length: number): Promise<Uint8Array> {
  const result = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const { value, done } = await reader.read()
    if (done) throw new ObjectStoreError('the object broke off')
    result.set(value, at)
    at += value.byteLength
  }
  return result
}

/** ASCII in a view, such as the name of a chunk. */
export function asciiAt(view: DataView, offset: number, length: number): string {
  let text = ''
  for (let at = offset; at < offset + length; at += 1) text += String.fromCharCode(view.getUint8(at))
  return text
}
