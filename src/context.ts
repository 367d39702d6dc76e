import type { AccessStates } from './auth/access-state.ts'
import type { VerifyAccessToken } from './auth/access-token.ts'
import type { Cache } from './cache/redis.ts'
import type { Db } from './db/database.ts'
import type { MakeId } from './ids.ts'
import type { Keyring } from './keys/service.ts'
import type { LogFields } from './log.ts'

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
export type Client = { readonly device: string | null; readonly place: string | null }

/** What a service may reach. Everything that varies comes in here: time, ids, database, cache, keys. */
export type Context = {
  readonly db: Db
  readonly cache: Cache
  readonly keyring: Keyring
  readonly access: AccessStates
  readonly verifyAccessToken: VerifyAccessToken
  readonly now: () => Date
  readonly makeId: MakeId
  readonly actor: Actor
  readonly client: Client
  /** Issuer of tokens and base of absolute links. */
  readonly publicUrl: string
  /** Adds fields to the request's log line; never a secret, never personal data. */
  readonly note: (fields: LogFields) => void
  /** Work that may be lost and need not delay the answer. */
  readonly later: (work: Promise<unknown>) => void
}

/** The context of a signed-in user, in a workspace or in none. */
export type UserContext = Context & { readonly userId: string; readonly sessionId: string }

/** The context of a member at work in a workspace: the tenant is bound into `db`. */
export type MemberContext = Context & {
  readonly userId: string
  readonly workspaceId: string
  /** What identifies a request that came with an Idempotency-Key. */
  readonly fingerprint: string | undefined
}

/** The context of the same request once it is known who asks; statements carry the actor from here on. */
export function actingAs<C extends Context>(ctx: C, who: Partial<Actor>): C {
  const actor = { ...ctx.actor, ...who }
  return { ...ctx, actor, db: ctx.db.with({ actor: JSON.stringify(actor) }) }
}
