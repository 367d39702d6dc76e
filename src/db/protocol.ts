import { type Parse, parserOf } from './values.ts'

/**
 * The messages of PostgreSQL's frontend/backend protocol 3.0 that this code sends and reads.
 * Source: PostgreSQL 15, chapter 55, "Message Formats". All integers are big-endian; a message is a type byte, an int32
 * length that counts itself, and the body.
 */

/** What the server refuses, in its own words; `sqlstate` by Appendix A. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly sqlstate: string
  /** The violated constraint, or the one that a trigger names; '' for none. */
  readonly constraint: string
  readonly detail: string

  constructor(message: string, sqlstate: string, constraint = '', detail = '') {
    super(message)
    this.sqlstate = sqlstate
    this.constraint = constraint
    this.detail = detail
  }
}

/** The connection could not be made, ended, or carried what is not this protocol. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Builds messages into one piece of memory, so that they leave in one write. */
export class Outgoing {
  #bytes: Uint8Array<ArrayBuffer>
  #view: DataView
  #end = 0
  #lengthAt = 0

  constructor(capacityBytes: number) {
    this.#bytes = new Uint8Array(capacityBytes)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** Begins a message; the startup message alone has no type. */
  begin(type: string): this {
    this.#reserve(5)
    if (type !== '') this.#bytes[this.#end++] = type.charCodeAt(0)
    this.#lengthAt = this.#end
    this.#end += 4
    return this
  }

  /** Ends the message that was begun. */
  finish(): this {
    this.#view.setInt32(this.#lengthAt, this.#end - this.#lengthAt)
    return this
  }

  int16(value: number): this {
    this.#reserve(2)
    this.#view.setInt16(this.#end, value)
    this.#end += 2
    return this
  }

  int32(value: number): this {
    this.#reserve(4)
    this.#view.setInt32(this.#end, value)
    this.#end += 4
    return this
  }

  /** Text that ends with a zero byte, which it may therefore not contain. */
  cstring(text: string): this {
    if (text.includes('\0')) throw new TypeError('a zero byte may not stand here')
    this.#write(text)
    this.#reserve(1)
    this.#bytes[this.#end++] = 0
    return this
  }

  /** A value with its length before it; NULL is the length -1. */
  value(text: string | null): this {
    if (text === null) return this.int32(-1)
    const lengthAt = this.#end
    this.int32(0)
    const writtenBytes = this.#write(text)
    this.#view.setInt32(lengthAt, writtenBytes)
    return this
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#end)
    this.#end += bytes.length
    return this
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#end)
  }

  #write(text: string): number {
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    this.#reserve(text.length * 3)
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#end))
    this.#end += written
    return written
  }

  #reserve(more: number): void {
    if (this.#end + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + more))
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

const protocolVersion = 3 << 16

export function startupMessage(settings: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const message = new Outgoing(256).begin('').int32(protocolVersion)
  for (const [name, value] of Object.entries(settings)) message.cstring(name).cstring(value)
  message.raw(new Uint8Array(1))
  return message.finish().bytes
}

/** A statement of several words without parameters, as `begin` and `commit`. */
export const simpleQuery = (text: string): Uint8Array<ArrayBuffer> =>
  new Outgoing(64).begin('Q').cstring(text).finish().bytes

/** Parse, under no name: a pooler then has nothing to keep. The server infers the parameters' types. */
export const parseMessage = (text: string): Uint8Array<ArrayBuffer> =>
  new Outgoing(text.length + 64).begin('P').cstring('').cstring(text).int16(0).finish().bytes

/** A whole execution in one piece: Parse, Bind, Describe, Execute, Sync. Everything is in text form. */
export function executionMessages(parse: Uint8Array, values: readonly (string | null)[]): Uint8Array<ArrayBuffer> {
  const valueUnits = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 0)
  const messages = new Outgoing(parse.length + valueUnits + 128).raw(parse)
  messages.begin('B').cstring('').cstring('').int16(0).int16(values.length)
  for (const value of values) messages.value(value)
  return messages.int16(0).finish().raw(describeExecuteSync).bytes
}

/** For the unnamed portal, without a limit of rows. */
const describeExecuteSync = new Outgoing(32)
  .begin('D')
  .raw(encoder.encode('P'))
  .cstring('')
  .finish()
  .begin('E')
  .cstring('')
  .int32(0)
  .finish()
  .begin('S')
  .finish().bytes

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
