import { type Analysis, checkSubLinks, type Report, readerOf, SILENT } from './analysis.ts'
import { as, type Node } from './ast.ts'
import { decide, reportUnbound } from './bound.ts'
import { type Facts, factsOf, type Reader } from './equalities.ts'
import { type From, readFrom } from './from.ts'
import { type Occurrence, resolve, type Scope } from './scope.ts'

/** One query level: what it reads, its WHERE, and the other expressions in which subqueries may stand. */
export type LevelInput = {
  /** The table that UPDATE or DELETE writes. */
  target?: Occurrence
  from: Node[] | undefined
  where: Node | undefined
  expressions: unknown[]
}

/** Reads FROM and WHERE, decides what is bound, and reports what is not. */
export function analyzeLevel(analysis: Analysis, input: LevelInput, outer: Scope, tell: Report): Reader {
  const scope: Scope = { occurrences: input.target ? [input.target] : [], ctes: outer.ctes, parent: outer }
  const reader = readerOf(analysis, scope)
  const from = readFrom(analysis, input.from, scope, tell)
  scope.occurrences.push(...from.occurrences)
  // What a subquery hands on may bind a table here, and what is bound here may bind a table in a subquery.
  for (let before = -1; before < countBound(scope); ) {
    before = countBound(scope)
    analyzeSubqueries(analysis, from, scope, SILENT)
    const facts = [certain(input.where, reader), ...from.joins.map((join) => factsOfJoin(join, reader))]
    for (const occurrence of scope.occurrences) decide(analysis.fileClass, occurrence, facts)
  }
  analyzeSubqueries(analysis, from, scope, tell)
  const quals = from.joins.map((join) => join.quals)
  checkSubLinks(analysis, [input.where, input.expressions, from.expressions, quals], scope, tell)
  for (const occurrence of scope.occurrences) reportUnbound(analysis.fileClass, occurrence, tell)
  return reader
}

function analyzeSubqueries(analysis: Analysis, from: From, scope: Scope, tell: Report): void {
  const outside: Scope = { occurrences: [], ctes: scope.ctes, parent: scope.parent }
  for (const { occurrence, query, isLateral } of from.subqueries) {
    const columns = analysis.query(query, isLateral ? scope : outside, tell)
    const named = occurrence.columns
    occurrence.columns = columns.map((column, index) => ({ ...column, name: named?.[index]?.name ?? column.name }))
  }
}

function certain(where: Node | undefined, reader: Reader): Facts {
  return { ...factsOf(where, reader), holdsFor: () => true }
}

function factsOfJoin({ quals, holdsFor }: From['joins'][number], reader: Reader): Facts {
  return { ...factsOf(quals, reader), holdsFor: (occurrence) => holdsFor.has(occurrence) }
}

function countBound({ occurrences }: Scope): number {
  return occurrences.filter(({ bound }) => bound).length + occurrences.filter(({ tenantBound }) => tenantBound).length
}

/** pgtyped takes a column of an outer join's far side for NOT NULL, so its alias has to say otherwise. */
export function checkOuterHints(targets: Node[] | undefined, scope: Scope, tell: Report): void {
  for (const target of (targets ?? []).map((node) => as(node, 'ResTarget'))) {
    const term = resolve(target?.val, scope)
    if (!term?.occurrence.nullable || !term.occurrence.table || /[!?]$/.test(target?.name ?? '')) continue
    const mending = `alias it "${target?.name ?? term.column}?" (or "!" where it cannot be)`
    tell(
      target?.location ?? 0,
      'outer-join-hint',
      `${term.occurrence.name}.${term.column} may be NULL here; ${mending}`,
    )
  }
}
