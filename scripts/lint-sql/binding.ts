import type { SelectStmt, WithClause } from 'libpg-query'
import { type Analysis, both, checkSubLinks, columnsOf, marksOfOperand, type Report, readerOf } from './analysis.ts'
import { as, type Node, names } from './ast.ts'
import { operandOf } from './equalities.ts'
import { analyzeLevel, checkOuterHints } from './level.ts'
import type { ParsedStatement } from './parse.ts'
import { type Column, NO_MARKS, renamed, type Scope } from './scope.ts'
import { TABLES } from './tables.ts'
import { analyzeDelete, analyzeInsert, analyzeUpdate } from './writes.ts'

/**
 * Proves that every appearance of a table belongs to the tenant (or caller) of the statement's class. Each query level is
 * read for the equalities that hold for certain; an appearance is bound when they tie its tenant column to :workspaceId, or,
 * for tables of people, one of its keys to a row that is bound already. Subqueries, CTEs, set operations and INSERT ...
 * SELECT hand on what is known of their columns. What the proof does not understand counts as not bound.
 */
export function checkBinding(statement: ParsedStatement, report: Report): void {
  const { fileClass, paramName } = statement
  const analysis: Analysis = { fileClass, paramName, query: analyzeQuery }
  analyzeQuery(statement.node, { occurrences: [], ctes: new Map() }, report, true)

  function analyzeQuery(node: Node | undefined, outer: Scope, tell: Report, isFinal = false): Column[] {
    const [select, insert] = [as(node, 'SelectStmt'), as(node, 'InsertStmt')]
    const [update, remove] = [as(node, 'UpdateStmt'), as(node, 'DeleteStmt')]
    const scope = withCtes(analysis, (select ?? insert ?? update ?? remove)?.withClause, outer, tell)
    if (select) return analyzeSelect(analysis, select, scope, tell, isFinal)
    if (insert) return analyzeInsert(analysis, insert, scope, tell)
    if (update) return analyzeUpdate(analysis, update, scope, tell, isFinal)
    if (remove) return analyzeDelete(analysis, remove, scope, tell, isFinal)
    tell(0, 'statement', 'only select, insert, update and delete are understood')
    return []
  }
}

function withCtes(analysis: Analysis, clause: WithClause | undefined, scope: Scope, tell: Report): Scope {
  const ctes = new Map(scope.ctes)
  if (clause?.recursive)
    tell(clause.location ?? 0, 'recursive', 'the proof does not follow recursion; write it without')
  for (const cte of (clause?.ctes ?? []).map((node) => as(node, 'CommonTableExpr'))) {
    const name = cte?.ctename ?? ''
    if (TABLES[name]) tell(cte?.location ?? 0, 'cte-name', `a table is called "${name}" too; name the CTE as a fact`)
    const columns = analysis.query(cte?.ctequery, { ...scope, ctes: new Map(ctes) }, tell)
    ctes.set(name, renamed(columns, names(cte?.aliascolnames)))
  }
  return { ...scope, ctes }
}

function analyzeSelect(analysis: Analysis, select: SelectStmt, scope: Scope, tell: Report, isFinal: boolean): Column[] {
  if (select.larg && select.rarg) {
    checkSubLinks(analysis, [select.sortClause, select.limitCount], scope, tell)
    const left = analysis.query({ SelectStmt: select.larg }, scope, tell, isFinal)
    const right = analysis.query({ SelectStmt: select.rarg }, scope, tell, isFinal)
    return left.map((column, index) => ({ name: column.name, ...both(column, right[index] ?? NO_MARKS) }))
  }
  if (select.valuesLists) return analyzeValues(analysis, select.valuesLists, scope, tell)
  const { targetList, groupClause, havingClause, sortClause, limitCount, distinctClause, windowClause } = select
  const expressions = [targetList, groupClause, havingClause, sortClause, limitCount, distinctClause, windowClause]
  const input = { from: select.fromClause, where: select.whereClause, expressions }
  const reader = analyzeLevel(analysis, input, scope, tell)
  if (isFinal) checkOuterHints(targetList, reader.scope, tell)
  return columnsOf(targetList, reader)
}

function analyzeValues(analysis: Analysis, rows: Node[], scope: Scope, tell: Report): Column[] {
  const reader = readerOf(analysis, { occurrences: [], ctes: scope.ctes, parent: scope })
  checkSubLinks(analysis, rows, reader.scope, tell)
  const read = rows.map((row) => (as(row, 'List')?.items ?? []).map((item) => marksOfOperand(operandOf(item, reader))))
  const [first = [], ...rest] = read
  return first.map((marks, index) => ({
    name: `column${index + 1}`,
    ...rest.reduce((known, row) => both(known, row[index] ?? NO_MARKS), marks),
  }))
}
