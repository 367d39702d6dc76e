import type { AccessStates } from './auth/access-state.ts'
import type { VerifyAccessToken } from './auth/access-token.ts'
import type { Cache } from './cache/redis.ts'
import type { ThrottleStore } from './cache/throttle.ts'
import type { Db } from './db/database.ts'
import type { NetworkSubject } from './http/rate-limit.ts'
import type { MakeId } from './ids.ts'
import type { Keyring } from './keys/service.ts'
import type { Log, LogFields } from './log.ts'
import type { Mailer } from './mail/mailer.ts'
import type { Images } from './objects/images.ts'
import type { SignUpload } from './objects/signed-upload.ts'
import type { ObjectStore } from './objects/store.ts'
import type { Resolve } from './outbound/resolver.ts'

/** Who acts, as the audit trail records it. `address` is truncated (/24, /48); ids are null where there is none. */
export type Actor = {
  readonly kind: 'user' | 'api_key' | 'job' | 'webhook' | 'anonymous'
  readonly id: string | null
  readonly userId: string | null
  readonly sessionId: string | null
  readonly workspaceId: string | null
  readonly requestId: string
  readonly address: string | null
}

/** What is known about the caller's device before anyone is signed in. */
export type Client = {
  readonly device: string | null
  readonly place: string | null
  /** The client's full network (IPv4 address, IPv6 /64), to be counted under a keyed hash: never stored, never logged. */
  readonly network: string | null
}

/** What a service may reach. Everything that varies comes in here: time, ids, database, cache, keys. */
export type Context = {
  readonly db: Db
  readonly cache: Cache
  /** Counts attempts; features ask src/throttle/service.ts. */
  readonly throttle: ThrottleStore
  readonly keyring: Keyring
  readonly objects: ObjectStore
  /** The files that posts show. */
  readonly media: ObjectStore
  readonly images: Images
  /** How a client uploads straight to the store; undefined where it has to come through the API. */
  readonly signUpload?: SignUpload | undefined
  /** To hosts that somebody else has chosen only through src/outbound/public-fetch.ts. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly resolve: Resolve
  readonly access: AccessStates
  readonly verifyAccessToken: VerifyAccessToken
  /** What a client's network is counted under: a keyed hash, so that trying all addresses finds none. */
  readonly networkSubject: NetworkSubject
  readonly now: () => Date
  readonly makeId: MakeId
  readonly actor: Actor
  readonly client: Client
  /** Issuer of tokens and base of absolute links. */
  readonly publicUrl: string
  /** Whom passkeys are made for (Web Authentication): the domain, and the origins of the applications that ask. */
  readonly relyingParty: { readonly id: string; readonly origins: readonly string[] }
  /** Multiplies every rate limit: 1, except where many callers share one address or user, as in a benchmark. */
  readonly rateLimitFactor: number
  /** Adds fields to the request's log line; never a secret, never personal data. */
  readonly note: (fields: LogFields) => void
  /** Work that may be lost and need not delay the answer. */
  readonly later: (work: Promise<unknown>) => void
  /** Tells a worker, after the commit, that the outbox has a new row. May be lost: a minute's cron finds the row too. */
  readonly wakeOutbox: () => void
}

/** What a job may reach; its statements run as the jobs role and span tenants. */
export type JobContext = {
  readonly db: Db
  readonly now: () => Date
  readonly makeId: MakeId
  readonly keyring: Keyring
  readonly mailer: Mailer
  readonly objects: ObjectStore
  /** The files that posts show. */
  readonly media: ObjectStore
  /** Base of links into the API itself. */
  readonly publicUrl: string
  /** Base of the links in mails: the application that people use. */
  readonly appUrl: string
  readonly log: Log
}

/** The context of a signed-in user, in a workspace or in none. */
export type UserContext = Context & {
  readonly userId: string
  readonly sessionId: string
  /** What identifies a request that came with an Idempotency-Key: under each hash key, the current one first. */
  readonly fingerprints?: readonly string[] | undefined
}

/** The context of a member at work in a workspace: the tenant is bound into `db`. */
export type MemberContext = Context & {
  readonly userId: string
  readonly workspaceId: string
  /** The Instagram accounts that an API key is limited to; null for who may touch all. */
  readonly accountIds: readonly string[] | null
  /** What identifies a request that came with an Idempotency-Key: under each hash key, the current one first. */
  readonly fingerprints: readonly string[] | undefined
}

/** The context of the same request once it is known who asks; statements carry the actor from here on. */
export function actingAs<C extends Context>(ctx: C, who: Partial<Actor>): C {
  const actor = { ...ctx.actor, ...who }
  return { ...ctx, actor, db: ctx.db.with({ actor: JSON.stringify(actor) }) }
}
