import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { AccessStates } from '../auth/access-state.ts'
import type { VerifyAccessToken } from '../auth/access-token.ts'
import type { Mailbox } from '../cache/mailbox.ts'
import type { Cache } from '../cache/redis.ts'
import type { ThrottleStore } from '../cache/throttle.ts'
import type { Context } from '../context.ts'
import type { Connect } from '../db/client.ts'
import { createDatabase } from '../db/database.ts'
import type { MakeId } from '../ids.ts'
import type { Keyring } from '../keys/service.ts'
import type { Log, LogFields } from '../log.ts'
import type { Images } from '../objects/images.ts'
import type { SignUpload } from '../objects/signed-upload.ts'
import type { ObjectStore } from '../objects/store.ts'
import type { Resolve } from '../outbound/resolver.ts'
import { clientAddress, clientNetwork, truncatedAddress } from './address.ts'
import type { PublicEnv } from './env.ts'
import type { NetworkSubject } from './rate-limit.ts'

/** What a platform provides; `worker.ts` wraps the real one, tests and other runtimes bring theirs. */
export type Platform = {
  readonly publicUrl: string
  readonly corsOrigins: readonly string[]
  readonly relyingParty: Context['relyingParty']
  readonly rateLimitFactor: number
  /** The platform's own limiter, in front of ours: whether an address may go on. It counts per place, roughly. */
  readonly shield: ((network: string) => Promise<boolean>) | undefined
  readonly connect: Connect
  readonly cache: Cache
  readonly throttle: ThrottleStore
  readonly keyring: Keyring
  readonly objects: ObjectStore
  readonly media: ObjectStore
  readonly images: Images
  /** How clients upload straight to the store; without it uploads come through the API. */
  readonly signUpload?: SignUpload | undefined
  readonly fetch: Context['fetch']
  readonly resolve: Resolve
  readonly now: () => Date
  /** Milliseconds on a clock that only moves forward. */
  readonly monotonic: () => number
  readonly makeId: MakeId
  readonly log: Log
  /** Sends a message to the queue that the outbox's worker listens to. */
  readonly wakeOutbox: () => Promise<void>
  /** Mails that are kept instead of sent, on a developer's machine; shown at /dev/mailbox where there is one. */
  readonly mailbox?: Mailbox | undefined
}

/** What lives as long as the isolate. */
export type Isolate = {
  readonly access: AccessStates
  readonly verifyAccessToken: VerifyAccessToken
  readonly networkSubject: NetworkSubject
}

/** Gives each request its context, and writes its log line: route template, status, durations; no secret, no PII. */
export function requestScope(platform: Platform, isolate: Isolate): MiddlewareHandler<PublicEnv> {
  const { publicUrl, relyingParty, rateLimitFactor, cache, throttle, keyring, now, monotonic, makeId, log } = platform
  const { objects, media, images, signUpload, fetch, resolve } = platform
  const outside = { objects, media, images, signUpload, fetch, resolve }
  return async (c, next) => {
    const startedAt = monotonic()
    const requestId = makeId()
    let fields: LogFields = {}
    let databaseMs = 0
    let statements = 0
    const address = truncatedAddress(clientAddress(c.req.raw))
    const actor = {
      kind: 'anonymous',
      id: null,
      userId: null,
      sessionId: null,
      workspaceId: null,
      requestId,
      address,
    } as const
    const onStatement = (durationMs: number) => {
      databaseMs += durationMs
      statements += 1
    }
    const later: Context['later'] = (work) => {
      const settled = work.catch((error: unknown) =>
        log('warn', 'later work failed', { requestId, error: String(error) }),
      )
      if (hasExecutionContext(c)) c.executionCtx.waitUntil(settled)
    }
    const ctx: Context = {
      publicUrl,
      relyingParty,
      rateLimitFactor,
      cache,
      throttle,
      keyring,
      ...outside,
      now,
      makeId,
      actor,
      ...isolate,
      db: createDatabase({ connect: platform.connect, monotonic, onStatement }, { actor: JSON.stringify(actor) }),
      client: clientOf(c.req.raw),
      note: (more) => {
        fields = { ...fields, ...more }
      },
      later,
      wakeOutbox: () => later(platform.wakeOutbox()),
    }
    c.set('requestId', requestId)
    c.set('ctx', ctx)
    c.header('X-Request-Id', requestId)
    await next()
    const status = c.res.status
    log(status >= 500 ? 'error' : 'info', 'request', {
      requestId,
      method: c.req.method,
      route: routePath(c, -1),
      status,
      durationMs: rounded(monotonic() - startedAt),
      databaseMs: rounded(databaseMs),
      statements,
      ...fields,
    })
  }
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10

/** Looked at by the few requests that open a session; asking the platform for `cf` builds a large object. */
const clientOf = (request: Request): Context['client'] => ({
  get device() {
    return deviceOf(request.headers.get('User-Agent') ?? undefined)
  },
  get place() {
    return placeOf(request)
  },
  get network() {
    return clientNetwork(clientAddress(request))
  },
})

/** The browser's own description, without control characters. */
function deviceOf(userAgent: string | undefined): string | null {
  const device = userAgent?.replace(/[^\x20-\x7e]/g, '').slice(0, 200)
  return device === undefined || device === '' ? null : device
}

/** The country that the platform sees the client in; unknown elsewhere. */
function placeOf(request: Request): string | null {
  const cf: unknown = Reflect.get(request, 'cf')
  const country: unknown = typeof cf === 'object' && cf !== null ? Reflect.get(cf, 'country') : undefined
  return typeof country === 'string' ? country : null
}

/** Outside a Worker there is nothing to keep alive; Hono throws when asked. */
function hasExecutionContext(c: { executionCtx: unknown }): boolean {
  try {
    return c.executionCtx !== undefined
  } catch {
    return false
  }
}
