import type { Context as HonoContext } from 'hono'
import { ProblemError } from '../problem.ts'

/** Versions as entity tags (RFC 9110, section 8.8.3): `"v<version>"`, strong. */

const tagOf = (version: number): string => `"v${version}"`

/** Answers one versioned resource with its ETag; 304 when If-None-Match names it. */
export function answerResource<Body extends { readonly version: number }, Status extends 200 | 201>(
  c: HonoContext,
  body: Body,
  status: Status,
) {
  const tag = tagOf(body.version)
  const isKnown = isRead(c.req.method) && namesTag(c.req.header('If-None-Match'), tag)
  c.header('ETag', tag)
  return isKnown ? (c.body(null, 304) as never) : c.json(body, status)
}

/** Whether If-None-Match names a tag; a weak one counts. */
export const namesTag = (header: string | undefined, tag: string): boolean =>
  header !== undefined && (header.trim() === '*' || tagsIn(header, 'If-None-Match').includes(tag))

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'

/**
 * The versions that If-Match allows; null for `*`. Throws 428 without the header, 422 when it is malformed. Foreign tags
 * match no version, so they end as 412. A weak tag counts: Cloudflare weakens ours when it compresses an answer, and a
 * version names one state of the resource all the same.
 */
export function versionsToMatch(c: HonoContext): number[] | null {
  const header = c.req.header('If-Match')
  if (header === undefined)
    throw new ProblemError('request/version-required', { detail: 'Send the ETag you last read.' })
  if (header.trim() === '*') return null
  return tagsIn(header, 'If-Match')
    .map((opaque) => Number(/^"v([1-9][0-9]{0,8})"$/.exec(opaque)?.[1]))
    .filter((version) => !Number.isNaN(version))
}

/** A list of entity tags, in which empty elements count for nothing (RFC 9110, section 5.6.1.2). */
const tagList = /^[\s,]*(?:(?:W\/)?"[\x21\x23-\x7e]*"(?:\s*,[\s,]*|\s*$))+$/
const opaqueTag = /"[\x21\x23-\x7e]*"/g

function tagsIn(header: string, name: string): readonly string[] {
  if (tagList.test(header)) return header.match(opaqueTag) ?? []
  const detail = 'must hold quoted entity tags'
  const item = { in: 'header', pointer: `/${name}`, code: 'value/invalid', detail } as const
  throw new ProblemError('request/invalid', { errors: [item] })
}
