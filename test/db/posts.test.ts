import { randomUUID } from 'node:crypto'
import type { Sql, TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { as, connectTo, insertAccount, insertPost, insertWorld, refusal, type World } from './world.ts'

const legalMoves: Record<string, string[]> = {
  draft: ['in_review', 'scheduled', 'publishing'],
  in_review: ['approved', 'changes_requested', 'draft'],
  changes_requested: ['draft', 'in_review'],
  approved: ['scheduled', 'publishing', 'in_review', 'draft'],
  scheduled: ['publishing', 'draft', 'approved', 'in_review', 'missed'],
  publishing: ['published', 'failed', 'unconfirmed', 'scheduled'],
  unconfirmed: ['published', 'failed', 'publishing'],
  published: ['archived'],
  failed: ['draft', 'scheduled', 'publishing', 'archived'],
  missed: ['draft', 'scheduled', 'publishing', 'archived'],
  archived: [],
}
const statuses = Object.keys(legalMoves)

let database: TestDatabase
let owner: Sql
let api: Sql
let world: World
let accountId: string

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl)
  api = connectTo(database.apiUrl)
  world = await insertWorld(api)
  accountId = await insertAccount(api, world)
})

afterAll(async () => {
  await Promise.all([owner.end(), api.end()])
  await database.drop()
})

/** Sets a status together with the columns that the constraints tie to it. */
async function setStatus(tx: TransactionSql, id: string, status: string): Promise<void> {
  await tx`
    update posts set status = ${status}, account_id = ${accountId},
      scheduled_at = case when ${['scheduled', 'missed'].includes(status)} then now() end,
      published_at = case when ${status === 'published'} then now() end,
      archived_at = case when ${status === 'archived'} then now() end,
      approved_revision = case when ${status === 'approved'} then content_revision end
    where id = ${id}`
}

/** A post that stands where no sequence of moves need lead: triggers are off while it is put there. */
async function insertPostAt(status: string): Promise<string> {
  const id = await insertPost(api, world)
  await owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await setStatus(tx, id, status)
  })
  return id
}

describe('a post moves', () => {
  test.each(statuses)('from %s only to what is legal', async (from) => {
    const id = await insertPostAt(from)
    const reached: string[] = []
    for (const to of statuses.filter((status) => status !== from)) {
      // The move is taken back, so that every target is tried from the same place.
      const attempt = as(api, world.actor, async (tx) => {
        await setStatus(tx, id, to)
        reached.push(to)
        await tx`do $$ begin raise exception using errcode = 'UNDO1'; end $$`
      })
      const answer = await refusal(attempt)
      if (answer.code !== 'UNDO1') expect(answer, to).toEqual({ code: '23514', constraint: 'posts_status_move' })
    }
    expect(reached.sort()).toEqual([...(legalMoves[from] ?? [])].sort())
  })

  test('for jobs and for the owner by the same table', async () => {
    const jobs = connectTo(database.jobsUrl)
    const id = await insertPost(api, world)
    for (const sql of [jobs, owner]) {
      const answer = await refusal(
        as(sql, { kind: 'job', id: 'publisher' }, (tx) => tx`update posts set status = 'published' where id = ${id}`),
      )
      expect(answer).toEqual({ code: '23514', constraint: 'posts_status_move' })
    }
    await jobs.end()
  })

  test('nowhere by an update that keeps the status', async () => {
    const id = await insertPostAt('archived')
    await as(api, world.actor, (tx) => tx`update posts set status = status, caption = 'same' where id = ${id}`)
    expect(await api`select from post_status_history where post_id = ${id}`).toHaveLength(1)
  })
})

test('the table of moves holds exactly the legal ones', async () => {
  const rows = await api<{ from: string; to: string[] }[]>`
    select from_status as from, array_agg(to_status::text) as to from post_status_moves group by from_status`
  const sorted = (moves: string[]) => [...moves].sort()
  const found = Object.fromEntries(rows.map(({ from, to }) => [from, sorted(to)]))
  const legal = Object.entries(legalMoves).filter(([, to]) => to.length > 0)
  expect(found).toEqual(Object.fromEntries(legal.map(([from, to]) => [from, sorted(to)])))
})

test('a new post is a draft, whoever makes it', async () => {
  for (const sql of [api, owner]) {
    const insertion = as(
      sql,
      world.actor,
      (tx) => tx`
        insert into posts (workspace_id, user_id, kind, status)
        values (${world.workspaceId}, ${world.userId}, 'reel', 'approved')`,
    )
    expect(await refusal(insertion)).toEqual({ code: '23514', constraint: 'posts_status_initial' })
  }
})

describe('the history', () => {
  test('tells each status with actor and reason, in order', async () => {
    const id = await insertPost(api, world)
    await as(api, world.actor, (tx) => setStatus(tx, id, 'in_review'))
    await as(api, world.actor, async (tx) => {
      await tx`select set_config('app.reason', 'the logo is missing', true)`
      await setStatus(tx, id, 'changes_requested')
    })
    await as(owner, { kind: 'job', id: 'sweeper' }, (tx) => setStatus(tx, id, 'draft'))
    const rows = await api`
      select from_status, to_status, actor_kind, actor_id, user_id, reason
      from post_status_history where workspace_id = ${world.workspaceId} and post_id = ${id} order by id`
    const person = { actor_kind: 'user', actor_id: world.userId, user_id: world.userId }
    expect(rows).toEqual([
      { from_status: null, to_status: 'draft', ...person, reason: null },
      { from_status: 'draft', to_status: 'in_review', ...person, reason: null },
      { from_status: 'in_review', to_status: 'changes_requested', ...person, reason: 'the logo is missing' },
      {
        from_status: 'changes_requested',
        to_status: 'draft',
        actor_kind: 'job',
        actor_id: 'sweeper',
        user_id: null,
        reason: null,
      },
    ])
  })

  test('goes with its post', async () => {
    const id = await insertPost(api, world)
    await as(api, world.actor, (tx) => tx`delete from posts where id = ${id}`)
    expect(await api`select from post_status_history where post_id = ${id}`).toEqual([])
  })
})

describe('the columns of a post agree with its status', () => {
  const write = (id: string, columns: string) =>
    as(api, world.actor, (tx) => tx.unsafe(`update posts set ${columns} where id = '${id}'`))

  test.each([
    ['draft', `scheduled_at = now()`, 'posts_scheduled_at_check'],
    ['draft', `published_at = now()`, 'posts_published_at_check'],
    ['draft', `archived_at = now()`, 'posts_archived_check'],
    ['draft', `scheduled_local = '2027-03-28 02:30'`, 'posts_scheduled_local_check'],
    ['draft', `ig_media_id = '1789'`, 'posts_ig_media_id_check'],
    ['draft', `permalink = 'https://www.instagram.com/p/x/'`, 'posts_permalink_check'],
    ['draft', `caption = repeat('x', 2201)`, 'posts_caption_check'],
    ['draft', `options = '[]'`, 'posts_options_check'],
    ['scheduled', `scheduled_at = null`, 'posts_scheduled_at_check'],
    ['scheduled', `account_id = null`, 'posts_account_check'],
    ['scheduled', `status = 'draft'`, 'posts_scheduled_at_check'],
    ['published', `published_at = null`, 'posts_published_at_check'],
    ['published', `ig_media_id = 'not a number'`, 'posts_ig_media_id_check'],
    ['publishing', `status = 'published'`, 'posts_published_at_check'],
    ['published', `status = 'archived'`, 'posts_archived_check'],
  ])('%s: %s', async (status, columns, constraint) => {
    const id = await insertPostAt(status)
    expect(await refusal(write(id, columns))).toEqual({ code: '23514', constraint })
  })

  test('a wall time stands with its zone, and 2,200 characters of caption', async () => {
    const id = await insertPostAt('scheduled')
    await write(id, `scheduled_local = '2027-03-28 12:30', time_zone = 'Europe/Vienna', caption = repeat('ä', 2200)`)
  })

  test('a published post stands without the id that Instagram gave it, and is archived with it', async () => {
    const id = await insertPostAt('published')
    await write(id, `ig_media_id = '17920238422030506', permalink = 'https://www.instagram.com/p/x/'`)
    await write(id, `status = 'archived', archived_at = now()`)
  })
})

test('one published Instagram post belongs to one post', async () => {
  const [first, second] = [await insertPostAt('published'), await insertPostAt('published')]
  const igMediaId = '17920238422030599'
  const bind = (id: string) =>
    as(api, world.actor, (tx) => tx`update posts set ig_media_id = ${igMediaId} where id = ${id}`)
  await bind(first)
  expect(await refusal(bind(second))).toEqual({ code: '23505', constraint: 'posts_ig_media_key' })
})

describe('the media of a post', () => {
  async function insertMedia(): Promise<string> {
    const id = randomUUID()
    await as(
      api,
      world.actor,
      (tx) => tx`
        insert into media_files (workspace_id, id, user_id, file_name, declared_content_type, declared_bytes, upload_expires_at)
        values (${world.workspaceId}, ${id}, ${world.userId}, 'cup.jpg', 'image/jpeg', 10, now())`,
    )
    return id
  }

  const attach = (postId: string, mediaId: string, position: number) =>
    as(
      api,
      world.actor,
      (tx) => tx`
        insert into post_media (workspace_id, post_id, position, media_id)
        values (${world.workspaceId}, ${postId}, ${position}, ${mediaId})`,
    )

  test('have ten places, one file each', async () => {
    const [postId, mediaId] = [await insertPost(api, world), await insertMedia()]
    for (let position = 0; position < 10; position++) await attach(postId, mediaId, position)
    expect(await refusal(attach(postId, mediaId, 10))).toEqual({
      code: '23514',
      constraint: 'post_media_position_check',
    })
    expect(await refusal(attach(postId, mediaId, 9))).toEqual({ code: '23505', constraint: 'post_media_pkey' })
  })

  test('keep their file from being deleted, and go with their post', async () => {
    const [postId, mediaId] = [await insertPost(api, world), await insertMedia()]
    await attach(postId, mediaId, 0)
    const deletion = () => as(api, world.actor, (tx) => tx`delete from media_files where id = ${mediaId}`)
    expect(await refusal(deletion())).toEqual({ code: '23503', constraint: 'post_media_media_fkey' })
    await as(api, world.actor, (tx) => tx`delete from posts where id = ${postId}`)
    await deletion()
  })

  test('are replaced, in any order, by one statement', async () => {
    const postId = await insertPost(api, world)
    const files = [await insertMedia(), await insertMedia(), await insertMedia()]
    await Promise.all(files.slice(0, 2).map((file, position) => attach(postId, file, position)))
    const wanted = [...files].reverse()
    await as(
      api,
      world.actor,
      (tx) => tx`
        with removed_media as (
          delete from post_media
          where workspace_id = ${world.workspaceId} and post_id = ${postId} and position >= cardinality(${wanted}::uuid[])
        )
        insert into post_media (workspace_id, post_id, position, media_id)
        select ${world.workspaceId}, ${postId}, m.place - 1, m.id
        from unnest(${wanted}::uuid[]) with ordinality as m (id, place)
        on conflict on constraint post_media_pkey do update set media_id = excluded.media_id`,
    )
    const rows = await api`select media_id from post_media where post_id = ${postId} order by position`
    expect(rows.map((row) => row['media_id'])).toEqual(wanted)
  })
})
