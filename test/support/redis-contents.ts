import { type Command, createRespClient, type Reply } from '../../scripts/local/resp.ts'
import { cacheKeys } from '../../src/cache/keys.ts'

/** Everything that a Redis holds, as text: a line for each key with its value. */

const readers: Readonly<Record<string, (key: string) => Command>> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  list: (key) => ['LRANGE', key, '0', '-1'],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
}

/** The mails that a developer's machine keeps, which no production does. */
const mailboxPrefix = cacheKeys.mailbox.key('')

/** By key; without the local mailboxes, unless they are wanted. A few keys at a time, since others use the server too. */
export async function readRedis(url: string, { withMailbox = false } = {}): Promise<Map<string, string>> {
  const client = createRespClient(url)
  const contents = new Map<string, string>()
  try {
    let cursor = '0'
    do {
      const [page] = await client.send([['SCAN', cursor, 'COUNT', '500']])
      const [next = null, keys = null] = Array.isArray(page) ? page : []
      cursor = textOf(next)
      const names = (Array.isArray(keys) ? keys : []).map(textOf)
      const wanted = names.filter((name) => withMailbox || !name.startsWith(mailboxPrefix))
      const types = (await client.send(wanted.map((name) => ['TYPE', name]))).map(textOf)
      // A key may end between the two.
      const live = wanted.flatMap((name, index) =>
        types[index] === 'none' ? [] : ([[name, types[index] ?? '']] as const),
      )
      const values = await client.send(live.map(([name, type]) => readerOf(type)(name)))
      for (const [index, [name]] of live.entries()) contents.set(name, textOf(values[index] ?? null))
    } while (cursor !== '0')
  } finally {
    client.close()
  }
  return contents
}

export const textOfRedis = (contents: ReadonlyMap<string, string>): string =>
  [...contents].map(([key, value]) => `${key} ${value}`).join('\n')

function readerOf(type: string): (key: string) => Command {
  const reader = readers[type]
  if (reader === undefined) throw new Error(`no test reads a ${type} of Redis yet`)
  return reader
}

function textOf(reply: Reply): string {
  if (Array.isArray(reply)) return reply.map(textOf).join(' ')
  if (reply === null || typeof reply === 'number') return String(reply)
  if (Buffer.isBuffer(reply)) return reply.toString()
  return 'status' in reply ? reply.status : reply.error
}
