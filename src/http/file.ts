import type { Context as HonoContext } from 'hono'

type Attachment = {
  readonly body: ReadableStream<Uint8Array>
  readonly bytes: number
  readonly contentType: string
  /** Plain ASCII without quotes. */
  readonly fileName: string
}

/** Answers a file to be kept (RFC 6266), as it comes. */
export function answerFile(c: HonoContext, { body, bytes, contentType, fileName }: Attachment) {
  return c.body(body as never, 200, {
    'Content-Type': contentType,
    'Content-Length': String(bytes),
    'Content-Disposition': `attachment; filename="${fileName}"`,
  })
}
