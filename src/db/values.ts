/**
 * How values cross the wire: in PostgreSQL's text form, both ways. A type that has no entry here arrives as its text.
 * Source of the OIDs: PostgreSQL 15, src/include/catalog/pg_type.dat.
 */

/** A parameter's text; JSON where the statement takes json, else by the value's own kind. */
export function toText(value: unknown, isJson: boolean): string | null {
  if (value === null || value === undefined) return null
  if (isJson) return jsonText(value)
  return Array.isArray(value) ? arrayText(value) : scalarText(value)
}

function jsonText(value: unknown): string {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`a parameter may not be ${typeof value}`)
  return text
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new TypeError(`a parameter may not be ${typeof value}`)
}

/** A one-dimensional array; each element quoted, so that it is never taken for NULL or for syntax. */
function arrayText(values: readonly unknown[]): string {
  // From, since a hole would be skipped.
  const elements = Array.from(values, (value) =>
    value === null ? 'NULL' : `"${scalarText(value).replace(/[\\"]/g, '\\$&')}"`,
  )
  return `{${elements.join(',')}}`
}

export type Parse = (text: string) => unknown

const asText: Parse = (text) => text

/** int8 as a number: exact within ±2^53, an error beyond, never a silently rounded amount. */
function parseInt8(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new RangeError('an int8 beyond 2^53 left the database')
  return number
}

/** `2026-11-23 02:58:12.123456+00` (the session's zone is UTC) to RFC 3339; microseconds are kept. */
function parseTimestamptz(text: string): string {
  const [, date, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00$/.exec(text) ?? []
  if (date === undefined) throw new RangeError('a timestamptz left the database outside UTC or out of range')
  return `${date}T${time}Z`
}

const parseBoolean: Parse = (text) => text === 't'

const arrayOf =
  (parseElement: Parse): Parse =>
  (text) => {
    if (!/^\{(?!\{)/.test(text)) throw new RangeError('an array with several dimensions, or with bounds of its own')
    const elements: unknown[] = []
    // Either a quoted element with backslash escapes, or a bare run up to the next comma.
    for (const match of text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs)) {
      if (match[1] !== undefined) elements.push(parseElement(match[1].replace(/\\(.)/gs, '$1')))
      else elements.push(match[2] === 'NULL' ? null : parseElement(match[2] ?? ''))
    }
    return elements
  }

/** By OID; the names are for the reader. */
export const parsers = {
  bool: { oid: 16, parse: parseBoolean },
  int8: { oid: 20, parse: parseInt8 },
  int2: { oid: 21, parse: Number },
  int4: { oid: 23, parse: Number },
  oid: { oid: 26, parse: Number },
  json: { oid: 114, parse: JSON.parse },
  float4: { oid: 700, parse: Number },
  float8: { oid: 701, parse: Number },
  timestamptz: { oid: 1184, parse: parseTimestamptz },
  jsonb: { oid: 3802, parse: JSON.parse },
  boolArray: { oid: 1000, parse: arrayOf(parseBoolean) },
  int4Array: { oid: 1007, parse: arrayOf(Number) },
  textArray: { oid: 1009, parse: arrayOf(asText) },
  int8Array: { oid: 1016, parse: arrayOf(parseInt8) },
  dateArray: { oid: 1182, parse: arrayOf(asText) },
  timestamptzArray: { oid: 1185, parse: arrayOf(parseTimestamptz) },
  uuidArray: { oid: 2951, parse: arrayOf(asText) },
} satisfies Record<string, { oid: number; parse: Parse }>

const byOid: ReadonlyMap<number, Parse> = new Map(Object.values(parsers).map(({ oid, parse }) => [oid, parse]))

/** What makes a value of a column's text. */
export const parserOf = (oid: number): Parse => byOid.get(oid) ?? asText
