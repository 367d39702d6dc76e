import { ConnectionError, ServerError } from './errors.ts'
import { type Parse, parserOf } from './values.ts'

/**
 * The messages of PostgreSQL's frontend/backend protocol 3.0 that this code reads. Source: PostgreSQL 15, chapter 55, "Message
 * Formats". All integers are big-endian; a message is a type byte, an int32 length that counts itself, and the body.
 */

const decoder = new TextDecoder()

/** One message from the server: its type's character code, and where its body stands in `bytes`. */
export type Frame = { readonly type: number; readonly bytes: Uint8Array; readonly start: number; readonly end: number }

const frameHeaderBytes = 5
const maxFrameBytes = 64 * 1024 * 1024

/** Cuts what arrives into messages. Neither a frame nor a chunk is looked at once `take` has asked for more. */
export class Incoming {
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0

  push(chunk: Uint8Array): void {
    const rest = this.#bytes
    if (rest.length === 0) {
      this.#bytes = chunk
      return
    }
    this.#bytes = new Uint8Array(rest.length + chunk.length)
    this.#bytes.set(rest)
    this.#bytes.set(chunk, rest.length)
  }

  /** The next whole message, or undefined until more has been pushed. */
  take(): Frame | undefined {
    const bytes = this.#bytes
    const at = this.#at
    const left = bytes.length - at
    if (left >= frameHeaderBytes) {
      const length = int32At(bytes, at + 1)
      if (length < 4 || length > maxFrameBytes) throw new ConnectionError('the server does not speak this protocol')
      const end = at + 1 + length
      if (end <= bytes.length) {
        this.#at = end
        return { type: bytes[at] ?? 0, bytes, start: at + frameHeaderBytes, end }
      }
    }
    // The chunk's memory may be taken back when more is read.
    this.#bytes = bytes.slice(at)
    this.#at = 0
    return undefined
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
  return new ServerError(field('M'), field('C'), field('n'), field('D'))
}
