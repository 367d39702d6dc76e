import { lacking } from '../auth/permissions.ts'
import type { MemberContext, UserContext } from '../context.ts'
import { emailDigests, normaliseEmail } from '../crypto/blind-index.ts'
import { toHex, utf8 } from '../crypto/encoding.ts'
import { decryptField, encryptField, type FieldPlace } from '../crypto/field.ts'
import { once } from '../idempotency/service.ts'
import { workspaceKey } from '../keys/service.ts'
import { demandPermission } from '../members/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError } from '../problem.ts'
import { subjectOf } from '../throttle/service.ts'
import { ownersOnly } from '../workspaces/service.ts'
import { insertInvitation, type ListInvitationsResult, listInvitations, revokeInvitation } from './invitations.sql.ts'
import { acceptInvitation, findInvitationByToken } from './invitations.user.sql.ts'
import {
  type Invitation,
  type InvitationQuery,
  InvitationRow,
  type Joined,
  JoinedWorkspace,
  type NewInvitation,
} from './schema.ts'

/** How people are asked to join. The token stands in the mail alone, and is made when that is sent. */

const dayMs = 24 * 60 * 60 * 1000
const lifeMs = 7 * dayMs
/** Each one sends a mail to an address of the caller's choice. */
const maxOpenInvitations = 100
/** Each goes to an address that somebody else has; withdrawing one does not make room for another. */
const maxMailsADay = 200
/** The same while no owner of the workspace has proved an address: whoever it is may be a robot. */
const maxUnprovedMailsADay = 20
/** To one address: of one workspace, which is told; of all together, past which each mail waits for its turn. */
const maxOwnMailsADay = 5
const maxAddressMailsADay = 10

/**
 * Invites an address, by mail. Throws member/exists for a member's, invitation/exists while an earlier invitation is good.
 */
export async function invite(ctx: MemberContext, { email, role }: NewInvitation): Promise<Invitation> {
  const id = ctx.makeId()
  const { blindIndex } = await ctx.keyring.globalKeys(ctx)
  const dataKey = await workspaceKey(ctx)
  const values = {
    id,
    role,
    userId: ctx.userId,
    dataKeyId: dataKey.id,
    emailCiphertext: await encryptField(dataKey, addressOf(ctx, id), email),
    ...(await emailDigests(blindIndex, email)),
    maxOpen: maxOpenInvitations,
    maxMails: maxMailsADay,
    maxUnprovedMails: maxUnprovedMailsADay,
    maxOwnMails: maxOwnMailsADay,
    maxAddressMails: maxAddressMailsADay,
    ...(await mailCounters(ctx, email)),
    outboxId: ctx.makeId(),
    now: ctx.now().toISOString(),
    expiresAt: new Date(ctx.now().getTime() + lifeMs).toISOString(),
  }
  const made = await once(ctx, InvitationRow, async () => {
    const row = await ctx.db.maybeOne(insertInvitation, values)
    if (row === undefined) throw lacking('members:write')
    if (row.isMember) throw new ProblemError('member/exists')
    if (row.isInvited) throw new ProblemError('invitation/exists')
    if (row.isFull) throw new ProblemError('invitation/too-many', { detail: bounds })
    if (row.id === null) throw ownersOnly('invite an owner')
    return InvitationRow.parse(row)
  })
  ctx.wakeOutbox()
  return { ...made, email }
}

/** Invitations that can still be accepted, newest first. */
export async function listOpenInvitations(
  ctx: MemberContext,
  { limit, cursor }: InvitationQuery,
): Promise<Page<Invitation>> {
  const now = ctx.now().toISOString()
  const rows = await ctx.db.many(listInvitations, { now, beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  const { data, nextKey } = pageOf(rows, limit, ({ id }) => [id])
  return { data: await Promise.all(data.map(async (row) => await openInvitation(ctx, row))), nextKey }
}

/** Withdraws an invitation. */
export async function withdrawInvitation(ctx: MemberContext, id: string): Promise<void> {
  const withdrawn = { id, userId: ctx.userId, now: ctx.now().toISOString() }
  const revoked = await ctx.db.maybeOne(revokeInvitation, withdrawn)
  if (revoked !== undefined) return
  await demandPermission(ctx, 'members:write')
  throw new ProblemError('invitation/not-found')
}

/**
 * Joins the workspace that an invitation is for. It is good once, for the address that it was sent to, which must be proved.
 * A member keeps the role.
 */
export async function joinByInvitation(ctx: UserContext, token: string): Promise<Joined> {
  const tokenDigest = toHex(await crypto.subtle.digest('SHA-256', utf8(token)))
  const asked = { userId: ctx.userId, tokenDigest, now: ctx.now().toISOString() }
  const workspace = await once(ctx, JoinedWorkspace, async () => {
    const joined = await ctx.db.maybeOne(acceptInvitation, asked)
    if (joined !== undefined) return joined
    const found = await ctx.db.maybeOne(findInvitationByToken, asked)
    if (found === undefined || found.isExpired) {
      const item = { pointer: '/token', code: 'invitation/token-invalid', detail: 'is used up, withdrawn or unknown' }
      throw new ProblemError('invitation/token-invalid', { errors: [item] })
    }
    if (!found.isVerified) throw new ProblemError('auth/email-unverified')
    if (!found.isAddressed) throw new ProblemError('invitation/other-address')
    throw new ProblemError('workspace/closed')
  })
  await ctx.access.forget(ctx, [{ id: ctx.sessionId, workspaceId: workspace.id }])
  return { workspace }
}

const bounds =
  `At most ${maxOpenInvitations} are open; ${maxMailsADay} a day are sent, ${maxOwnMailsADay} to one address, ` +
  `and ${maxUnprovedMailsADay} while no owner has proved an e-mail address.`

/** What mails are counted by: those of the workspace today, those to the address, and today's of both. */
async function mailCounters(ctx: MemberContext, email: string) {
  const day = Math.floor(ctx.now().getTime() / dayMs)
  const counted = ['invitation-mail', day] as const
  const address = normaliseEmail(email)
  return {
    workspaceSubject: await subjectOf(ctx, ...counted, ctx.workspaceId),
    subject: await subjectOf(ctx, 'invitation-mail', address),
    ownSubject: await subjectOf(ctx, ...counted, address, ctx.workspaceId),
    countedUntil: new Date((day + 1) * dayMs).toISOString(),
  }
}

const addressOf = ({ workspaceId }: MemberContext, id: string): FieldPlace => ({
  table: 'workspace_invitations',
  column: 'email_ciphertext',
  rowId: id,
  owner: workspaceId,
})

async function openInvitation(ctx: MemberContext, row: ListInvitationsResult): Promise<Invitation> {
  const { id, role, invitedBy, expiresAt, createdAt, emailCiphertext, dataKeyId, kekVersion, wrappedKey } = row
  const dataKey = await ctx.keyring.openDataKey({ id: dataKeyId, owner: ctx.workspaceId, kekVersion, wrappedKey })
  const email = await decryptField(dataKey, addressOf(ctx, id), emailCiphertext)
  return { id, role, invitedBy, expiresAt, createdAt, email }
}
