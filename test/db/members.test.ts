import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { as, connectTo, insertWorld, refusal, type World } from './world.ts'

let database: TestDatabase
let owner: Sql
let api: Sql

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl, 3)
  api = connectTo(database.apiUrl)
})

afterAll(async () => {
  await Promise.all([owner.end(), api.end()])
  await database.drop()
})

describe('an active workspace with members keeps an owner', () => {
  const lastOwner = { code: '23514', constraint: 'workspace_members_last_owner' }

  async function addMember(world: World, role: string): Promise<string> {
    const { userId } = await insertWorld(api)
    await as(
      api,
      world.actor,
      (tx) =>
        tx`insert into workspace_members (workspace_id, user_id, role) values (${world.workspaceId}, ${userId}, ${role})`,
    )
    return userId
  }

  const demote = (sql: Sql, { workspaceId, actor }: World, userId: string) =>
    as(
      sql,
      actor,
      (tx) =>
        tx`update workspace_members set role = 'admin' where workspace_id = ${workspaceId} and user_id = ${userId}`,
    )
  const remove = (sql: Sql, { workspaceId, actor }: World, userId: string) =>
    as(
      sql,
      actor,
      (tx) => tx`delete from workspace_members where workspace_id = ${workspaceId} and user_id = ${userId}`,
    )

  test('the last owner cannot leave or step down while others are there', async () => {
    const world = await insertWorld(api)
    await addMember(world, 'editor')
    expect(await refusal(demote(api, world, world.userId))).toEqual(lastOwner)
    expect(await refusal(remove(api, world, world.userId))).toEqual(lastOwner)
  })

  test('a sole member cannot step down, but may leave', async () => {
    const world = await insertWorld(api)
    expect(await refusal(demote(api, world, world.userId))).toEqual(lastOwner)
    await remove(api, world, world.userId)
  })

  test('one of two owners may go', async () => {
    const world = await insertWorld(api)
    await addMember(world, 'owner')
    await remove(api, world, world.userId)
  })

  test('ownership passes on in one statement', async () => {
    const world = await insertWorld(api)
    const heir = await addMember(world, 'editor')
    await as(
      api,
      world.actor,
      (tx) => tx`
        update workspace_members set role = case user_id when ${heir} then 'owner' else 'admin' end::workspace_role
        where workspace_id = ${world.workspaceId}`,
    )
  })

  test('a workspace that closes lets everybody go', async () => {
    const world = await insertWorld(api)
    await addMember(world, 'editor')
    await as(api, world.actor, async (tx) => {
      await tx`update workspaces set status = 'closing', closing_at = now() where id = ${world.workspaceId}`
      await tx`delete from workspace_members where workspace_id = ${world.workspaceId} and user_id = ${world.userId}`
    })
  })

  test('two owners who leave at the same moment do not both succeed', async () => {
    const world = await insertWorld(api)
    const second = await addMember(world, 'owner')
    await addMember(world, 'editor')
    const [first, other] = [connectTo(database.apiUrl), connectTo(database.apiUrl)]
    const [waiting] = await other`select pg_backend_pid() as pid`
    let answer: Promise<unknown> | undefined
    let isAnswered = false
    await as(first, world.actor, async (tx) => {
      await tx`delete from workspace_members where workspace_id = ${world.workspaceId} and user_id = ${world.userId}`
      answer = refusal(remove(other, world, second)).finally(() => {
        isAnswered = true
      })
      const locksAwaited = () => owner`select from pg_locks where pid = ${waiting?.['pid']} and not granted`
      while (!isAnswered && (await locksAwaited()).length === 0);
    })
    expect(await answer).toEqual(lastOwner)
    await Promise.all([first.end(), other.end()])
  })
})
