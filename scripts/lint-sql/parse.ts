import { parseSync } from 'libpg-query'
import type { Ir, Statement } from '../gen/statements.ts'
import { lineAt } from '../gen/statements.ts'
import type { Node } from './ast.ts'

/** tenant: bound to :workspaceId!; user: to the caller or to a secret; jobs: spans tenants. By file name. */
export type FileClass = 'tenant' | 'user' | 'jobs'

export type ParsedStatement = {
  path: string
  fileClass: FileClass
  name: string
  line: number
  node: Node
  params: Ir['params']
  /** The name behind `$n`. */
  paramName: (number: number | undefined) => string
  /** The line of the file for a location in the tree. */
  lineOf: (location: number) => number
}

function fileClassOf(path: string): FileClass {
  if (path.endsWith('.user.sql')) return 'user'
  return path.endsWith('.jobs.sql') ? 'jobs' : 'tenant'
}

/** Parses one statement with PostgreSQL's own parser. Throws the parser's error. `loadModule` must have run. */
export function parseStatement(path: string, text: string, statement: Statement): ParsedStatement {
  // Short names get the short numbers: a replaced parameter keeps its width, so that positions stay true.
  const params = [...statement.ir.params].sort((a, b) => a.name.length - b.name.length)
  const slots = params
    .flatMap((param, index) => param.locs.map(({ a, b }) => ({ a, b, text: `$${index + 1}`.padEnd(b - a + 1) })))
    .sort((x, y) => x.a - y.a)
  let sql = ''
  let end = 0
  for (const slot of slots) {
    sql += statement.body.slice(end, slot.a) + slot.text
    end = slot.b + 1
  }
  sql += statement.body.slice(end)
  const parsed: { stmts: { stmt: Node }[] } = parseSync(sql)
  const only = parsed.stmts[0]
  if (only === undefined || parsed.stmts.length > 1) throw new Error('holds not exactly one statement')
  const bytes = Buffer.from(sql)
  return {
    path,
    fileClass: fileClassOf(path),
    name: statement.name,
    line: statement.line,
    node: only.stmt,
    params: statement.ir.params,
    paramName: (number) => params[(number ?? 0) - 1]?.name ?? '',
    lineOf: (location) => lineAt(text, statement.offset + bytes.subarray(0, location).toString().length),
  }
}
