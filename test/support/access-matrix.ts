import { readFileSync } from 'node:fs'
import { type Role, roles } from '../../src/auth/permissions.ts'

/** A row of test/access-matrix.txt: the status of each kind of caller. */
export type Expected = Readonly<Record<Role, number>> & {
  readonly none: number
  /** undefined where the path takes no id. */
  readonly elsewhere: number | undefined
  /** A scope, `user` or `open`. */
  readonly key: string
}

const columns = ['none', ...roles, 'elsewhere'] as const

function parseRow(line: string): [name: string, expected: Expected] {
  const [method = '', path = '', ...cells] = line.trim().split(/\s+/)
  const key = cells.at(-1) ?? ''
  if (cells.length !== columns.length + 1) throw new Error(`not a row of the access matrix: ${line}`)
  const statuses = columns.map((column, index) => [column, cells[index] === '-' ? undefined : Number(cells[index])])
  return [`${method} ${path}`, { ...Object.fromEntries(statuses), key }]
}

const lines = readFileSync(new URL('../access-matrix.txt', import.meta.url), 'utf8').split('\n')

/** By `METHOD /path`. */
export const accessMatrix: Readonly<Record<string, Expected>> = Object.fromEntries(
  lines.filter((line) => /^[A-Z]/.test(line)).map(parseRow),
)

export function expectedOf(name: string): Expected {
  const expected = accessMatrix[name]
  if (expected === undefined) throw new Error(`${name} is not in test/access-matrix.txt: say who may call it`)
  return expected
}
