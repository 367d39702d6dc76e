import { lacking, type Permission, permissionsOf, rolesThatMay } from '../auth/permissions.ts'
import type { MemberContext } from '../context.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError } from '../problem.ts'
import { openUserField } from '../users/service.ts'
import { ownersOnly } from '../workspaces/service.ts'
import {
  deleteMember,
  findCaller,
  findMember,
  type ListMembersResult,
  listMembers,
  lockMember,
  updateMember,
} from './members.sql.ts'
import type { Member, MemberChange, MemberQuery } from './schema.ts'

/** Who belongs to a workspace. An admin may do all but make, change or remove an owner; everybody may leave. */

/** Members by user id, latest first. */
export async function listMembersPage(ctx: MemberContext, { limit, cursor }: MemberQuery): Promise<Page<Member>> {
  const rows = await ctx.db.many(listMembers, { beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  const { data, nextKey } = pageOf(rows, limit, ({ id }) => [id])
  return { data: await Promise.all(data.map(async (row) => await openMember(ctx, row))), nextKey }
}

/**
 * Gives a member another role, when one of `versions` is current (null: whichever is). Throws member/last-owner when the
 * others would be without an owner.
 */
export async function changeMember(
  ctx: MemberContext,
  memberId: string,
  { role }: MemberChange,
  versions: number[] | null,
): Promise<Member> {
  const caller = { userId: ctx.userId, memberId }
  const roles = { invitingRoles: rolesThatMay('members:write'), approvingRoles: rolesThatMay('posts:approve') }
  const values = { ...caller, ...roles, role, versions, now: ctx.now().toISOString() }
  const row = await ctx.db.transaction(async (db) => {
    await db.maybeOne(lockMember, { memberId })
    return await db.maybeOne(updateMember, values)
  })
  if (row === undefined) throw await refusalOf(ctx, memberId, versions)
  await forgetAccess(ctx, row.sessionIds)
  return await openMember(ctx, row)
}

/**
 * Ends a membership, one's own or another's, when one of `versions` is current (null: whichever is); the member's API keys
 * in the workspace end with it. A workspace whose last member leaves begins to close. Throws member/last-owner when the
 * others would be without an owner.
 */
export async function removeMember(ctx: MemberContext, memberId: string, versions: number[] | null): Promise<void> {
  const values = { userId: ctx.userId, memberId, versions, now: ctx.now().toISOString() }
  const removed = await ctx.db.transaction(async (db) => {
    await db.maybeOne(lockMember, { memberId })
    return await db.maybeOne(deleteMember, values)
  })
  if (removed === undefined) throw await refusalOf(ctx, memberId, versions)
  await forgetAccess(ctx, removed.sessionIds)
}

/**
 * After a statement that holds the caller's role found nothing: throws permission/denied, as middleware does, when the role
 * has been taken away since the request was let in.
 */
export async function demandPermission(ctx: MemberContext, permission: Permission): Promise<void> {
  const caller = await ctx.db.maybeOne(findCaller, { userId: ctx.userId })
  if (caller === undefined || !permissionsOf[caller.role].has(permission)) throw lacking(permission)
}

/** Why a change of a member found no row. */
async function refusalOf(ctx: MemberContext, memberId: string, versions: number[] | null): Promise<ProblemError> {
  const found = await ctx.db.maybeOne(findMember, { userId: ctx.userId, memberId })
  const isSelf = memberId.toLowerCase() === ctx.userId
  if (found === undefined || !(isSelf || permissionsOf[found.callerRole].has('members:write')))
    return lacking('members:write')
  if (found.role === null || found.version === null) return new ProblemError('member/not-found')
  if (versions !== null && !versions.includes(found.version)) return new ProblemError('request/version-stale')
  return ownersOnly('make, change or remove an owner')
}

/** So that the change holds at once where it can; elsewhere within seconds. */
const forgetAccess = async (ctx: MemberContext, sessionIds: readonly string[]): Promise<void> =>
  await ctx.access.forget(
    ctx,
    sessionIds.map((id) => ({ id, workspaceId: ctx.workspaceId })),
  )

/** Decrypts a member's row; an erased person has neither name nor address. */
async function openMember(ctx: MemberContext, row: ListMembersResult): Promise<Member> {
  const open = async (column: 'email_ciphertext' | 'name_ciphertext', stored: string | null) =>
    stored === null || row.wrappedKey === null ? '' : await openUserField(ctx, row, column, stored)
  return {
    id: row.id,
    name: await open('name_ciphertext', row.nameCiphertext),
    email: await open('email_ciphertext', row.emailCiphertext),
    role: row.role,
    version: row.version,
    joinedAt: row.joinedAt,
  }
}
