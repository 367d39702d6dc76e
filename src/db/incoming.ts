import { ConnectionError, ServerError } from './errors.ts'
import { type Parse, parserOf } from './values.ts'

/**
 * The messages of PostgreSQL's frontend/backend protocol 3.0 that this code reads. Source: PostgreSQL 15, chapter 55, "Message
 * Formats". All integers are big-endian; a message is a type byte, an int32 length that counts itself, and the body.
 */

// Each value is decoded on its own, and one may begin with U+FEFF.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** One message from the server: its type's character code, and where its body stands in `bytes`. */
export type Frame = { readonly type: number; readonly bytes: Uint8Array; readonly start: number; readonly end: number }

const frameHeaderBytes = 5
const maxFrameBytes = 16 * 1024 * 1024

/** Cuts what arrives into messages. Neither a frame nor a chunk is looked at once `take` has asked for more. */
export class Incoming {
  /** A chunk as it came, or memory of our own in which a message comes together. */
  #bytes: Uint8Array = new Uint8Array(0)
  #isOwn = false
  #start = 0
  #end = 0

  push(chunk: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#bytes = chunk
      this.#isOwn = false
      this.#start = 0
      this.#end = chunk.length
      return
    }
    if (this.#end + chunk.length > this.#bytes.length) this.#keep(chunk.length)
    this.#bytes.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** The next whole message, or undefined until more has been pushed. */
  take(): Frame | undefined {
    const at = this.#start
    const left = this.#end - at
    const length = left < frameHeaderBytes ? 0 : int32At(this.#bytes, at + 1)
    if (left >= frameHeaderBytes && (length < 4 || length > maxFrameBytes)) {
      throw new ConnectionError(`a message of ${length} bytes`)
    }
    if (left >= frameHeaderBytes && left > length) {
      this.#start = at + 1 + length
      return { type: this.#bytes[at] ?? 0, bytes: this.#bytes, start: at + frameHeaderBytes, end: this.#start }
    }
    // The chunk's memory may be taken back when more is read.
    if (left > 0 && !this.#isOwn) this.#keep(length + 1 - left)
    return undefined
  }

  /** Moves what is left into memory of our own, with room for `moreBytes`; doubling keeps the copies few. */
  #keep(moreBytes: number): void {
    const left = this.#bytes.subarray(this.#start, this.#end)
    this.#bytes = new Uint8Array(Math.max(left.length + moreBytes, left.length * 2, 256))
    this.#bytes.set(left)
    this.#isOwn = true
    this.#start = 0
    this.#end = left.length
  }
}

export const int32At = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)

const int16At = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)

const textAt = (bytes: Uint8Array, start: number, end: number): string => decoder.decode(bytes.subarray(start, end))

/** The text of a frame's body, for those whose body is text. */
export const bodyText = ({ bytes, start, end }: Frame): string => textAt(bytes, start, end)

export type Column = { readonly name: string; readonly parse: Parse }

/** RowDescription. */
export function readColumns({ bytes, start }: Frame): Column[] {
  const columns: Column[] = []
  let at = start + 2
  for (let left = int16At(bytes, start); left > 0; left -= 1) {
    const nameEnd = bytes.indexOf(0, at)
    // The name, then table (int32), column (int16), type (int32), size (int16), modifier (int32), format (int16).
    columns.push({ name: textAt(bytes, at, nameEnd), parse: parserOf(int32At(bytes, nameEnd + 7)) })
    at = nameEnd + 19
  }
  return columns
}

/** DataRow. Throws what a column's parser throws. */
export function readRow({ bytes, start }: Frame, columns: readonly Column[]): Record<string, unknown> {
  if (int16At(bytes, start) !== columns.length) throw new ConnectionError('a row has other columns than described')
  const row: Record<string, unknown> = {}
  let at = start + 2
  for (const { name, parse } of columns) {
    const length = int32At(bytes, at)
    at += 4
    if (length < 0) {
      row[name] = null
    } else {
      row[name] = parse(textAt(bytes, at, at + length))
      at += length
    }
  }
  return row
}

/** ErrorResponse: fields of a code byte and text each. */
export function readError(frame: Frame): ServerError {
  const fields = new Map(
    bodyText(frame)
      .split('\0')
      .map((field) => [field.charAt(0), field.slice(1)]),
  )
  const field = (code: string) => fields.get(code) ?? ''
  return new ServerError(field('M'), field('C'), { severity: field('V'), constraint: field('n'), detail: field('D') })
}
