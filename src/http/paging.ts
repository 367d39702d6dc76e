import { z } from '@hono/zod-openapi'
import type { Context as HonoContext } from 'hono'
import { fromBase64Url, toBase64Url, utf8 } from '../crypto/encoding.ts'
import type { Page } from '../paging.ts'

/** Pages on the wire. Cursors are opaque to callers: base64url of a JSON array, the list's name and its sort key. */

const maxLimit = 100
const defaultLimit = 20

const Limit = z
  .string()
  .regex(/^[0-9]{1,3}$/)
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= maxLimit, { error: `must be between 1 and ${maxLimit}` })
  .default(defaultLimit)
  .openapi({ type: 'integer', minimum: 1, maximum: maxLimit, default: defaultLimit })

/** `limit` and `cursor` of a list's query. `key` is the shape of its sort key; a cursor of another list is refused. */
export const PageQuery = <Key extends z.ZodType>(list: string, key: Key) => ({
  limit: Limit,
  cursor: z
    .string()
    .max(512)
    .transform((cursor, ctx): z.infer<Key> => {
      const parsed = key.safeParse(decodeCursor(list, cursor))
      if (parsed.success) return parsed.data
      ctx.addIssue({ code: 'custom', message: 'is not a cursor of this list' })
      return z.NEVER
    })
    .optional()
    .openapi({ type: 'string' }),
})

/** The body of a list. */
export const PageOf = <Item extends z.ZodType>(item: Item, name: string) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() }).openapi(name)

/** Answers a page, with `Link: rel="next"` (RFC 8288) when there is another, and with what else the body holds. */
export function answerPage<Item, Rest extends object = object>(
  c: HonoContext,
  list: string,
  { data, nextKey }: Page<Item>,
  rest?: Rest,
) {
  const nextCursor = nextKey === null ? null : encodeCursor(list, nextKey)
  if (nextCursor !== null) {
    const next = new URL(c.req.url)
    next.searchParams.set('cursor', nextCursor)
    c.header('Link', `<${next.pathname}${next.search}>; rel="next"`)
  }
  return c.json({ data: [...data], nextCursor, ...(rest as Rest) }, 200)
}

const encodeCursor = (list: string, key: readonly string[]): string => toBase64Url(utf8(JSON.stringify([list, ...key])))

function decodeCursor(list: string, cursor: string): unknown {
  const bytes = fromBase64Url(cursor)
  if (bytes === undefined) return undefined
  try {
    const decoded: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return Array.isArray(decoded) && decoded[0] === list ? decoded.slice(1) : undefined
  } catch {
    return undefined
  }
}
