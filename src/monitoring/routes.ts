import type { PublicEnv } from '../http/env.ts'
import type { Platform } from '../http/request-scope.ts'
import { createRouter } from '../http/route.ts'
import { type Readiness, readiness } from './service.ts'

const readinessTtlMs = 1_000

/** Probes for load balancers and deploys; the answer to readiness is kept for a second. */
export function monitoringRoutes({ now }: Pick<Platform, 'now'>) {
  let last: { readonly readiness: Readiness; readonly readAtMs: number } | undefined
  const routes = createRouter<PublicEnv>()
  routes.get('/healthz', (c) => c.json({ status: 'ok' }, 200))
  routes.get('/readyz', async (c) => {
    const nowMs = now().getTime()
    if (last === undefined || nowMs - last.readAtMs >= readinessTtlMs) {
      // Whoever asks meanwhile gets the answer before: a database that hangs is not asked by everybody.
      if (last !== undefined) last = { ...last, readAtMs: nowMs }
      last = { readiness: await readiness(c.get('ctx')), readAtMs: nowMs }
    }
    if (last.readiness.status === 'ready') return c.json(last.readiness, 200)
    c.header('Retry-After', '2')
    return c.json(last.readiness, 503)
  })
  return routes
}
