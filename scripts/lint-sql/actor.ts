import type { Report } from './analysis.ts'
import { all, as, bare, type Node, names, walk } from './ast.ts'
import type { ParsedStatement } from './parse.ts'
import { TABLES } from './tables.ts'

type Write = { kind: 'insert' | 'update' | 'delete'; table: string; location: number; node: Node; cte?: string }

type Read = {
  name: string
  /** The query has no rows without a row of it. */
  isRequired: boolean
  /** The query reads it before each of its rows, with or without finding one. */
  isCertain: boolean
}

/**
 * The audit trigger reads who acts from a setting that the statement itself makes, in a CTE. PostgreSQL never runs a SELECT
 * CTE that nothing reads, so each write to an audited table must read it, or read a CTE that does. An actor that is made out
 * of rows may find none; then every step of that way must need its row.
 */
export function checkActor(statement: ParsedStatement, report: Report): void {
  const ctes = ctesOf(statement.node, report)
  checkActorSettings(statement, report)
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
    if (TABLES[table]?.audited !== true || reaches(node, new Set([cte]), true, true)) continue
    report(location, 'actor', `${kind} on ${table} is audited and does not carry the actor; ${mending}`)
  }
  const read = new Set(all(statement.node, 'RangeVar').map(({ relname }) => relname))
  for (const actor of actors.keys()) {
    if (!read.has(actor)) report(0, 'actor', `nothing reads ${actor}, so PostgreSQL never runs it`)
  }

  function reaches(node: Node, seen: ReadonlySet<string>, wasCertain: boolean, wasRequired: boolean): boolean {
    return readsOf(node).some((one) => {
      const [isCertain, isRequired] = [wasCertain && one.isCertain, wasRequired && one.isRequired]
      const actor = actors.get(one.name)
      if (actor !== undefined) return actor === 'always' ? isCertain : isRequired
      const query = seen.has(one.name) ? undefined : ctes.get(one.name)
      return query !== undefined && reaches(query, new Set([...seen, one.name]), isCertain, isRequired)
    })
  }
}

function ctesOf(root: Node, report: Report): ReadonlyMap<string, Node> {
  const ctes = new Map<string, Node>()
  for (const { ctename, ctequery, location = 0 } of all(root, 'CommonTableExpr')) {
    if (ctename === undefined || !ctequery) continue
    if (ctes.has(ctename)) report(location, 'cte-name', `two CTEs are called ${ctename}: one would hide the other`)
    ctes.set(ctename, ctequery)
  }
  return ctes
}

/** Who acts is set once, to what the request says: :actor!, completed at most by the user of a row that the statement found. */
function checkActorSettings({ node, paramName }: ParsedStatement, report: Report): void {
  const settings = all(node, 'FuncCall').filter(
    ({ funcname, args }) =>
      names(funcname).at(-1) === 'set_config' && as(bare(args?.[0]), 'A_Const')?.sval?.sval === 'app.actor',
  )
  for (const [index, { args, location = 0 }] of settings.entries()) {
    if (index > 0) report(location, 'actor-setting', 'the actor is set once in a statement')
    if (!isActorValue(args?.[1])) report(location, 'actor-setting', 'the actor is :actor!, not something made of it')
  }

  function isActorValue(value: Node | undefined): boolean {
    const bareValue = bare(value)
    if (paramName(as(bareValue, 'ParamRef')?.number) === 'actor') return true
    const joined = as(bareValue, 'A_Expr')
    if (joined === undefined || names(joined.name).at(-1) !== '||') return false
    const call = as(joined.rexpr, 'FuncCall')
    const isObject = names(call?.funcname).at(-1) === 'jsonb_build_object'
    return isActorValue(joined.lexpr) && isObject && (call?.args ?? []).every(isMemberOfUser)
  }

  function isMemberOfUser(arg: Node, index: number): boolean {
    if (index % 2 === 1) return as(arg, 'ColumnRef') !== undefined
    return ['id', 'userId'].includes(as(arg, 'A_Const')?.sval?.sval ?? '')
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

function writesOf(root: Node, ctes: ReadonlyMap<string, Node>): Write[] {
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

function readsOfFrom(item: Node, isNeeded: boolean): Read[] {
  const range = as(item, 'RangeVar')
  if (range) {
    const name = range.schemaname === undefined ? (range.relname ?? '') : ''
    return [{ name, isRequired: isNeeded, isCertain: isNeeded }]
  }
  const subquery = as(item, 'RangeSubselect')?.subquery
  if (subquery) {
    const reads = isPlain(subquery) ? readsOf(subquery) : []
    return reads.map(({ name, isRequired, isCertain }) => ({
      name,
      isRequired: isRequired && isNeeded,
      isCertain: isCertain && isNeeded,
    }))
  }
  const join = as(item, 'JoinExpr')
  if (!join) return []
  const { jointype, larg, rarg } = join
  const [needsLeft, needsRight] = [
    jointype === 'JOIN_INNER' || jointype === 'JOIN_LEFT',
    jointype === 'JOIN_INNER' || jointype === 'JOIN_RIGHT',
  ]
  return [
    ...(larg ? readsOfFrom(larg, isNeeded && needsLeft) : []),
    ...(rarg ? readsOfFrom(rarg, isNeeded && needsRight) : []),
  ]
}

/** Subqueries in expressions run for each row, unless what stands around or in them may spare it. */
function readsInside(root: unknown): Read[] {
  const reads: Read[] = []
  walk(root, (node) => {
    // What these hold may never be evaluated.
    if (as(node, 'CaseExpr') || as(node, 'CoalesceExpr') || as(node, 'BoolExpr')?.boolop === 'OR_EXPR') return false
    const link = as(node, 'SubLink')
    if (link === undefined) return undefined
    if (link.subselect && isPlain(link.subselect)) {
      reads.push(...readsOf(link.subselect).map((read) => ({ ...read, isRequired: false })))
    }
    return false
  })
  return reads
}

/** Nothing in it can keep its FROM from being read. */
function isPlain(query: Node): boolean {
  const select = as(query, 'SelectStmt')
  return select !== undefined && !select.whereClause && !select.limitCount && !select.havingClause
}
