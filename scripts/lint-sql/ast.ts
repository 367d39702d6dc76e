import type {
  A_Const,
  A_Expr,
  A_Star,
  BoolExpr,
  CaseExpr,
  CoalesceExpr,
  CollateClause,
  ColumnRef,
  CommonTableExpr,
  DeleteStmt,
  FuncCall,
  IndexElem,
  InsertStmt,
  JoinExpr,
  List,
  NullTest,
  ParamRef,
  RangeFunction,
  RangeSubselect,
  RangeVar,
  ResTarget,
  RowExpr,
  SelectStmt,
  SetToDefault,
  SortBy,
  SQLValueFunction,
  String as StringNode,
  SubLink,
  TypeCast,
  UpdateStmt,
} from 'libpg-query'

/*
 * The parser's tree: an object with one key, its kind, wherever a field may hold several kinds ({ ColumnRef: {...} }), and
 * the bare object where it may hold only one.
 */

/** The kinds that are looked into here. */
type Contents = {
  A_Const: A_Const
  A_Expr: A_Expr
  A_Star: A_Star
  BoolExpr: BoolExpr
  CaseExpr: CaseExpr
  CoalesceExpr: CoalesceExpr
  CollateClause: CollateClause
  ColumnRef: ColumnRef
  CommonTableExpr: CommonTableExpr
  DeleteStmt: DeleteStmt
  FuncCall: FuncCall
  IndexElem: IndexElem
  InsertStmt: InsertStmt
  JoinExpr: JoinExpr
  List: List
  NullTest: NullTest
  ParamRef: ParamRef
  RangeFunction: RangeFunction
  RangeSubselect: RangeSubselect
  RangeVar: RangeVar
  ResTarget: ResTarget
  RowExpr: RowExpr
  SelectStmt: SelectStmt
  SetToDefault: SetToDefault
  SortBy: SortBy
  SQLValueFunction: SQLValueFunction
  String: StringNode
  SubLink: SubLink
  TypeCast: TypeCast
  UpdateStmt: UpdateStmt
}

/** A wrapped node of any kind. The parser's own union has 250 members, which costs the type checker seconds. */
export type Node = object

/** The node's content if it is of this kind. */
export function as<Kind extends keyof Contents>(node: Node | undefined, kind: Kind): Contents[Kind] | undefined {
  return node === undefined ? undefined : Reflect.get(node, kind)
}

/**
 * Visits every wrapped node below (and including) `root`, parents first. The visitor answers false to stay out of what lies
 * below.
 */
export function walk(root: unknown, visit: (node: Node) => boolean | undefined): void {
  if (Array.isArray(root)) {
    for (const item of root) walk(item, visit)
    return
  }
  if (typeof root !== 'object' || root === null) return
  for (const [key, value] of Object.entries(root)) {
    if (/^[A-Z]/.test(key) && visit(root) === false) continue
    walk(isArm(key, value) ? { SelectStmt: value } : value, visit)
  }
}

/** The arms of a UNION are the only queries that stand unwrapped; those of a join have the same names, but are wrapped. */
function isArm(key: string, value: unknown): boolean {
  return (key === 'larg' || key === 'rarg') && typeof value === 'object' && value !== null && 'limitOption' in value
}

/** All nodes of one kind below `root`. */
export function all<Kind extends keyof Contents>(root: unknown, kind: Kind): Contents[Kind][] {
  const found: Contents[Kind][] = []
  walk(root, (node) => {
    const content = as(node, kind)
    if (content !== undefined) found.push(content)
    return undefined
  })
  return found
}

/** Subqueries in an expression, without those inside them. */
export function subLinks(root: unknown): SubLink[] {
  const found: SubLink[] = []
  walk(root, (node) => {
    const link = as(node, 'SubLink')
    if (link === undefined) return undefined
    found.push(link, ...subLinks(link.testexpr))
    return false
  })
  return found
}

/** What a cast or a collation stands around. */
export function bare(node: Node | undefined): Node | undefined {
  const inner = as(node, 'TypeCast')?.arg ?? as(node, 'CollateClause')?.arg
  return inner === undefined ? node : bare(inner)
}

export function names(nodes: Node[] | undefined): string[] {
  return (nodes ?? []).map((node) => as(node, 'String')?.sval ?? '*')
}

/** Where a node begins, as the parser counts: bytes from the start of the statement. */
export function locationOf(root: unknown): number {
  if (typeof root !== 'object' || root === null) return 0
  const inside = Object.entries(root).map(([key, value]) =>
    key === 'location' && typeof value === 'number' ? value : locationOf(value),
  )
  const found = inside.filter((location) => location > 0)
  return found.length > 0 ? Math.min(...found) : 0
}
