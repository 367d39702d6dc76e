import type { CountedSubject } from '../cache/throttle.ts'
import type { Context } from '../context.ts'
import { blindIndex, normaliseEmail } from '../crypto/blind-index.ts'
import { ProblemError } from '../problem.ts'
import { claimAttempt, deleteAttempts, releaseAttempt } from './attempts.user.sql.ts'
import { type Act, type Policy, policyOf, quietMs } from './policies.ts'

/**
 * Attempts are counted before they are made, so that a hundred at once do not pass: by account and by the client's
 * network, in Redis, and in the database while Redis gives no answer. It fails closed: without either nobody passes.
 */

/** By how much the clocks of two requests may differ at most. */
const clockSkewMs = 60_000

/**
 * Counts an attempt at an act on an account, which any text may name: an address, a user's id. Throws auth/throttled
 * while the account or the client's network has to wait.
 */
export async function attempt(ctx: Context, act: Act, account: string): Promise<void> {
  const waitMs = await waitFor(ctx, act, account)
  if (waitMs === 0) return
  throw new ProblemError('auth/throttled', { headers: { 'Retry-After': String(Math.ceil(waitMs / 1_000)) } })
}

/** The same without the refusal: how many milliseconds to wait, 0 when the attempt is counted and may be made. */
export async function waitFor(ctx: Context, act: Act, account: string): Promise<number> {
  const { network, volume, account: counted } = await subjectsOf(ctx, act, account)
  const subjects = [...network, ...volume, ...counted]
  const nowMs = ctx.now().getTime()
  if (subjects.length === 0) return 0
  return (await ctx.throttle.claim(subjects, nowMs)) ?? (await claimInDatabase(ctx, subjects, nowMs))
}

/** An attempt went well: the account begins anew, and the network's attempt is taken back, but not from its volume. */
export async function succeed(ctx: Context, act: Act, account: string): Promise<void> {
  const { network, account: forgotten } = await subjectsOf(ctx, act, account)
  const now = ctx.now()
  if (await ctx.throttle.settle(forgotten, network)) return
  for (const { subject } of forgotten) await ctx.db.many(deleteAttempts, { subject })
  const noWaitUntil = new Date(now.getTime() - clockSkewMs).toISOString()
  for (const { subject } of network) await ctx.db.many(releaseAttempt, { subject, noWaitUntil })
}

async function claimInDatabase(ctx: Context, subjects: readonly CountedSubject[], nowMs: number): Promise<number> {
  for (const { subject, free, firstDelayMs, longestDelayMs, quietMs } of subjects) {
    const row = await ctx.db.one(claimAttempt, {
      subject,
      free,
      now: new Date(nowMs).toISOString(),
      noWaitUntil: new Date(nowMs - clockSkewMs).toISOString(),
      blockedUntilByFirst: new Date(nowMs + (free <= 1 ? firstDelayMs : -clockSkewMs)).toISOString(),
      firstSeconds: firstDelayMs / 1_000,
      longestSeconds: longestDelayMs / 1_000,
      quietSince: new Date(nowMs - quietMs).toISOString(),
      expiresAt: new Date(nowMs + longestDelayMs + quietMs).toISOString(),
    })
    // The wait is as it was before the statement: of several at once, one that another has just made is not in it.
    if (!row.isCounted) return row.waitMs !== null && row.waitMs > 0 ? row.waitMs : firstDelayMs
  }
  return 0
}

/** All clients whose network is not known count together, as so many of them. */
const unknownClients = 10

const raised = (policy: Policy, factor: number): Policy => ({ ...policy, free: Math.ceil(policy.free * factor) })

/**
 * What is counted, as a keyed hash in hex: no list of addresses can be tried on it without the key. For a statement that
 * counts by itself what it does.
 */
export async function subjectOf(ctx: Context, ...counted: readonly (string | number)[]): Promise<string> {
  const { blindIndex: keys } = await ctx.keyring.globalKeys(ctx)
  const key = keys[0]?.key
  if (key === undefined) throw new Error('there is no blind index key')
  return await blindIndex(key, 'auth_throttles.subject', counted.join('\0'))
}

/** Whoever and wherever it is. */
async function subjectsOf(ctx: Context, act: Act, account: string) {
  const nowMs = ctx.now().getTime()
  const subjects = async (kind: string, text: string, policy: Policy | undefined): Promise<CountedSubject[]> => {
    if (policy === undefined) return []
    const { windowMs, ...rule } = policy
    const window = windowMs === undefined ? [] : [Math.floor(nowMs / windowMs)]
    const subject = await subjectOf(ctx, act, kind, text, ...window)
    return [{ subject, ...rule, quietMs: windowMs ?? quietMs }]
  }
  const { account: ofAccount, network: ofNetwork, volume } = policyOf(act)
  const network = ctx.client.network ?? 'unknown'
  const clients = ctx.client.network === null ? unknownClients : 1
  return {
    account: await subjects('account', normaliseEmail(account), ofAccount),
    network: await subjects('network', network, ofNetwork && raised(ofNetwork, clients)),
    volume: await subjects('volume', network, volume && raised(volume, clients * ctx.rateLimitFactor)),
  }
}
