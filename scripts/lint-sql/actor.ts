import type { Report } from './analysis.ts'
import { all, as, bare, type Node, names, walk } from './ast.ts'
import type { ParsedStatement } from './parse.ts'
import { TABLES } from './tables.ts'

type Write = { kind: 'insert' | 'update' | 'delete'; table: string; location: number; node: Node; cte?: string }

type Read = {
  name: string
  /** The query has no rows without a row of it. */
  isRequired: boolean
}

/**
 * The audit trigger reads who acts from a setting that the statement itself makes, in a CTE. PostgreSQL never runs a SELECT
 * CTE that nothing reads, so each write to an audited table must read it, or read a CTE that does. An actor that is made out
 * of rows may find none; then every step of that way must need its row.
 */
export function checkActor(statement: ParsedStatement, report: Report): void {
  const ctes = new Map<string, Node>()
  for (const { ctename, ctequery } of all(statement.node, 'CommonTableExpr')) {
    if (ctename !== undefined && ctequery) ctes.set(ctename, ctequery)
  }
  const actors = new Map<string, 'always' | 'conditional'>()
  for (const [name, query] of ctes) {
    const kind = actorKind(query, statement)
    if (kind) actors.set(name, kind)
  }
  const [name] = actors.keys()
  const mending =
    name !== undefined
      ? `read ${name} in its FROM or WHERE (not in RETURNING, ON CONFLICT, OR or CASE)`
      : `begin with: with actor as materialized (select set_config('app.actor', :actor!, true) as value), and read it`
  for (const { kind, table, location, node, cte = '' } of writesOf(statement.node, ctes)) {
    if (TABLES[table]?.audited !== true || reaches(node, new Set([cte]), true)) continue
    report(location, 'actor', `${kind} on ${table} is audited and does not carry the actor; ${mending}`)
  }
  const read = new Set(all(statement.node, 'RangeVar').map(({ relname }) => relname))
  for (const actor of actors.keys()) {
    if (!read.has(actor)) report(0, 'actor', `nothing reads ${actor}, so PostgreSQL never runs it`)
  }

  function reaches(node: Node, seen: ReadonlySet<string>, isRequired: boolean): boolean {
    return readsOf(node).some((one) => {
      const certain = isRequired && one.isRequired
      const actor = actors.get(one.name)
      if (actor !== undefined) return actor === 'always' || certain
      const query = seen.has(one.name) ? undefined : ctes.get(one.name)
      return query !== undefined && reaches(query, new Set([...seen, one.name]), certain)
    })
  }
}

/** `select set_config('app.actor', <a text made of :actor!>, true)`, and whether it certainly runs. */
function actorKind(query: Node, statement: ParsedStatement): 'always' | 'conditional' | undefined {
  const select = as(query, 'SelectStmt')
  const isActor = select?.targetList?.some((target) => {
    const call = as(as(target, 'ResTarget')?.val, 'FuncCall')
    if (names(call?.funcname).at(-1) !== 'set_config') return false
    const [setting, value, isLocal] = call?.args ?? []
    return (
      as(bare(setting), 'A_Const')?.sval?.sval === 'app.actor' &&
      all(value, 'ParamRef').some(({ number }) => statement.paramName(number) === 'actor') &&
      as(bare(isLocal), 'A_Const')?.boolval?.boolval === true
    )
  })
  if (!isActor) return undefined
  return select?.fromClause || select?.whereClause || select?.limitCount ? 'conditional' : 'always'
}

function writesOf(root: Node, ctes: Map<string, Node>): Write[] {
  const writes: Write[] = []
  for (const [cte, node] of [[undefined, root] as const, ...ctes]) {
    const kinds = { insert: as(node, 'InsertStmt'), update: as(node, 'UpdateStmt'), delete: as(node, 'DeleteStmt') }
    for (const kind of ['insert', 'update', 'delete'] as const) {
      const relation = kinds[kind]?.relation
      if (relation) {
        const write = { kind, table: relation.relname ?? '', location: relation.location ?? 0, node }
        writes.push(cte === undefined ? write : { ...write, cte })
      }
    }
  }
  return writes
}

/** The CTEs that this query certainly reads before it writes a row. */
function readsOf(query: Node): Read[] {
  const insert = as(query, 'InsertStmt')
  if (insert) return insert.selectStmt ? readsOf(insert.selectStmt) : []
  const select = as(query, 'SelectStmt')
  if (select?.larg) {
    // Each branch of a UNION gives rows of its own, so only what all of them read is read for every row.
    const [left, right] = [readsOf({ SelectStmt: select.larg }), readsOf({ SelectStmt: select.rarg ?? {} })]
    return left.filter(({ name, isRequired }) =>
      right.some((read) => read.name === name && read.isRequired === isRequired),
    )
  }
  const update = as(query, 'UpdateStmt')
  const remove = as(query, 'DeleteStmt')
  const from = select?.fromClause ?? update?.fromClause ?? remove?.usingClause ?? []
  const elsewhere = [
    select?.targetList,
    update?.targetList,
    (select ?? update ?? remove)?.whereClause,
    select?.valuesLists,
  ]
  return [...from.flatMap((item) => readsOfFrom(item, true)), ...readsInside(elsewhere)]
}

function readsOfFrom(item: Node, isRequired: boolean): Read[] {
  const range = as(item, 'RangeVar')
  if (range) return range.schemaname === undefined ? [{ name: range.relname ?? '', isRequired }] : []
  const join = as(item, 'JoinExpr')
  if (!join) return readsInside(item)
  const { jointype, larg, rarg } = join
  const [needsLeft, needsRight] = [
    jointype === 'JOIN_INNER' || jointype === 'JOIN_LEFT',
    jointype === 'JOIN_INNER' || jointype === 'JOIN_RIGHT',
  ]
  return [
    ...(larg ? readsOfFrom(larg, isRequired && needsLeft) : []),
    ...(rarg ? readsOfFrom(rarg, isRequired && needsRight) : []),
  ]
}

function readsInside(root: unknown): Read[] {
  const reads: Read[] = []
  walk(root, (node) => {
    // What these hold may never be evaluated.
    if (as(node, 'CaseExpr') || as(node, 'CoalesceExpr') || as(node, 'BoolExpr')?.boolop === 'OR_EXPR') return false
    const range = as(node, 'RangeVar')
    if (range?.relname !== undefined && range.schemaname === undefined)
      reads.push({ name: range.relname, isRequired: false })
    return undefined
  })
  return reads
}
