import { emailDigests } from '../crypto/blind-index.ts'
import { decryptField } from '../crypto/field.ts'
import { violatedConstraint } from '../db/errors.ts'
import { placeIn } from './encrypted-columns.ts'
import {
  type IndexRotationContext,
  readKeys,
  settleSeconds,
  waitFor,
  waitForRunningTransactions,
} from './index-key-waits.ts'
import {
  countIndexWork,
  deleteRetiredIndexRows,
  insertIndexedAddresses,
  insertNextIndexKey,
  type ListIndexKeysResult,
  listInvitationsUnderOtherIndex,
  listUsersWithoutIndex,
  type UpdateInvitationIndexParams,
  updateDuplicateInvitation,
  updateInvitationIndex,
  updateSucceededIndexKeys,
} from './index-keys.jobs.sql.ts'
import { patiently, type RotationContext, RotationError, sweep } from './rotation.ts'
import type { GlobalKeys } from './service.ts'

/** What a rotation of the index key would do. */
export async function planIndexKey(ctx: IndexRotationContext): Promise<string[]> {
  const [current] = await readKeys(ctx)
  if (current === undefined) return [noKey]
  const state = await stateOf(ctx)
  const isNew = state === 'finished'
  const version = isNew ? current.keyVersion + 1 : current.keyVersion
  const work = await ctx.db.one(countIndexWork, { keyVersion: version })
  const settle = settleSeconds(ctx)
  return [
    isNew ? `make index key ${version} and wait ${settle} s` : `go on with the rotation to index key ${version}`,
    `index ${work.users} people and ${work.invitations} open invitations under it`,
    `retire the older key, wait ${settle} s, delete what is under older keys (now ${work.olderRows} rows)`,
  ]
}

/**
 * Replaces the index key. While two keys live, every address is written under both, so it is unique at every moment; the
 * database refuses an address without the new key from the moment on that every isolate must know it; and nobody is looked
 * for under the new key alone before everybody can be found so.
 */
export async function rotateIndexKey(ctx: IndexRotationContext): Promise<string[]> {
  const [found] = await readKeys(ctx)
  if (found === undefined) return [noKey]
  const isContinued = (await stateOf(ctx)) !== 'finished'
  if (!isContinued) await begin(ctx, found)
  const [current] = await waitFor(ctx, 'until every isolate knows the key', (keys) => keys[0]?.knownInSeconds ?? 0)
  if (current === undefined) throw new RotationError('the index key is gone')
  const { keyVersion } = current
  let users = await indexUsers(ctx, current)
  let invitations = await indexInvitations(ctx, current)
  await waitForRunningTransactions(ctx)
  for (let round = 0; (await stateOf(ctx)) === 'filling'; round += 1) {
    if (round === maxRounds) throw new RotationError('addresses keep being missed; run it again')
    users += await indexUsers(ctx, current)
    invitations += await indexInvitations(ctx, current)
    await patiently(ctx, async () => await ctx.db.many(updateSucceededIndexKeys, { keyVersion }))
  }
  await waitFor(ctx, 'until every isolate has forgotten the old key', (keys) =>
    Math.max(0, ...keys.map(({ forgottenInSeconds }) => forgottenInSeconds ?? 0)),
  )
  invitations += await indexInvitations(ctx, current)
  const deleted = await deleteRetired(ctx, keyVersion)
  return [
    ...(isContinued ? [`went on with the rotation to index key ${keyVersion}`] : []),
    `index key ${keyVersion} finds everybody: indexed ${users} people and ${invitations} open invitations`,
    `deleted ${deleted} rows of older keys`,
  ]
}

const noKey = 'there is no index key yet: the first request makes it'
const maxRounds = 20

/** Filling: an older key still finds people. Clearing: none does, but has rows. */
async function stateOf(ctx: IndexRotationContext): Promise<'filling' | 'clearing' | 'finished'> {
  const [current, ...older] = await readKeys(ctx)
  if (older.some(({ status }) => status === 'retiring')) return 'filling'
  const { olderRows } = await ctx.db.one(countIndexWork, { keyVersion: current?.keyVersion ?? 1 })
  return olderRows > 0 ? 'clearing' : 'finished'
}

/** Of two runs that begin at once, one succeeds the key that both have found, and both go on with what it made. */
async function begin(ctx: IndexRotationContext, { id: oldId }: ListIndexKeysResult): Promise<void> {
  const { id, kekVersion, wrappedKey } = await ctx.keyring.makeGlobalKey(ctx.makeId(), 'blind_index')
  await ctx.db.many(insertNextIndexKey, { id, oldId, kekVersion, wrappedKey, settleSeconds: settleSeconds(ctx) })
}

async function indexUsers(ctx: IndexRotationContext, { keyVersion }: ListIndexKeysResult): Promise<number> {
  const key = await indexKey(ctx, keyVersion)
  return await sweep(ctx, {
    stage: 'people',
    total: (await ctx.db.one(countIndexWork, { keyVersion })).users,
    list: async (afterId) => await ctx.db.many(listUsersWithoutIndex, { keyVersion, afterId, limit: ctx.batch }),
    prepare: async ({ id, emailCiphertext, ...wrapped }) => {
      const email = await openEmail(
        ctx,
        { ...wrapped, owner: id },
        placeIn('users', 'email_ciphertext', id, id),
        emailCiphertext,
      )
      return { id, emailCiphertext, digest: await digestOf(key, email) }
    },
    move: async (users) =>
      await ctx.db.many(insertIndexedAddresses, {
        keyVersion,
        userIds: users.map(({ id }) => id),
        emailCiphertexts: users.map(({ emailCiphertext }) => emailCiphertext),
        digests: users.map(({ digest }) => digest),
      }),
  })
}

async function indexInvitations(ctx: IndexRotationContext, { keyVersion }: ListIndexKeysResult): Promise<number> {
  const key = await indexKey(ctx, keyVersion)
  return await sweep(ctx, {
    stage: 'invitations',
    total: (await ctx.db.one(countIndexWork, { keyVersion })).invitations,
    list: async (afterId) =>
      await ctx.db.many(listInvitationsUnderOtherIndex, { keyVersion, afterId, limit: ctx.batch }),
    prepare: async ({ id, workspaceId, emailCiphertext, indexKeyVersion, ...wrapped }) => {
      const place = placeIn('workspace_invitations', 'email_ciphertext', id, workspaceId)
      const email = await openEmail(ctx, { ...wrapped, owner: workspaceId }, place, emailCiphertext)
      return { id, workspaceId, oldKeyVersion: indexKeyVersion, digest: await digestOf(key, email) }
    },
    // One by one: an address that is invited a second time at this moment must hold up no other.
    move: async (invitations) => {
      const moved: unknown[] = []
      for (const { id, workspaceId: invitingWorkspaceId, oldKeyVersion, digest } of invitations) {
        moved.push(...(await indexInvitation(ctx, { id, invitingWorkspaceId, oldKeyVersion, keyVersion, digest })))
      }
      return moved
    },
  })
}

type InvitationIndex = Omit<UpdateInvitationIndexParams, 'actor'>

async function indexInvitation(ctx: RotationContext, invitation: InvitationIndex): Promise<unknown[]> {
  try {
    return await ctx.db.many(updateInvitationIndex, invitation)
  } catch (error) {
    if (violatedConstraint(error) !== 'workspace_invitations_open_key') throw error
    return await ctx.db.many(updateDuplicateInvitation, { ...invitation, now: ctx.now().toISOString() })
  }
}

async function deleteRetired(ctx: IndexRotationContext, keyVersion: number): Promise<number> {
  const { olderRows } = await ctx.db.one(countIndexWork, { keyVersion })
  let done = 0
  for (;;) {
    const parameters = { keyVersion, limit: ctx.batch }
    const deleted = await patiently(ctx, async () => await ctx.db.many(deleteRetiredIndexRows, parameters))
    if (deleted.length === 0) return done
    done += deleted.length
    ctx.report({ stage: 'old rows', done, total: Math.max(olderRows, done) })
  }
}

const indexKey = async (ctx: IndexRotationContext, version: number): Promise<GlobalKeys['blindIndex'][number]> => {
  const { blindIndex } = await ctx.keyring.globalKeys(ctx, 0)
  const found = blindIndex.find((each) => each.version === version)
  if (found === undefined)
    throw new RotationError(`index key ${version} is retired: another rotation has overtaken this one`)
  return found
}

async function digestOf(key: GlobalKeys['blindIndex'][number], email: string): Promise<string> {
  const { digests } = await emailDigests([key], email)
  return digests.join()
}

type Stored = {
  readonly dataKeyId: string
  readonly owner: string
  readonly kekVersion: number
  readonly wrappedKey: string | null
}

async function openEmail(
  ctx: RotationContext,
  key: Stored,
  place: ReturnType<typeof placeIn>,
  stored: string,
): Promise<string> {
  const { dataKeyId: id, owner, kekVersion, wrappedKey } = key
  if (wrappedKey === null) throw new Error('its key is destroyed')
  return await decryptField(await ctx.keyring.openDataKey({ id, owner, kekVersion, wrappedKey }), place, stored)
}
