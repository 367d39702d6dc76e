import { randomBytes } from 'node:crypto'
import type { Context } from '../../src/context.ts'
import { ResolverError } from '../../src/outbound/resolver.ts'

/** Hosts of the Internet, in this process: what their names resolve to, and what they answer. */

export type FakeHosts = Pick<Context, 'fetch' | 'resolve'> & {
  /** Each request that was sent. */
  requests: { url: string; init: RequestInit }[]
  /** Each name that was looked up. */
  lookups: string[]
  isDnsAway: boolean
  names: Record<string, readonly string[] | undefined>
  /** What is answered at a URL. */
  answers: Record<string, (init: RequestInit) => Response | Promise<Response>>
}

export const publicAddress = '93.184.215.14'

/** Every name leads to a public address unless `names` says otherwise. */
export function fakeHosts(): FakeHosts {
  const hosts: FakeHosts = {
    requests: [],
    lookups: [],
    isDnsAway: false,
    names: {},
    answers: {},
    resolve: (name) => {
      hosts.lookups.push(name)
      if (hosts.isDnsAway) return Promise.reject(new ResolverError('away'))
      return Promise.resolve(name in hosts.names ? hosts.names[name] : [publicAddress])
    },
    fetch: async (url, init) => {
      hosts.requests.push({ url, init })
      const answer = hosts.answers[url]
      if (answer === undefined) throw new TypeError('fetch failed')
      return await answer(init)
    },
  }
  return hosts
}

export const redirectTo = (location: string, status = 302) =>
  new Response(null, { status, headers: { Location: location } })

/** Bytes without an end, as fast as they are read, or one each `everyMs`. */
export function endless(everyMs = 0): {
  body: ReadableStream<Uint8Array>
  sent: () => number
  isCancelled: () => boolean
} {
  let sent = 0
  let isCancelled = false
  const chunk = new Uint8Array(randomBytes(everyMs === 0 ? 65_536 : 1))
  const body = new ReadableStream(
    {
      type: 'bytes',
      pull: async (controller) => {
        if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs))
        sent += chunk.byteLength
        controller.enqueue(chunk.slice())
      },
      cancel: () => {
        isCancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, sent: () => sent, isCancelled: () => isCancelled }
}
