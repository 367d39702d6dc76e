import type { DeleteStmt, InsertStmt, Node, RangeFunction, RangeVar, SelectStmt, UpdateStmt, WithClause } from 'libpg-query'
import { as, locationOf, names, subLinks, walk } from './ast.ts'
import { equalTo, type Facts, factsOf, type Operand, operandOf, type Reader } from './equalities.ts'
import type { ParsedStatement } from './parse.ts'
import { type Column, type Marks, marksOf, NO_MARKS, type Occurrence, resolve, type Scope, withoutHint } from './scope.ts'
import { TABLES } from './tables.ts'

/*
 * Proves that every appearance of a table belongs to the tenant (or caller) of the statement's class. Each query level is
 * read for the equalities that hold for certain; an appearance is bound when they tie its tenant column to :workspaceId, or,
 * for tables of people, one of its keys to a row that is bound already. Subqueries, CTEs, set operations and INSERT ...
 * SELECT hand on what is known of their columns. What the proof does not understand counts as not bound.
 */

export type Report = (location: number, rule: string, message: string) => void

type From = { subqueries: { occurrence: Occurrence; query: Node | undefined; scope: 'level' | 'outer' }[]; joins: Join[]; expressions: unknown[] }
type Join = { quals: Node | undefined; holdsFor: Set<Occurrence> }
type LevelInput = { target?: Occurrence; from: Node[] | undefined; where: Node | undefined; expressions: unknown[] }

const SILENT: Report = () => {}

export function checkBinding(statement: ParsedStatement, report: Report): void {
  const { fileClass } = statement
  analyzeQuery(statement.node, { occurrences: [], ctes: new Map() }, report, true)

  function analyzeQuery(node: Node | undefined, scope: Scope, tell: Report, isFinal = false): Column[] {
    const select = as(node, 'SelectStmt')
    if (select) return analyzeSelect(select, withCtes(select.withClause, scope, tell), tell, isFinal)
    const insert = as(node, 'InsertStmt')
    if (insert) return analyzeInsert(insert, withCtes(insert.withClause, scope, tell), tell)
    const update = as(node, 'UpdateStmt')
    if (update) return analyzeUpdate(update, withCtes(update.withClause, scope, tell), tell, isFinal)
    const remove = as(node, 'DeleteStmt')
    if (remove) return analyzeDelete(remove, withCtes(remove.withClause, scope, tell), tell, isFinal)
    tell(0, 'statement', 'only select, insert, update and delete are understood')
    return []
  }

  function withCtes(clause: WithClause | undefined, scope: Scope, tell: Report): Scope {
    const ctes = new Map(scope.ctes)
    const inner = { ...scope, ctes }
    if (clause?.recursive) tell(clause.location ?? 0, 'recursive', 'the proof does not follow recursion; write it without')
    for (const node of clause?.ctes ?? []) {
      const cte = as(node, 'CommonTableExpr')
      if (cte?.ctename === undefined) continue
      if (TABLES[cte.ctename]) tell(cte.location ?? 0, 'cte-name', `a table is called "${cte.ctename}" too; name the CTE as a fact`)
      ctes.set(cte.ctename, renamed(analyzeQuery(cte.ctequery, { ...inner, ctes: new Map(ctes) }, tell), cte.aliascolnames))
    }
    return inner
  }

  function analyzeSelect(select: SelectStmt, scope: Scope, tell: Report, isFinal: boolean): Column[] {
    if (select.op && select.op !== 'SETOP_NONE') {
      const branch = (arm: SelectStmt | undefined) => (arm ? analyzeQuery({ SelectStmt: arm }, scope, tell, isFinal) : [])
      const [left, right] = [branch(select.larg), branch(select.rarg)]
      checkSubLinks([select.sortClause, select.limitCount], scope, tell)
      return left.map((column, index) => ({ name: column.name, ...both(column, right[index] ?? NO_MARKS) }))
    }
    if (select.valuesLists) return analyzeValues(select.valuesLists, scope, tell)
    const { targetList, groupClause, havingClause, sortClause, limitCount, distinctClause, windowClause } = select
    const expressions = [targetList, groupClause, havingClause, sortClause, limitCount, distinctClause, windowClause]
    const level = analyzeLevel({ from: select.fromClause, where: select.whereClause, expressions }, scope, tell)
    if (isFinal) checkOuterHints(targetList, level.scope, tell)
    return columnsOf(targetList, level)
  }

  function analyzeValues(rows: Node[], scope: Scope, tell: Report): Column[] {
    const reader = readerOf({ occurrences: [], ctes: scope.ctes, parent: scope })
    checkSubLinks(rows, reader.scope, tell)
    const read = rows.map((row) => (as(row, 'List')?.items ?? []).map((item) => marksOfOperand(operandOf(item, reader))))
    const [first = [], ...rest] = read
    return first.map((marks, index) => {
      return { name: `column${index + 1}`, ...rest.reduce((known, row) => both(known, row[index] ?? NO_MARKS), marks) }
    })
  }

  /** Reads FROM and WHERE, decides what is bound, and reports what is not. */
  function analyzeLevel(input: LevelInput, outer: Scope, tell: Report): Reader {
    const scope: Scope = { occurrences: input.target ? [input.target] : [], ctes: outer.ctes, parent: outer }
    const reader = readerOf(scope)
    const from: From = { subqueries: [], joins: [], expressions: [] }
    for (const item of input.from ?? []) scope.occurrences.push(...readFrom(item, scope, from, tell))
    const outerScope: Scope = { occurrences: [], ctes: outer.ctes, parent: outer }
    const analyzeFrom = (how: Report): void => {
      for (const { occurrence, query, scope: which } of from.subqueries) {
        const columns = analyzeQuery(query, which === 'level' ? scope : outerScope, how)
        occurrence.columns = columns.map((column, index) => ({ ...column, name: occurrence.columns?.[index]?.name ?? column.name }))
      }
    }
    for (let changed = true; changed; ) {
      analyzeFrom(SILENT)
      const facts = [{ ...factsOf(input.where, reader), holdsFor: () => true }, ...from.joins.map((join) => factsOfJoin(join, reader))]
      const before = countBound(scope)
      for (const occurrence of scope.occurrences) decide(occurrence, facts)
      changed = countBound(scope) > before
    }
    analyzeFrom(tell)
    checkSubLinks([input.where, input.expressions, from.expressions, from.joins.map(({ quals }) => quals)], scope, tell)
    for (const occurrence of scope.occurrences) reportUnbound(occurrence, tell)
    return reader
  }

  function readFrom(node: Node, scope: Scope, from: From, tell: Report, nullable = false): Occurrence[] {
    const range = as(node, 'RangeVar')
    if (range) return [occurrenceOf(range, scope, nullable, tell)]
    const subselect = as(node, 'RangeSubselect')
    if (subselect) {
      const columns = names(subselect.alias?.colnames).map((name) => ({ name, ...NO_MARKS }))
      const occurrence = derived(subselect.alias?.aliasname, locationOf(subselect), columns, nullable)
      from.subqueries.push({ occurrence, query: subselect.subquery, scope: subselect.lateral ? 'level' : 'outer' })
      return [occurrence]
    }
    const call = as(node, 'RangeFunction')
    if (call) {
      from.expressions.push(call.functions)
      return [derived(call.alias?.aliasname, locationOf(call), functionColumns(call, readerOf(scope)), nullable)]
    }
    const join = as(node, 'JoinExpr')
    if (!join) {
      tell(locationOf(node), 'from', 'only tables, CTEs, subqueries, functions and joins are understood')
      return []
    }
    if (join.isNatural || join.usingClause) tell(locationOf(join), 'join-using', 'write the join out: on a.x = b.x')
    if (join.alias) tell(locationOf(join), 'from', 'a join with an alias is not understood')
    const keepsLeft = join.jointype === 'JOIN_LEFT' || join.jointype === 'JOIN_FULL'
    const keepsRight = join.jointype === 'JOIN_RIGHT' || join.jointype === 'JOIN_FULL'
    const left = join.larg ? readFrom(join.larg, scope, from, tell, nullable || keepsRight) : []
    const right = join.rarg ? readFrom(join.rarg, scope, from, tell, nullable || keepsLeft) : []
    // A row of the kept side appears whether or not ON is true, so ON says nothing about it.
    from.joins.push({ quals: join.quals, holdsFor: new Set([...(keepsLeft ? [] : left), ...(keepsRight ? [] : right)]) })
    return [...left, ...right]
  }

  function occurrenceOf(range: RangeVar, scope: Scope, nullable: boolean, tell: Report): Occurrence {
    const name = range.alias?.aliasname ?? range.relname ?? ''
    const location = range.location ?? 0
    const cte = range.schemaname === undefined && range.relname !== undefined ? scope.ctes.get(range.relname) : undefined
    if (cte) return derived(name, location, renamed(cte, range.alias?.colnames), nullable)
    if (range.alias?.colnames) tell(location, 'from', 'renaming the columns of a table in FROM is not understood')
    const rule = range.schemaname === undefined || range.schemaname === 'public' ? TABLES[range.relname ?? ''] : undefined
    if (rule === undefined) {
      tell(location, 'unknown-table', `"${range.schemaname ? `${range.schemaname}.` : ''}${range.relname}" is not in scripts/lint-sql/tables.ts`)
      return derived(name, location, [], nullable)
    }
    return { name, location, table: { name: range.relname ?? '', rule }, nullable, bound: false, tenantBound: false }
  }

  function factsOfJoin(join: Join, reader: Reader): Facts {
    return { ...factsOf(join.quals, reader), holdsFor: (occurrence) => join.holdsFor.has(occurrence) }
  }

  function decide(occurrence: Occurrence, facts: Facts[]): void {
    const { table } = occurrence
    if (!table) return
    const equalMarks = (column: string) => equalTo({ occurrence, column }, facts).map(marksOfOperand)
    const { tenantColumn, anchors = {}, ownerless } = table.rule
    const nulls = facts.filter((fact) => fact.holdsFor(occurrence)).flatMap((fact) => fact.nulls)
    const isNull = (column: string) => nulls.some((term) => term.occurrence === occurrence && term.column === column)
    decideBy(occurrence, equalMarks)
    if (fileClass === 'user' && (ownerless?.every(isNull) ?? false)) occurrence.bound = true
    if (fileClass === 'user') {
      const isAnchored = ([column, params]: [string, string[]]) =>
        equalMarks(column).some(({ param }) => param !== undefined && params.includes(param))
      if (Object.entries(anchors).some(isAnchored)) occurrence.bound = true
    }
    if (tenantColumn === undefined && table.rule.class === 'lookup') occurrence.bound = true
  }

  /** The rule that reads, writes and inserts share: how the values that equal a column bind the row. */
  function decideBy(occurrence: Occurrence, marksFor: (column: string) => Marks[]): void {
    const { class: tableClass, tenantColumn, keys = [] } = occurrence.table?.rule ?? { class: 'tenant' }
    if (fileClass === 'jobs') occurrence.bound = true
    if (tenantColumn !== undefined && marksFor(tenantColumn).some(({ tenant }) => tenant)) {
      occurrence.tenantBound = true
      occurrence.bound = true
    }
    // In a tenant's file a tenant's table needs the tenant itself; being tied to a bound row is enough for people's tables.
    const tying = tableClass === 'tenant' && fileClass === 'user' && tenantColumn !== undefined ? [tenantColumn, ...keys] : keys
    const mayTie = fileClass === 'user' || tableClass !== 'tenant'
    if (mayTie && tying.some((column) => marksFor(column).some(({ own }) => own))) occurrence.bound = true
  }

  function reportUnbound({ bound, table, name, location }: Occurrence, tell: Report): void {
    if (bound || !table) return
    const { tenantColumn, anchors = {}, keys = [] } = table.rule
    const shown = name === table.name ? name : `${table.name} ${name}`
    if (fileClass === 'tenant' && tenantColumn !== undefined) {
      const mending = `require ${name}.${tenantColumn} = :workspaceId! (or = that of a bound table) with AND in its own WHERE or ON`
      return tell(location, 'tenant-binding', `${shown} is not bound to :workspaceId; ${mending}`)
    }
    const columns = [...Object.entries(anchors).map(([column, params]) => `${column} = :${params.join('! or :')}!`), ...keys]
    const rule = fileClass === 'tenant' ? 'tenant-binding' : 'user-binding'
    const ways = fileClass === 'tenant' ? keys : columns
    const mending = ways.length > 0 ? `bind it by ${ways.join(', or ')} (a key to a bound row)` : 'it belongs in a .jobs.sql file'
    tell(location, rule, `${shown} is not bound ${fileClass === 'tenant' ? 'within the tenant' : 'to the caller or a secret'}; ${mending}`)
  }

  function analyzeInsert(insert: InsertStmt, scope: Scope, tell: Report): Column[] {
    const target = insert.relation && occurrenceOf(insert.relation, scope, false, tell)
    const source = analyzeQuery(insert.selectStmt, scope, tell)
    const cols = (insert.cols ?? []).map((node) => as(node, 'ResTarget')?.name ?? '')
    if (!target?.table) return []
    if (cols.length === 0) tell(target.location, 'insert-columns', 'name the columns: a new one would shift the values')
    const given = new Map(cols.map((name, index) => [name, source[index] ?? NO_MARKS]))
    const { anchors = {}, ownerless, class: tableClass } = target.table.rule
    decideBy(target, (column) => [given.get(column) ?? NO_MARKS])
    if (fileClass === 'user') {
      const isGiven = ([column, params]: [string, string[]]) => params.includes(given.get(column)?.param ?? '')
      if (Object.entries(anchors).some(isGiven)) target.bound = true
      if (ownerless?.every((column) => !given.has(column))) target.bound = true
    }
    if (!target.bound) reportUnboundInsert(target, tell)
    if (tableClass === 'lookup' && fileClass !== 'jobs') tell(target.location, 'lookup-write', `${target.name} is filled by migrations`)
    checkConflict(insert, target, given, scope, tell)
    const reader = readerOf({ occurrences: [target], ctes: scope.ctes, parent: scope })
    checkSubLinks(insert.returningList, reader.scope, tell)
    return columnsOf(insert.returningList, reader)
  }

  function reportUnboundInsert(target: Occurrence, tell: Report): void {
    const { tenantColumn, keys = [], anchors = {} } = target.table?.rule ?? {}
    const mending =
      fileClass === 'tenant' && tenantColumn !== undefined
        ? `its ${tenantColumn} must be :workspaceId! or that of a bound row, in every branch`
        : `one of ${[...Object.keys(anchors), ...keys].join(', ')} must be the caller's`
    tell(target.location, fileClass === 'tenant' ? 'tenant-binding' : 'user-binding', `the row inserted into ${target.name} is not bound; ${mending}`)
  }

  /** The row that ON CONFLICT finds may be another tenant's, unless the key it was found by holds the tenant. */
  function checkConflict(insert: InsertStmt, target: Occurrence, given: Map<string, Marks>, scope: Scope, tell: Report): void {
    const conflict = insert.onConflictClause
    if (conflict?.action !== 'ONCONFLICT_UPDATE' || !target.table) return
    const present: Occurrence = { ...target, bound: false, tenantBound: false }
    const columns = [...given].map(([name, marks]) => ({ ...marks, name, own: target.bound }))
    const excluded = derived('excluded', target.location, columns, false)
    const inner: Scope = { occurrences: [present, excluded], ctes: scope.ctes, parent: scope }
    const reader = readerOf(inner)
    const arbiter = (conflict.infer?.indexElems ?? []).map((node) => as(node, 'IndexElem')?.name ?? '')
    decideBy(present, (column) => (arbiter.includes(column) ? [marksOf({ occurrence: excluded, column })] : []))
    decide(present, [{ ...factsOf(conflict.whereClause, reader), holdsFor: () => true }])
    if (!present.bound) {
      const mending = 'infer a key that holds the tenant (or caller), or compare it in the WHERE of DO UPDATE'
      tell(conflict.location ?? target.location, 'conflict-binding', `the row that conflicts may be somebody else's; ${mending}`)
    }
    checkMoves(conflict.targetList, target, tell)
    checkSubLinks([conflict.targetList, conflict.whereClause], inner, tell)
  }

  function analyzeUpdate(update: UpdateStmt, scope: Scope, tell: Report, isFinal: boolean): Column[] {
    const target = update.relation && occurrenceOf(update.relation, scope, false, tell)
    if (!target) return []
    checkMoves(update.targetList, target, tell)
    const expressions = [update.targetList, update.returningList]
    const reader = analyzeLevel({ target, from: update.fromClause, where: update.whereClause, expressions }, scope, tell)
    if (target.table?.rule.class === 'lookup' && fileClass !== 'jobs') tell(target.location, 'lookup-write', `${target.name} is filled by migrations`)
    if (isFinal) checkOuterHints(update.returningList, reader.scope, tell)
    return columnsOf(update.returningList, reader)
  }

  function analyzeDelete(remove: DeleteStmt, scope: Scope, tell: Report, isFinal: boolean): Column[] {
    const target = remove.relation && occurrenceOf(remove.relation, scope, false, tell)
    if (!target) return []
    const input = { target, from: remove.usingClause, where: remove.whereClause, expressions: [remove.returningList] }
    const reader = analyzeLevel(input, scope, tell)
    if (target.table?.rule.class === 'lookup' && fileClass !== 'jobs') tell(target.location, 'lookup-write', `${target.name} is filled by migrations`)
    if (isFinal) checkOuterHints(remove.returningList, reader.scope, tell)
    return columnsOf(remove.returningList, reader)
  }

  function checkMoves(targets: Node[] | undefined, { table }: Occurrence, tell: Report): void {
    for (const node of targets ?? []) {
      const target = as(node, 'ResTarget')
      if (target?.name !== undefined && target.name === table?.rule.tenantColumn) {
        tell(target.location ?? 0, 'tenant-move', `${target.name} never changes: a row would move to another tenant`)
      }
    }
  }

  /** Each subquery in these expressions is a level of its own, which sees this one. */
  function checkSubLinks(expressions: unknown, scope: Scope, tell: Report): void {
    for (const link of subLinks(expressions)) analyzeQuery(link.subselect, scope, tell)
  }

  function readerOf(scope: Scope): Reader {
    return {
      scope,
      param: (number) => {
        const param = statement.paramName(number)
        return { tenant: fileClass === 'tenant' && param === 'workspaceId', own: false, param }
      },
      subquery: (select) => analyzeQuery(select, scope, SILENT),
    }
  }
}

function columnsOf(targets: Node[] | undefined, reader: Reader): Column[] {
  return (targets ?? []).map((node) => {
    const target = as(node, 'ResTarget')
    const name = target?.name ?? names(as(target?.val, 'ColumnRef')?.fields).at(-1) ?? ''
    return { name: withoutHint(name), ...marksOfOperand(operandOf(target?.val, reader)) }
  })
}

function marksOfOperand(operand: Operand | undefined): Marks {
  if (operand === undefined) return NO_MARKS
  const { tenant, own, param } = 'term' in operand ? marksOf(operand.term) : operand.value
  return { tenant, own, param }
}

/** The columns of unnest(:a!, :b!) hold what the parameters hold; of other functions only the names are known. */
function functionColumns(call: RangeFunction, reader: Reader): Column[] {
  const given = names(call.alias?.colnames)
  const columns = given.length > 0 ? given : [call.alias?.aliasname ?? '']
  const first = as(as(call.functions?.[0], 'List')?.items?.[0], 'FuncCall')
  const args = names(first?.funcname).at(-1) === 'unnest' && call.functions?.length === 1 ? (first?.args ?? []) : []
  return columns.map((name, index) => ({ name, ...NO_MARKS, param: marksOfOperand(operandOf(args[index], reader)).param }))
}

function both(a: Marks, b: Marks): Marks {
  return { tenant: a.tenant && b.tenant, own: a.own && b.own, param: a.param === b.param ? a.param : undefined }
}

function derived(name: string | undefined, location: number, columns: Column[], nullable: boolean): Occurrence {
  return { name: name ?? '', location, columns, nullable, bound: true, tenantBound: false }
}

function renamed(columns: Column[], aliases: Node[] | undefined): Column[] {
  const given = names(aliases)
  return columns.map((column, index) => ({ ...column, name: given[index] ?? column.name }))
}

function countBound(scope: Scope): number {
  return scope.occurrences.reduce((sum, { bound, tenantBound }) => sum + Number(bound) + Number(tenantBound), 0)
}

/** pgtyped takes a column of an outer join's far side for NOT NULL, so its alias has to say otherwise. */
function checkOuterHints(targets: Node[] | undefined, scope: Scope, tell: Report): void {
  walk(targets, (node) => {
    const target = as(node, 'ResTarget')
    if (target === undefined) return undefined
    const term = resolve(target.val, scope)
    if (term?.occurrence.nullable && term.occurrence.table && !/[!?]$/.test(target.name ?? '')) {
      const mending = `alias it "${target.name ?? term.column}?" (or "!" where it cannot be)`
      tell(target.location ?? 0, 'outer-join-hint', `${term.occurrence.name}.${term.column} may be NULL here; ${mending}`)
    }
    return false
  })
}
