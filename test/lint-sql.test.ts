import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lintFiles } from '../scripts/lint-sql/lint.ts'
import { TABLES } from '../scripts/lint-sql/tables.ts'
import { connect } from '../scripts/local/migrate.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'

const TENANT = 'sql/posts/posts.sql'
const USER = 'sql/auth/sessions.user.sql'
const JOBS = 'sql/jobs/jobs.jobs.sql'
const ACTOR = `actor as materialized (select set_config('app.actor', :actor!, true) as value)`

async function lint(path: string, sql: string, name = 'findPost'): Promise<string[]> {
  const { problems } = await lintFiles(new Map([[path, `/* @name ${name} */\n${sql};\n`]]))
  return problems
}

/** What must be refused: why, by which rule, the file's class, the statement and (where it matters) its name. */
const refused: [guarantee: string, rule: string, path: string, sql: string, name?: string][] = [
  ['a tenant table without the tenant', 'tenant-binding', TENANT, 'select p.id from posts p where p.id = :id!'],
  [
    'the binding inside an OR',
    'tenant-binding',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId! or p.id = :id!',
  ],
  [
    'the binding under NOT',
    'tenant-binding',
    TENANT,
    'select p.id from posts p where not (p.workspace_id = :workspaceId!)',
  ],
  [
    'the binding by another comparison',
    'tenant-binding',
    TENANT,
    'select p.id from posts p where p.workspace_id >= :workspaceId!',
  ],
  [
    'the binding of a cast column',
    'tenant-binding',
    TENANT,
    'select p.id from posts p where left(p.workspace_id::text, 1) = :workspaceId!::text',
  ],
  [
    'a column compared with itself',
    'tenant-binding',
    TENANT,
    'select p.id from posts p where p.workspace_id = p.workspace_id and p.id = :id!',
  ],
  [
    'the same, unqualified',
    'tenant-binding',
    TENANT,
    'select id from posts where workspace_id = workspace_id and id = :id!',
  ],
  [
    'another parameter than the tenant',
    'tenant-binding',
    TENANT,
    'select p.id from posts p where p.workspace_id = :otherId!',
  ],
  ['the wrong column', 'tenant-binding', TENANT, 'select p.id from posts p where p.id = :workspaceId!'],
  [
    'the wrong alias',
    'tenant-binding',
    TENANT,
    'select p.id from posts p join campaigns c on c.id = p.campaign_id where c.workspace_id = :workspaceId!',
  ],
  [
    'two tables tied to each other alone',
    'tenant-binding',
    TENANT,
    'select p.id from posts p join campaigns c on c.workspace_id = p.workspace_id where p.id = :id!',
  ],
  [
    'the kept side of a left join bound in ON',
    'tenant-binding',
    TENANT,
    'select p.id from posts p left join campaigns c on c.workspace_id = p.workspace_id and p.workspace_id = :workspaceId!',
  ],
  [
    'the far side of a left join unbound',
    'tenant-binding',
    TENANT,
    'select p.id, c.name as "name?" from posts p left join campaigns c on c.id = p.campaign_id where p.workspace_id = :workspaceId!',
  ],
  [
    'both sides of a full join',
    'tenant-binding',
    TENANT,
    `select p.id as "id?" from posts p full join campaigns c on c.workspace_id = :workspaceId! and p.workspace_id = :workspaceId!`,
  ],
  [
    'an unbound subquery in the select list',
    'tenant-binding',
    TENANT,
    'select (select count(*)::int from posts q) as "total!" from posts p where p.workspace_id = :workspaceId!',
  ],
  [
    'an unbound subquery in EXISTS',
    'tenant-binding',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId! and exists (select 1 from post_media m where m.post_id = p.id)',
  ],
  [
    'an unbound subquery in FROM, filtered outside',
    'tenant-binding',
    TENANT,
    'select x.id as "id!" from (select p.id, p.workspace_id from posts p) x where x.workspace_id = :workspaceId!',
  ],
  [
    'an unbound lateral subquery',
    'tenant-binding',
    TENANT,
    `select p.id from posts p cross join lateral (select m.media_id from post_media m where m.post_id = p.id) m where p.workspace_id = :workspaceId!`,
  ],
  [
    'an unbound CTE, filtered outside',
    'tenant-binding',
    TENANT,
    'with found as (select p.id, p.workspace_id from posts p) select f.id as "id!" from found f where f.workspace_id = :workspaceId!',
  ],
  [
    'an unbound branch of a UNION',
    'tenant-binding',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId! union all select q.id from posts q where q.id = :id!',
  ],
  [
    'a CTE that hides a table',
    'cte-name',
    TENANT,
    `with posts as (select p.id from posts p where p.workspace_id = :workspaceId!) select p.id as "id!" from posts p`,
  ],
  [
    'a table of another schema',
    'unknown-table',
    TENANT,
    'select p.id from partitions.audit_logs_2026_11 p where p.workspace_id = :workspaceId!',
  ],
  ['a table nobody listed', 'unknown-table', TENANT, 'select p.id from secrets p where p.workspace_id = :workspaceId!'],
  [
    'USING, whose sides are not told apart',
    'join-using',
    TENANT,
    'select p.id from posts p join campaigns c using (workspace_id) where p.workspace_id = :workspaceId!',
  ],
  [
    'recursion',
    'recursive',
    TENANT,
    'with recursive found as (select p.id from posts p where p.workspace_id = :workspaceId!) select f.id as "id!" from found f',
  ],
  [
    'a person in a tenant file without a bound row',
    'tenant-binding',
    TENANT,
    'select u.id from users u where u.id = :userId!',
    'findUser',
  ],
  [
    'a session’s workspace taken for the tenant',
    'tenant-binding',
    TENANT,
    `select p.id from workspace_members m join user_sessions s on s.user_id = m.user_id join posts p on p.workspace_id = s.workspace_id
     where m.workspace_id = :workspaceId!`,
  ],
  [
    'an UPDATE that joins a bound table but is not bound',
    'tenant-binding',
    TENANT,
    `with ${ACTOR} update posts p set caption = :caption from actor, campaigns c where c.workspace_id = :workspaceId! and c.id = p.campaign_id`,
    'updatePost',
  ],
  [
    'a DELETE by id alone',
    'tenant-binding',
    TENANT,
    `with ${ACTOR} delete from posts p using actor where p.id = :id!`,
    'deletePost',
  ],
  [
    'INSERT ... SELECT from another tenant',
    'tenant-binding',
    TENANT,
    `with ${ACTOR} insert into posts (workspace_id, id, kind) select :workspaceId!, :id!, p.kind from actor, posts p where p.id = :sourceId!`,
    'insertPost',
  ],
  [
    'INSERT for another tenant',
    'tenant-binding',
    TENANT,
    `with ${ACTOR} insert into posts (workspace_id, id) select :otherId!, :id! from actor`,
    'insertPost',
  ],
  [
    'INSERT with one bad branch',
    'tenant-binding',
    TENANT,
    `with ${ACTOR} insert into posts (workspace_id, id) select :workspaceId!, :id! from actor union all select :otherId!, :otherPostId! from actor`,
    'insertPost',
  ],
  [
    'INSERT without naming the columns',
    'insert-columns',
    TENANT,
    `with ${ACTOR} insert into post_media select :workspaceId!, :postId! from actor`,
    'insertMedia',
  ],
  [
    'a row moved to another tenant',
    'tenant-move',
    TENANT,
    `with ${ACTOR} update posts p set workspace_id = :otherId! from actor where p.workspace_id = :workspaceId! and p.id = :id!`,
    'updatePost',
  ],
  [
    'ON CONFLICT DO UPDATE by a key without the tenant',
    'conflict-binding',
    TENANT,
    `with ${ACTOR} insert into posts (workspace_id, id) select :workspaceId!, :id! from actor on conflict (id) do update set caption = :caption`,
    'upsertPost',
  ],
  [
    'a write to a lookup table',
    'lookup-write',
    TENANT,
    `insert into post_status_moves (from_status, to_status) values (:from!, :to!)`,
    'insertMove',
  ],

  [
    'a session by neither user nor id',
    'user-binding',
    USER,
    'select s.id from user_sessions s where s.device = :device!',
    'findSession',
  ],
  [
    'a user by a parameter that is not the caller',
    'user-binding',
    USER,
    'select u.id from users u where u.id = :otherId!',
    'findUser',
  ],
  [
    'a workspace that no membership ties to the caller',
    'user-binding',
    USER,
    `select m.role as "role?", w.plan as "plan?" from user_sessions s left join workspaces w on w.id = :claimedId!
     left join workspace_members m on m.workspace_id = w.id and m.user_id = s.user_id where s.id = :sessionId!`,
    'findAccess',
  ],
  [
    'keys that have an owner, read as the system’s',
    'user-binding',
    USER,
    'select k.id from encryption_keys k where k.user_id is null and k.purpose = :purpose!',
    'findKey',
  ],

  [
    'an audited write without actor',
    'actor',
    TENANT,
    'update posts p set caption = :caption where p.workspace_id = :workspaceId! and p.id = :id!',
    'updatePost',
  ],
  [
    'an actor that nothing reads',
    'actor',
    TENANT,
    `with ${ACTOR} update posts p set caption = :caption where p.workspace_id = :workspaceId! and p.id = :id!`,
    'updatePost',
  ],
  [
    'an actor read after the write',
    'actor',
    TENANT,
    `with ${ACTOR} delete from posts p where p.workspace_id = :workspaceId! and p.id = :id! returning (select a.value from actor a) as value`,
    'deletePost',
  ],
  [
    'an actor that may not be evaluated',
    'actor',
    TENANT,
    `with ${ACTOR} delete from posts p where p.workspace_id = :workspaceId! and (p.id = :id! or exists (select 1 from actor))`,
    'deletePost',
  ],
  [
    'a write in a CTE without actor, beside one with it',
    'actor',
    TENANT,
    `with ${ACTOR}, deleted_media as (delete from post_media m where m.workspace_id = :workspaceId! and m.post_id = :id!)
     delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id!`,
    'deletePost',
  ],
  [
    'an actor for this connection instead of this transaction',
    'actor',
    TENANT,
    `with actor as (select set_config('app.actor', :actor!, false) as value)
     delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id!`,
    'deletePost',
  ],
  [
    'an actor made by the statement',
    'actor',
    TENANT,
    `with actor as (select set_config('app.actor', '{"kind":"job"}', true) as value)
     delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id!`,
    'deletePost',
  ],
  [
    'an actor that needs a row, on the side of a join that does not',
    'actor',
    USER,
    `with presented as (select s.user_id from user_sessions s where s.id = :sessionId!),
     actor as (select set_config('app.actor', :actor!, true) as value from presented)
     update user_sessions s set device = :device from presented p left join actor on true where s.id = :sessionId!`,
    'updateSession',
  ],
  ['another setting', 'set-config', TENANT, `select set_config('role', :role!, true) as role`, 'findRole'],

  [
    'an insert that leaves the id to the database',
    'explicit-id',
    TENANT,
    `with ${ACTOR} insert into posts (workspace_id, kind) select :workspaceId!, :kind! from actor`,
    'insertPost',
  ],
  [
    'an id made by the database',
    'explicit-id',
    TENANT,
    `with ${ACTOR} insert into posts (workspace_id, id) select :workspaceId!, uuid_v7() from actor`,
    'insertPost',
  ],
  ['select *', 'star', TENANT, 'select * from posts p where p.workspace_id = :workspaceId!'],
  ['t.*', 'star', TENANT, 'select p.* from posts p where p.workspace_id = :workspaceId!'],
  [
    'select * in EXISTS',
    'star',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId! and exists (select * from campaigns c where c.workspace_id = p.workspace_id)',
  ],
  [
    'returning *',
    'star',
    TENANT,
    `with ${ACTOR} delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id! returning *`,
    'deletePost',
  ],
  [
    'the whole row of a table',
    'star',
    TENANT,
    'select to_jsonb(p) as "post!" from posts p where p.workspace_id = :workspaceId!',
  ],
  [
    'OFFSET',
    'offset',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId! order by p.id limit :limit! offset :offset!',
    'listPosts',
  ],
  [
    'now()',
    'clock',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId! and p.scheduled_at < now()',
  ],
  [
    'current_date in a CTE',
    'clock',
    TENANT,
    'with today as (select current_date as day) select p.id from posts p, today t where p.workspace_id = :workspaceId! and p.scheduled_at < t.day',
  ],
  [
    'current_timestamp',
    'clock',
    JOBS,
    'delete from idempotency_keys i where i.expires_at < current_timestamp',
    'deleteRecords',
  ],
  [
    `'now'`,
    'clock',
    TENANT,
    `select p.id from posts p where p.workspace_id = :workspaceId! and p.scheduled_at < 'now'::timestamptz`,
  ],
  [
    'age() of one argument',
    'clock',
    TENANT,
    'select p.id, age(p.created_at) as "age!" from posts p where p.workspace_id = :workspaceId!',
  ],
  ['a session lock', 'function', JOBS, 'select pg_advisory_lock(1) as locked', 'lockJob'],
  [
    'order by a parameter',
    'order-by',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId! order by :sort!::text limit :limit!',
    'listPosts',
  ],
  [
    'order by position',
    'order-by',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId! order by 1 limit :limit!',
    'listPosts',
  ],
  [
    'a list without limit',
    'limit',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId!',
    'listPosts',
  ],
  [
    'a comparison that a forgotten parameter empties',
    'required',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId! and p.id = :id',
  ],
  [
    'an outer join’s column said to be never null',
    'outer-join-hint',
    TENANT,
    `select p.id, c.name from posts p left join campaigns c on c.workspace_id = p.workspace_id and c.id = p.campaign_id
     where p.workspace_id = :workspaceId!`,
  ],
  [
    'a name that is not a verb of the vocabulary',
    'name',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId!',
    'getPost',
  ],
  [
    'a name in another case',
    'name',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId!',
    'FindPost',
  ],
  ['what is neither read nor write', 'statement', TENANT, 'truncate posts', 'deletePosts'],
  ['what PostgreSQL cannot parse', 'syntax', TENANT, 'select p.id from from posts p'],
]

const accepted: [what: string, path: string, sql: string, name?: string][] = [
  ['one table, bound', TENANT, 'select p.id from posts p where p.workspace_id = :workspaceId! and p.id = :id!'],
  [
    'no alias and a cast parameter',
    TENANT,
    'select id from posts where workspace_id = :workspaceId!::uuid and id = :id!',
  ],
  [
    'a composite join',
    TENANT,
    `select p.id, c.name as "name?" from posts p left join campaigns c on c.workspace_id = p.workspace_id and c.id = p.campaign_id
     where p.workspace_id = :workspaceId!`,
  ],
  [
    'a row comparison',
    TENANT,
    'select p.id from posts p join campaigns c on (c.workspace_id, c.id) = (p.workspace_id, p.campaign_id) where p.workspace_id = :workspaceId!',
  ],
  [
    'a chain of joins',
    TENANT,
    `select p.id from post_media m join posts p on p.workspace_id = m.workspace_id and p.id = m.post_id
     join media_files f on f.workspace_id = m.workspace_id and f.id = m.media_id where f.workspace_id = :workspaceId!`,
  ],
  [
    'a correlated subquery and EXISTS',
    TENANT,
    `select p.id, (select count(*)::int from post_media m where m.workspace_id = p.workspace_id and m.post_id = p.id) as "media!"
     from posts p where p.workspace_id = :workspaceId!
     and exists (select 1 from campaigns c where c.workspace_id = p.workspace_id and c.id = p.campaign_id)`,
  ],
  [
    'a lateral subquery',
    TENANT,
    `select p.id, m.media_id as "mediaId?" from posts p left join lateral (
       select m.media_id from post_media m where m.workspace_id = p.workspace_id and m.post_id = p.id order by m.position limit 1
     ) m on true where p.workspace_id = :workspaceId!`,
  ],
  [
    'the tenant handed on by a CTE',
    TENANT,
    `with found as (select p.workspace_id, p.id from posts p where p.workspace_id = :workspaceId! and p.id = :id!)
     select m.media_id from found f join post_media m on m.workspace_id = f.workspace_id and m.post_id = f.id`,
  ],
  [
    'rows chosen by IN',
    TENANT,
    `select m.media_id from post_media m where (m.workspace_id, m.post_id) in
       (select p.workspace_id, p.id from posts p where p.workspace_id = :workspaceId! and p.status = :status!)`,
  ],
  [
    'a UNION of bound branches',
    TENANT,
    'select p.id from posts p where p.workspace_id = :workspaceId! union all select c.id from campaigns c where c.workspace_id = :workspaceId!',
  ],
  [
    'a member’s name',
    TENANT,
    'select u.name_ciphertext as "name" from workspace_members m join users u on u.id = m.user_id where m.workspace_id = :workspaceId!',
    'findMember',
  ],
  [
    'a keyset page with optional filters',
    TENANT,
    `select p.id from posts p where p.workspace_id = :workspaceId! and (:status::post_status is null or p.status = :status)
     and (:beforeAt::timestamptz is null or (p.scheduled_at, p.id) < (:beforeAt, :beforeId)) order by p.scheduled_at desc, p.id desc limit :limit! + 1`,
    'listPosts',
  ],
  [
    'a write, its children and its record',
    TENANT,
    `with ${ACTOR},
     inserted_post as (insert into posts (workspace_id, id, caption) select :workspaceId!, :id!, :caption from actor returning workspace_id, id),
     inserted_media as (
       insert into post_media (workspace_id, post_id, position, media_id)
       select p.workspace_id, p.id, m.position, m.id from inserted_post p cross join unnest(:mediaIds!::uuid[]) with ordinality m (id, position)
     )
     insert into idempotency_keys (workspace_id, key, response) select p.workspace_id, :key!, to_jsonb(p) from inserted_post p`,
    'insertPost',
  ],
  [
    'an actor handed on by a CTE',
    TENANT,
    `with ${ACTOR}, locked_post as (
       select p.workspace_id, p.id from posts p cross join actor where p.workspace_id = :workspaceId! and p.id = :id! for update of p
     )
     update posts p set caption = :caption from locked_post l where p.workspace_id = l.workspace_id and p.id = l.id`,
    'updatePost',
  ],
  [
    'an upsert by the tenant’s key',
    TENANT,
    `with ${ACTOR} insert into posts (workspace_id, id, caption) select :workspaceId!, :id!, :caption from actor
     on conflict (workspace_id, id) do update set caption = excluded.caption`,
    'upsertPost',
  ],
  [
    'ON CONFLICT DO NOTHING',
    TENANT,
    `with ${ACTOR} insert into posts (workspace_id, id) select :workspaceId!, :id! from actor on conflict do nothing`,
    'insertPost',
  ],
  ['a lookup table', TENANT, 'select m.to_status from post_status_moves m where m.from_status = :status!', 'findMove'],
  [
    'the caller’s sessions',
    USER,
    'select s.id from user_sessions s where s.user_id = :userId! order by s.id limit :limit!',
    'listSessions',
  ],
  [
    'an account by the digest of its address',
    USER,
    `select u.id from users u where u.id = (select e.user_id from user_email_index e join unnest(:keyVersions!::int[], :digests!::text[]) d (version, digest)
     on e.key_version = d.version and e.digest = decode(d.digest, 'hex'))`,
    'findUser',
  ],
  [
    'a workspace reached through the membership',
    USER,
    `select w.name from workspace_members m join workspaces w on w.id = m.workspace_id where m.user_id = :userId!`,
    'findWorkspace',
  ],
  [
    'an actor made of the session’s row',
    USER,
    `with presented as (select s.id, s.user_id from user_sessions s where s.id = :sessionId!),
     actor as (select set_config('app.actor', (:actor!::text::jsonb || jsonb_build_object('userId', p.user_id))::text, true) as value from presented p)
     update user_sessions s set device = :device from presented p cross join actor where s.id = p.id`,
    'updateSession',
  ],
  [
    'the system’s own keys',
    USER,
    'select k.id from encryption_keys k where k.user_id is null and k.workspace_id is null',
    'findKey',
  ],
  ['a job over all tenants', JOBS, 'delete from idempotency_keys i where i.expires_at < :now!', 'deleteRecords'],
]

describe('lint-sql refuses', () => {
  test.each(refused)('%s (%s)', async (_, rule, path, sql, name) => {
    const problems = await lint(path, sql, name)
    expect(problems.map((problem) => problem.split(': ')[1])).toContain(rule)
    for (const problem of problems) expect(problem).toMatch(/^sql\/[\w./-]+:\d+ \w+: [\w-]+: .+$/)
  })

  test('a statement that nothing imports', async () => {
    const sql =
      '/* @name findPost */\nselect 1 as a;\n/* @name findPosts */\nselect 1 as a;\n/* @name countPosts */\nselect 1 as a;\n'
    const sources = new Map([
      ['src/posts/posts.sql.ts', 'export const findPost = 1'],
      ['src/posts/service.ts', `import { findPost } from './posts.sql.ts'`],
      ['src/campaigns/service.ts', `import * as posts from '../posts/posts.sql.ts'\nposts.countPosts`],
    ])
    const { problems } = await lintFiles(new Map([[TENANT, sql]]), sources)
    expect(problems.filter((problem) => problem.includes(': unused: '))).toEqual([
      `${TENANT}:4 findPosts: unused: nothing imports it; delete it`,
    ])
  })

  test.each([
    ['without a name', 'select 1 as a;'],
    ['named twice', '/* @name findA */\nselect 1 as a;\n/* @name findA */\nselect 1 as a;'],
    ['with prose in the comment of its name', '/* @name findA the first */\nselect 1 as a;'],
    ['under a line comment', '-- the first\n/* @name findA */\nselect 1 as a;'],
    ['without an end', '/* @name findA */\nselect 1 as a'],
  ])('a statement %s', async (_, text) => {
    const { problems } = await lintFiles(new Map([[TENANT, text]]))
    expect(problems).not.toEqual([])
  })

  test('on the line where the fault is', async () => {
    const problems = await lint(
      TENANT,
      `select p.id, 'größer' as word\nfrom posts p\nwhere\n  p.workspace_id = :workspaceId!\n  and p.created_at < now()`,
    )
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(`${TENANT}:6 findPost: clock: `)
  })
})

describe('lint-sql accepts', () => {
  test.each(accepted)('%s', async (_, path, sql, name) => {
    expect(await lint(path, sql, name)).toEqual([])
  })
})

describe('the list of tables', () => {
  let database: TestDatabase
  let tables: { name: string; columns: string[]; primaryKey: string[]; hasAudit: boolean }[]

  beforeAll(async () => {
    database = await createTestDatabase()
    const sql = connect(database.ownerUrl)
    tables = await sql`
      select
        c.relname as name,
        array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
        array(select attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
          where i.indrelid = c.oid and i.indisprimary) as "primaryKey",
        exists (
          select 1 from pg_trigger t join pg_proc p on p.oid = t.tgfoid
          where t.tgrelid = c.oid and p.proname = 'audit_row_change' and t.tgtype & 29 = 29 and t.tgenabled <> 'D'
        ) as "hasAudit"
      from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`
    await sql.end()
  })

  afterAll(() => database.drop())

  test('names every table of the database, and no other', () => {
    expect(Object.keys(TABLES).sort()).toEqual(tables.map(({ name }) => name).sort())
  })

  test('calls audited exactly the tables that have the trigger for insert, update and delete', () => {
    const audited = Object.entries(TABLES).filter(([, rule]) => rule.audited === true)
    expect(audited.map(([name]) => name).sort()).toEqual(
      tables
        .filter(({ hasAudit }) => hasAudit)
        .map(({ name }) => name)
        .sort(),
    )
  })

  test('calls a tenant’s every table that has a workspace, with the workspace first in its key', () => {
    for (const { name, columns, primaryKey } of tables) {
      const rule = TABLES[name]
      if (columns.includes('workspace_id')) expect([name, rule?.class]).not.toEqual([name, 'lookup'])
      if (rule?.class !== 'tenant' || rule.tenantColumn !== 'workspace_id') continue
      expect([name, columns.includes('workspace_id')]).toEqual([name, true])
      const isPartitioned = ['analytics_events', 'audit_logs'].includes(name)
      expect([name, primaryKey.includes('workspace_id') || isPartitioned]).toEqual([name, true])
    }
  })

  test('asks for an explicit id exactly where a table has one, or says why not', () => {
    for (const { name, columns } of tables) {
      const rule = TABLES[name]
      if (rule?.explicitId === true) expect([name, columns.includes('id')]).toEqual([name, true])
      if (rule?.explicitId === 'natural key') expect([name, columns.includes('id')]).toEqual([name, false])
    }
  })

  test('names columns that exist', () => {
    for (const { name, columns } of tables) {
      const { tenantColumn, keys = [], anchors = {}, ownerless = [] } = TABLES[name] ?? {}
      const named = [...(tenantColumn ? [tenantColumn] : []), ...keys, ...Object.keys(anchors), ...ownerless]
      expect([name, named.filter((column) => !columns.includes(column))]).toEqual([name, []])
    }
  })
})
