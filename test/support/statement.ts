import { PreparedQuery } from '../../src/db/run.ts'

/** A statement in the form that `npm run gen` writes: `:name` is optional, `:name!` required. */
export function statement<Row = Record<string, unknown>>(sql: string): PreparedQuery<Record<string, unknown>, Row> {
  const uses = [...sql.matchAll(/(?<!:):([a-zA-Z]\w*)(!?)/g)].map(({ index, 0: text, 1: name = '', 2: mark }) => ({
    name,
    required: mark === '!',
    loc: { a: index, b: index + text.length - 1 },
  }))
  const names = [...new Set(uses.map(({ name }) => name))]
  return new PreparedQuery({
    params: names.map((name) => {
      const own = uses.filter((use) => use.name === name)
      const required = own.some((use) => use.required)
      const isJson = own.some(({ loc }) => /^::jsonb?\b/.test(sql.slice(loc.b + 1)))
      return { name, required, ...(isJson && { isJson }), locs: own.map(({ loc }) => loc) }
    }),
    statement: sql,
  })
}
