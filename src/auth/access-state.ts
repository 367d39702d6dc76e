import { z } from 'zod'
import type { Bucket, Level } from '../cache/buckets.ts'
import { createIsolateCache } from '../cache/isolate.ts'
import { cacheKeys } from '../cache/keys.ts'
import type { Context } from '../context.ts'
import { findApiKeyAccess, findSessionAccess, touchApiKey } from './access.user.sql.ts'
import type { AccessClaims } from './access-token.ts'
import { roles } from './permissions.ts'

/** What a request came with, once its signature or its checksum is known to be good. */
export type Credential =
  | { readonly kind: 'session'; readonly claims: AccessClaims }
  | { readonly kind: 'api_key'; readonly digest: string }

/**
 * What a credential may do in its workspace right now. `role` is the user's, for an API key its maker's; null for who is
 * no member. `lacksFactor`: the workspace demands a second factor that the session has not proved.
 */
export type AccessState = z.infer<typeof AccessState>

const plans = ['free', 'pro', 'enterprise'] as const
export type Plan = (typeof plans)[number]

const ApiKey = z.object({
  id: z.guid(),
  workspaceId: z.guid(),
  userId: z.guid(),
  scopes: z.array(z.string()),
  /** The Instagram accounts that it may touch; null for all. */
  accountIds: z.array(z.guid()).nullable(),
})

const AccessState = z.object({
  isLive: z.boolean(),
  role: z.enum(roles).nullable(),
  plan: z.enum(plans).nullable(),
  lacksFactor: z.boolean(),
  apiKey: ApiKey.nullable(),
})

/** Redis says how old its value is: what it keeps longer than it should is not believed. */
const CachedState = AccessState.extend({ readAtMs: z.int() })

type Entered = {
  readonly state: AccessState
  /** The buckets that the plan demands; their levels are undefined when Redis did not answer. */
  readonly buckets: readonly Bucket[]
  readonly levels: readonly Level[] | undefined
}

/**
 * Looks access up: in the isolate (2 s), in Redis (5 s), in the database. So a revocation or a change of role holds
 * everywhere within 7 s and the time of one look-up, with Redis up or down. The buckets of the rate limits are drawn from
 * in the request that asks Redis, by the plan that the isolate knew last. One per isolate.
 */
export type AccessStates = {
  readonly enter: (
    ctx: Context,
    credential: Credential,
    /** By the plan that the isolate knew last, undefined for a credential that it knows to have ended. */
    bucketsOf: (plan: Plan | undefined) => Promise<readonly Bucket[]>,
    /** Asks the database, whatever is remembered: for what gives lasting rights, seconds would be too late. */
    isFresh?: boolean,
  ) => Promise<Entered>
  /** Forgets a session, here and in Redis, for the workspaces named. */
  readonly forget: (
    ctx: Context,
    sessions: readonly { readonly id: string; readonly workspaceId: string | null }[],
  ) => Promise<void>
  /** Forgets the secrets of API keys, by their digests. */
  readonly forgetApiKeys: (ctx: Context, digests: readonly string[]) => Promise<void>
}

const isolateTtlMs = 2_000
/** Longer than an access token lives, so that one whose session has ended is remembered until it is nothing any more. */
const planTtlMs = 60 * 60 * 1000
const maxEntries = 5_000
const ended: AccessState = { isLive: false, role: null, plan: null, lacksFactor: false, apiKey: null }

export function createAccessStates(): AccessStates {
  const kept = createIsolateCache<{ readonly subject: string; readonly state: AccessState }>(maxEntries)
  const lastPlans = createIsolateCache<Plan | 'ended'>(maxEntries)
  return {
    enter: async (ctx, credential, bucketsOf, isFresh = false) => {
      const key = keyOf(credential)
      const readAtMs = ctx.now().getTime()
      const known = isFresh ? undefined : kept.get(key, readAtMs)?.state
      const last = lastPlans.get(key, readAtMs) ?? 'free'
      const buckets = await bucketsOf(last === 'ended' ? undefined : last)
      const drawn = await ctx.cache.draw(buckets, known === undefined && !isFresh ? key : undefined)
      const state = known ?? readCached(ctx, drawn?.value) ?? (await readDatabase(ctx, credential, key))
      if (known === undefined) {
        kept.set(key, { subject: subjectOf(credential), state }, readAtMs + isolateTtlMs)
        lastPlans.set(key, state.isLive ? (state.plan ?? 'free') : 'ended', readAtMs + planTtlMs)
      }
      return { state, buckets, levels: drawn?.levels }
    },
    forget: async (ctx, sessions) => {
      const ids = new Set(sessions.map(({ id }) => id))
      kept.deleteWhere(({ subject }) => ids.has(subject))
      await ctx.cache.delete(sessions.map(({ id, workspaceId }) => cacheKeys.accessState.key(id, workspaceId)))
    },
    forgetApiKeys: async (ctx, digests) => {
      kept.deleteWhere(({ subject }) => digests.includes(subject))
      await ctx.cache.delete(digests.map(cacheKeys.apiKeyState.key))
    },
  }
}

const subjectOf = (credential: Credential): string =>
  credential.kind === 'session' ? credential.claims.sessionId : credential.digest

const keyOf = (credential: Credential): string =>
  credential.kind === 'session'
    ? cacheKeys.accessState.key(credential.claims.sessionId, credential.claims.workspaceId)
    : cacheKeys.apiKeyState.key(credential.digest)

function readCached(ctx: Context, text: string | undefined): AccessState | undefined {
  if (text === undefined) return undefined
  try {
    const { readAtMs, ...state } = CachedState.parse(JSON.parse(text))
    const ageMs = ctx.now().getTime() - readAtMs
    return Math.abs(ageMs) <= cacheKeys.accessState.ttlMs ? state : undefined
  } catch {
    return undefined
  }
}

async function readDatabase(ctx: Context, credential: Credential, key: string): Promise<AccessState> {
  const readAt = ctx.now()
  const state =
    credential.kind === 'session' ? await ofSession(ctx, credential.claims) : await ofApiKey(ctx, credential)
  const cached = JSON.stringify({ ...state, readAtMs: readAt.getTime() })
  ctx.later(ctx.cache.set(key, cached, cacheKeys.accessState.ttlMs))
  return state
}

async function ofSession(ctx: Context, { userId, sessionId, workspaceId }: AccessClaims): Promise<AccessState> {
  const params = { userId, sessionId, claimedWorkspaceId: workspaceId, now: ctx.now().toISOString() }
  const row = await ctx.db.maybeOne(findSessionAccess, params)
  return row === undefined ? ended : { ...row, apiKey: null }
}

const usedResolutionMs = 60_000

async function ofApiKey(ctx: Context, { digest: keyDigest }: { readonly digest: string }): Promise<AccessState> {
  const now = ctx.now().toISOString()
  const row = await ctx.db.maybeOne(findApiKeyAccess, { keyDigest, now })
  if (row === undefined) return ended
  const { id, workspaceId, userId, scopes, accountIds, lastUsedAt, isLive, role, plan } = row
  const usedBefore = new Date(ctx.now().getTime() - usedResolutionMs).toISOString()
  if (isLive && (lastUsedAt === null || lastUsedAt < usedBefore)) {
    // Without it the key works all the same.
    ctx.later(ctx.db.many(touchApiKey, { keyDigest, now, usedBefore }))
  }
  return { isLive, role, plan, lacksFactor: false, apiKey: { id, workspaceId, userId, scopes, accountIds } }
}
