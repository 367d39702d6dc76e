import { z } from 'zod'
import { createIsolateCache } from '../cache/isolate.ts'
import { cacheKeys } from '../cache/keys.ts'
import type { Context } from '../context.ts'
import type { AccessClaims } from './access-token.ts'
import { roles } from './permissions.ts'
import { findAccessState } from './sessions.user.sql.ts'

/** What a session may do in its workspace right now. `role` is null for a user who is no member of it. */
export type AccessState = z.infer<typeof AccessState>

const AccessState = z.object({
  isLive: z.boolean(),
  role: z.enum(roles).nullable(),
})

/** Redis says how old its value is: what it keeps longer than it should is not believed. */
const CachedState = AccessState.extend({ readAtMs: z.int() })

/**
 * Looks access up: in the isolate (2 s), in Redis (5 s), in the database. So a revocation or a change of role holds
 * everywhere within 7 s and the time of one look-up, with Redis up or down. One per isolate.
 */
export type AccessStates = {
  readonly of: (ctx: Context, claims: AccessClaims) => Promise<AccessState>
  /** Forgets a session, here and in Redis, for the workspaces named. */
  readonly forget: (
    ctx: Context,
    sessions: readonly { readonly id: string; readonly workspaceId: string | null }[],
  ) => Promise<void>
}

const isolateTtlMs = 2_000
const maxEntries = 5_000
const ended: AccessState = { isLive: false, role: null }

export function createAccessStates(): AccessStates {
  const kept = createIsolateCache<{ readonly sessionId: string; readonly state: AccessState }>(maxEntries)
  return {
    of: async (ctx, claims) => {
      const key = cacheKeys.accessState.key(claims.sessionId, claims.workspaceId)
      const readAtMs = ctx.now().getTime()
      const known = kept.get(key, readAtMs)
      if (known !== undefined) return known.state
      const state = (await readCached(ctx, key)) ?? (await readDatabase(ctx, claims, key))
      kept.set(key, { sessionId: claims.sessionId, state }, readAtMs + isolateTtlMs)
      return state
    },
    forget: async (ctx, sessions) => {
      const ids = new Set(sessions.map(({ id }) => id))
      kept.deleteWhere(({ sessionId }) => ids.has(sessionId))
      await ctx.cache.delete(sessions.map(({ id, workspaceId }) => cacheKeys.accessState.key(id, workspaceId)))
    },
  }
}

async function readCached(ctx: Context, key: string): Promise<AccessState | undefined> {
  const text = await ctx.cache.get(key)
  if (text === undefined) return undefined
  try {
    const { readAtMs, isLive, role } = CachedState.parse(JSON.parse(text))
    const ageMs = ctx.now().getTime() - readAtMs
    return Math.abs(ageMs) <= cacheKeys.accessState.ttlMs ? { isLive, role } : undefined
  } catch {
    return undefined
  }
}

async function readDatabase(ctx: Context, claims: AccessClaims, key: string): Promise<AccessState> {
  const { userId, sessionId, workspaceId } = claims
  const readAt = ctx.now()
  const now = readAt.toISOString()
  const row = await ctx.db.maybeOne(findAccessState, { userId, sessionId, claimedWorkspaceId: workspaceId, now })
  const state = row ?? ended
  const cached = JSON.stringify({ ...state, readAtMs: readAt.getTime() })
  ctx.later(ctx.cache.set(key, cached, cacheKeys.accessState.ttlMs))
  return state
}
