import type { Node } from 'libpg-query'
import { as, bare, names } from './ast.ts'
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
  const facts: Omit<Facts, 'holdsFor'> = { pairs: [], nulls: [] }
  read(node)
  return facts

  function read(expression: Node | undefined): void {
    const bool = as(expression, 'BoolExpr')
    if (bool?.boolop === 'AND_EXPR') bool.args?.forEach(read)
    const comparison = as(expression, 'A_Expr')
    if (comparison?.kind === 'AEXPR_OP' && names(comparison.name).at(-1) === '=') {
      equate(parts(comparison.lexpr), parts(comparison.rexpr))
    }
    const link = as(expression, 'SubLink')
    if (link?.subLinkType === 'ANY_SUBLINK' && (link.operName === undefined || names(link.operName).at(-1) === '=')) {
      const tested = parts(link.testexpr)
      reader.subquery(link.subselect).forEach((column, index) => pair(tested[index], { value: column }))
    }
    const test = as(expression, 'NullTest')
    if (test?.nulltesttype === 'IS_NULL') {
      const operand = operandOf(test.arg, reader)
      if (operand && 'term' in operand) facts.nulls.push(operand.term)
    }
  }

  function equate(left: Node[], right: Node[]): void {
    if (left.length === right.length) left.forEach((one, index) => pair(one, operandOf(right[index], reader)))
  }

  function pair(one: Node | undefined, other: Operand | undefined): void {
    const operand = operandOf(one, reader)
    if (operand && other) facts.pairs.push([operand, other])
  }
}

/** `(a, b) = (c, d)` compares part by part. */
function parts(node: Node | undefined): Node[] {
  return as(node, 'RowExpr')?.args ?? (node ? [node] : [])
}

/** Everything that must be equal to the given column wherever a row of its occurrence takes part. */
export function equalTo(start: Term, facts: readonly Facts[]): Operand[] {
  const pairs = facts.filter((fact) => fact.holdsFor(start.occurrence)).flatMap((fact) => fact.pairs)
  const found: Operand[] = [{ term: start }]
  for (let index = 0; index < found.length; index++) {
    const operand = found[index]
    if (operand === undefined || !('term' in operand)) continue
    for (const [left, right] of pairs) {
      if (isSame(left, operand.term)) add(right)
      if (isSame(right, operand.term)) add(left)
    }
  }
  return found.slice(1)

  function add(operand: Operand): void {
    if (!found.some((known) => known === operand || ('term' in operand && isSame(known, operand.term)))) found.push(operand)
  }
}

function isSame(operand: Operand, { occurrence, column }: Term): boolean {
  return 'term' in operand && operand.term.occurrence === occurrence && operand.term.column === column
}
