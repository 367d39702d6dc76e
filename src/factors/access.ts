import type { Context, UserContext } from '../context.ts'
import { type ProblemCode, ProblemError } from '../problem.ts'
import { attempt, succeed } from '../throttle/service.ts'
import { type FindFactorAccessResult, findFactorAccess } from './access.user.sql.ts'

/** Who may change factors, and where answers are counted. */

/** A stolen token is good for minutes, a stolen session for weeks: neither may lock its owner out. */
const freshMs = 30 * 60_000

/**
 * The account, for a session that may change its factors: one that was opened or proved a moment ago, and, where the
 * account has a factor already, with a second factor. Otherwise whoever holds somebody's token could add a factor of his
 * own, which the password does not remove. Throws auth/credentials-required when the session is over; the statements
 * that set a factor up demand it again, for it may end in between.
 */
export async function accessToChange(ctx: UserContext): Promise<FindFactorAccessResult> {
  const access = await liveAccess(ctx)
  const hasFactors = access.hasTotp || access.hasPasskey
  if (hasFactors && !access.hasSecondFactor) throw new ProblemError('auth/second-factor-required')
  if (!access.isFresh) throw new ProblemError('auth/sign-in-again')
  return access
}

/** Throws what a statement without a row means: that the session is over by now, else `code`. */
export async function refuseChange(ctx: UserContext, code: ProblemCode): Promise<never> {
  await accessToChange(ctx)
  throw new ProblemError(code)
}

/** The same for a statement that a code alone is proof enough for. */
export async function refuseAnswer(ctx: UserContext, code: ProblemCode): Promise<never> {
  await liveAccess(ctx)
  throw new ProblemError(code)
}

async function liveAccess(ctx: UserContext): Promise<FindFactorAccessResult> {
  const { userId, sessionId } = ctx
  const now = ctx.now()
  const provedSince = new Date(now.getTime() - freshMs).toISOString()
  const access = await ctx.db.maybeOne(findFactorAccess, { userId, sessionId, provedSince, now: now.toISOString() })
  if (access === undefined) throw new ProblemError('auth/credentials-required')
  return access
}

/**
 * The one place where answers are counted against an account, whichever challenge or route they come by, before they are
 * looked at: six digits can be guessed. `answer` throws when it was wrong. Throws auth/throttled while the account has to
 * wait.
 */
export async function countingAnswer<T>(ctx: Context, userId: string, answer: () => Promise<T>): Promise<T> {
  await attempt(ctx, 'second-factor', userId)
  try {
    const proved = await answer()
    await succeed(ctx, 'second-factor', userId)
    return proved
  } catch (error) {
    if (error instanceof ProblemError) ctx.note({ securityEvent: 'second-factor-refused', userId })
    throw error
  }
}

/** What sessions may do depends on their second factor; this makes it known at once. */
export async function forgetAccess(
  ctx: UserContext,
  sessions: readonly { readonly sessionId: string | null; readonly workspaceId: string | null }[],
): Promise<void> {
  const changed = sessions.flatMap(({ sessionId: id, workspaceId }) => (id === null ? [] : [{ id, workspaceId }]))
  // A session may hold tokens for several workspaces; the caller's is the one it asks with next.
  await ctx.access.forget(ctx, [...changed, { id: ctx.sessionId, workspaceId: ctx.actor.workspaceId }])
}
