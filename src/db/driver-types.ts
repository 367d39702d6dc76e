import type { PostgresType } from 'postgres'

/**
 * How values cross the wire. The driver is told not to ask the catalog (one round trip less per connection), so every
 * type that statements use and the driver does not know by itself stands here by its OID.
 */

const text = (value: unknown): string => String(value)

/** int8 as a number: exact within ±2^53, an error beyond, never a silently rounded amount. */
function parseInt8(value: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError('an int8 beyond 2^53 left the database')
  return number
}

/** `2026-11-23 02:58:12.123456+00` (the session's zone is UTC) to RFC 3339; microseconds are kept. */
function parseTimestamptz(value: string): string {
  const [, date, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00$/.exec(value) ?? []
  if (date === undefined) throw new RangeError('a timestamptz left the database outside UTC or out of range')
  return `${date}T${time}Z`
}

/**
 * A parameter as the driver takes it. Of an array that begins with a boolean it would guess a boolean; any other object
 * leaves the type to the database.
 */
export function toParameter(value: unknown): unknown {
  return beginsWithBoolean(value) ? { toJSON: () => value } : value
}

const beginsWithBoolean = (value: unknown): boolean =>
  Array.isArray(value) && (typeof value[0] === 'boolean' || beginsWithBoolean(value[0]))

/** A one-dimensional array in PostgreSQL's text form; NULL elements are null. */
function serializeArray(given: unknown): string {
  const values: unknown = isWrapped(given) ? given.toJSON() : given
  if (!Array.isArray(values)) throw new TypeError('an array parameter needs an array')
  return `{${values.map((value) => (value === null ? 'NULL' : `"${String(value).replace(/[\\"]/g, '\\$&')}"`)).join(',')}}`
}

const isWrapped = (value: unknown): value is { toJSON: () => unknown } =>
  typeof value === 'object' && value !== null && 'toJSON' in value

function parseArray<T>(parseElement: (value: string) => T): (value: string) => (T | null)[] {
  return (value) => {
    const elements: (T | null)[] = []
    // Either a quoted element with backslash escapes, or a bare run up to the next comma.
    for (const match of value.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs)) {
      if (match[1] !== undefined) elements.push(parseElement(match[1].replace(/\\(.)/gs, '$1')))
      else elements.push(match[2] === 'NULL' ? null : parseElement(match[2] ?? ''))
    }
    return elements
  }
}

const scalar = (oid: number, parse: (value: string) => unknown = text): PostgresType => ({
  to: oid,
  from: [oid],
  serialize: text,
  parse,
})

const array = (oid: number, parseElement: (value: string) => unknown = text): PostgresType => ({
  to: oid,
  from: [oid],
  serialize: serializeArray,
  parse: parseArray(parseElement),
})

export const driverTypes = {
  int8: scalar(20, parseInt8),
  date: scalar(1082),
  timestamp: scalar(1114),
  timestamptz: scalar(1184, parseTimestamptz),
  boolArray: array(1000, (value) => value === 't'),
  int4Array: array(1007, Number),
  textArray: array(1009),
  int8Array: array(1016, parseInt8),
  dateArray: array(1182),
  timestamptzArray: array(1185, parseTimestamptz),
  uuidArray: array(2951),
} satisfies Record<string, PostgresType>
