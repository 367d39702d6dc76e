import { connect } from 'cloudflare:sockets'
import type { Socket } from './db/client.ts'

// Memory outside of the heap makes the collector's work: most answers are small, and a long one grows its buffer.
const firstBufferBytes = 4 * 1024
const maxBufferBytes = 64 * 1024

/** The database client's socket on workerd. It reads into memory of its own, which it takes back at each read. */
export function openSocket(host: string, port: number): Socket {
  const socket = connect({ hostname: host, port })
  const writer = socket.writable.getWriter()
  const reader = socket.readable.getReader({ mode: 'byob' })
  let buffer = new ArrayBuffer(firstBufferBytes)
  let lost: unknown
  const lose = (cause: unknown) => {
    lost ??= cause
  }
  return {
    send: (bytes) => void writer.write(bytes).catch(lose),
    receive: async () => {
      if (lost !== undefined) throw lost
      const { done, value } = await reader.read(new Uint8Array(buffer))
      if (done || value === undefined) return undefined
      const isFull = value.length === value.buffer.byteLength
      buffer = isFull ? new ArrayBuffer(Math.min(value.length * 4, maxBufferBytes)) : (value.buffer as ArrayBuffer)
      return value
    },
    close: () => void socket.close().catch(lose),
  }
}
