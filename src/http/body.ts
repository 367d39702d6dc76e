import type { MiddlewareHandler } from 'hono'
import { ProblemError } from '../problem.ts'

/** Most bytes of a JSON body. */
const maxJsonBytes = 1024 * 1024

/**
 * Reads a JSON body once, within bounds, and leaves its text for validation: 415 for another media type, 413 for more
 * than `maxBytes` (counted while reading, whatever Content-Length says), 400 for what is not UTF-8.
 */
export function jsonBody(maxBytes = maxJsonBytes): MiddlewareHandler {
  return async (c, next) => {
    const mediaType = (c.req.header('Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
    if (mediaType !== 'application/json') throw new ProblemError('request/unsupported-media-type')
    const text = await readText(c.req.raw, maxBytes)
    c.req.bodyCache.text = Promise.resolve(text) as never
    await next()
  }
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
