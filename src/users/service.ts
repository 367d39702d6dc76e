import type { Context, UserContext } from '../context.ts'
import { decryptField, encryptField, type FieldPlace } from '../crypto/field.ts'
import type { WrappedKey } from '../keys/service.ts'
import { ProblemError } from '../problem.ts'
import type { User, UserChange } from './schema.ts'
import { type FindUserResult, findUser, updateUser } from './users.user.sql.ts'

/** A user's columns with the data key that opens them. */
export type UserRow = FindUserResult

/** The signed-in user. */
export async function getMe(ctx: UserContext): Promise<User> {
  const row = await ctx.db.maybeOne(findUser, { userId: ctx.userId })
  if (row === undefined) throw new ProblemError('auth/credentials-required')
  return await openUser(ctx, row)
}

/** Changes the signed-in user's profile, when one of `versions` is current (null: whichever is). */
export async function updateMe(ctx: UserContext, change: UserChange, versions: number[] | null): Promise<User> {
  const current = await ctx.db.maybeOne(findUser, { userId: ctx.userId })
  if (current === undefined) throw new ProblemError('auth/credentials-required')
  const nameCiphertext = change.name === undefined ? null : await encryptName(ctx, current, change.name)
  const { locale = null, timeZone = null } = change
  const row = await ctx.db.maybeOne(updateUser, { userId: ctx.userId, versions, nameCiphertext, locale, timeZone })
  if (row === undefined) throw new ProblemError('request/version-stale')
  return await openUser(ctx, row)
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

/** Where a user's encrypted column lives; users belong to no workspace, so the owner is the user. */
export const userField = (userId: string, column: 'email_ciphertext' | 'name_ciphertext'): FieldPlace => ({
  table: 'users',
  column,
  rowId: userId,
  owner: userId,
})

async function encryptName(ctx: UserContext, row: UserRow, name: string): Promise<string | null> {
  const dataKey = await ctx.keyring.openDataKey(wrappedKeyOf(row))
  const place = userField(row.id, 'name_ciphertext')
  // A new IV makes another ciphertext of the same name; an unchanged name must not count as a change.
  if (row.nameCiphertext !== null && (await decryptField(dataKey, place, row.nameCiphertext)) === name) return null
  return await encryptField(dataKey, place, name)
}

function wrappedKeyOf(row: UserRow): WrappedKey {
  if (row.wrappedKey === null) throw new Error('the data key of an active user is gone')
  return { id: row.dataKeyId, owner: row.id, kekVersion: row.kekVersion, wrappedKey: row.wrappedKey }
}
