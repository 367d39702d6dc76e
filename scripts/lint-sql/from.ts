import type { JoinExpr, RangeFunction, RangeSubselect, RangeVar } from 'libpg-query'
import { type Analysis, marksOfOperand, type Report, readerOf } from './analysis.ts'
import { as, locationOf, type Node, names } from './ast.ts'
import { operandOf, type Reader } from './equalities.ts'
import { type Column, derived, NO_MARKS, type Occurrence, renamed, type Scope } from './scope.ts'
import { TABLES } from './tables.ts'

/** A FROM clause, taken apart; subqueries are looked into later, since LATERAL ones need what is bound around them. */
export type From = {
  occurrences: Occurrence[]
  subqueries: { occurrence: Occurrence; query: Node | undefined; isLateral: boolean }[]
  joins: { quals: Node | undefined; holdsFor: Set<Occurrence> }[]
  /** Arguments of functions, in which subqueries may stand. */
  expressions: unknown[]
}

/** The sides of which every row comes out, whatever ON says. */
const KEPT_SIDES: Readonly<Record<string, readonly ('left' | 'right')[]>> = {
  JOIN_LEFT: ['left'],
  JOIN_RIGHT: ['right'],
  JOIN_FULL: ['left', 'right'],
}

export function readFrom(analysis: Analysis, items: Node[] | undefined, scope: Scope, tell: Report): From {
  const from: From = { occurrences: [], subqueries: [], joins: [], expressions: [] }
  for (const item of items ?? []) from.occurrences.push(...readItem(item, false))
  return from

  function readItem(node: Node, nullable: boolean): Occurrence[] {
    const [range, subselect] = [as(node, 'RangeVar'), as(node, 'RangeSubselect')]
    const [call, join] = [as(node, 'RangeFunction'), as(node, 'JoinExpr')]
    if (range) return [occurrenceOf(range, scope, nullable, tell)]
    if (subselect) return [readSubselect(subselect, nullable)]
    if (call) return [readFunction(call, nullable)]
    if (join) return readJoin(join, nullable)
    tell(locationOf(node), 'from', 'only tables, CTEs, subqueries, functions and joins are understood')
    return []
  }

  function readSubselect(subselect: RangeSubselect, nullable: boolean): Occurrence {
    const columns = names(subselect.alias?.colnames).map((name) => ({ name, ...NO_MARKS }))
    const occurrence = derived(subselect.alias?.aliasname, locationOf(subselect), columns, nullable)
    from.subqueries.push({ occurrence, query: subselect.subquery, isLateral: subselect.lateral ?? false })
    return occurrence
  }

  function readFunction(call: RangeFunction, nullable: boolean): Occurrence {
    from.expressions.push(call.functions)
    const columns = functionColumns(call, readerOf(analysis, scope))
    return derived(call.alias?.aliasname, locationOf(call), columns, nullable)
  }

  function readJoin(join: JoinExpr, nullable: boolean): Occurrence[] {
    refuseJoin(join, tell)
    const kept = KEPT_SIDES[join.jointype ?? ''] ?? []
    const left = join.larg ? readItem(join.larg, nullable || kept.includes('right')) : []
    const right = join.rarg ? readItem(join.rarg, nullable || kept.includes('left')) : []
    // A row of a kept side appears whether or not ON is true, so ON says nothing about it.
    const holdsFor = new Set([...(kept.includes('left') ? [] : left), ...(kept.includes('right') ? [] : right)])
    from.joins.push({ quals: join.quals, holdsFor })
    return [...left, ...right]
  }
}

function refuseJoin(join: JoinExpr, tell: Report): void {
  if (join.isNatural || join.usingClause) tell(locationOf(join), 'join-using', 'write the join out: on a.x = b.x')
  if (join.alias) tell(locationOf(join), 'from', 'a join with an alias is not understood')
}

/** A name in FROM or after INSERT INTO, UPDATE, DELETE FROM: a CTE if one is in reach, else a table of the list. */
export function occurrenceOf(range: RangeVar, scope: Scope, nullable: boolean, tell: Report): Occurrence {
  const table = range.relname ?? ''
  const name = range.alias?.aliasname ?? table
  const location = range.location ?? 0
  const cte = range.schemaname === undefined ? scope.ctes.get(table) : undefined
  if (cte) return derived(name, location, renamed(cte, names(range.alias?.colnames)), nullable)
  if (range.alias?.colnames) tell(location, 'from', 'renaming the columns of a table in FROM is not understood')
  const schema = range.schemaname ?? 'public'
  const rule = schema === 'public' ? TABLES[table] : undefined
  if (rule) return { name, location, table: { name: table, rule }, nullable, bound: false, tenantBound: false }
  tell(location, 'unknown-table', `"${schema}.${table}" is not in scripts/lint-sql/tables.ts`)
  return derived(name, location, [], nullable)
}

/** The columns of unnest(:a!, :b!) hold what the parameters hold; of other functions only the names are known. */
function functionColumns(call: RangeFunction, reader: Reader): Column[] {
  const given = names(call.alias?.colnames)
  const columns = given.length > 0 ? given : [call.alias?.aliasname ?? '']
  const first = as(as(call.functions?.[0], 'List')?.items?.[0], 'FuncCall')
  const isUnnest = names(first?.funcname).at(-1) === 'unnest' && call.functions?.length === 1
  const args = isUnnest ? (first?.args ?? []) : []
  return columns.map((name, index) => ({
    name,
    ...NO_MARKS,
    param: marksOfOperand(operandOf(args[index], reader)).param,
  }))
}
