import { as, type Node, names } from './ast.ts'
import type { TableRule } from './tables.ts'

/**
 * What is known of a value: whether it is :workspaceId, whether it came out of a bound row, whether that was a tenant's row
 * (a person's session names a workspace too, which proves no membership), or which parameter it is.
 */
export type Marks = { tenant: boolean; own: boolean; ofTenant: boolean; param?: string | undefined }
export type Column = Marks & { name: string }

/** One appearance of a table, CTE, subquery or function in a query level. */
export type Occurrence = {
  name: string
  location: number
  /** Set for tables. */
  table?: { name: string; rule: TableRule }
  /** Set for what is not a table: its known columns. */
  columns?: Column[]
  /** On the side of an outer join that may be missing. */
  nullable: boolean
  bound: boolean
  /** Its tenant column is :workspaceId, which is more than `bound` says. */
  tenantBound: boolean
}

export type Scope = { occurrences: Occurrence[]; ctes: ReadonlyMap<string, Column[]>; parent?: Scope | undefined }

export type Term = { occurrence: Occurrence; column: string }

export const NO_MARKS: Marks = { tenant: false, own: false, ofTenant: false }

export function marksOf({ occurrence, column }: Term): Marks {
  if (occurrence.columns) return occurrence.columns.find(({ name }) => name === column) ?? NO_MARKS
  const tenant = occurrence.tenantBound && occurrence.table?.rule.tenantColumn === column
  return { tenant, own: occurrence.bound, ofTenant: occurrence.bound && occurrence.table?.rule.class === 'tenant' }
}

/** Which occurrence a column reference means, by PostgreSQL's scoping; undefined where that needs the catalog. */
export function resolve(node: Node | undefined, scope: Scope | undefined): Term | undefined {
  const fields = names(as(node, 'ColumnRef')?.fields)
  const [first, second] = fields
  if (scope === undefined || first === undefined || fields.length > 2) return undefined
  if (second !== undefined) {
    const occurrence = scope.occurrences.find(({ name }) => name === first)
    return occurrence ? { occurrence, column: second } : resolve(node, scope.parent)
  }
  const owners = scope.occurrences.filter((occurrence) => mayHave(occurrence, first, scope.occurrences.length === 1))
  if (owners.length === 0 && scope.occurrences.every(({ columns }) => columns)) return resolve(node, scope.parent)
  return owners.length === 1 && owners[0] ? { occurrence: owners[0], column: first } : undefined
}

function mayHave({ table, columns }: Occurrence, column: string, isAlone: boolean): boolean {
  if (columns) return columns.some(({ name }) => name === column)
  return isAlone || table?.rule.tenantColumn === column || (table?.rule.keys?.includes(column) ?? false)
}

/** An occurrence of what is not a table: what it holds was bound where it was made. */
export function derived(name: string | undefined, location: number, columns: Column[], nullable: boolean): Occurrence {
  return { name: name ?? '', location, columns, nullable, bound: true, tenantBound: false }
}

export function renamed(columns: Column[], given: readonly string[]): Column[] {
  return columns.map((column, index) => ({ ...column, name: given[index] ?? column.name }))
}

/** `"total!"` is the column total; the mark is pgtyped's. */
export function withoutHint(name: string): string {
  return name.replace(/[!?]$/, '')
}
