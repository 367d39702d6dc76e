import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { as, connectTo, insertCampaign, insertPost, insertWorld, type World } from './world.ts'

let database: TestDatabase
let owner: Sql
let api: Sql
let world: World

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl)
  api = connectTo(database.apiUrl)
  world = await insertWorld(api)
})

afterAll(async () => {
  await Promise.all([owner.end(), api.end()])
  await database.drop()
})

type Entry = {
  operation: string
  old: Record<string, unknown> | null
  new: Record<string, unknown> | null
  workspaceId: string | null
}

async function entriesOf(table: string, rowId: string): Promise<Entry[]> {
  return await api`
    select operation, old_values as old, new_values as new, workspace_id as "workspaceId"
    from audit_logs where table_name = ${table} and row_id = ${rowId} order by id`
}

describe('an entry', () => {
  test('names the actor, the request, the network, the role and the transaction', async () => {
    const id = await insertCampaign(api, world)
    const [entry] = await api`
      select a.*, a.transaction_id::text as transaction, a."timestamp" between now() - interval '1 minute' and now() as recent
      from audit_logs as a where a.table_name = 'campaigns' and a.row_id = ${id}`
    expect(entry).toMatchObject({
      operation: 'INSERT',
      workspace_id: world.workspaceId,
      user_id: world.userId,
      actor_kind: 'user',
      actor_id: world.actor.id,
      session_id: world.sessionId,
      request_id: world.actor.requestId,
      address: '203.0.113.0/24',
      database_role: 'api',
      recent: true,
    })
    expect(entry?.['transaction']).toMatch(/^\d+$/)
  })

  test('of an INSERT holds every column that is not null', async () => {
    const id = await insertCampaign(api, world)
    const [entry] = await entriesOf('campaigns', id)
    const [row] = await api`select to_jsonb(c) as columns from campaigns as c where c.id = ${id}`
    const present = Object.entries(row?.['columns'] as Record<string, unknown>).filter(([, value]) => value !== null)
    expect(entry?.old).toBeNull()
    expect(Object.keys(entry?.new ?? {}).sort()).toEqual(present.map(([name]) => name).sort())
    expect(entry?.new).toMatchObject({ name: 'Spring', objective: 'sales', status: 'draft', version: 1 })
  })

  test('of an UPDATE holds the changed keys alone, without version and updated_at', async () => {
    const id = await insertCampaign(api, world)
    await as(
      api,
      world.actor,
      (tx) => tx`update campaigns set name = 'Summer', objective = 'sales', starts_on = '2027-06-01' where id = ${id}`,
    )
    const [, entry] = await entriesOf('campaigns', id)
    expect(entry).toMatchObject({
      operation: 'UPDATE',
      old: { name: 'Spring', starts_on: null },
      new: { name: 'Summer', starts_on: '2027-06-01' },
    })
    expect(Object.keys(entry?.new ?? {})).toHaveLength(2)
  })

  test('of a DELETE holds what was there', async () => {
    const id = await insertCampaign(api, world)
    await as(api, world.actor, (tx) => tx`delete from campaigns where id = ${id}`)
    const [, entry] = await entriesOf('campaigns', id)
    expect(entry).toMatchObject({ operation: 'DELETE', old: { id, name: 'Spring' }, new: null })
  })

  test('keeps nested values as they are, nulls included', async () => {
    const id = await insertCampaign(api, world)
    await as(
      api,
      world.actor,
      (tx) => tx`update campaigns set utm = '{"source": null, "medium": "social"}' where id = ${id}`,
    )
    const [, entry] = await entriesOf('campaigns', id)
    expect(entry?.new).toEqual({ utm: { source: null, medium: 'social' } })
  })

  test('is not made by an update that changes nothing', async () => {
    const id = await insertCampaign(api, world)
    await as(api, world.actor, (tx) => tx`update campaigns set name = name where id = ${id}`)
    await as(
      owner,
      world.actor,
      (tx) => tx`update campaigns set updated_at = now() + interval '1 day' where id = ${id}`,
    )
    expect(await entriesOf('campaigns', id)).toHaveLength(1)
  })

  test('is not made by a touch of the version alone', async () => {
    const id = await insertPost(api, world)
    await as(api, world.actor, (tx) => tx`update posts set version = version + 1 where id = ${id}`)
    expect(await entriesOf('posts', id)).toHaveLength(1)
  })

  test('is not made by a refresh, but by a revocation', async () => {
    const { sessionId, actor } = await insertWorld(api)
    await as(
      api,
      actor,
      (tx) => tx`
        update user_sessions set generation = generation + 1, rotated_at = now(), last_seen_at = now() + interval '1 minute',
          idle_expires_at = idle_expires_at + interval '1 minute'
        where id = ${sessionId}`,
    )
    await as(
      api,
      actor,
      (tx) => tx`
        update user_sessions set generation = 7, revoked_at = '2027-01-01Z', revoked_reason = 'reuse' where id = ${sessionId}`,
    )
    const [, entry, ...others] = await entriesOf('user_sessions', sessionId)
    expect(entry?.old).toEqual({ revoked_at: null, revoked_reason: null })
    expect(entry?.new).toEqual({ revoked_at: '2027-01-01T00:00:00+00:00', revoked_reason: 'reuse' })
    expect(others).toEqual([])
  })

  test('shows that a masked column changed, and not to what', async () => {
    const { userId, actor } = await insertWorld(api)
    await as(api, actor, (tx) => tx`update users set password_hash = '$scrypt$second' where id = ${userId}`)
    const [inserted, updated] = await entriesOf('users', userId)
    const redacted = '[redacted]'
    expect(inserted?.new).toMatchObject({
      email_ciphertext: redacted,
      name_ciphertext: redacted,
      password_hash: redacted,
    })
    expect([updated?.old, updated?.new]).toEqual([{ password_hash: redacted }, { password_hash: redacted }])
  })

  test('never names an omitted column', async () => {
    const { sessionId, keyId } = await insertWorld(api)
    const [session] = await entriesOf('user_sessions', sessionId)
    const [key] = await entriesOf('encryption_keys', keyId)
    expect(session?.new).toMatchObject({ device: '[redacted]', place: '[redacted]', address_prefix: '[redacted]' })
    expect(session?.new).not.toHaveProperty('secret')
    expect(key?.new).toMatchObject({ wrapped_key: '[redacted]' })
  })

  test('names rows with several keys by all of them', async () => {
    const postId = await insertPost(api, world)
    const mediaId = randomUUID()
    await as(api, world.actor, async (tx) => {
      await tx`
        insert into media_files (workspace_id, id, user_id, file_name, declared_content_type, declared_bytes, upload_expires_at)
        values (${world.workspaceId}, ${mediaId}, ${world.userId}, 'cup.jpg', 'image/jpeg', 10, now())`
      await tx`
        insert into post_media (workspace_id, post_id, position, media_id)
        values (${world.workspaceId}, ${postId}, 3, ${mediaId})`
    })
    expect(await entriesOf('post_media', `${postId}/3`)).toHaveLength(1)
    expect(await entriesOf('workspace_members', world.userId)).toHaveLength(1)
  })

  test('belongs to the workspace of the row, else to itself if it is one, else to that of the actor', async () => {
    const other = await insertWorld(api)
    const campaignId = await insertCampaign(api, other)
    const elsewhere = { ...other.actor, workspaceId: world.workspaceId }
    await as(api, elsewhere, async (tx) => {
      await tx`update campaigns set name = 'Autumn' where id = ${campaignId}`
      await tx`update workspaces set name = 'Renamed' where id = ${other.workspaceId}`
      await tx`update users set locale = 'de' where id = ${other.userId}`
    })
    const workspaceOf = async (table: string, id: string) => (await entriesOf(table, id)).at(-1)?.workspaceId
    expect(await workspaceOf('campaigns', campaignId)).toBe(other.workspaceId)
    expect(await workspaceOf('workspaces', other.workspaceId)).toBe(other.workspaceId)
    expect(await workspaceOf('users', other.userId)).toBe(world.workspaceId)
  })

  test('sees an actor that the writing statement sets itself', async () => {
    const id = await insertCampaign(api, world)
    await api`
      with actor as materialized (select set_config('app.actor', ${JSON.stringify(world.actor)}, true) as value)
      update campaigns set name = 'One statement' from actor where id = ${id} and actor.value is not null`
    expect((await entriesOf('campaigns', id)).at(-1)?.new).toEqual({ name: 'One statement' })
  })
})
