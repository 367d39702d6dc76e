import type { Sql } from 'postgres'
import { connect } from '../local/migrate.ts'

export type Column = {
  name: string
  type: string
  isRequired: boolean
  isKey: boolean
  /** The comment, without its mark. */
  text: string
  isPersonal: boolean
  isSecret: boolean
}

export type Reference = { columns: string[]; target: string; isOptional: boolean; isUnique: boolean }
type Rule = { name: string; definition: string }

export type Table = {
  name: string
  text: string
  partitionedBy: string | null
  /** The arguments of its audit trigger; null: not audited. */
  audit: string | null
  columns: Column[]
  references: Reference[]
  rules: Rule[]
}

export type Catalog = { tables: Table[]; enums: { name: string; values: string[] }[] }

type Of<T> = T & { table: string }

/** Reads the tables of schema public as the database describes them. */
export async function readCatalog(databaseUrl: string): Promise<Catalog> {
  const sql = connect(databaseUrl)
  try {
    const columns = await readColumns(sql)
    const references = await readReferences(sql)
    const rules = await readRules(sql)
    const tables = (await readTables(sql)).map((table) => ({
      ...table,
      columns: of(table, columns).map(readMark),
      references: of(table, references),
      rules: of(table, rules),
    }))
    return { tables, enums: await readEnums(sql) }
  } finally {
    await sql.end()
  }
}

function of<T>(table: { name: string }, all: Of<T>[]): Of<T>[] {
  return all.filter((one) => one.table === table.name)
}

async function readTables(sql: Sql): Promise<Pick<Table, 'name' | 'text' | 'partitionedBy' | 'audit'>[]> {
  return await sql`
    select c.relname as name, obj_description(c.oid, 'pg_class') as text, pg_get_partkeydef(c.oid) as "partitionedBy",
      (select substring(pg_get_triggerdef(t.oid) from 'audit_row_change\\((.*)\\)$')
       from pg_trigger as t where t.tgrelid = c.oid and t.tgname = 'audit') as audit
    from pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'
    order by c.relname`
}

type CommentedColumn = Pick<Column, 'name' | 'type' | 'isRequired' | 'isKey'> & { comment: string }

async function readColumns(sql: Sql): Promise<Of<CommentedColumn>[]> {
  return await sql`
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as "isRequired", coalesce(a.attnum = any (k.conkey), false) as "isKey",
      coalesce(col_description(c.oid, a.attnum), '') as comment
    from pg_class as c
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_constraint as k on k.conrelid = c.oid and k.contype = 'p'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    order by c.relname, a.attnum`
}

function readMark({ name, type, isRequired, isKey, comment }: CommentedColumn): Column {
  const isPersonal = comment.startsWith('pii: ')
  const isSecret = comment.startsWith('Secret: ')
  return { name, type, isRequired, isKey, text: comment.replace(/^(pii|Secret): /, ''), isPersonal, isSecret }
}

async function readReferences(sql: Sql): Promise<Of<Reference>[]> {
  return await sql`
    select c.conrelid::regclass::text as table, c.confrelid::regclass::text as target, keys.columns, keys."isOptional",
      exists (
        select from pg_index as i
        where i.indrelid = c.conrelid and i.indisunique and i.indpred is null
          and i.indkey::int2[] <@ c.conkey and c.conkey <@ i.indkey::int2[]
      ) as "isUnique"
    from pg_constraint as c
    cross join lateral (
      select array_agg(a.attname::text order by k.place) as columns, bool_or(not a.attnotnull) as "isOptional"
      from unnest(c.conkey) with ordinality as k (number, place)
      join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.number
    ) as keys
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace
    order by c.conrelid::regclass::text, c.conname`
}

async function readRules(sql: Sql): Promise<Of<Rule>[]> {
  return await sql`
    select conrelid::regclass::text as table, conname::text as name, pg_get_constraintdef(oid, true) as definition
    from pg_constraint
    where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'c', 'f')
    union all
    select i.tablename, i.indexname, substring(i.indexdef from '(?:UNIQUE )?INDEX') || substring(i.indexdef from ' \\(.*$')
    from pg_indexes as i
    where i.schemaname = 'public'
      and not exists (select from pg_constraint as k where k.conname = i.indexname and k.contype in ('p', 'u'))
    order by 1, 2`
}

async function readEnums(sql: Sql): Promise<Catalog['enums']> {
  return await sql`
    select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as values
    from pg_type as t
    join pg_enum as e on e.enumtypid = t.oid
    group by t.typname
    order by t.typname`
}
