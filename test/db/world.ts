import { randomBytes, randomUUID } from 'node:crypto'
import postgres, { type Sql, type TransactionSql } from 'postgres'

/** A client that shows what SQL alone does: no type parsers of ours, notices dropped. */
export function connectTo(url: string, connections = 1): Sql {
  return postgres(url, { max: connections, onnotice: () => {} })
}

export type Actor = {
  kind: string
  id?: string
  userId?: string
  sessionId?: string
  workspaceId?: string
  requestId?: string
  address?: string
}

/** Runs the statements of one transaction as this actor. */
export async function as<T>(sql: Sql, actor: Actor, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  return (await sql.begin(async (tx) => {
    await tx`select set_config('app.actor', ${JSON.stringify(actor)}, true)`
    return await work(tx)
  })) as T
}

export type World = { userId: string; workspaceId: string; sessionId: string; keyId: string; actor: Actor }

/** A user with a key and a session, owner of a workspace: one statement, as a registration is. */
export async function insertWorld(sql: Sql): Promise<World> {
  const [userId, workspaceId, sessionId, keyId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  const actor = {
    kind: 'user',
    id: userId,
    userId,
    sessionId,
    workspaceId,
    requestId: randomUUID(),
    address: '203.0.113.0/24',
  }
  const digest = randomBytes(32).toString('hex')
  await as(
    sql,
    actor,
    (tx) => tx`
      with inserted_user as (
        insert into users (id, email_ciphertext, name_ciphertext, password_hash, data_key_id)
        values (${userId}, ${`v1.${keyId}.email`}, ${`v1.${keyId}.name`}, '$scrypt$first', ${keyId})
      ), inserted_key as (
        insert into encryption_keys (id, purpose, key_version, user_id, kek_version, wrapped_key)
        values (${keyId}, 'user_data', 1, ${userId}, 1, 'wrapped')
      ), indexed_email as (
        insert into user_email_index (key_version, digest, user_id) values (1, decode(${digest}, 'hex'), ${userId})
      ), inserted_workspace as (
        insert into workspaces (id, name, created_by) values (${workspaceId}, 'Workspace', ${userId})
      ), inserted_member as (
        insert into workspace_members (workspace_id, user_id, role) values (${workspaceId}, ${userId}, 'owner')
      )
      insert into user_sessions (id, user_id, workspace_id, device, place, address_prefix, idle_expires_at, absolute_expires_at)
      values (${sessionId}, ${userId}, ${workspaceId}, 'Firefox', 'Vienna', '203.0.113.0/24',
        now() + interval '30 days', now() + interval '90 days')`,
  )
  return { userId, workspaceId, sessionId, keyId, actor }
}

export async function insertCampaign(sql: Sql, { workspaceId, userId, actor }: World): Promise<string> {
  const id = randomUUID()
  await as(
    sql,
    actor,
    (tx) => tx`
      insert into campaigns (workspace_id, id, user_id, name, objective)
      values (${workspaceId}, ${id}, ${userId}, 'Spring', 'sales')`,
  )
  return id
}

export async function insertAccount(sql: Sql, { workspaceId, userId, actor }: World): Promise<string> {
  const id = randomUUID()
  const igUserId = BigInt(`0x${randomBytes(7).toString('hex')}`).toString()
  await as(
    sql,
    actor,
    (tx) => tx`
      insert into instagram_accounts (workspace_id, id, user_id, login, ig_user_id, username)
      values (${workspaceId}, ${id}, ${userId}, 'instagram', ${igUserId}, 'brand')`,
  )
  return id
}

export async function insertPost(sql: Sql, { workspaceId, userId, actor }: World): Promise<string> {
  const id = randomUUID()
  await as(
    sql,
    actor,
    (tx) => tx`insert into posts (workspace_id, id, user_id, kind) values (${workspaceId}, ${id}, ${userId}, 'image')`,
  )
  return id
}

export type Refusal = { code: string; constraint: string | undefined }

/** SQLSTATE and constraint of the error that the database answers with; fails when there is none. */
export async function refusal(statement: PromiseLike<unknown>): Promise<Refusal> {
  try {
    await statement
  } catch (error) {
    if (error instanceof postgres.PostgresError) return { code: error.code, constraint: error.constraint_name }
    throw error
  }
  throw new Error('the database accepted it')
}

export const insufficientPrivilege = '42501'
