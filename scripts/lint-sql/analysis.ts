import { as, type Node, names, subLinks } from './ast.ts'
import { type Operand, operandOf, type Reader } from './equalities.ts'
import type { FileClass } from './parse.ts'
import { type Column, type Marks, marksOf, NO_MARKS, type Scope, withoutHint } from './scope.ts'

export type Report = (location: number, rule: string, message: string) => void

/** For passes that only want to know what a subquery's columns are. */
export const SILENT: Report = () => {}

/** What the parts of the proof share about one statement. */
export type Analysis = {
  fileClass: FileClass
  paramName: (number: number | undefined) => string
  /** Checks a query of any kind and answers what is known of its columns. `isFinal`: its rows are the statement's. */
  query: (node: Node | undefined, scope: Scope, tell: Report, isFinal?: boolean) => Column[]
}

export function readerOf(analysis: Analysis, scope: Scope): Reader {
  return {
    scope,
    param: (number) => {
      const param = analysis.paramName(number)
      return { tenant: analysis.fileClass === 'tenant' && param === 'workspaceId', own: false, ofTenant: false, param }
    },
    subquery: (select) => analysis.query(select, scope, SILENT),
  }
}

/** Each subquery in these expressions is a level of its own, which sees this one. */
export function checkSubLinks(analysis: Analysis, expressions: unknown, scope: Scope, tell: Report): void {
  for (const link of subLinks(expressions)) analysis.query(link.subselect, scope, tell)
}

/** The columns of a select list or of RETURNING. */
export function columnsOf(targets: Node[] | undefined, reader: Reader): Column[] {
  return (targets ?? []).map((node) => {
    const target = as(node, 'ResTarget')
    const name = target?.name ?? names(as(target?.val, 'ColumnRef')?.fields).at(-1) ?? ''
    return { name: withoutHint(name), ...marksOfOperand(operandOf(target?.val, reader)) }
  })
}

export function marksOfOperand(operand: Operand | undefined): Marks {
  if (operand === undefined) return NO_MARKS
  const { tenant, own, ofTenant, param } = 'term' in operand ? marksOf(operand.term) : operand.value
  return { tenant, own, ofTenant, param }
}

/** What is known of a column that comes from either of two. */
export function both(a: Marks, b: Marks): Marks {
  return {
    tenant: a.tenant && b.tenant,
    own: a.own && b.own,
    ofTenant: a.ofTenant && b.ofTenant,
    param: a.param === b.param ? a.param : undefined,
  }
}
