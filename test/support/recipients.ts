import { randomBytes, randomUUID } from 'node:crypto'
import { encryptField } from '../../src/crypto/field.ts'
import { userField } from '../../src/users/service.ts'
import type { TestApp } from './app.ts'
import { noteSecret } from './leaks.ts'
import { asOwner } from './tenants.ts'

/** People whom mails go to, and the rows of the outbox that say so, as the statements of changes write them. */

export type Recipient = { id: string; email: string; name: string }

type App = Pick<TestApp, 'owner' | 'jobs' | 'now'>
type Details = { name?: string; timeZone?: string; isVerified?: boolean; pendingEmail?: string; status?: string }

/** A person without a password to sign in with, which is what takes time. */
export async function insertRecipient(
  app: App,
  { name = 'Grace Hopper', timeZone = 'UTC', isVerified = false, pendingEmail, status = 'active' }: Details = {},
): Promise<Recipient> {
  const [id, dataKeyId] = [randomUUID(), randomUUID()]
  const email = `${randomUUID()}@example.test`
  noteSecret('email', email)
  const { wrapped, dataKey } = await app.jobs.keyring.makeDataKey(dataKeyId, id)
  const sealed = async (column: Parameters<typeof userField>[1], text: string) =>
    await encryptField(dataKey, userField(id, column), text)
  const emailCiphertext = await sealed('email_ciphertext', email)
  const nameCiphertext = await sealed('name_ciphertext', name)
  const pending = pendingEmail === undefined ? null : await sealed('pending_email_ciphertext', pendingEmail)
  // The person and the key refer to each other.
  await asOwner(
    app,
    (tx) => tx`
      with inserted_key as (
        insert into encryption_keys (id, purpose, key_version, user_id, kek_version, wrapped_key, not_before)
        values (${dataKeyId}, 'user_data', 1, ${id}, ${wrapped.kekVersion}, ${wrapped.wrappedKey}, now())
      )
      insert into users (id, email_ciphertext, name_ciphertext, pending_email_ciphertext, password_hash, time_zone,
        data_key_id, email_verified_at, status)
      values (${id}, ${emailCiphertext}, ${nameCiphertext}, ${pending}, 'none', ${timeZone}, ${dataKeyId},
        ${isVerified ? app.now().toISOString() : null}, ${status}::user_status)`,
  )
  return { id, email, name }
}

type Row = { kind: string; userId?: string; workspaceId?: string; subjectId?: string; id?: string }

/** A row of the outbox, due now. Ids are in the order of their making, as the application's are. */
export async function insertOutbox(app: App, row: Row): Promise<string> {
  const { kind, userId = null, workspaceId = null, subjectId = null, id = app.jobs.makeId() } = row
  await app.owner`
    insert into outbox (id, kind, user_id, workspace_id, subject_id, due_at)
    values (${id}, ${kind}, ${userId}, ${workspaceId}, ${subjectId}, ${app.now().toISOString()})`
  return id
}

/** A newer row for the same mail, which supersedes those that still wait. */
export async function supersedeOutbox(app: App, row: Row & { userId: string }): Promise<string> {
  await app.owner`
    update outbox set status = 'superseded', finished_at = ${app.now().toISOString()}, leased_until = null
    where user_id = ${row.userId} and kind = ${row.kind} and status = 'pending'`
  return await insertOutbox(app, row)
}

export type OutboxState = {
  id: string
  status: string
  attempts: number
  fence: number
  lastError: string | null
  dueAt: string
  leasedUntil: string | null
}

export async function outboxRow({ owner }: Pick<App, 'owner'>, id: string): Promise<OutboxState> {
  const [row] = await owner<OutboxState[]>`
    select id, status, attempts, fence::int, last_error as "lastError", due_at as "dueAt", leased_until as "leasedUntil"
    from outbox where id = ${id}`
  if (row === undefined) throw new Error(`no row ${id} in the outbox`)
  return row
}

/** The stored hash of a person's token, or none. */
export async function tokenDigest({ owner }: Pick<App, 'owner'>, userId: string, purpose: string) {
  const [row] = await owner<{ digest: string }[]>`
    select encode(digest, 'hex') as digest from account_tokens
    where user_id = ${userId} and purpose = ${purpose}::account_token_purpose`
  return row?.digest
}

/** An open invitation of an address, its ciphertext under a new key of the workspace. */
export async function insertInvitation(
  app: App,
  { workspaceId, userId, email, expiresAt }: { workspaceId: string; userId: string; email: string; expiresAt: string },
): Promise<string> {
  const [id, dataKeyId] = [randomUUID(), randomUUID()]
  noteSecret('email', email)
  const { wrapped, dataKey } = await app.jobs.keyring.makeDataKey(dataKeyId, workspaceId)
  const place = { table: 'workspace_invitations', column: 'email_ciphertext', rowId: id, owner: workspaceId }
  const ciphertext = await encryptField(dataKey, place, email)
  await asOwner(app, async (tx) => {
    const [{ version } = { version: 1 }] = await tx<{ version: number }[]>`
      select coalesce(max(key_version), 0) + 1 as version from encryption_keys where workspace_id = ${workspaceId}`
    await tx`update encryption_keys set status = 'retiring' where workspace_id = ${workspaceId} and status = 'active'`
    await tx`
      insert into encryption_keys (id, purpose, key_version, workspace_id, kek_version, wrapped_key, not_before)
      values (${dataKeyId}, 'workspace_data', ${version}, ${workspaceId}, ${wrapped.kekVersion}, ${wrapped.wrappedKey}, now())`
    await tx`
      insert into workspace_invitations (workspace_id, id, user_id, role, data_key_id, email_ciphertext,
        index_key_version, email_digest, expires_at)
      values (${workspaceId}, ${id}, ${userId}, 'editor', ${dataKeyId}, ${ciphertext}, 1, ${randomBytes(32)}, ${expiresAt})`
  })
  return id
}
