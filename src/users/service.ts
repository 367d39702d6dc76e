import { permissionsOf } from '../auth/permissions.ts'
import type { Context, UserContext } from '../context.ts'
import { emailDigests } from '../crypto/blind-index.ts'
import { decryptField, encryptField, type FieldPlace } from '../crypto/field.ts'
import { violatedConstraint } from '../db/errors.ts'
import type { WrappedKey } from '../keys/service.ts'
import { ProblemError } from '../problem.ts'
import type { Me, User, UserChange } from './schema.ts'
import { type FindUserResult, findTimeZone, findUser, updateUser } from './users.user.sql.ts'

/** A user's columns with the data key that opens them. */
export type UserRow = Omit<FindUserResult, keyof WorkspaceColumns>

type WorkspaceColumns = Pick<FindUserResult, 'workspaceId' | 'workspaceName' | 'role' | 'membershipVersion'>

/** The signed-in user, and what the user may do in the token's workspace. */
export async function getMe(ctx: UserContext): Promise<Me> {
  return await openMe(ctx, await findMe(ctx))
}

/** Changes the signed-in user's profile, when one of `versions` is current (null: whichever is). */
export async function updateMe(ctx: UserContext, change: UserChange, versions: number[] | null): Promise<Me> {
  let current = await findMe(ctx)
  for (;;) {
    const nameCiphertext = change.name === undefined ? null : await encryptName(ctx, current, change.name)
    const { locale = null, timeZone = null } = change
    const { dataKeyId } = current
    const changed = { ...callerOf(ctx), dataKeyId, versions, nameCiphertext, locale, timeZone }
    const row = await ctx.db.maybeOne(updateUser, changed)
    if (row !== undefined) return await openMe(ctx, row)
    // A rotation may have given the person another data key in between, which is nobody else's change.
    current = await findMe(ctx)
    if (current.dataKeyId === dataKeyId) throw new ProblemError('request/version-stale')
  }
}

/** The zone that the user, or who made the API key, lives by. */
export async function getOwnTimeZone({ db, userId }: Pick<UserContext, 'db' | 'userId'>): Promise<string> {
  return (await db.one(findTimeZone, { userId })).timeZone
}

async function findMe(ctx: UserContext): Promise<FindUserResult> {
  const row = await ctx.db.maybeOne(findUser, callerOf(ctx))
  if (row === undefined) throw new ProblemError('auth/credentials-required')
  return row
}

const openMe = async (ctx: UserContext, row: FindUserResult): Promise<Me> => ({
  ...(await openUser(ctx, row)),
  workspace: workspaceOf(row),
})

const callerOf = ({ userId, actor }: UserContext) => ({ userId, claimedWorkspaceId: actor.workspaceId })

/**
 * Writes an address with its digests under every live index key. While that key rotates, the database refuses an address
 * without the new one: this isolate, which should have heard of it by now, hears of it then.
 */
export async function writeIndexed<T>(
  ctx: Context,
  email: string,
  write: (digests: Awaited<ReturnType<typeof emailDigests>>) => Promise<T>,
): Promise<T> {
  try {
    return await write(await emailDigests((await ctx.keyring.globalKeys(ctx)).blindIndex, email))
  } catch (error) {
    if (violatedConstraint(error) !== 'user_email_index_current_key') throw error
    return await write(await emailDigests((await ctx.keyring.globalKeys(ctx, 0)).blindIndex, email))
  }
}

/** Decrypts a user's row. */
export async function openUser(ctx: Pick<Context, 'keyring'>, row: UserRow): Promise<User> {
  const dataKey = await ctx.keyring.openDataKey(wrappedKeyOf(row))
  const open = async (column: 'email_ciphertext' | 'name_ciphertext', stored: string | null) =>
    stored === null ? '' : await decryptField(dataKey, userField(row.id, column), stored)
  return {
    id: row.id,
    email: await open('email_ciphertext', row.emailCiphertext),
    name: await open('name_ciphertext', row.nameCiphertext),
    emailVerified: row.emailVerifiedAt !== null,
    locale: row.locale,
    timeZone: row.timeZone,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}

/** One encrypted column of a user's row, in clear. */
export async function openUserField(
  ctx: Pick<Context, 'keyring'>,
  row: Pick<UserRow, 'id' | 'dataKeyId' | 'kekVersion' | 'wrappedKey'>,
  column: UserColumn,
  stored: string,
): Promise<string> {
  return await decryptField(await ctx.keyring.openDataKey(wrappedKeyOf(row)), userField(row.id, column), stored)
}

export type UserColumn = 'email_ciphertext' | 'name_ciphertext' | 'pending_email_ciphertext'

/** Where a user's encrypted column lives; users belong to no workspace, so the owner is the user. */
export const userField = (userId: string, column: UserColumn): FieldPlace => ({
  table: 'users',
  column,
  rowId: userId,
  owner: userId,
})

function workspaceOf(row: WorkspaceColumns): Me['workspace'] {
  const { workspaceId: id, workspaceName: name, role, membershipVersion } = row
  if (id === null || name === null || role === null || membershipVersion === null) return null
  return { id, name, role, membershipVersion, permissions: [...permissionsOf[role]].sort() }
}

async function encryptName(ctx: UserContext, row: UserRow, name: string): Promise<string | null> {
  const dataKey = await ctx.keyring.openDataKey(wrappedKeyOf(row))
  const place = userField(row.id, 'name_ciphertext')
  // A new IV makes another ciphertext of the same name; an unchanged name must not count as a change.
  if (row.nameCiphertext !== null && (await decryptField(dataKey, place, row.nameCiphertext)) === name) return null
  return await encryptField(dataKey, place, name)
}

export function wrappedKeyOf(row: Pick<UserRow, 'id' | 'dataKeyId' | 'kekVersion' | 'wrappedKey'>): WrappedKey {
  if (row.wrappedKey === null) throw new Error('the data key of an active user is gone')
  return { id: row.dataKeyId, owner: row.id, kekVersion: row.kekVersion, wrappedKey: row.wrappedKey }
}
