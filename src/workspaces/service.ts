import { lacking, permissionsOf, rolesThatMay } from '../auth/permissions.ts'
import type { Context, MemberContext, UserContext } from '../context.ts'
import { once } from '../idempotency/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { missingReference, ProblemError, referenceNotFound } from '../problem.ts'
import {
  type MyWorkspace,
  type MyWorkspaceQuery,
  type NewWorkspace,
  OwnedWorkspace,
  type Workspace,
  type WorkspaceChange,
} from './schema.ts'
import { closeWorkspace, findWorkspace, findWorkspaceChanger, updateWorkspace } from './workspaces.sql.ts'
import {
  findMembership,
  insertWorkspace,
  listMyWorkspaces,
  lockOwner,
  restoreWorkspace,
} from './workspaces.user.sql.ts'

/** How long a closing workspace can be restored. */
const graceDays = 30
const graceMs = graceDays * 24 * 60 * 60 * 1000
const maxOwnedFreeWorkspaces = 20
/** More owners than anybody tells of a closing. */
const maxToldOwners = 20

/** The caller's workspaces, newest first, those in their grace among them. */
export async function listMine(ctx: UserContext, { limit, cursor }: MyWorkspaceQuery): Promise<Page<MyWorkspace>> {
  const params = { userId: ctx.userId, graceDays, beforeId: cursor?.[0] ?? null, limit: limit + 1 }
  return pageOf(await ctx.db.many(listMyWorkspaces, params), limit, ({ id }) => [id])
}

/** A new workspace of the caller's. Throws workspace/too-many. */
export async function createWorkspace(ctx: UserContext, { name }: NewWorkspace): Promise<MyWorkspace> {
  const { userId } = ctx
  const values = { id: ctx.makeId(), userId, name, maxOwned: maxOwnedFreeWorkspaces, now: ctx.now().toISOString() }
  const made = await once(ctx, OwnedWorkspace, async () => {
    const row = await ctx.db.transaction(async (db) => {
      await db.maybeOne(lockOwner, { userId })
      return await db.maybeOne(insertWorkspace, values)
    })
    if (row !== undefined) return row
    throw new ProblemError('workspace/too-many', { detail: `One person may own ${maxOwnedFreeWorkspaces} free ones.` })
  })
  return { ...made, closesAt: null }
}

/** Saves a workspace from being closed, within its grace. Only an owner may, with the second factor that it demands. */
export async function restoreMine(ctx: UserContext, wantedWorkspaceId: string): Promise<MyWorkspace> {
  const caller = { userId: ctx.userId, sessionId: ctx.sessionId, wantedWorkspaceId }
  const values = { ...caller, now: ctx.now().toISOString(), graceStartedAt: graceStartedAt(ctx) }
  const restored = await once(ctx, OwnedWorkspace, async () => {
    const row = await ctx.db.maybeOne(restoreWorkspace, values)
    if (row !== undefined) return row
    const membership = await ctx.db.maybeOne(findMembership, caller)
    if (membership === undefined) throw referenceNotFound('/workspaceId')
    if (membership.role !== 'owner') throw ownersOnly('restore the workspace')
    if (membership.lacksFactor) throw new ProblemError('auth/second-factor-required')
    throw new ProblemError(membership.status === 'active' ? 'workspace/not-closing' : 'workspace/closed')
  })
  return { ...restored, closesAt: null }
}

export async function getWorkspace(ctx: MemberContext): Promise<Workspace> {
  return await ctx.db.one(findWorkspace)
}

/**
 * Renames the workspace, or says whether its members need a second factor and who approves posts, when one of `versions` is
 * current (null: whichever is). Only an owner may demand a second factor, in a session that has proved one.
 */
export async function changeWorkspace(
  ctx: MemberContext,
  change: WorkspaceChange,
  versions: number[] | null,
): Promise<Workspace> {
  const caller = { userId: ctx.userId, sessionId: sessionOf(ctx) }
  const { requiresSecondFactor = null, approverIds = [] } = change
  const approvingRoles = rolesThatMay('posts:approve')
  const row = await ctx.db.maybeOne(updateWorkspace, { ...caller, ...change, approvingRoles, versions })
  if (row !== undefined) return row
  const changer = await demandChanger(ctx, caller, approverIds)
  if (requiresSecondFactor !== null) {
    if (changer.role !== 'owner') throw ownersOnly('say whether a second factor is required')
    if (requiresSecondFactor && !changer.hasProvedFactor) {
      throw new ProblemError('workspace/second-factor-unproved', {
        detail: 'Sign in with a second factor first, so that you keep your own access.',
      })
    }
  }
  const unfit = approverIds.flatMap((id, index) =>
    changer.fitApproverIds.includes(id) ? [] : [`/approverIds/${index}`],
  )
  if (unfit.length > 0) throw new ProblemError('reference/not-found', { errors: unfit.map(missingReference) })
  throw new ProblemError('request/version-stale')
}

/** Begins the workspace's grace; nobody has access from then on. Only an owner may. */
export async function removeWorkspace(ctx: MemberContext, versions: number[] | null): Promise<void> {
  const caller = { userId: ctx.userId, sessionId: sessionOf(ctx) }
  const outboxIds = Array.from({ length: maxToldOwners }, () => ctx.makeId())
  const values = { userId: ctx.userId, versions, outboxIds, now: ctx.now().toISOString() }
  if ((await ctx.db.maybeOne(closeWorkspace, values)) === undefined) {
    const changer = await demandChanger(ctx, caller)
    if (changer.role !== 'owner') throw ownersOnly('close the workspace')
    throw new ProblemError('request/version-stale')
  }
  ctx.wakeOutbox()
  await ctx.access.forget(ctx, [{ id: caller.sessionId, workspaceId: ctx.workspaceId }])
}

/** What only an owner may do, of all that admins may. */
export const ownersOnly = (what: string): ProblemError =>
  new ProblemError('permission/denied', { detail: `Only an owner may ${what}.` })

/**
 * After a change found no row: who the caller is by now. Throws permission/denied, as middleware does, when the caller is
 * out or demoted, or the workspace closing, since the request was let in.
 */
async function demandChanger(
  ctx: MemberContext,
  caller: { readonly userId: string; readonly sessionId: string },
  approverIds: readonly string[] = [],
) {
  const approvingRoles = rolesThatMay('posts:approve')
  const changer = await ctx.db.maybeOne(findWorkspaceChanger, { ...caller, approverIds, approvingRoles })
  if (changer === undefined || !permissionsOf[changer.role].has('workspace:write')) throw lacking('workspace:write')
  return changer
}

/** A workspace that began to close later than this can still be saved. */
export const graceStartedAt = ({ now }: Pick<Context, 'now'>): string =>
  new Date(now().getTime() - graceMs).toISOString()

/** No API key may hold what these routes need, so whoever comes here has a session. */
function sessionOf({ actor }: MemberContext): string {
  if (actor.sessionId === null) throw new Error('a workspace is changed by a person in a session')
  return actor.sessionId
}
