import type { Node } from 'libpg-query'

/*
 * The parser's tree: an object with one key, its kind, wherever a field may hold several kinds ({ ColumnRef: {...} }), and
 * the bare object where it may hold only one.
 */

type Kinds = Node extends infer Each ? (Each extends Each ? keyof Each : never) : never
type Of<Kind extends Kinds> =
  Extract<Node, Record<Kind, unknown>> extends infer Each
    ? Each extends Record<Kind, infer Inner>
      ? Inner
      : never
    : never

/** The node's content if it is of this kind. */
export function as<Kind extends Kinds>(node: Node | undefined, kind: Kind): Of<Kind> | undefined {
  if (node === undefined || !(kind in node)) return undefined
  return Reflect.get(node, kind)
}

/**
 * Visits every wrapped node below (and including) `root`, parents first. The visitor answers false to stay out of what lies
 * below.
 */
export function walk(root: unknown, visit: (node: Node, kind: Kinds) => boolean | undefined): void {
  if (Array.isArray(root)) {
    for (const item of root) walk(item, visit)
    return
  }
  if (typeof root !== 'object' || root === null) return
  for (const [key, value] of Object.entries(root)) {
    if (/^[A-Z]/.test(key) && visit(root as Node, key as Kinds) === false) continue
    walk(value, visit)
  }
}

/** All nodes of one kind below `root`. */
export function all<Kind extends Kinds>(root: unknown, kind: Kind): Of<Kind>[] {
  const found: Of<Kind>[] = []
  walk(root, (node) => {
    const content = as(node, kind)
    if (content !== undefined) found.push(content)
    return undefined
  })
  return found
}

/** Subqueries in an expression, without those inside them. */
export function subLinks(root: unknown): Of<'SubLink'>[] {
  const found: Of<'SubLink'>[] = []
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
