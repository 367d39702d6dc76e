import { z } from 'zod'

/** Addresses of names, by DNS over HTTPS with JSON (developers.cloudflare.com/1.1.1.1/encryption/dns-over-https). */

/** All IPv4 and IPv6 addresses of a name, through its aliases; undefined where DNS gives no full answer. */
export type Resolve = (hostname: string) => Promise<readonly string[] | undefined>

/** The resolver itself failed, or did not answer in time: nobody knows the addresses. */
export class ResolverError extends Error {
  override readonly name = 'ResolverError'
}

type ResolverOptions = {
  readonly url: string
  /** The platform's fetch. */
  readonly request: (url: string, init: RequestInit) => Promise<Response>
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 5_000
const maxAnswerBytes = 64 * 1024

/** Types and codes of DNS (RFC 1035, 3.2.2 and 4.1.1; RFC 3596). */
const recordTypes = { A: 1, AAAA: 28 } as const
const [noError, noSuchName] = [0, 3]

const Answer = z.object({
  Status: z.int(),
  Answer: z
    .array(z.object({ type: z.int(), data: z.string() }))
    .max(100)
    .default([]),
})

export function createResolver({ url, request, timeoutMs = defaultTimeoutMs }: ResolverOptions): Resolve {
  const look = async (hostname: string, type: keyof typeof recordTypes): Promise<readonly string[] | undefined> => {
    const query = new URLSearchParams({ name: hostname, type })
    const response = await request(`${url}?${query}`, {
      headers: { Accept: 'application/dns-json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (response.status !== 200) throw new ResolverError(`the resolver answered ${response.status}`)
    const { Status: status, Answer: records } = Answer.parse(JSON.parse(await textOf(response)))
    if (status === noSuchName) return []
    if (status !== noError) return undefined
    return records.filter((record) => record.type === recordTypes[type]).map(({ data }) => data)
  }
  return async (hostname) => {
    try {
      const [first, second] = await Promise.all([look(hostname, 'A'), look(hostname, 'AAAA')])
      return first === undefined || second === undefined ? undefined : [...first, ...second]
    } catch (cause) {
      throw cause instanceof ResolverError ? cause : new ResolverError('the resolver failed', { cause })
    }
  }
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let [text, bytes] = ['', 0]
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxAnswerBytes) throw new ResolverError('the resolver answered too much')
    text += decoder.decode(chunk, { stream: true })
  }
  return text
}
