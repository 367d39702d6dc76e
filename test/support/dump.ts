import type postgres from 'postgres'
import type { TestApp } from './app.ts'

type Dump = Record<string, string[]>

/**
 * Every row that belongs to a tenant or its person, table by table, as comparable text; as another connection sees it
 * where one is named.
 */
export async function dumpTenant(
  { owner }: Pick<TestApp, 'owner'>,
  { id, workspaceId }: { id: string; workspaceId: string },
  run: (text: string, values: string[]) => Promise<unknown> = (text, values) => owner.unsafe(text, values),
): Promise<Dump> {
  const rows = (await run(await dumpStatement(owner), [id, workspaceId])) as { name: string; row: string }[]
  const tables = new Set(rows.map(({ name }) => name))
  const rowsOf = (table: string) => rows.filter(({ name }) => name === table).map(({ row }) => row)
  return Object.fromEntries([...tables].map((table) => [table, rowsOf(table).sort()]))
}

const dumpStatements = new WeakMap<postgres.Sql, Promise<string>>()

/** One statement over every table that has a tenant's or a person's column, as the catalog has them. */
async function dumpStatement(owner: postgres.Sql): Promise<string> {
  const known = dumpStatements.get(owner)
  if (known !== undefined) return await known
  const made = readTables(owner).then((tables) => tables.flatMap(selectOf).join(' union all '))
  dumpStatements.set(owner, made)
  return await made
}

type Table = { name: string; hasWorkspace: boolean; hasUser: boolean }

const readTables = async (owner: postgres.Sql) =>
  await owner<Table[]>`
    select
      c.relname::text as name,
      bool_or(a.attname = 'workspace_id') as "hasWorkspace",
      bool_or(a.attname = 'user_id') as "hasUser"
    from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    group by c.relname`

function selectOf({ name, hasWorkspace, hasUser }: Table): string[] {
  const conditions = [
    ...(hasWorkspace ? ['t.workspace_id = $2'] : []),
    ...(hasUser ? ['t.user_id = $1'] : []),
    ...(name === 'users' ? ['t.id = $1'] : []),
    ...(name === 'workspaces' ? ['t.id = $2'] : []),
  ]
  if (conditions.length === 0) return []
  return [`select '${name}' as name, to_jsonb(t)::text as row from ${name} t where ${conditions.join(' or ')}`]
}

/** Every table's COPY, as a reader of the files would see it, by name. */
export async function copyTables({ owner }: Pick<TestApp, 'owner'>): Promise<Map<string, string>> {
  const tables = await owner<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'partitions') and c.relkind = 'r' order by 1`
  const copies = new Map<string, string>()
  for (const { name } of tables) {
    const copy = await owner.unsafe(`copy ${name} to stdout`).readable()
    copies.set(name, Buffer.concat(await copy.toArray()).toString())
  }
  return copies
}
