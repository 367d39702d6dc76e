import { createServer } from 'node:net'
import { LocalError } from './process.ts'
import { type Command, createParser, encodeReply, type Reply } from './resp.ts'

type Entry = { value: Buffer; expiresAt: number }
type Store = Map<string, Entry>

/**
 * A small stand-in for machines without Redis: the commands that a cache needs, in memory, over Redis' own protocol. No
 * scripts (EVAL) and no transactions.
 */
export async function startRedisEmulator(): Promise<{ url: string; stop: () => Promise<void> }> {
  const store: Store = new Map()
  const sockets = new Set<{ destroy: () => void }>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const parse = createParser((value) => socket.write(encodeReply(execute(store, value as Command, Date.now()))))
    socket.on('data', parse)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new LocalError(`the Redis emulator cannot listen: ${error.message}`)))
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `redis://127.0.0.1:${port}`, stop }
}

function execute(store: Store, command: Command, now: number): Reply {
  const [verb = '', ...args] = command.map(String)
  const handler = handlers[verb.toUpperCase()]
  if (!handler) return { error: `ERR unknown command '${verb}' (this is the emulator; install redis-server)` }
  try {
    return handler({ store, args, now })
  } catch (error) {
    return { error: `ERR ${(error as Error).message}` }
  }
}

type Call = { store: Store; args: string[]; now: number }

const handlers: Record<string, (call: Call) => Reply> = {
  PING: () => ({ status: 'PONG' }),
  SELECT: () => ({ status: 'OK' }),
  FLUSHALL: ({ store }) => {
    store.clear()
    return { status: 'OK' }
  },
  GET: (call) => live(call, first(call))?.value ?? null,
  MGET: (call) => call.args.map((key) => live(call, key)?.value ?? null),
  EXISTS: (call) => call.args.filter((key) => live(call, key)).length,
  DEL: (call) => call.args.filter((key) => live(call, key) && call.store.delete(key)).length,
  SET: (call) => set(call),
  INCR: (call) => increment(call, 1),
  INCRBY: (call) => increment(call, toInteger(call.args[1])),
  EXPIRE: (call) => expireIn(call, toInteger(call.args[1]) * 1000),
  PEXPIRE: (call) => expireIn(call, toInteger(call.args[1])),
  TTL: (call) => timeLeft(call, 1000),
  PTTL: (call) => timeLeft(call, 1),
}

function set({ store, args, now }: Call): Reply {
  const [key = '', value = '', ...options] = args
  const words = options.map((word) => word.toUpperCase())
  const exists = live({ store, args, now }, key) !== undefined
  if ((words.includes('NX') && exists) || (words.includes('XX') && !exists)) return null
  const seconds = words.includes('EX') ? toInteger(words[words.indexOf('EX') + 1]) * 1000 : undefined
  const milliseconds = words.includes('PX') ? toInteger(words[words.indexOf('PX') + 1]) : undefined
  const lifetime = seconds ?? milliseconds ?? Number.POSITIVE_INFINITY
  store.set(key, { value: Buffer.from(value), expiresAt: now + lifetime })
  return { status: 'OK' }
}

function increment(call: Call, by: number): Reply {
  const entry = live(call, first(call))
  const sum = toInteger(entry?.value.toString() ?? '0') + by
  call.store.set(first(call), {
    value: Buffer.from(String(sum)),
    expiresAt: entry?.expiresAt ?? Number.POSITIVE_INFINITY,
  })
  return sum
}

function expireIn(call: Call, milliseconds: number): Reply {
  const entry = live(call, first(call))
  if (!entry) return 0
  entry.expiresAt = call.now + milliseconds
  return 1
}

function timeLeft(call: Call, unit: number): Reply {
  const entry = live(call, first(call))
  if (!entry) return -2
  return entry.expiresAt === Number.POSITIVE_INFINITY ? -1 : Math.ceil((entry.expiresAt - call.now) / unit)
}

function live({ store, now }: Call, key: string): Entry | undefined {
  const entry = store.get(key)
  if (!entry || entry.expiresAt > now) return entry
  store.delete(key)
  return undefined
}

function first({ args }: Call): string {
  const [key] = args
  if (key === undefined) throw new Error('wrong number of arguments')
  return key
}

function toInteger(text: string | undefined): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error('value is not an integer or out of range')
  return value
}
