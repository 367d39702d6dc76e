import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { toHex, utf8 } from '../crypto/encoding.ts'
import type { Keyring } from '../keys/service.ts'
import { ProblemError } from '../problem.ts'
import type { MemberEnv, UserEnv } from './env.ts'

/**
 * Reads Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07; quoted or bare) and binds it, with the route
 * and fingerprints of the request, into the statements of the request. Comes after authentication and the body.
 */
export const idempotent: MiddlewareHandler<MemberEnv | UserEnv> = async (c, next) => {
  const header = c.req.header('Idempotency-Key')
  if (header !== undefined) {
    const { ctx } = c.var
    const key = keyIn(header)
    const route = `${c.req.method} ${routePath(c, -1)}`
    const fingerprints = await fingerprintsOf(ctx.keyring, requestText(c.req.method, c.req.url, await c.req.text()))
    const db = ctx.db.with({
      idempotencyKey: key,
      idempotencyRoute: route,
      idempotencyFingerprint: fingerprints[0] ?? null,
      idempotencyFingerprints: fingerprints,
      idempotencyPrincipal: ctx.actor.id,
    })
    c.set('ctx', { ...ctx, db, fingerprints })
  }
  await next()
}

/** An empty query leaves the path as it is. */
const requestText = (method: string, url: string, body: string): string => {
  const { pathname, search } = new URL(url)
  return `${method} ${pathname}${search}\n${body}`
}

function keyIn(header: string): string {
  const match = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x2b\x2d-\x7e]{1,255}))$/.exec(header.trim())
  const key = match?.[1] ?? match?.[2]
  if (key !== undefined) return key
  const detail = 'must be 1 to 255 printable ASCII characters, with or without quotes around them'
  const item = { in: 'header', pointer: '/Idempotency-Key', code: 'value/invalid', detail } as const
  throw new ProblemError('request/invalid', { errors: [item] })
}

/**
 * HMAC-SHA-256 in hex: a body may hold an address or a code, which nobody may find by hashing guesses. The first one is
 * recorded; an earlier request may have been recorded under any of them, when the keys were just changed.
 */
export async function fingerprintsOf(keyring: Pick<Keyring, 'hashKeys'>, request: string): Promise<string[]> {
  const keys = await keyring.hashKeys('idempotency')
  const message = utf8(request)
  return await Promise.all(keys.map(async (key) => toHex(await crypto.subtle.sign('HMAC', key, message))))
}
