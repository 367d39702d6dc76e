import { as, bare, type Node, names } from './ast.ts'
import { type Column, type Marks, type Occurrence, resolve, type Scope, type Term } from './scope.ts'

/** One side of an equality: a column of an occurrence in reach, or a value of which something is known. */
export type Operand = { term: Term } | { value: Marks }

/** What a WHERE or ON says for certain: equalities and `is null`, and for which occurrences it holds. */
export type Facts = {
  pairs: [Operand, Operand][]
  nulls: Term[]
  holdsFor: (occurrence: Occurrence) => boolean
}

/** Everything the reading of expressions needs from the analysis around it. */
export type Reader = {
  scope: Scope
  /** A parameter's marks. */
  param: (number: number | undefined) => Marks
  /** The columns of a subquery that stands in an expression of this level. */
  subquery: (select: Node | undefined) => Column[]
}

/** Functions that keep different values different. */
const REVERSIBLE = ['decode', 'encode']

export function operandOf(node: Node | undefined, reader: Reader): Operand | undefined {
  const param = as(bare(node), 'ParamRef')
  if (param) return { value: reader.param(param.number) }
  const call = as(node, 'FuncCall')
  if (REVERSIBLE.includes(names(call?.funcname).at(-1) ?? '')) return operandOf(call?.args?.[0], reader)
  const link = as(node, 'SubLink')
  if (link?.subLinkType === 'EXPR_SUBLINK') {
    const column = reader.subquery(link.subselect)[0]
    return column && { value: column }
  }
  // A cast column is no longer the column: two tenants may agree in it.
  const term = resolve(node, reader.scope)
  return term && { term }
}

/** Reads the parts joined by AND. What stands under OR, NOT or CASE proves nothing, and is left out. */
export function factsOf(node: Node | undefined, reader: Reader): Omit<Facts, 'holdsFor'> {
  const bool = as(node, 'BoolExpr')
  if (bool?.boolop === 'AND_EXPR') {
    const facts = (bool.args ?? []).map((arg) => factsOf(arg, reader))
    return { pairs: facts.flatMap(({ pairs }) => pairs), nulls: facts.flatMap(({ nulls }) => nulls) }
  }
  return { pairs: [...comparedPairs(node, reader), ...pairsOfIn(node, reader)], nulls: nullTests(node, reader) }
}

function comparedPairs(node: Node | undefined, reader: Reader): [Operand, Operand][] {
  const comparison = as(node, 'A_Expr')
  if (comparison?.kind !== 'AEXPR_OP' || names(comparison.name).at(-1) !== '=') return []
  const [left, right] = [parts(comparison.lexpr), parts(comparison.rexpr)]
  if (left.length !== right.length) return []
  return left.flatMap((part, index) => pair(operandOf(part, reader), operandOf(right[index], reader)))
}

/** `(a, b) in (select c, d ...)` */
function pairsOfIn(node: Node | undefined, reader: Reader): [Operand, Operand][] {
  const link = as(node, 'SubLink')
  const isEqual = link?.operName === undefined || names(link.operName).at(-1) === '='
  if (link?.subLinkType !== 'ANY_SUBLINK' || !isEqual) return []
  const tested = parts(link.testexpr)
  return reader
    .subquery(link.subselect)
    .flatMap((column, index) => pair(operandOf(tested[index], reader), { value: column }))
}

function nullTests(node: Node | undefined, reader: Reader): Term[] {
  const test = as(node, 'NullTest')
  const operand = test?.nulltesttype === 'IS_NULL' ? operandOf(test.arg, reader) : undefined
  return operand && 'term' in operand ? [operand.term] : []
}

function pair(one: Operand | undefined, other: Operand | undefined): [Operand, Operand][] {
  return one && other ? [[one, other]] : []
}

/** `(a, b) = (c, d)` compares part by part. */
function parts(node: Node | undefined): Node[] {
  return as(node, 'RowExpr')?.args ?? (node ? [node] : [])
}

/** Everything that must be equal to the given column wherever a row of its occurrence takes part. */
export function equalTo(start: Term, facts: readonly Facts[]): Operand[] {
  const pairs = facts.filter((fact) => fact.holdsFor(start.occurrence)).flatMap((fact) => fact.pairs)
  const found: Operand[] = [{ term: start }]
  for (const operand of found) {
    // The list grows while it is walked, until nothing new is equal.
    const next = pairs.flatMap(([left, right]) => [
      ...(isSame(left, operand) ? [right] : []),
      ...(isSame(right, operand) ? [left] : []),
    ])
    found.push(...next.filter((each) => !found.some((known) => isSame(known, each))))
  }
  return found.slice(1)
}

function isSame(one: Operand, other: Operand): boolean {
  if ('value' in one || 'value' in other) return one === other
  return one.term.occurrence === other.term.occurrence && one.term.column === other.term.column
}
