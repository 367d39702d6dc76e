import { type DataKey, decryptField, encryptField } from '../crypto/field.ts'
import {
  countDataKeyWork,
  findDataKeyRotation,
  type ListTotpUnderOldKeysResult,
  listInvitationsUnderOldKeys,
  listTotpUnderOldKeys,
  listUsersUnderOldKeys,
  listWorkspacesUnderOldKeys,
  rotateUserKeys,
  rotateWorkspaceKeys,
  updateInvitationKeys,
  updateTotpKeys,
  updateUnusedDataKeys,
} from './data-keys.jobs.sql.ts'
import { type encryptedColumns, placeIn } from './encrypted-columns.ts'
import { patiently, type RotationContext, RotationError, sweep } from './rotation.ts'
import type { WrappedKey } from './service.ts'

/** What a rotation of the data keys would do. */
export async function planDataKeys(ctx: RotationContext): Promise<string[]> {
  const { startedAt, isContinued } = await beginning(ctx)
  const work = await ctx.db.one(countDataKeyWork, { startedAt })
  return [
    isContinued ? `go on with the rotation that began at ${startedAt}` : 'begin a rotation',
    `give ${work.users} people and ${work.workspaces} workspaces new keys`,
    'encrypt anew what is theirs, and retire the old keys',
  ]
}

/**
 * Gives every person and every workspace a new data key, and encrypts what is theirs under it. The keys that were there when
 * the rotation began are due; the new ones carry that instant, so that the next run knows where a killed one stood. What
 * has moved and what has not is readable at every moment: a ciphertext names its key, and an old key goes on reading.
 */
export async function rotateDataKeys(ctx: RotationContext): Promise<string[]> {
  const { startedAt, isContinued } = await beginning(ctx)
  const work = await ctx.db.one(countDataKeyWork, { startedAt })
  const users = await moveUsers(ctx, startedAt, work.users)
  const workspaces = await moveWorkspaces(ctx, startedAt, work.workspaces)
  const [secrets, invitations, retired] = await emptyOldKeys(ctx, startedAt)
  return [
    ...(isContinued ? [`went on with the rotation that began at ${startedAt}`] : []),
    `gave ${users} people and ${workspaces} workspaces new keys`,
    `encrypted ${secrets} second factors and ${invitations} invitations anew, retired ${retired} keys`,
  ]
}

/** The instant before which a key must have been made to be due: this run's, or that of the run that this one continues. */
async function beginning(ctx: RotationContext): Promise<{ startedAt: string; isContinued: boolean }> {
  const { now, lastStartedAt } = await ctx.db.one(findDataKeyRotation)
  if (lastStartedAt === null) return { startedAt: now, isContinued: false }
  const { users, workspaces, retiringKeys } = await ctx.db.one(countDataKeyWork, { startedAt: lastStartedAt })
  const isContinued = users + workspaces + retiringKeys > 0
  return { startedAt: isContinued ? lastStartedAt : now, isContinued }
}

async function moveUsers(ctx: RotationContext, startedAt: string, total: number): Promise<number> {
  return await sweep(ctx, {
    stage: 'people',
    total,
    list: async (afterId) => await ctx.db.many(listUsersUnderOldKeys, { startedAt, afterId, limit: ctx.batch }),
    prepare: async (row) => {
      const { id } = row
      const wrapped = { id: row.dataKeyId, owner: id, kekVersion: row.kekVersion, wrappedKey: live(row.wrappedKey) }
      const old = await ctx.keyring.openDataKey(wrapped)
      const made = await ctx.keyring.makeDataKey(ctx.makeId(), id)
      const again = async (column: (typeof encryptedColumns.users)[number], stored: string) =>
        await reEncrypt(old, made.dataKey, placeIn('users', column, id, id), stored)
      return {
        ...row,
        made: made.wrapped,
        newEmail: await again('email_ciphertext', row.emailCiphertext),
        newName: await again('name_ciphertext', row.nameCiphertext),
        newPendingEmail:
          row.pendingEmailCiphertext === null
            ? ''
            : await again('pending_email_ciphertext', row.pendingEmailCiphertext),
      }
    },
    move: async (users) =>
      await ctx.db.many(rotateUserKeys, {
        startedAt,
        kekVersion: ctx.keyring.kekVersion,
        userIds: users.map(({ id }) => id),
        oldKeyIds: users.map(({ dataKeyId }) => dataKeyId),
        newKeyIds: users.map(({ made }) => made.id),
        wrappedKeys: users.map(({ made }) => made.wrappedKey),
        oldEmailCiphertexts: users.map(({ emailCiphertext }) => emailCiphertext),
        newEmailCiphertexts: users.map(({ newEmail }) => newEmail),
        oldNameCiphertexts: users.map(({ nameCiphertext }) => nameCiphertext),
        newNameCiphertexts: users.map(({ newName }) => newName),
        oldPendingEmailCiphertexts: users.map(({ pendingEmailCiphertext }) => pendingEmailCiphertext ?? ''),
        newPendingEmailCiphertexts: users.map(({ newPendingEmail }) => newPendingEmail),
      }),
  })
}

async function moveWorkspaces(ctx: RotationContext, startedAt: string, total: number): Promise<number> {
  return await sweep(ctx, {
    stage: 'workspaces',
    total,
    list: async (afterId) => await ctx.db.many(listWorkspacesUnderOldKeys, { startedAt, afterId, limit: ctx.batch }),
    prepare: async ({ id, workspaceId }) => ({
      id,
      made: (await ctx.keyring.makeDataKey(ctx.makeId(), workspaceId)).wrapped,
    }),
    move: async (keys) =>
      await ctx.db.many(rotateWorkspaceKeys, {
        startedAt,
        kekVersion: ctx.keyring.kekVersion,
        oldKeyIds: keys.map(({ id }) => id),
        newKeyIds: keys.map(({ made }) => made.id),
        wrappedKeys: keys.map(({ made }) => made.wrappedKey),
      }),
  })
}

const maxRounds = 20

/** Until nothing is left under them: a request that had begun may still have written a value. */
async function emptyOldKeys(ctx: RotationContext, startedAt: string): Promise<[number, number, number]> {
  let [secrets, invitations, retired] = [0, 0, 0]
  for (let round = 0; round < maxRounds; round += 1) {
    const work = await ctx.db.one(countDataKeyWork, { startedAt })
    if (work.totpSecrets + work.invitations + work.retiringKeys === 0) return [secrets, invitations, retired]
    secrets += await moveSecrets(ctx, work.totpSecrets)
    invitations += await moveInvitations(ctx, work.invitations)
    retired += await retireUnused(ctx, work.retiringKeys)
  }
  throw new RotationError('values keep being written under old keys; run it again')
}

async function moveSecrets(ctx: RotationContext, total: number): Promise<number> {
  return await sweep(ctx, {
    stage: 'second factors',
    total,
    list: async (afterId) => withIds(await ctx.db.many(listTotpUnderOldKeys, { afterId, limit: ctx.batch })),
    prepare: async (row) => await movedField(ctx, row, 'user_totp', 'secret_ciphertext'),
    move: async (rows) => await ctx.db.many(updateTotpKeys, columnsOf(rows)),
  })
}

async function moveInvitations(ctx: RotationContext, total: number): Promise<number> {
  return await sweep(ctx, {
    stage: 'invitations',
    total,
    list: async (afterId) => withIds(await ctx.db.many(listInvitationsUnderOldKeys, { afterId, limit: ctx.batch })),
    prepare: async (row) => await movedField(ctx, row, 'workspace_invitations', 'email_ciphertext'),
    move: async (rows) =>
      await ctx.db.many(updateInvitationKeys, { ...columnsOf(rows), owners: rows.map(({ owner }) => owner) }),
  })
}

async function retireUnused(ctx: RotationContext, total: number): Promise<number> {
  let done = 0
  for (;;) {
    const parameters = { now: ctx.now().toISOString(), limit: ctx.batch }
    const retired = await patiently(ctx, async () => await ctx.db.many(updateUnusedDataKeys, parameters))
    if (retired.length === 0) return done
    done += retired.length
    ctx.report({ stage: 'old keys', done, total: Math.max(total, done) })
  }
}

/** A value with the key that it is under and the one that it is to be under. */
type OldField = ListTotpUnderOldKeysResult

const withIds = (rows: readonly OldField[]) => rows.map((row) => ({ ...row, id: row.rowId }))

async function movedField<Table extends 'user_totp' | 'workspace_invitations'>(
  ctx: RotationContext,
  row: OldField,
  table: Table,
  column: (typeof encryptedColumns)[Table][number],
) {
  const { rowId, owner, stored, newKeyId } = row
  const open = async (id: string, kekVersion: number, wrappedKey: string | null) =>
    await ctx.keyring.openDataKey({ id, owner, kekVersion, wrappedKey: live(wrappedKey) } satisfies WrappedKey)
  const old = await open(row.oldKeyId, row.oldKekVersion, row.oldWrappedKey)
  const current = await open(newKeyId, row.newKekVersion, row.newWrappedKey)
  return {
    rowId,
    owner,
    newKeyId,
    stored,
    moved: await reEncrypt(old, current, placeIn(table, column, rowId, owner), stored),
  }
}

const columnsOf = (rows: readonly Awaited<ReturnType<typeof movedField>>[]) => ({
  rowIds: rows.map(({ rowId }) => rowId),
  newKeyIds: rows.map(({ newKeyId }) => newKeyId),
  oldCiphertexts: rows.map(({ stored }) => stored),
  newCiphertexts: rows.map(({ moved }) => moved),
})

const reEncrypt = async (old: DataKey, current: DataKey, place: ReturnType<typeof placeIn>, stored: string) =>
  await encryptField(current, place, await decryptField(old, place, stored))

function live(wrappedKey: string | null): string {
  if (wrappedKey === null) throw new Error('its key is destroyed')
  return wrappedKey
}
