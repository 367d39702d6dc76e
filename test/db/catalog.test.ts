import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { connectTo } from './world.ts'

let database: TestDatabase
let owner: Sql

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl)
})

afterAll(async () => {
  await owner.end()
  await database.drop()
})

describe('every foreign key', () => {
  test('has an index that begins with its columns', async () => {
    const rows = await owner`
      select c.conrelid::regclass::text as table, c.conname as name
      from pg_constraint as c
      where c.contype = 'f' and c.connamespace = 'public'::regnamespace
        and not exists (
          select from pg_index as i
          where i.indrelid = c.conrelid and i.indisvalid
            and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
            -- A partial index serves when it leaves out only rows without the reference.
            and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = (
              select format('(%I IS NOT NULL)', a.attname) from pg_attribute as a
              where a.attrelid = c.conrelid and a.attnum = c.conkey[cardinality(c.conkey)])))`
    expect(rows).toEqual([])
  })

  test('says what happens on delete, and takes only what has no meaning alone', async () => {
    const rows = await owner<{ name: string; action: string }[]>`
      select conname as name, confdeltype as action
      from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and confdeltype <> 'r' order by 1`
    expect(rows.map(({ name, action }) => `${name} ${action}`)).toEqual([
      'account_tokens_user_fkey c',
      'ai_generations_post_fkey n',
      'auth_challenges_session_fkey c',
      'auth_challenges_user_fkey c',
      'idempotency_keys_workspace_fkey c',
      'instagram_rate_limits_account_fkey c',
      'performance_metrics_account_fkey c',
      'performance_metrics_campaign_fkey c',
      'performance_metrics_post_fkey c',
      'post_approvals_post_fkey c',
      'post_media_post_fkey c',
      'post_notes_post_fkey c',
      'post_occurrences_post_fkey n',
      'post_occurrences_recurring_post_fkey c',
      'post_recurrences_post_fkey c',
      'post_status_history_post_fkey c',
      'posting_slots_account_fkey c',
      'user_email_index_user_fkey c',
      'workspace_approvers_member_fkey c',
    ])
  })
})

describe('comments', () => {
  test('stand on every table, view and column', async () => {
    const rows = await owner`
      select c.oid::regclass::text as table, a.attname as column
      from pg_class as c
      join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace in ('public'::regnamespace, 'masked'::regnamespace) and c.relkind in ('r', 'p', 'v')
        and (obj_description(c.oid, 'pg_class') is null
          or (c.relkind <> 'v' and col_description(c.oid, a.attnum) is null))`
    expect(rows).toEqual([])
  })

  test('mark personal data that the audit trail then redacts or omits', async () => {
    const rows = await owner`
      select c.relname as table, a.attname as column
      from pg_class as c
      join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
      join pg_trigger as t on t.tgrelid = c.oid and t.tgfoid = 'audit_row_change'::regproc
      where col_description(c.oid, a.attnum) ~ '^(pii|Secret): '
        and not exists (
          select from regexp_matches(pg_get_triggerdef(t.oid), '''(?:mask|omit)=([^'']*)''', 'g') as named
          where a.attname = any (string_to_array(named[1], ',')))`
    expect(rows).toEqual([])
  })

  test('mark personal data that no masked view shows', async () => {
    const rows = await owner`
      select v.relname as view, a.attname as column
      from pg_depend as d
      join pg_rewrite as r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
      join pg_class as v on v.oid = r.ev_class and v.relnamespace = 'masked'::regnamespace
      join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where col_description(a.attrelid, a.attnum) ~ '^(pii|Secret): '`
    expect(rows).toEqual([])
  })
})

describe('the triggers of an audited table', () => {
  test('name columns that it has', async () => {
    const rows = await owner`
      select t.tgrelid::regclass::text as table, name
      from pg_trigger as t
      cross join regexp_matches(pg_get_triggerdef(t.oid), '''(?:key|mask|omit|ignore)=([^'']*)''', 'g') as named
      cross join unnest(string_to_array(named[1], ',')) as name
      where t.tgfoid = 'audit_row_change'::regproc
        and not exists (select from pg_attribute as a where a.attrelid = t.tgrelid and a.attname = name)`
    expect(rows).toEqual([])
  })

  test('refuse TRUNCATE, and are all enabled', async () => {
    const rows = await owner`
      select t.tgrelid::regclass::text as table, t.tgname as trigger
      from pg_trigger as t
      where not t.tgisinternal and t.tgenabled not in ('O', 'A')
        or t.tgfoid = 'audit_row_change'::regproc and not exists (
          select from pg_trigger as r
          where r.tgrelid = t.tgrelid and r.tgfoid = 'refuse_statement'::regproc and r.tgtype & 32 > 0)`
    expect(rows).toEqual([])
  })

  test("those that guard the trail hold in a replica's session too", async () => {
    const rows = await owner`
      select t.tgrelid::regclass::text as table, t.tgname as trigger
      from pg_trigger as t
      where t.tgname = 'refuse' and t.tgenabled <> 'A'
        and (t.tgrelid = 'audit_logs'::regclass
          or t.tgrelid in (select inhrelid from pg_inherits where inhparent = 'audit_logs'::regclass))`
    expect(rows).toEqual([])
  })
})

describe('functions', () => {
  test('may not be called by everybody', async () => {
    const rows = await owner`
      select p.oid::regprocedure::text as function
      from pg_proc as p
      where p.pronamespace in ('public'::regnamespace, 'partitions'::regnamespace, 'masked'::regnamespace)
        and has_function_privilege('public', p.oid, 'EXECUTE')`
    expect(rows).toEqual([])
  })

  test('find names where they were written to, not where the caller looks', async () => {
    const rows = await owner`
      select p.oid::regprocedure::text as function
      from pg_proc as p
      where p.pronamespace = 'public'::regnamespace and p.prolang <> (select oid from pg_language where lanname = 'sql')
        and not exists (select from unnest(p.proconfig) as setting where setting = 'search_path=pg_catalog, pg_temp')`
    expect(rows).toEqual([])
  })
})

test('all belongs to the owner group, who is no superuser and cannot log in', async () => {
  const rows = await owner`
    select oid::regclass::text as name from pg_class
    where relnamespace::regnamespace::text in ('public', 'partitions', 'masked') and relkind in ('r', 'p', 'v', 'S')
      and relowner <> 'defeah_owner'::regrole
    union all
    select oid::regprocedure::text from pg_proc
    where pronamespace = 'public'::regnamespace and proowner <> 'defeah_owner'::regrole
    union all
    select nspname from pg_namespace
    where nspname in ('partitions', 'masked') and nspowner <> 'defeah_owner'::regrole`
  expect(rows).toEqual([])
  expect(await owner`select rolsuper, rolcanlogin from pg_roles where rolname = 'defeah_owner'`).toEqual([
    { rolsuper: false, rolcanlogin: false },
  ])
})

test('what is made tomorrow is closed: no default privileges, nothing granted to everybody', async () => {
  expect(await owner`select from pg_default_acl`).toEqual([])
  const rows = await owner`
    select c.oid::regclass::text as name, g.privilege_type
    from pg_class as c cross join aclexplode(c.relacl) as g
    where c.relnamespace::regnamespace::text in ('public', 'partitions', 'masked') and g.grantee = 0
    union all
    select n.nspname, g.privilege_type
    from pg_namespace as n cross join aclexplode(n.nspacl) as g
    where n.nspname in ('public', 'partitions', 'masked') and g.grantee = 0`
  expect(rows).toEqual([])
})
