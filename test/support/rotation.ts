import { spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { emailDigests } from '../../src/crypto/blind-index.ts'
import { decryptField, encryptField } from '../../src/crypto/field.ts'
import { createDatabase } from '../../src/db/database.ts'
import { encryptedColumns, placeIn } from '../../src/keys/encrypted-columns.ts'
import type { IndexRotationContext } from '../../src/keys/index-key-waits.ts'
import { createKeyring } from '../../src/keys/service.ts'
import { type AppSecrets, makeSecrets, type TestApp } from './app.ts'
import { send } from './client.ts'
import { openGlobalKeys } from './keys.ts'
import { asOwner } from './tenants.ts'

/** A system full of people, and the rotation's script as an operator runs it. */

export type Kind = 'kek' | 'dek' | 'signing' | 'blind-index'

/** Two key-encryption keys: the Workers know both, and wrap with the one that is listed first. */
export function makeRotationSecrets(): AppSecrets & { next: AppSecrets } {
  const [first, second] = [makeSecrets(), makeSecrets()]
  const [old, young] = [first, second].map(({ keyEncryptionKeys }) => [...keyEncryptionKeys.values()][0] as Bytes)
  const settings = { refreshMacKeys: first.refreshMacKeys, keyCacheSeconds: 1 }
  const next = new Map([
    [2, young as Bytes],
    [1, old as Bytes],
  ])
  return {
    ...settings,
    keyEncryptionKeys: new Map([...next].reverse()),
    next: { ...settings, keyEncryptionKeys: next },
  }
}

type Bytes = Uint8Array<ArrayBuffer>

/** A person with a value in every encrypted column. */
export type Person = { id: string; email: string; texts: Record<string, string> }

/** People as the application would have made them, but for the cost of a password's hash each. */
export async function insertPeople(app: TestApp, secrets: AppSecrets, count: number): Promise<Person[]> {
  const keyring = createKeyring({ ...secrets, now: app.now })
  const { blindIndex } = await openGlobalKeys(app, secrets)
  const people = await Promise.all(Array.from({ length: count }, () => makePerson(keyring, blindIndex)))
  await asOwner(app, async (tx) => {
    const rows = tx.json(people.map(({ row }) => row) as never)
    await tx`
      with p as materialized (select * from jsonb_to_recordset(${rows}) p (
        id uuid, data_key_id uuid, kek_version int, wrapped_key text, email text, name text, pending text, totp text,
        workspace_id uuid, workspace_key_id uuid, workspace_wrapped_key text, invitation_id uuid, invited text,
        index_version int, digest text, invited_digest text)),
      inserted_users as (
        insert into users (id, email_ciphertext, name_ciphertext, pending_email_ciphertext, password_hash, data_key_id)
        select id, email, name, pending, '$scrypt$none', data_key_id from p),
      inserted_keys as (
        insert into encryption_keys (id, purpose, key_version, user_id, kek_version, wrapped_key)
        select data_key_id, 'user_data', 1, id, kek_version, wrapped_key from p),
      inserted_workspaces as (
        insert into workspaces (id, name, created_by) select workspace_id, 'Seeded', id from p),
      inserted_members as (
        insert into workspace_members (workspace_id, user_id, role) select workspace_id, id, 'owner' from p),
      inserted_workspace_keys as (
        insert into encryption_keys (id, purpose, key_version, workspace_id, kek_version, wrapped_key)
        select workspace_key_id, 'workspace_data', 1, workspace_id, kek_version, workspace_wrapped_key from p),
      inserted_totp as (
        insert into user_totp (user_id, data_key_id, secret_ciphertext) select id, data_key_id, totp from p),
      inserted_invitations as (
        insert into workspace_invitations (
          workspace_id, id, user_id, role, data_key_id, email_ciphertext, index_key_version, email_digest, expires_at)
        select workspace_id, invitation_id, id, 'editor', workspace_key_id, invited, index_version,
          decode(invited_digest, 'hex'), now() + interval '7 days'
        from p)
      insert into user_email_index (key_version, digest, user_id)
      select index_version, decode(digest, 'hex'), id from p`
  })
  return people.map(({ person }) => person)
}

type Keyring = ReturnType<typeof createKeyring>
type IndexKeys = Awaited<ReturnType<typeof openGlobalKeys>>['blindIndex']

async function makePerson(keyring: Keyring, [indexKey]: IndexKeys) {
  const [id, workspaceId, invitationId] = [randomUUID(), randomUUID(), randomUUID()]
  const email = `seeded-${id}@example.test`
  const [user, workspace] = await Promise.all([
    keyring.makeDataKey(randomUUID(), id),
    keyring.makeDataKey(randomUUID(), workspaceId),
  ])
  if (indexKey === undefined) throw new Error('there is no index key')
  const texts: Record<string, string> = {
    'users.email_ciphertext': email,
    'users.name_ciphertext': `Name of ${id}`,
    'users.pending_email_ciphertext': `pending-${id}@example.test`,
    'user_totp.secret_ciphertext': `SECRET${id}`,
    'workspace_invitations.email_ciphertext': `invited-${id}@example.test`,
  }
  const ofUser = async (table: 'users' | 'user_totp', column: string) =>
    await encryptField(user.dataKey, placeIn(table, column as never, id, id), texts[`${table}.${column}`] ?? '')
  const invitedPlace = placeIn('workspace_invitations', 'email_ciphertext', invitationId, workspaceId)
  const invited = texts['workspace_invitations.email_ciphertext'] ?? ''
  const row = {
    id,
    data_key_id: user.wrapped.id,
    kek_version: user.wrapped.kekVersion,
    wrapped_key: user.wrapped.wrappedKey,
    email: await ofUser('users', 'email_ciphertext'),
    name: await ofUser('users', 'name_ciphertext'),
    pending: await ofUser('users', 'pending_email_ciphertext'),
    totp: await ofUser('user_totp', 'secret_ciphertext'),
    workspace_id: workspaceId,
    workspace_key_id: workspace.wrapped.id,
    workspace_wrapped_key: workspace.wrapped.wrappedKey,
    invitation_id: invitationId,
    invited: await encryptField(workspace.dataKey, invitedPlace, invited),
    index_version: indexKey.version,
    digest: (await emailDigests([indexKey], email)).digests[0],
    invited_digest: (await emailDigests([indexKey], invited)).digests[0],
  }
  return { person: { id, email, texts } satisfies Person, row }
}

const owners = { users: ['id', 'id'], user_totp: ['user_id', 'user_id'], workspace_invitations: ['id', 'workspace_id'] }

/**
 * Reads every encrypted value of the database and answers those that are not what they were, in one statement a table and
 * with the keys that the database has at that moment.
 */
export async function unreadableValues(
  app: TestApp,
  secrets: AppSecrets,
  people: readonly Person[],
): Promise<string[]> {
  const keyring = createKeyring({ ...secrets, now: app.now })
  const expected = new Map(
    people.flatMap(({ id, texts }) => Object.entries(texts).map(([name, text]) => [`${id} ${name}`, text])),
  )
  const faults: string[] = []
  for (const [table, columns] of Object.entries(encryptedColumns)) {
    const [rowId = '', owner = ''] = owners[table as keyof typeof owners]
    for (const column of columns) {
      const rows = await app.owner.unsafe(`
        select t.${rowId}::text as id, t.${owner}::text as owner, t.${column} as stored,
          ${table === 'workspace_invitations' ? 't.user_id' : `t.${owner}`}::text as person,
          k.id::text as "keyId", k.kek_version as "kekVersion", k.wrapped_key as "wrappedKey"
        from ${table} t join encryption_keys k on k.id = t.data_key_id where t.${column} is not null`)
      for (const { id, owner: of, stored, person, keyId, kekVersion, wrappedKey } of rows) {
        const key = await keyring.openDataKey({ id: keyId, owner: of, kekVersion, wrappedKey })
        const text = await decryptField(key, placeIn(table as 'users', column as never, id, of), stored).catch(String)
        const name = `${person} ${table}.${column}`
        if (expected.has(name) && expected.get(name) !== text) faults.push(`${name}: ${text}`)
        expected.delete(name)
      }
    }
  }
  return [...faults, ...[...expected.keys()].map((name) => `${name} is missing`)]
}

export type Run = { code: number | null; signal: NodeJS.Signals | null; output: string }

/** Runs the script; kills it after so many milliseconds when they are given. */
export async function rotate(
  app: Pick<TestApp, 'database'>,
  { keyEncryptionKeys, keyCacheSeconds = 60 }: AppSecrets,
  args: readonly string[],
  killAfterMs?: number,
): Promise<Run> {
  const child = spawn(process.execPath, ['scripts/keys-rotate.ts', ...args], {
    env: {
      ...process.env,
      JOBS_DATABASE_URL: app.database.jobsUrl,
      KEY_ENCRYPTION_KEYS: [...keyEncryptionKeys]
        .map(([version, secret]) => `${version}:${Buffer.from(secret).toString('base64')}`)
        .join(','),
      KEY_CACHE_SECONDS: String(keyCacheSeconds),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let killer: NodeJS.Timeout | undefined
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
    // From its first word on: starting up is most of a short run, and does nothing.
    if (killAfterMs !== undefined) killer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return await new Promise((resolve) =>
    child.once('close', (code, signal) => {
      clearTimeout(killer)
      resolve({ code, signal, output })
    }),
  )
}

/** Kills runs at random moments, then lets one end; answers how many were killed at work. */
export async function rotateWithKills(
  app: Pick<TestApp, 'database'>,
  secrets: AppSecrets,
  kind: Kind,
  { kills, maxMs, batch = 5 }: { kills: number; maxMs: number; batch?: number },
): Promise<{ killed: number; last: Run }> {
  let killed = 0
  for (let attempt = 0; attempt < kills; attempt += 1) {
    const run = await rotate(app, secrets, [kind, '--batch', String(batch)], randomInt(0, maxMs))
    if (run.signal === 'SIGKILL') killed += 1
    else if (run.code === 0) return { killed, last: run }
    else throw new Error(`keys:rotate ${kind} ended with ${run.code}: ${run.output}`)
  }
  return { killed, last: await rotate(app, secrets, [kind]) }
}

/** Clients that go on until they are told to end; what they were answered wrongly is thrown then. */
export function startClients(clients: readonly (() => Promise<void>)[]): { end: () => Promise<number> } {
  let isEnding = false
  let rounds = 0
  const running = clients.map(async (client) => {
    while (!isEnding) {
      await client()
      rounds += 1
      await sleep(1)
    }
  })
  const settled = Promise.allSettled(running)
  return {
    end: async () => {
      isEnding = true
      await settled
      await Promise.all(running)
      return rounds
    },
  }
}

/** A further registration with an address that somebody has. */
export const registerAgain = async (app: Pick<TestApp, 'fetch'>, email: string): Promise<number> =>
  (
    await send(app, 'POST', '/v1/auth/register', {
      body: { email: email.toUpperCase(), password: 'correct horse battery', name: 'Somebody' },
    })
  ).status

/** What the rotation's verbs are given, in this process. */
export function rotationContext(app: TestApp, secrets: AppSecrets, batch = 50): IndexRotationContext {
  const keyring = createKeyring({ ...secrets, now: app.now })
  const ports = { connect: app.jobs.connect, monotonic: app.jobs.monotonic, onStatement: () => undefined }
  const actor = { kind: 'job', id: 'keys-rotate', requestId: 'test' }
  return {
    db: createDatabase(ports, { actor: JSON.stringify(actor) }),
    keyring,
    now: app.now,
    makeId: app.jobs.makeId,
    batch,
    keyCacheSeconds: secrets.keyCacheSeconds ?? 60,
    pause: async (ms) => void (await sleep(ms)),
    report: () => undefined,
  }
}
