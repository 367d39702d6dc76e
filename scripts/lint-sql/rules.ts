import type { InsertStmt, SelectStmt } from 'libpg-query'
import type { Report } from './analysis.ts'
import { all, as, bare, locationOf, type Node, names, walk } from './ast.ts'
import { CLOCK_ALLOWED, keyOf, NULL_COMPARED, UNBOUNDED_LISTS, VERBS } from './exceptions.ts'
import { mayCall } from './functions.ts'
import type { ParsedStatement } from './parse.ts'
import { TABLES } from './tables.ts'

const CLOCK_FUNCTIONS = ['now', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp', 'timeofday']
/** At the beginning of a text that is read as a time, a range or an array of times. */
const CLOCK_WORD = /^\W*(now|today|tomorrow|yesterday|allballs)\b/i
const ID_FUNCTIONS = ['uuid_v7', 'gen_random_uuid', 'uuid_generate_v4', 'nextval', 'random']
const SETTINGS = ['app.actor', 'app.reason']

export function checkRules(statement: ParsedStatement, report: Report): void {
  checkName(statement, report)
  checkStars(statement, report)
  checkInto(statement, report)
  checkOffset(statement, report)
  checkClock(statement, report)
  checkFunctions(statement, report)
  checkIds(statement, report)
  checkOrder(statement, report)
  checkLimit(statement, report)
  checkOptional(statement, report)
}

function checkName({ name }: ParsedStatement, report: Report): void {
  const verb = /^[a-z]+/.exec(name)?.[0] ?? ''
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) report(0, 'name', 'statements are named in lowerCamelCase')
  else if (!VERBS.includes(verb)) {
    const mending = "a domain's verb joins VERBS in scripts/lint-sql/exceptions.ts"
    report(0, 'name', `"${verb}" is not in the vocabulary (find, list, insert, update ...); ${mending}`)
  }
}

function checkStars({ node }: ParsedStatement, report: Report): void {
  const ctes = new Set(all(node, 'CommonTableExpr').map(({ ctename }) => ctename))
  const tables = new Set<string | undefined>()
  walk(node, (each) => {
    const range =
      as(each, 'RangeVar') ?? (as(each, 'InsertStmt') ?? as(each, 'UpdateStmt') ?? as(each, 'DeleteStmt'))?.relation
    if (range && !ctes.has(range.relname)) tables.add(range.alias?.aliasname ?? range.relname)
    return undefined
  })
  for (const { fields = [], location = 0 } of all(node, 'ColumnRef')) {
    if (fields.some((field) => as(field, 'A_Star'))) {
      report(location, 'star', 'name the columns (in exists: select 1); a new column must not travel unseen')
    }
    const [only] = names(fields)
    if (fields.length === 1 && tables.has(only)) {
      report(location, 'star', `"${only}" is the whole row of a table; name the columns meant (jsonb_build_object)`)
    }
  }
}

function checkInto({ node }: ParsedStatement, report: Report): void {
  for (const { intoClause } of all(node, 'SelectStmt')) {
    if (intoClause)
      report(locationOf(intoClause), 'statement', 'select into makes a table; tables are made by migrations')
  }
}

function checkOffset({ node }: ParsedStatement, report: Report): void {
  for (const { limitOffset } of all(node, 'SelectStmt')) {
    if (limitOffset) report(locationOf(limitOffset), 'offset', 'page by key: where (time, id) < (:time!, :id!)')
  }
}

function checkClock(statement: ParsedStatement, report: Report): void {
  if (CLOCK_ALLOWED[keyOf(statement)] !== undefined) return
  for (const [what, location] of clockUses(statement.node)) {
    const mending = "business time is :now! (a lease's statement is listed in CLOCK_ALLOWED)"
    report(location, 'clock', `${what} is the database's clock; ${mending}`)
  }
}

function clockUses(node: Node): [what: string, location: number][] {
  const calls = all(node, 'FuncCall').filter(({ funcname, args }) => {
    const name = names(funcname).at(-1) ?? ''
    return CLOCK_FUNCTIONS.includes(name) || (name === 'age' && args?.length === 1)
  })
  const values = all(node, 'SQLValueFunction').filter(({ op }) => /DATE|TIME/.test(op ?? ''))
  // A text becomes a time by a cast, by comparison with one, or as an argument: these words are refused wherever they stand.
  const texts = all(node, 'A_Const').filter(({ sval }) => CLOCK_WORD.test(sval?.sval ?? ''))
  return [
    ...calls.map(({ funcname, location = 0 }): [string, number] => [`${names(funcname).at(-1)}()`, location]),
    ...values.map(({ op = '', location = 0 }): [string, number] => [op.replace('SVFOP_', '').toLowerCase(), location]),
    ...texts.map(({ location = 0 }): [string, number] => ['the current time as text', location]),
  ]
}

function checkFunctions({ node, fileClass }: ParsedStatement, report: Report): void {
  for (const { funcname, args, location } of all(node, 'FuncCall')) {
    const name = names(funcname).at(-1) ?? ''
    const isForeign = names(funcname).length > 1 && names(funcname)[0] !== 'pg_catalog'
    if (isForeign || !mayCall(name, fileClass)) {
      const mending = 'one that reads nothing but its arguments joins scripts/lint-sql/functions.ts'
      report(location ?? 0, 'function', `${name}() is not on the list of what statements may call; ${mending}`)
    }
    if (name === 'set_config') checkSetting(args, location ?? 0, report)
  }
}

function checkSetting(args: Node[] | undefined, location: number, report: Report): void {
  const setting = as(bare(args?.[0]), 'A_Const')?.sval?.sval ?? ''
  const isLocal = as(bare(args?.[2]), 'A_Const')?.boolval?.boolval === true
  if (!SETTINGS.includes(setting)) report(location, 'set-config', `only ${SETTINGS.join(' and ')} are settings of ours`)
  if (!isLocal) report(location, 'set-config', 'the third argument must be true: the next request has this connection')
}

function checkIds({ node, fileClass }: ParsedStatement, report: Report): void {
  walk(node, (each) => {
    const insert = as(each, 'InsertStmt')
    const table = insert?.relation?.relname ?? ''
    if (TABLES[table]?.explicitId === true && !statesId(insert)) {
      const location = insert?.relation?.location ?? 0
      report(location, 'explicit-id', `insert into ${table} must state its id (:id! from ctx.makeId)`)
    }
    return undefined
  })
  for (const { funcname, location } of all(node, 'FuncCall')) {
    const name = names(funcname).at(-1) ?? ''
    if (ID_FUNCTIONS.includes(name) && fileClass !== 'jobs') {
      report(location ?? 0, 'explicit-id', `${name}(): ids and randomness come in as parameters`)
    }
  }
}

/** Names the column and gives it a value, in every row of VALUES. */
function statesId(insert: InsertStmt | undefined): boolean {
  const place = insert?.cols?.findIndex((col) => as(col, 'ResTarget')?.name === 'id') ?? -1
  const rows = as(insert?.selectStmt, 'SelectStmt')?.valuesLists ?? []
  const isDefault = (row: Node) => as(as(row, 'List')?.items?.[place], 'SetToDefault') !== undefined
  return place >= 0 && !rows.some(isDefault)
}

function checkOrder({ node }: ParsedStatement, report: Report): void {
  for (const { node: expression, location } of all(node, 'SortBy')) {
    const where = location ?? locationOf(expression)
    if (as(bare(expression), 'ParamRef')) {
      const mending = 'write one query per order, or a CASE over known words'
      report(where, 'order-by', `a parameter sorts by one constant; ${mending}`)
    } else if (as(expression, 'A_Const')) {
      report(where, 'order-by', 'name the column: its place in the list changes')
    }
  }
}

function checkLimit(statement: ParsedStatement, report: Report): void {
  if (!/^list[A-Z]/.test(statement.name) || UNBOUNDED_LISTS[keyOf(statement)] !== undefined) return
  if (ownSelects(statement.node).some(({ limitCount }) => readsLimit(limitCount, statement))) return
  const mending = 'one that something else bounds is listed in UNBOUNDED_LISTS with the reason'
  report(0, 'limit', `a list takes limit :limit!; ${mending}`)
}

/** The queries whose rows may become the statement's; those in an expression only decide about them. */
function ownSelects(root: Node): SelectStmt[] {
  const found: SelectStmt[] = []
  walk(root, (node) => {
    const select = as(node, 'SelectStmt')
    if (select) found.push(select)
    return as(node, 'SubLink') ? false : undefined
  })
  return found
}

function readsLimit(limit: Node | undefined, { paramName }: ParsedStatement): boolean {
  return all(limit, 'ParamRef').some(({ number }) => /^limit$|Limit$/.test(paramName(number)))
}

/** A parameter without `!` becomes NULL when it is left out, and `x = NULL` is silently nothing. */
function checkOptional(statement: ParsedStatement, report: Report): void {
  if (NULL_COMPARED[keyOf(statement)] !== undefined) return
  const { node, params, paramName } = statement
  const nameOf = (expression: Node | undefined): string => paramName(as(bare(expression), 'ParamRef')?.number)
  const tested = new Set(all(node, 'NullTest').map(({ arg }) => nameOf(arg)))
  const refuse = (expression: Node | undefined): void => {
    const name = nameOf(expression)
    if (tested.has(name) || params.find((param) => param.name === name)?.required !== false) return
    tested.add(name)
    const mending = `write :${name}!, or (:${name}::type is null or ...) where it is an optional filter`
    report(locationOf(expression), 'required', `left out, :${name} would match no row; ${mending}`)
  }
  walk(node, (each) => {
    // (:a is null or (x, y) < (:a, :b)): the branch is not reached where the parameters are missing.
    const isFilter = as(each, 'BoolExpr')?.args?.some((arg) => nameOf(as(arg, 'NullTest')?.arg) !== '')
    if (isFilter && as(each, 'BoolExpr')?.boolop === 'OR_EXPR') return false
    const comparison = as(each, 'A_Expr')
    for (const side of [comparison?.lexpr, comparison?.rexpr]) {
      refuse(side)
      as(side, 'RowExpr')?.args?.forEach(refuse)
      as(side, 'List')?.items?.forEach(refuse)
    }
    refuse(as(each, 'SelectStmt')?.limitCount)
    return undefined
  })
}
