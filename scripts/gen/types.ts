/**
 * What a PostgreSQL type is in TypeScript: the same for parameters and rows, and equal to what is done in
 * src/db. A type that is not listed stops the generation; json is `unknown` until a schema has parsed it.
 */
const SCALARS: Record<string, string> = {
  bool: 'boolean',
  bpchar: 'string',
  char: 'string',
  cidr: 'string',
  citext: 'string',
  date: 'string',
  float4: 'number',
  float8: 'number',
  inet: 'string',
  int2: 'number',
  int4: 'number',
  int8: 'number',
  interval: 'string',
  json: 'unknown',
  jsonb: 'unknown',
  name: 'string',
  numeric: 'string',
  oid: 'number',
  text: 'string',
  time: 'string',
  timestamp: 'string',
  timestamptz: 'string',
  uuid: 'string',
  varchar: 'string',
  xid8: 'string',
}

/** Arrays are known by their OID alone (src/db/values.ts); any other would be one string. */
const ARRAYS = new Set(['bool', 'date', 'int4', 'int8', 'text', 'timestamptz', 'uuid'])

/** A type as pgtyped reports it: its name (arrays begin with "_"), an enum, or an array of an enum. */
export type PgType =
  | string
  | { name: string; enumValues?: string[]; elementType?: { name: string; enumValues?: string[] } }

export type EnumType = { name: string; values: string[] }

const MENDING: Record<string, string> = {
  bytea: "exchange it as text: encode(x, 'hex'), decode(:x!, 'hex')",
}

/** Names the types of one file and remembers which enums it needs. */
export function createTypeNames(): {
  use: (type: PgType, side: 'parameter' | 'result') => string
  enums: () => EnumType[]
} {
  const enums = new Map<string, EnumType>()

  function enumName(type: { name: string; enumValues?: string[] }): string {
    const name = pascalCase(type.name)
    enums.set(name, { name, values: [...(type.enumValues ?? [])].sort() })
    return name
  }

  function scalar(name: string): string {
    const mapped = Object.hasOwn(SCALARS, name) ? SCALARS[name] : undefined
    if (mapped === undefined) {
      throw new Error(
        `PostgreSQL type "${name}" has no TypeScript type: ${MENDING[name] ?? 'cast it in the statement'}`,
      )
    }
    return mapped
  }

  function array(element: string, side: 'parameter' | 'result'): string {
    if (!ARRAYS.has(element)) {
      const mending = side === 'parameter' ? `cast it twice (:x!::text[]::${element}[])` : 'cast it (x::text[])'
      throw new Error(`src/db knows no arrays of "${element}": ${mending}`)
    }
    return `${side === 'parameter' ? 'readonly ' : ''}${scalar(element)}[]`
  }

  function use(type: PgType, side: 'parameter' | 'result'): string {
    if (typeof type === 'string') return type.startsWith('_') ? array(type.slice(1), side) : scalar(type)
    if (type.elementType) return array(type.elementType.name, side)
    return type.enumValues ? enumName(type) : scalar(type.name)
  }

  return { use, enums: () => [...enums.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

export function pascalCase(name: string): string {
  return name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
}
