import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/** Headers of every answer (OWASP Secure Headers); an API answer may not be framed, sniffed, cached or run. */
const securityHeaders = [
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-site'],
  ['Referrer-Policy', 'no-referrer'],
  ['Strict-Transport-Security', 'max-age=63072000; includeSubDomains'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Cache-Control', 'no-store'],
] as const

/** Sets them before the handler runs, which may set its own over them. */
export const withSecurityHeaders: MiddlewareHandler = async (c, next) => {
  for (const [name, value] of securityHeaders) c.header(name, value)
  await next()
}

const exposed = 'ETag,Link,RateLimit,RateLimit-Policy,Retry-After,X-Request-Id'

/**
 * CORS for the configured origins alone; credentials travel in headers, so cookies are never allowed. Only a preflight goes
 * through Hono's own: that looks at the answer before there is one, which makes Hono build three instead of one.
 */
export const allowOrigins = (origins: readonly string[]): MiddlewareHandler => {
  const preflight = cors({
    origin: [...origins],
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match'],
    maxAge: 7200,
  })
  return async (c, next) => {
    c.header('Access-Control-Expose-Headers', exposed)
    if (c.req.method === 'OPTIONS' && c.req.header('Access-Control-Request-Method')) return await preflight(c, next)
    const origin = c.req.header('Origin')
    if (origin !== undefined && origins.includes(origin)) c.header('Access-Control-Allow-Origin', origin)
    c.header('Vary', 'Origin', { append: true })
    await next()
  }
}
