/**
 * The messages of PostgreSQL's frontend/backend protocol 3.0 that this code sends. Source: PostgreSQL 15, chapter 55, "Message
 * Formats". All integers are big-endian; a message is a type byte, an int32 length that counts itself, and the body.
 */

const encoder = new TextEncoder()

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
