import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { as, connectTo, insertWorld, refusal, type World } from './world.ts'

let database: TestDatabase
let api: Sql
let mine: World
let theirs: World

beforeAll(async () => {
  database = await createTestDatabase()
  api = connectTo(database.apiUrl)
  mine = await insertWorld(api)
  theirs = await insertWorld(api)
})

afterAll(async () => {
  await api.end()
  await database.drop()
})

describe('rows of identity are whole', () => {
  test('an e-mail address belongs to one user in each version of its key', async () => {
    const insertion = api`
      insert into user_email_index (key_version, digest, user_id)
      select i.key_version, i.digest, ${theirs.userId} from user_email_index as i where i.user_id = ${mine.userId}`
    expect(await refusal(insertion)).toMatchObject({ code: '23505' })
  })

  test('a user is erased entirely or not at all', async () => {
    const { userId, actor } = await insertWorld(api)
    const erased = { code: '23514', constraint: 'users_erased_check' }
    const write = (columns: string) =>
      as(api, actor, (tx) => tx.unsafe(`update users set ${columns} where id = '${userId}'`))
    expect(await refusal(write('email_ciphertext = null'))).toEqual(erased)
    expect(await refusal(write(`status = 'erased', erased_at = now()`))).toEqual(erased)
    expect(
      await refusal(write(`status = 'erased', erased_at = now(), email_ciphertext = null, name_ciphertext = null`)),
    ).toEqual(erased)
    const empty = 'email_ciphertext = null, name_ciphertext = null, password_hash = null, email_verified_at = null'
    const noInstant = { code: '23514', constraint: 'users_erased_at_check' }
    expect(await refusal(write(`status = 'erased', ${empty}`))).toEqual(noInstant)
    await write(`status = 'erased', erased_at = now(), ${empty}`)
  })

  test('a destroyed key holds nothing, and a key that is not destroyed does', async () => {
    const { keyId, actor } = await insertWorld(api)
    const write = (columns: string) =>
      as(api, actor, (tx) => tx.unsafe(`update encryption_keys set ${columns} where id = '${keyId}'`))
    const unwrapped = { code: '23514', constraint: 'encryption_keys_wrapped_key_check' }
    expect(await refusal(write('wrapped_key = null'))).toEqual(unwrapped)
    expect(await refusal(write(`status = 'destroyed', destroyed_at = now()`))).toEqual(unwrapped)
    await write(`status = 'destroyed', destroyed_at = now(), wrapped_key = null`)
  })

  test('one key of a user, of a workspace and of each global purpose is active', async () => {
    const world = await insertWorld(api)
    const insert = (
      purpose: string,
      version: number,
      columns: { user?: string; workspace?: string; jwk?: string } = {},
    ) =>
      as(
        api,
        world.actor,
        (tx) => tx`
          insert into encryption_keys (purpose, key_version, user_id, workspace_id, kek_version, wrapped_key, public_jwk)
          values (${purpose}, ${version}, ${columns.user ?? null}, ${columns.workspace ?? null}, 1, 'wrapped',
            ${columns.jwk ?? null}::text::jsonb)`,
      )
    const [user, workspace] = [world.userId, world.workspaceId]
    expect(await refusal(insert('user_data', 2, { user }))).toMatchObject({
      constraint: 'encryption_keys_user_active_key',
    })
    await insert('workspace_data', 1, { workspace })
    const secondOfWorkspace = insert('workspace_data', 2, { workspace })
    expect(await refusal(secondOfWorkspace)).toMatchObject({ constraint: 'encryption_keys_workspace_active_key' })
    await insert('pepper', 1)
    expect(await refusal(insert('pepper', 2))).toMatchObject({ constraint: 'encryption_keys_global_active_key' })
    await insert('signing', 1, { jwk: '{}' })
    await insert('signing', 2, { jwk: '{}' })
    expect(await refusal(insert('signing', 2, { jwk: '{}' }))).toMatchObject({
      constraint: 'encryption_keys_global_version_key',
    })
    expect(await refusal(insert('signing', 3))).toMatchObject({ constraint: 'encryption_keys_public_jwk_check' })
    expect(await refusal(insert('blind_index', 1, { user }))).toMatchObject({
      constraint: 'encryption_keys_owner_check',
    })
    expect(await refusal(insert('user_data', 3))).toMatchObject({ constraint: 'encryption_keys_owner_check' })
  })

  test('each session gets its own secret of 32 bytes', async () => {
    const sessions = [mine.sessionId, theirs.sessionId]
    const rows = await api`select octet_length(secret) as bytes from user_sessions where id = any (${sessions})`
    expect(rows).toEqual([{ bytes: 32 }, { bytes: 32 }])
    const [row] =
      await api`select count(distinct secret)::int as secrets from user_sessions where id = any (${sessions})`
    expect(row).toEqual({ secrets: 2 })
  })

  test('a session is revoked with a reason', async () => {
    const write = as(
      api,
      mine.actor,
      (tx) => tx`update user_sessions set revoked_at = now() where id = ${mine.sessionId}`,
    )
    expect(await refusal(write)).toEqual({ code: '23514', constraint: 'user_sessions_revoked_check' })
  })
})
