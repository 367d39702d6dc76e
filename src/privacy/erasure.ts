import type { Context, UserContext } from '../context.ts'
import { toBase64Url, toHex, utf8 } from '../crypto/encoding.ts'
import { verifyPassword } from '../crypto/password.ts'
import { violatedConstraint } from '../db/errors.ts'
import { ProblemError } from '../problem.ts'
import { attempt, succeed } from '../throttle/service.ts'
import {
  type ErasePersonResult,
  erasePerson,
  findErasable,
  findErasure,
  lockPerson,
  lockWorkspacesOfPerson,
} from './erasure.user.sql.ts'
import { type ErasureIntent, requestedKey, writeEntry } from './erasure-list.ts'
import type { Erasure, ErasureReceipt, ErasureWish } from './schema.ts'

const dayMs = 24 * 60 * 60 * 1000
/** How long the oldest backup is kept. */
const backupDays = 35

/**
 * Erases the signed-in person, when one of `versions` is current (null: whichever is). The list outside the database
 * knows first, so that no restored backup can bring the person back; when it cannot be written nothing is erased. What
 * is left to do outside is a row of the outbox.
 */
export async function eraseMe(ctx: UserContext, wish: ErasureWish, versions: number[] | null): Promise<ErasureReceipt> {
  await refuseUnlessErasable(ctx, wish, versions)
  const { receipt, receiptDigest } = await makeReceipt()
  const requestedAt = ctx.now()
  const intent = {
    id: ctx.makeId(),
    userId: ctx.userId,
    receiptDigest,
    requestedAt: requestedAt.toISOString(),
    backupsExpireAt: new Date(requestedAt.getTime() + backupDays * dayMs).toISOString(),
  }
  try {
    await writeEntry(ctx.objects, requestedKey(intent.id), intent)
  } catch (cause) {
    throw new ProblemError('service/unavailable', { cause })
  }
  const ended = await erase(ctx, intent, versions)
  await ctx.access.forget(
    ctx,
    ended.flatMap(({ sessionId: id, workspaceId }) => (id === null ? [] : [{ id, workspaceId }])),
  )
  ctx.wakeOutbox()
  const { requestedAt: erasedAt, backupsExpireAt } = intent
  return { receipt, erasedAt, recordedAt: null, backupsExpireAt }
}

/** What a receipt says. */
export async function checkReceipt(ctx: Context, receipt: string): Promise<Erasure> {
  const found = await ctx.db.maybeOne(findErasure, { receiptDigest: await digestOf(receipt) })
  if (found === undefined) throw new ProblemError('erasure/not-found')
  return found
}

async function refuseUnlessErasable(ctx: UserContext, { password }: ErasureWish, versions: number[] | null) {
  const { userId, sessionId } = ctx
  const person = await ctx.db.maybeOne(findErasable, { userId, sessionId })
  if (person === undefined) throw new ProblemError('auth/credentials-required')
  if (versions !== null && !versions.includes(person.version)) throw new ProblemError('request/version-stale')
  await attempt(ctx, 'password', userId)
  const { peppers } = await ctx.keyring.globalKeys(ctx)
  const { matches } = await verifyPassword(peppers, password, person.passwordHash, ctx.now)
  if (!matches) throw new ProblemError('auth/credentials-wrong')
  await succeed(ctx, 'password', userId)
  if (person.owesSecondFactor) throw new ProblemError('auth/second-factor-required')
  if (person.orphanedWorkspaces.length > 0) throw lastOwner(person.orphanedWorkspaces)
}

/** The erasure itself: all of it or nothing. What it refuses did not happen, so the list must not say that it was asked. */
async function erase(
  ctx: UserContext,
  intent: ErasureIntent,
  versions: number[] | null,
): Promise<readonly ErasePersonResult[]> {
  const { id: erasureId, userId, receiptDigest: newReceiptDigest, requestedAt, backupsExpireAt } = intent
  const withdraw = () => ctx.later(ctx.objects.delete([requestedKey(erasureId)]))
  const erasure = { userId, versions, erasureId, newReceiptDigest, requestedAt, backupsExpireAt, now: requestedAt }
  const rows = await ctx.db
    .transaction(async (db) => {
      await db.many(lockWorkspacesOfPerson, { userId })
      await db.many(lockPerson, { userId })
      return await db.many(erasePerson, { ...erasure, outboxId: ctx.makeId() })
    })
    .catch((error: unknown) => {
      if (violatedConstraint(error) === undefined) throw error
      withdraw()
      throw violatedConstraint(error) === 'workspace_members_last_owner' ? lastOwner([], error) : error
    })
  if (rows.length > 0) return rows
  withdraw()
  throw new ProblemError('request/version-stale')
}

function lastOwner(workspaceIds: readonly string[], cause?: unknown): ProblemError {
  const errors = workspaceIds.map((id) => ({ pointer: '', code: 'workspace/last-owner', detail: id }))
  const detail = 'Others are in a workspace that only you own: give it another owner, or delete it, first.'
  return new ProblemError('user/last-owner', { detail, cause, ...(errors.length > 0 && { errors }) })
}

/** 256 random bits, base64url. */
async function makeReceipt(): Promise<{ receipt: string; receiptDigest: string }> {
  const receipt = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  return { receipt, receiptDigest: await digestOf(receipt) }
}

const digestOf = async (receipt: string): Promise<string> => toHex(await crypto.subtle.digest('SHA-256', utf8(receipt)))
