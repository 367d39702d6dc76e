import { connect } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { OpenSocket } from '../../src/db/client.ts'

/** What the Worker's socket is on workerd, on Node (and Deno). */
export const openNodeSocket: OpenSocket = (host, port) => {
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, noDelay: true })
  const chunks = socket.iterator()
  // What went wrong shows at the next read.
  socket.on('error', () => undefined)
  return {
    send: (bytes) => void socket.write(bytes),
    receive: async () => {
      const { value } = await chunks.next()
      return value as Uint8Array | undefined
    },
    close: () => void socket.destroy(),
  }
}

/** The same under TLS. The server is asked for it first (PostgreSQL 15, section 55.2.10), and may not refuse. */
export const openTlsSocket =
  (options: Pick<ConnectionOptions, 'ca' | 'rejectUnauthorized'>): OpenSocket =>
  (host, port) => {
    const plain = connect({ host: host.replace(/^\[|\]$/g, ''), port, noDelay: true })
    const secured = secure(plain, { ...options, servername: host }).then((socket) => {
      socket.on('error', () => undefined)
      return { socket, chunks: socket.iterator() }
    })
    secured.catch(() => plain.destroy())
    return {
      send: (bytes) => {
        const copy = bytes.slice()
        secured.then(({ socket }) => void socket.write(copy)).catch(() => undefined)
      },
      receive: async () => {
        const { value } = await (await secured).chunks.next()
        return value as Uint8Array | undefined
      },
      close: () => void plain.destroy(),
    }
  }

const sslRequest = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47)

async function secure(plain: ReturnType<typeof connect>, options: ConnectionOptions) {
  plain.write(sslRequest)
  const answer = await new Promise<Buffer>((resolve, reject) => {
    plain.once('data', resolve)
    plain.once('error', reject)
    plain.once('close', () => reject(new Error('the server closed the connection')))
  })
  if (answer.length !== 1 || answer[0] !== 'S'.charCodeAt(0)) throw new Error('the server does not speak TLS')
  const socket = connectTls({ ...options, socket: plain })
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
  })
  return socket
}
