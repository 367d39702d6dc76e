import { connect as connectTcp, createServer, type Socket } from 'node:net'

export type DelayProxy = {
  port: number
  /** What is added to each direction from now on, in milliseconds. */
  setDelay: (milliseconds: number) => void
  stop: () => Promise<void>
}

/**
 * Stands between the Worker and the pooler and holds back what either says. By default it begins on a connection once the
 * server is ready for its first query, so that what connecting costs does not count: Hyperdrive answers that at the edge.
 */
export async function startDelayProxy(
  targetPort: number,
  options: { delaysStartup?: boolean } = {},
): Promise<DelayProxy> {
  let delayMs = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connectTcp({ host: '127.0.0.1', port: targetPort, noDelay: true })
    client.setNoDelay(true)
    let isReady = options.delaysStartup ?? false
    const findReady = readyForQueryFinder()
    // What made the connection ready passes at once; only what follows is delayed.
    forward(client, upstream, () => (isReady ? delayMs : 0))
    forward(upstream, client, (chunk) => {
      const delay = isReady ? delayMs : 0
      isReady ||= findReady(chunk)
      return delay
    })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    }
  })
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  const setDelay = (milliseconds: number) => {
    delayMs = milliseconds
  }
  return { port: typeof address === 'object' && address ? address.port : 0, setDelay, stop }
}

/** Hands chunks on in their order, each after the delay that it had when it came. */
function forward(from: Socket, to: Socket, delayOf: (chunk: Buffer) => number): void {
  let previous = Promise.resolve()
  const inOrder = (delayMs: number, act: () => void) => {
    const due = delayMs === 0 ? Promise.resolve() : new Promise<void>((resolve) => setTimeout(resolve, delayMs))
    previous = Promise.all([previous, due]).then(act)
  }
  from.on('data', (chunk) => inOrder(delayOf(chunk), () => void to.write(chunk)))
  from.on('end', () => inOrder(delayOf(Buffer.alloc(0)), () => void to.end()))
  from.on('error', () => to.destroy())
  from.on('close', () => inOrder(0, () => void to.destroy()))
}

/**
 * Follows the server's messages (a type byte, then a length that counts itself) and says when ReadyForQuery has come. The
 * server's side of a connection without TLS has this form from its first byte.
 */
function readyForQueryFinder(): (chunk: Buffer) => boolean {
  let pending = Buffer.alloc(0)
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 5) {
      if (pending[0] === 0x5a) return true
      const next = 1 + pending.readUInt32BE(1)
      if (pending.length < next) break
      pending = pending.subarray(next)
    }
    return false
  }
}
