import type { Context } from '../context.ts'
import type { Range } from '../objects/store.ts'
import { ProblemError } from '../problem.ts'
import { openMediaLink } from './link.ts'

/** What a link leads to. Each call may still find the bytes gone: `media/not-found`, as for a link that never was. */
export type Delivered = {
  readonly contentType: string
  readonly bytes: number
  /** Strong: no object is ever written with other bytes than it had. */
  readonly entityTag: string
  readonly maxAgeSeconds: number
  readonly read: (range?: Range) => Promise<ReadableStream<Uint8Array>>
  readonly check: () => Promise<void>
}

/** A deleted file stays in caches for so long at most. */
const maxAgeSeconds = 60 * 60

export async function openDelivery(ctx: Context, token: string): Promise<Delivered> {
  const linked = await openMediaLink(ctx, token)
  if (linked === undefined) throw new ProblemError('media/not-found')
  const { objectKey, contentType, bytes, digest, leftSeconds } = linked
  return {
    contentType,
    bytes,
    entityTag: `"${digest}"`,
    maxAgeSeconds: Math.min(leftSeconds, maxAgeSeconds),
    read: async (range) => (await existing(ctx.media.get(objectKey, range))).body,
    check: async () => void (await existing(ctx.media.head(objectKey))),
  }
}

async function existing<T>(call: Promise<T | undefined>): Promise<T> {
  const found = await call
  if (found === undefined) throw new ProblemError('media/not-found')
  return found
}
