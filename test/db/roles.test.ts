import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runScript } from '../../scripts/local/migrate.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import {
  connectTo,
  insertPost,
  insertWorld,
  insufficientPrivilege,
  type Refusal,
  refusal,
  type World,
} from './world.ts'

const logins = ['api', 'jobs', 'readonly', 'auditor', 'monitor', 'backup', 'migrator'] as const
type Login = (typeof logins)[number]

let database: TestDatabase
let owner: Sql
let clients: Record<Login, Sql>
let world: World

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectTo(database.ownerUrl)
  clients = Object.fromEntries(logins.map((login) => [login, connectTo(database[`${login}Url`])])) as Record<Login, Sql>
  world = await insertWorld(clients.api)
})

afterAll(async () => {
  await Promise.all([owner, ...Object.values(clients)].map((client) => client.end()))
  await database.drop()
})

/** What stops the role itself: that its transactions are read-only by default is only a second fence. */
function refusalOfWrite(login: Login, statement: string): Promise<Refusal> {
  return refusal(
    clients[login].begin(async (tx) => {
      await tx`set transaction read write`
      await tx.unsafe(statement)
    }),
  )
}

describe('settings that hold from the first statement of a connection', () => {
  const common = { TimeZone: 'UTC', search_path: 'public' }
  const readOnly = { ...common, default_transaction_read_only: 'on' }
  const expected: Record<Login, Record<string, string>> = {
    api: {
      ...common,
      statement_timeout: '5s',
      lock_timeout: '2s',
      idle_in_transaction_session_timeout: '10s',
      plan_cache_mode: 'auto',
    },
    jobs: {
      ...common,
      statement_timeout: '30s',
      lock_timeout: '5s',
      idle_in_transaction_session_timeout: '30s',
      plan_cache_mode: 'auto',
    },
    readonly: { ...readOnly, search_path: 'masked', statement_timeout: '30s', lock_timeout: '2s' },
    auditor: { ...readOnly, statement_timeout: '1min', lock_timeout: '2s' },
    monitor: { ...readOnly, statement_timeout: '10s', lock_timeout: '1s' },
    backup: { ...readOnly, lock_timeout: '30s' },
    migrator: { ...common, lock_timeout: '2s' },
  }

  test.each(logins)('%s', async (login) => {
    const names = Object.keys(expected[login])
    const [row] = await clients[login]`
      select current_user as login,
        (select json_object_agg(name, current_setting(name)) from unnest(${names}::text[]) as name) as settings`
    expect(row).toEqual({ login, settings: expected[login] })
  })

  test('survive the RESET ALL of a transaction pooler', async () => {
    await clients.api`set statement_timeout = 0`
    await clients.api`reset all`
    expect(await clients.api`show statement_timeout`).toMatchObject([{ statement_timeout: '5s' }])
  })
})

describe('no login role', () => {
  test.each(logins)('%s is a superuser, makes roles or databases, or passes by row security', async (login) => {
    const [row] = await clients[login]`
      select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls as powerful, rolreplication as replicates
      from pg_roles where rolname = current_user`
    expect(row).toEqual({ powerful: false, replicates: login === 'backup' })
  })

  test.each(logins)('%s may make temporary tables or schemas in the database', async (login) => {
    const [row] = await clients[login]`
      select has_database_privilege(current_database(), 'CONNECT') as connects,
        has_database_privilege(current_database(), 'TEMP') as temp,
        has_database_privilege(current_database(), 'CREATE') as creates`
    expect(row).toEqual({ connects: true, temp: false, creates: false })
  })

  test.each(logins.filter((login) => login !== 'migrator'))('%s may define anything', async (login) => {
    for (const statement of [
      'create temp table forged (id uuid)',
      'create table public.forged (id uuid)',
      'create schema forged',
      'create function public.forged() returns void language sql return null',
      'create type public.forged as enum ()',
      'alter table public.posts add column forged text',
      'alter table public.posts disable trigger all',
      'drop table public.posts',
      'create index on public.posts (caption)',
      'create trigger forged after insert on public.posts for each row execute function public.audit_row_change()',
      'create view public.forged as select 1',
    ]) {
      expect(await refusalOfWrite(login, statement), statement).toMatchObject({ code: insufficientPrivilege })
    }
  })

  test.each(logins.filter((login) => login !== 'migrator' && login !== 'backup'))(
    '%s may use a partition',
    async (login) => {
      const [{ name } = { name: '' }] = await owner<{ name: string }[]>`
      select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_logs'::regclass limit 1`
      for (const statement of [`select from ${name}`, `delete from ${name}`, `truncate ${name}`]) {
        expect(await refusalOfWrite(login, statement), statement).toMatchObject({ code: insufficientPrivilege })
      }
    },
  )

  test.each(logins.filter((login) => login !== 'migrator'))('%s may write the audit trail', async (login) => {
    for (const statement of [
      `insert into public.audit_logs (table_name, operation, row_id, actor_kind, new_values)
       values ('posts', 'INSERT', 'forged', 'job', '{}')`,
      `update public.audit_logs set row_id = 'forged'`,
      'delete from public.audit_logs',
      'truncate public.audit_logs',
    ]) {
      expect(await refusalOfWrite(login, statement), statement).toMatchObject({ code: insufficientPrivilege })
    }
  })

  test('may change what the triggers write or decide: history, moves', async () => {
    for (const login of ['api', 'jobs'] as const) {
      for (const statement of [
        `insert into post_status_moves values ('draft', 'published')`,
        `update post_status_history set reason = 'forged'`,
        'delete from post_status_history',
      ]) {
        expect(await refusal(clients[login].unsafe(statement)), statement).toMatchObject({
          code: insufficientPrivilege,
        })
      }
    }
  })

  test('may move a row to another workspace, give it another id or author, or change a plan or a session secret', async () => {
    const rows = await owner`
      select r.rolname as role, c.relname as table, a.attname as column
      from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        cross join pg_roles as r
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'performance_metrics'
        and r.rolname in ('api', 'jobs')
        and (
          a.attname in ('id', 'workspace_id', 'user_id', 'created_by', 'created_at')
          or (c.relname, a.attname) in (
            ('workspaces', 'plan'), ('user_sessions', 'secret'), ('user_sessions', 'absolute_expires_at')
          )
        )
        and has_column_privilege(r.oid, c.oid, a.attnum, 'UPDATE')`
    // A session's workspace is the one that its latest tokens are for.
    expect(rows).toEqual([{ role: 'api', table: 'user_sessions', column: 'workspace_id' }])
    expect(await refusal(clients.jobs`select secret from user_sessions`)).toMatchObject({ code: insufficientPrivilege })
  })

  test('may TRUNCATE, refer to or put triggers on a table', async () => {
    const rows = await owner`
      select r.rolname as role, c.relname as table
      from pg_class as c cross join pg_roles as r
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and r.rolname = any (${logins.filter((login) => login !== 'migrator')})
        and has_table_privilege(r.oid, c.oid, 'TRUNCATE, REFERENCES, TRIGGER')`
    expect(rows).toEqual([])
  })
})

describe('each role does its work', () => {
  test('api makes ids and reads the audit trail', async () => {
    await insertPost(clients.api, world)
    expect(await clients.api`select 1 from audit_logs where workspace_id = ${world.workspaceId} limit 1`).toHaveLength(
      1,
    )
  })

  test('jobs makes partitions, api does not', async () => {
    expect(await clients.jobs`select ensure_all_partitions(3) as made`).toEqual([{ made: 0 }])
    expect(await refusal(clients.api`select ensure_all_partitions(3)`)).toMatchObject({ code: insufficientPrivilege })
    const statement = clients.api`select ensure_partitions('audit_logs', '2030-01-01', 1)`
    expect(await refusal(statement)).toMatchObject({ code: insufficientPrivilege })
  })

  test('readonly sees the masked views and no table', async () => {
    expect(await clients.readonly`select status from users where id = ${world.userId}`).toEqual([{ status: 'active' }])
    expect(await refusal(clients.readonly`select from public.users`)).toMatchObject({ code: insufficientPrivilege })
    expect(await refusal(clients.readonly`delete from masked.users`)).toMatchObject({ code: insufficientPrivilege })
  })

  test('auditor reads the audit trail and nothing else', async () => {
    expect(await clients.auditor`select from audit_logs limit 1`).toHaveLength(1)
    expect(await refusal(clients.auditor`select from posts`)).toMatchObject({ code: insufficientPrivilege })
  })

  test('monitor sees the activity of others and no row of theirs', async () => {
    const [row] = await clients.monitor`
      select bool_and(query <> '<insufficient privilege>') as visible from pg_stat_activity where usename = 'api'`
    expect(row).toEqual({ visible: true })
    expect(await refusal(clients.monitor`select from users`)).toMatchObject({ code: insufficientPrivilege })
  })

  test('backup reads everything', async () => {
    expect(await clients.backup`select from user_sessions where id = ${world.sessionId}`).toHaveLength(1)
  })

  test('migrator defines things as the owner', async () => {
    await clients.migrator.begin(async (tx) => {
      await tx`set local role defeah_owner`
      await tx`create table made_by_migrator (id uuid)`
      await tx`drop table made_by_migrator`
    })
  })
})

test('running the role script and the database script again changes nothing', async () => {
  const snapshot = () => owner`
    select r.rolname, r.rolcanlogin, r.rolconfig, r.rolconnlimit, r.rolreplication,
      (select array_agg(m.roleid::regrole::text order by 1) from pg_auth_members as m where m.member = r.oid) as groups,
      (select d.datacl::text from pg_database as d where d.datname = current_database()) as grants
    from pg_roles as r where r.rolname !~ '^pg_' order by r.rolname`
  const before = await snapshot()
  await runScript(database.ownerUrl, 'create_roles.sql')
  await runScript(database.ownerUrl, 'database_grants.sql')
  expect(await snapshot()).toEqual(before)
})
