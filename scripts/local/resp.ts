import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { LocalError } from './process.ts'

/** What Redis answers (RESP2): bulk strings as bytes, so that any value survives. */
export type Reply = Buffer | number | null | Status | RedisError | Reply[]
export type Status = { status: string }
export type RedisError = { error: string }
export type Command = (string | Buffer)[]

function encodeCommand(command: Command): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${command.length}\r\n`)]
  for (const argument of command) {
    const bytes = typeof argument === 'string' ? Buffer.from(argument) : argument
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, CRLF)
  }
  return Buffer.concat(parts)
}

export function encodeReply(reply: Reply): Buffer {
  if (reply === null) return Buffer.from('$-1\r\n')
  if (typeof reply === 'number') return Buffer.from(`:${reply}\r\n`)
  if (Buffer.isBuffer(reply)) return Buffer.concat([Buffer.from(`$${reply.length}\r\n`), reply, CRLF])
  if (Array.isArray(reply)) return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(encodeReply)])
  return Buffer.from('status' in reply ? `+${reply.status}\r\n` : `-${reply.error}\r\n`)
}

const CRLF = Buffer.from('\r\n')

/** A parser to push chunks into; it hands over each complete value. */
export function createParser(onValue: (value: Reply) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0)
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    let offset = 0
    for (;;) {
      const parsed = parseValue(pending, offset)
      if (!parsed) break
      offset = parsed.next
      onValue(parsed.value)
    }
    pending = pending.subarray(offset)
  }
}

type Parsed = { value: Reply; next: number }

function parseValue(buffer: Buffer, start: number): Parsed | undefined {
  const end = buffer.indexOf(CRLF, start)
  if (end < 0) return undefined
  const text = buffer.toString('utf8', start + 1, end)
  const next = end + 2
  switch (buffer[start]) {
    case 0x2b: // +
      return { value: { status: text }, next }
    case 0x2d: // -
      return { value: { error: text }, next }
    case 0x3a: // :
      return { value: Number(text), next }
    case 0x24: // $
      return parseBulk(buffer, Number(text), next)
    case 0x2a: // *
      return parseArray(buffer, Number(text), next)
    default:
      throw new LocalError(`not a Redis answer: ${JSON.stringify(buffer.toString('latin1', start, end))}`)
  }
}

function parseBulk(buffer: Buffer, length: number, start: number): Parsed | undefined {
  if (length < 0) return { value: null, next: start }
  const next = start + length + 2
  return buffer.length < next ? undefined : { value: buffer.subarray(start, start + length), next }
}

function parseArray(buffer: Buffer, length: number, start: number): Parsed | undefined {
  if (length < 0) return { value: null, next: start }
  const values: Reply[] = []
  let next = start
  for (let index = 0; index < length; index++) {
    const item = parseValue(buffer, next)
    if (!item) return undefined
    values.push(item.value)
    next = item.next
  }
  return { value: values, next }
}

export type RespClient = {
  /** Sends the commands in one write, so that nothing of others comes between (MULTI ... EXEC). */
  send: (commands: Command[]) => Promise<Reply[]>
  close: () => void
}

type Waiting = {
  missing: number
  replies: Reply[]
  resolve: (replies: Reply[]) => void
  reject: (error: Error) => void
}

/** A client that connects at the first use and again after a broken connection; what was under way then fails. */
export function createRespClient(url: string): RespClient {
  let socket: Socket | undefined
  const waiting: Waiting[] = []
  const fail = (error: Error) => {
    socket?.destroy()
    socket = undefined
    for (const batch of waiting.splice(0)) batch.reject(error)
  }
  const receive = (reply: Reply) => {
    const batch = waiting[0]
    if (!batch) return
    batch.replies.push(reply)
    if (--batch.missing > 0) return
    waiting.shift()
    batch.resolve(batch.replies)
  }
  const open = () => {
    const opened = openSocket(new URL(url))
    const parse = createParser(receive)
    opened.on('data', (chunk) => {
      try {
        parse(chunk)
      } catch (error) {
        fail(error as Error)
      }
    })
    opened.on('error', (error) => opened === socket && fail(error))
    opened.on('close', () => opened === socket && fail(new Error('the connection to Redis was closed')))
    return opened
  }
  const write = (commands: Command[]) =>
    new Promise<Reply[]>((resolve, reject) => {
      waiting.push({ missing: commands.length, replies: [], resolve, reject })
      socket?.write(Buffer.concat(commands.map(encodeCommand)))
    })
  const send = async (commands: Command[]) => {
    if (commands.length === 0) return []
    if (!socket) {
      socket = open()
      const greeting = greetingOf(new URL(url))
      if (greeting.length > 0) void write(greeting).catch(() => {})
    }
    return await write(commands)
  }
  return { send, close: () => fail(new Error('the client was closed')) }
}

function openSocket(url: URL): Socket {
  const address = { host: url.hostname, port: Number(url.port || 6379) }
  return url.protocol === 'rediss:'
    ? connectTls({ ...address, servername: url.hostname })
    : connectTcp({ ...address, noDelay: true })
}

function greetingOf(url: URL): Command[] {
  const commands: Command[] = []
  const user = decodeURIComponent(url.username)
  if (url.password) commands.push(['AUTH', ...(user ? [user] : []), decodeURIComponent(url.password)])
  if (url.pathname.length > 1) commands.push(['SELECT', url.pathname.slice(1)])
  return commands
}
