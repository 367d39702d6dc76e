import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import { ProblemError } from '../problem.ts'

/** Most bytes of a body that is read whole. */
const maxTextBytes = 1024 * 1024

/**
 * Reads a body of text once, within bounds, and leaves its text for validation: 415 for another media type, 413 for more
 * than `maxBytes` (counted while reading, whatever Content-Length says), 400 for what is not UTF-8.
 */
export function textBody(expected: string, maxBytes = maxTextBytes): MiddlewareHandler {
  return async (c, next) => {
    const mediaType = (c.req.header('Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
    if (mediaType !== expected) throw new ProblemError('request/unsupported-media-type')
    const text = await readText(c.req.raw, maxBytes)
    c.req.bodyCache.text = Promise.resolve(text) as never
    await next()
  }
}

export const jsonBody = (maxBytes?: number) => textBody('application/json', maxBytes)

/** The same for a body that may be left out, which is then the empty object. */
export const optionalJsonBody = (maxBytes?: number): MiddlewareHandler => {
  const read = jsonBody(maxBytes)
  return async (c, next) => {
    const isLeftOut = c.req.raw.body === null && c.req.header('Content-Type') === undefined
    await (isLeftOut ? next() : read(c, next))
  }
}

/** What Content-Length says of a body that is taken as it comes; undefined where it says nothing of use. */
export function statedLength(c: Pick<HonoContext, 'req'>): number | undefined {
  const header = c.req.header('Content-Length')
  return header !== undefined && /^[0-9]{1,15}$/.test(header) ? Number(header) : undefined
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () => new ProblemError('request/too-large', { detail: `At most ${maxBytes} bytes.` })
  if (Number(request.headers.get('Content-Length') ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of request.body ?? emptyBody()) {
      length += chunk.byteLength
      if (length > maxBytes) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause
    // Whoever sends it is usually gone by now.
    throw new ProblemError('request/malformed-json', { detail: 'The body breaks off.', cause })
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ProblemError('request/malformed-json', { detail: 'The body is not UTF-8.', cause })
  }
}
