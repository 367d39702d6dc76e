import type { DeleteStmt, InsertStmt, UpdateStmt } from 'libpg-query'
import { type Analysis, checkSubLinks, columnsOf, type Report, readerOf } from './analysis.ts'
import { as, type Node } from './ast.ts'
import { bindBy, decide, reportUnboundInsert } from './bound.ts'
import { factsOf } from './equalities.ts'
import { occurrenceOf } from './from.ts'
import { analyzeLevel, checkOuterHints } from './level.ts'
import { type Column, derived, type Marks, marksOf, NO_MARKS, type Occurrence, type Scope } from './scope.ts'

export function analyzeInsert(analysis: Analysis, insert: InsertStmt, scope: Scope, tell: Report): Column[] {
  const { fileClass } = analysis
  const target = insert.relation && occurrenceOf(insert.relation, scope, false, tell)
  const source = analysis.query(insert.selectStmt, scope, tell)
  const cols = (insert.cols ?? []).map((node) => as(node, 'ResTarget')?.name ?? '')
  if (!target?.table) return []
  if (cols.length === 0) tell(target.location, 'insert-columns', 'name the columns: a new one would shift the values')
  const given = new Map<string, Marks>(cols.map((name, index) => [name, source[index] ?? NO_MARKS]))
  bindBy(fileClass, target, (column) => [given.get(column) ?? NO_MARKS])
  const { ownerless } = target.table.rule
  if (fileClass === 'user' && ownerless?.every((column) => !given.has(column))) target.bound = true
  if (!target.bound) reportUnboundInsert(fileClass, target, tell)
  checkLookup(analysis, target, tell)
  checkConflict(analysis, insert, target, given, scope, tell)
  const reader = readerOf(analysis, { occurrences: [target], ctes: scope.ctes, parent: scope })
  checkSubLinks(analysis, insert.returningList, reader.scope, tell)
  return columnsOf(insert.returningList, reader)
}

export function analyzeUpdate(
  analysis: Analysis,
  update: UpdateStmt,
  scope: Scope,
  tell: Report,
  isFinal: boolean,
): Column[] {
  const target = update.relation && occurrenceOf(update.relation, scope, false, tell)
  if (!target) return []
  checkMoves(update.targetList, target, tell)
  checkLookup(analysis, target, tell)
  const expressions = [update.targetList, update.returningList]
  const input = { target, from: update.fromClause, where: update.whereClause, expressions }
  const reader = analyzeLevel(analysis, input, scope, tell)
  if (isFinal) checkOuterHints(update.returningList, reader.scope, tell)
  return columnsOf(update.returningList, reader)
}

export function analyzeDelete(
  analysis: Analysis,
  remove: DeleteStmt,
  scope: Scope,
  tell: Report,
  isFinal: boolean,
): Column[] {
  const target = remove.relation && occurrenceOf(remove.relation, scope, false, tell)
  if (!target) return []
  checkLookup(analysis, target, tell)
  const input = { target, from: remove.usingClause, where: remove.whereClause, expressions: [remove.returningList] }
  const reader = analyzeLevel(analysis, input, scope, tell)
  if (isFinal) checkOuterHints(remove.returningList, reader.scope, tell)
  return columnsOf(remove.returningList, reader)
}

/** The row that ON CONFLICT finds may be another tenant's, unless the key it was found by holds the tenant. */
function checkConflict(
  analysis: Analysis,
  insert: InsertStmt,
  target: Occurrence,
  given: ReadonlyMap<string, Marks>,
  scope: Scope,
  tell: Report,
): void {
  const conflict = insert.onConflictClause
  if (conflict?.action !== 'ONCONFLICT_UPDATE') return
  const present: Occurrence = { ...target, bound: false, tenantBound: false }
  const columns = [...given].map(([name, marks]) => ({ ...marks, name, own: target.bound, ofTenant: target.bound }))
  const excluded = derived('excluded', target.location, columns, false)
  const inner: Scope = { occurrences: [present, excluded], ctes: scope.ctes, parent: scope }
  const key = (conflict.infer?.indexElems ?? []).map((node) => as(node, 'IndexElem')?.name ?? '')
  bindBy(analysis.fileClass, present, (column) =>
    key.includes(column) ? [marksOf({ occurrence: excluded, column })] : [],
  )
  const facts = { ...factsOf(conflict.whereClause, readerOf(analysis, inner)), holdsFor: () => true }
  decide(analysis.fileClass, present, [facts])
  if (!present.bound) {
    const mending = 'infer a key that holds the tenant (or caller), or compare it in the WHERE of DO UPDATE'
    tell(
      conflict.location ?? target.location,
      'conflict-binding',
      `the row that conflicts may be somebody else's; ${mending}`,
    )
  }
  checkMoves(conflict.targetList, target, tell)
  checkSubLinks(analysis, [conflict.targetList, conflict.whereClause], inner, tell)
}

function checkMoves(targets: Node[] | undefined, { name, table }: Occurrence, tell: Report): void {
  for (const target of (targets ?? []).map((node) => as(node, 'ResTarget'))) {
    // A session is a person's, and may go from one workspace to the next.
    const isMove = table?.rule.class === 'tenant' && target?.name === table.rule.tenantColumn
    if (isMove)
      tell(
        target?.location ?? 0,
        'tenant-move',
        `${name}.${target?.name} never changes: the row would leave its tenant`,
      )
  }
}

function checkLookup({ fileClass }: Analysis, { name, location, table }: Occurrence, tell: Report): void {
  if (table?.rule.class === 'lookup' && fileClass !== 'jobs')
    tell(location, 'lookup-write', `${name} is filled by migrations`)
}
