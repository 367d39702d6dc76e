import { connect, type Socket } from 'node:net'

export type Answer = { status: number; body: string }

/** One keep-alive HTTP/1.1 connection that carries a request at a time, as cheaply as Node can. */
export type Connection = { send: (request: Buffer, wantsBody: boolean) => Promise<Answer>; close: () => void }

const headEnd = Buffer.from('\r\n\r\n')

/** Connects at the first request, and again after the server has closed. A failure has status 0. */
export function createConnection(port: number): Connection {
  let socket: Socket | undefined
  let received = Buffer.alloc(0)
  let waiting: { resolve: (answer: Answer) => void; wantsBody: boolean } | undefined
  const settle = (answer: Answer) => {
    const { resolve } = waiting ?? {}
    waiting = undefined
    received = Buffer.alloc(0)
    resolve?.(answer)
  }
  const fail = (reason: string) => {
    socket?.destroy()
    socket = undefined
    settle({ status: 0, body: reason })
  }
  const open = () => {
    const opened = connect({ host: '127.0.0.1', port, noDelay: true })
    opened.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      const answer = waiting && parseAnswer(received, waiting.wantsBody)
      if (answer) settle(answer)
    })
    opened.on('error', (error) => opened === socket && fail(error.message))
    opened.on('close', () => opened === socket && fail('the connection was closed'))
    return opened
  }
  const send = (request: Buffer, wantsBody: boolean) =>
    new Promise<Answer>((resolve) => {
      waiting = { resolve, wantsBody }
      socket ??= open()
      socket.write(request)
    })
  return { send, close: () => fail('closed') }
}

/** The answer once all of it has arrived. */
export function parseAnswer(received: Buffer, wantsBody: boolean): Answer | undefined {
  const end = received.indexOf(headEnd)
  if (end < 0) return undefined
  const head = received.toString('latin1', 0, end)
  const status = Number(head.slice(9, 12))
  const start = end + headEnd.length
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) {
    const last = start + Number(length)
    if (received.length < last) return undefined
    return { status, body: wantsBody ? received.toString('utf8', start, last) : '' }
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return parseChunks(received, start, status, wantsBody)
  return { status, body: '' }
}

function parseChunks(received: Buffer, start: number, status: number, wantsBody: boolean): Answer | undefined {
  const parts: Buffer[] = []
  for (let at = start; ; ) {
    const lineEnd = received.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(received.toString('latin1', at, lineEnd), 16)
    const next = lineEnd + 2 + size + 2
    if (received.length < next) return undefined
    if (size === 0) return { status, body: wantsBody ? Buffer.concat(parts).toString('utf8') : '' }
    if (wantsBody) parts.push(received.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = next
  }
}
