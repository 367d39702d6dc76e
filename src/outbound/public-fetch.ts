import { type ByteReader, readInOneBuffer } from '../byte-reader.ts'
import type { Context } from '../context.ts'
import { checkAddresses, checkUrl } from './public-url.ts'
import { OutboundRefusal } from './refusal.ts'

/**
 * GET of a URL that somebody else has chosen, so that it reaches nothing but public hosts (OWASP, Server-Side Request
 * Forgery Prevention). docs/security.md says what is left open.
 */

type Outbound = Pick<Context, 'fetch' | 'resolve' | 'publicUrl'>

type Limits = {
  /** Most bytes of the body, decoded. */
  readonly maxBytes: number
  /** From the first look-up to the last byte. */
  readonly timeoutMs: number
}

export type FetchedBody = {
  /** The bytes as they come, each chunk good until the next; throws an OutboundRefusal when they are too many, too late or broken off. */
  readonly body: AsyncIterable<Uint8Array>
  /** As announced; undefined where the answer does not say, or says it of another encoding. */
  readonly bytes: number | undefined
  /** Ends the request, whether or not all has been read. */
  readonly close: () => void
}

const maxRedirects = 3
const redirectStatuses = [301, 302, 303, 307, 308]
/** Nothing of the caller's request goes along. The platform may ask for a compressed body all the same, and unpacks it. */
const requestHeaders = {
  Accept: 'image/*, video/*',
  'Accept-Encoding': 'identity',
  'User-Agent': 'DefeahMediaImport/1',
}

/** Throws an OutboundRefusal, or the ResolverError of the resolver. Whoever gets an answer has to close it. */
export async function fetchPublic(ctx: Outbound, url: string, { maxBytes, timeoutMs }: Limits): Promise<FetchedBody> {
  const deadline = startDeadline(timeoutMs)
  try {
    const response = await follow(ctx, url, deadline)
    if (response.status !== 200) throw new OutboundRefusal('status', `The host answered ${response.status}.`)
    const bytes = announcedBytes(response.headers)
    if (bytes !== undefined && bytes > maxBytes) throw tooLarge(maxBytes)
    return { body: bytesOf(response, deadline, maxBytes, bytes), bytes, close: deadline.end }
  } catch (error) {
    deadline.end()
    throw error
  }
}

/** Each place is checked anew; the platform is told to follow nothing by itself. */
async function follow(ctx: Outbound, url: string, deadline: Deadline): Promise<Response> {
  let place = checkUrl(ctx.publicUrl, url)
  for (let redirects = 0; ; redirects += 1) {
    await deadline.within(checkAddresses(ctx.resolve, place))
    const response = await ask(ctx, place, deadline)
    const location = redirectStatuses.includes(response.status) ? response.headers.get('Location') : null
    if (location === null) return response
    response.body?.cancel().catch(() => undefined)
    if (redirects === maxRedirects)
      throw new OutboundRefusal('too-many-redirects', `More than ${maxRedirects} redirects are not followed.`)
    place = checkUrl(ctx.publicUrl, location, place)
  }
}

async function ask(ctx: Outbound, { href }: URL, deadline: Deadline): Promise<Response> {
  const init: RequestInit = { method: 'GET', headers: requestHeaders, redirect: 'manual', signal: deadline.signal }
  try {
    return await deadline.within(ctx.fetch(href, init))
  } catch (cause) {
    throw cause instanceof OutboundRefusal
      ? cause
      : new OutboundRefusal('unreachable', 'The host does not answer.', { cause })
  }
}

function announcedBytes(headers: Headers): number | undefined {
  const [encoding, length] = [headers.get('Content-Encoding') ?? 'identity', headers.get('Content-Length') ?? '']
  return encoding === 'identity' && /^[0-9]{1,15}$/.test(length) ? Number(length) : undefined
}

async function* bytesOf({ body }: Response, deadline: Deadline, maxBytes: number, announced: number | undefined) {
  const reader = body === null ? undefined : readInOneBuffer(body)
  let bytes = 0
  try {
    for (;;) {
      const chunk = await nextOf(reader, deadline)
      if (chunk === undefined) break
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      yield chunk
    }
    if (announced !== undefined && bytes < announced) throw brokenOff()
  } finally {
    deadline.end()
    reader?.cancel().catch(() => undefined)
  }
}

async function nextOf(reader: ByteReader | undefined, deadline: Deadline) {
  try {
    return reader && (await deadline.within(reader.read()))
  } catch (cause) {
    throw cause instanceof OutboundRefusal ? cause : brokenOff(cause)
  }
}

type Deadline = ReturnType<typeof startDeadline>

/** One for the whole: a host that sends a byte now and then does not get more time. */
function startDeadline(timeoutMs: number) {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const passed = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new OutboundRefusal('too-late', `It has not all come within ${timeoutMs / 1000} seconds.`))
      controller.abort()
    }, timeoutMs)
  })
  passed.catch(() => undefined)
  return {
    signal: controller.signal,
    within: async <T>(call: Promise<T>): Promise<T> => await Promise.race([call, passed]),
    end: () => {
      clearTimeout(timer)
      controller.abort()
    },
  }
}

const tooLarge = (maxBytes: number) => new OutboundRefusal('too-large', `It has more than ${maxBytes} bytes.`)

const brokenOff = (cause?: unknown) => new OutboundRefusal('broken-off', 'The answer broke off.', { cause })
