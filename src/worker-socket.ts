import { connect } from 'cloudflare:sockets'
import { Buffer } from 'node:buffer'
import type { DriverSocket } from './db/connect.ts'

/**
 * The database driver's socket on workerd. The driver's own imitation of a Node socket copies each chunk, imports the
 * socket module anew for each connection and waits for it to open before it writes; this costs a tenth of a read.
 */
export function openSocket(host: string, port: number): DriverSocket {
  const listeners = new Map<string, Set<(value?: unknown) => void>>()
  const emit = (event: string, value?: unknown) => {
    for (const listener of listeners.get(event) ?? []) listener(value)
  }
  const raw = connect({ hostname: host, port })
  const writer = raw.writable.getWriter()
  const reader = raw.readable.getReader()

  const socket: DriverSocket = {
    readyState: 'open',
    on: (event, listener) => {
      const known = listeners.get(event)
      if (known === undefined) listeners.set(event, new Set([listener]))
      else known.add(listener)
    },
    once: (event, listener) => {
      const forgetting = (value?: unknown) => {
        socket.removeListener(event, forgetting)
        listener(value)
      }
      socket.on(event, forgetting)
    },
    removeListener: (event, listener) => void listeners.get(event)?.delete(listener),
    removeAllListeners: () => listeners.clear(),
    write: (bytes, written) => {
      writer.write(bytes).then(written, fail)
      return true
    },
    end: (bytes) => {
      if (bytes !== undefined) writer.write(bytes).catch(fail)
      writer.close().then(close, fail)
    },
    destroy: () => void raw.close().then(close, close),
  }

  function close(): void {
    if (socket.readyState === 'closed') return
    socket.readyState = 'closed'
    emit('close')
  }

  function fail(cause: unknown): void {
    if (socket.readyState === 'closed') return
    emit(
      'error',
      Object.assign(new Error('the connection to the database failed', { cause }), { code: 'CONNECTION_FAILED' }),
    )
    close()
  }

  async function read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return close()
        emit('data', Buffer.from(value.buffer, value.byteOffset, value.byteLength))
      }
    } catch (error) {
      fail(error)
    }
  }

  raw.closed.then(close, fail)
  void read()
  return socket
}
