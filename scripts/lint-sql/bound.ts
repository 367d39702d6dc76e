import type { Report } from './analysis.ts'
import { marksOfOperand } from './analysis.ts'
import { equalTo, type Facts } from './equalities.ts'
import type { FileClass } from './parse.ts'
import type { Marks, Occurrence } from './scope.ts'
import type { TableRule } from './tables.ts'

/** Marks an occurrence as bound where the facts around it say so. */
export function decide(fileClass: FileClass, occurrence: Occurrence, facts: readonly Facts[]): void {
  const rule = occurrence.table?.rule
  if (!rule) return
  bindBy(fileClass, occurrence, (column) => equalTo({ occurrence, column }, facts).map(marksOfOperand))
  const nulls = facts.filter((fact) => fact.holdsFor(occurrence)).flatMap((fact) => fact.nulls)
  const isNull = (column: string) => nulls.some((term) => term.occurrence === occurrence && term.column === column)
  if (fileClass === 'user' && rule.ownerless?.every(isNull)) occurrence.bound = true
  if (rule.class === 'lookup') occurrence.bound = true
}

/** The rule that reading and inserting share: `marksFor` tells what equals a column of the row. */
export function bindBy(fileClass: FileClass, occurrence: Occurrence, marksFor: (column: string) => Marks[]): void {
  const rule = occurrence.table?.rule
  if (!rule) return
  if (fileClass === 'jobs') occurrence.bound = true
  if (rule.tenantColumn !== undefined && marksFor(rule.tenantColumn).some(({ tenant }) => tenant)) {
    occurrence.bound = true
    occurrence.tenantBound = true
  }
  const ties = (column: string) => (mark: Marks) => (isTenantColumn(rule, column) ? mark.ofTenant : mark.own)
  if (tyingColumns(fileClass, rule).some((column) => marksFor(column).some(ties(column)))) occurrence.bound = true
  if ((fileClass === 'user' || rule.isNobodys) && isAnchored(rule, marksFor)) occurrence.bound = true
}

const isTenantColumn = ({ class: tableClass, tenantColumn }: TableRule, column: string): boolean =>
  tableClass === 'tenant' && column === tenantColumn

/** In a tenant's file a tenant's table needs the tenant itself; being tied to a bound row is enough for people's tables. */
function tyingColumns(
  fileClass: FileClass,
  { class: tableClass, tenantColumn, keys = [] }: TableRule,
): readonly string[] {
  if (fileClass === 'user' && tableClass === 'tenant' && tenantColumn !== undefined) return [tenantColumn, ...keys]
  return fileClass === 'user' || tableClass !== 'tenant' ? keys : []
}

function isAnchored({ anchors = {} }: TableRule, marksFor: (column: string) => Marks[]): boolean {
  return Object.entries(anchors).some(([column, params]) => {
    return marksFor(column).some(({ param }) => param !== undefined && params.includes(param))
  })
}

export function reportUnbound(fileClass: FileClass, { bound, table, name, location }: Occurrence, tell: Report): void {
  if (bound || !table) return
  const shown = name === table.name ? name : `${table.name} ${name}`
  const { tenantColumn } = table.rule
  if (fileClass === 'tenant' && tenantColumn !== undefined) {
    const mending = `require ${name}.${tenantColumn} = :workspaceId! (or = that of a bound table) with AND in its own WHERE or ON`
    tell(location, 'tenant-binding', `${shown} is not bound to :workspaceId; ${mending}`)
    return
  }
  const ways = waysToBind(fileClass, table.rule)
  const mending =
    ways.length > 0 ? `bind it by ${ways.join(', or ')}` : 'its statements belong in a .user.sql or .jobs.sql file'
  const [rule, whose] =
    fileClass === 'tenant' ? ['tenant-binding', 'within the tenant'] : ['user-binding', 'to the caller or a secret']
  tell(location, rule ?? '', `${shown} is not bound ${whose}; ${mending}`)
}

export function reportUnboundInsert(fileClass: FileClass, { table, name, location }: Occurrence, tell: Report): void {
  if (!table) return
  const { tenantColumn } = table.rule
  const mending =
    fileClass === 'tenant' && tenantColumn !== undefined
      ? `its ${tenantColumn} must be :workspaceId! or that of a bound row, in every branch`
      : `state ${waysToBind(fileClass, table.rule).join(', or ')}`
  tell(
    location,
    fileClass === 'tenant' ? 'tenant-binding' : 'user-binding',
    `the row inserted into ${name} is not bound; ${mending}`,
  )
}

function waysToBind(fileClass: FileClass, rule: TableRule): string[] {
  const anchors = fileClass === 'user' || rule.isNobodys ? Object.entries(rule.anchors ?? {}) : []
  return [
    ...anchors.map(([column, params]) => `${column} = :${params.join('! or :')}!`),
    ...tyingColumns(fileClass, rule).map((column) => `${column} = a key of a bound row`),
  ]
}
