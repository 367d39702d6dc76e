import type { Context as HonoContext } from 'hono'
import { ProblemError } from '../problem.ts'
import { namesTag } from './etag.ts'

/** Bytes under a strong entity tag, whole or a range of them (RFC 9110, sections 13 and 14). */

type Bounds = { readonly offset: number; readonly length: number }

type RangedFile = {
  readonly contentType: string
  readonly bytes: number
  /** Strong, with its quotes. */
  readonly entityTag: string
  readonly maxAgeSeconds: number
  /** The stream is to be read or cancelled. */
  readonly read: (range?: Bounds) => Promise<ReadableStream<Uint8Array>>
  /** Throws what `read` would throw, and reads nothing. */
  readonly check: () => Promise<void>
}

/** Nothing in it can run, and nobody may keep it longer than it is offered. */
const headersOf = ({ contentType, entityTag, maxAgeSeconds }: RangedFile) => ({
  'Accept-Ranges': 'bytes',
  'Cache-Control': `public, max-age=${maxAgeSeconds}`,
  'Content-Disposition': 'inline',
  'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'Content-Type': contentType,
  ETag: entityTag,
})

export async function answerRanged(c: HonoContext, file: RangedFile) {
  const { bytes, entityTag } = file
  const headers = headersOf(file)
  if (namesTag(c.req.header('If-None-Match'), entityTag)) {
    await file.check()
    const { 'Content-Type': _type, ...rest } = headers
    return c.body(null, 304, rest)
  }
  if (c.req.method === 'HEAD') {
    await file.check()
    return c.body(null, 200, { ...headers, 'Content-Length': String(bytes) })
  }
  const range = isRangeMeant(c, entityTag) ? rangeIn(c.req.header('Range') ?? '', bytes) : undefined
  const body = (await file.read(range)) as never
  if (range === undefined) return c.body(body, 200, { ...headers, 'Content-Length': String(bytes) })
  const { offset, length } = range
  const contentRange = `bytes ${offset}-${offset + length - 1}/${bytes}`
  return c.body(body, 206, { ...headers, 'Content-Length': String(length), 'Content-Range': contentRange })
}

/** If-Range by a date never holds: the bytes have a tag, and no date. */
const isRangeMeant = (c: HonoContext, entityTag: string): boolean =>
  (c.req.header('If-Range') ?? entityTag).trim() === entityTag

/**
 * The one range that a header asks for; undefined, for the whole, where it asks for several or is not understood, as a
 * server may. Throws `request/range-not-satisfiable` where there are no such bytes.
 */
export function rangeIn(header: string, bytes: number): Bounds | undefined {
  const [, from = '', to = ''] = /^bytes=\s*([0-9]*)\s*-\s*([0-9]*)\s*$/i.exec(header.trim()) ?? []
  if (from === '' && to === '') return undefined
  if (from !== '' && to !== '' && Number(from) > Number(to)) return undefined
  const offset = from === '' ? Math.max(0, bytes - Number(to)) : Number(from)
  const end = from === '' || to === '' ? bytes : Math.min(Number(to) + 1, bytes)
  if (offset < end) return { offset, length: end - offset }
  throw new ProblemError('request/range-not-satisfiable', { headers: { 'Content-Range': `bytes */${bytes}` } })
}
