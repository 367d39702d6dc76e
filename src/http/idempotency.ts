import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { toHex, utf8 } from '../crypto/encoding.ts'
import { ProblemError } from '../problem.ts'
import type { MemberEnv, UserEnv } from './env.ts'

/**
 * Reads Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07; quoted or bare) and binds it, with the route
 * and a fingerprint of the request, into the statements of the request. Comes after authentication and the body.
 */
export const idempotent: MiddlewareHandler<MemberEnv | UserEnv> = async (c, next) => {
  const header = c.req.header('Idempotency-Key')
  if (header !== undefined) {
    const { ctx } = c.var
    const key = keyIn(header)
    const route = `${c.req.method} ${routePath(c, -1)}`
    const fingerprint = await fingerprintOf(c.req.method, c.req.path, await c.req.text())
    const db = ctx.db.with({
      idempotencyKey: key,
      idempotencyRoute: route,
      idempotencyFingerprint: fingerprint,
      idempotencyPrincipal: ctx.actor.id,
    })
    c.set('ctx', { ...ctx, db, fingerprint })
  }
  await next()
}

function keyIn(header: string): string {
  const match = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x2b\x2d-\x7e]{1,255}))$/.exec(header.trim())
  const key = match?.[1] ?? match?.[2]
  if (key !== undefined) return key
  const detail = 'must be 1 to 255 printable ASCII characters, with or without quotes around them'
  const item = { in: 'header', pointer: '/Idempotency-Key', code: 'value/invalid', detail } as const
  throw new ProblemError('request/invalid', { errors: [item] })
}

const fingerprintOf = async (method: string, path: string, body: string): Promise<string> =>
  toHex(await crypto.subtle.digest('SHA-256', utf8(`${method} ${path}\n${body}`)))
