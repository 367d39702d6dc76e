import fc from 'fast-check'
import { type Api, formsOf, type JsonSchema, type Operation, takesHeader, typesOf } from './openapi.ts'
import { address, encoded, headerText, nested, strangeNames, text, toText, wildValue } from './strange-values.ts'

/**
 * Random requests for every operation of the API: from almost right to wild. Texts go out as they are written here, so
 * that a body may hold what no serializer would write.
 */

export type RandomRequest = {
  operation: string
  method: string
  path: string
  headers: Record<string, string>
  body: string | Uint8Array | undefined
}

/** Ids that point to something, so that not all requests end at the first look-up. */
export type KnownIds = {
  readonly foreign: readonly string[]
  /** Good for the path of an operation. */
  readonly inPath: (operation: Operation) => readonly string[]
  /** Good texts of a member of a body or of a query, where any text or any id would not do. */
  readonly named: Readonly<Record<string, readonly string[]>>
}

/** Values that a schema allows, mostly; `name` is the member that holds them. */
function allowed(api: Api, schema: JsonSchema, ids: KnownIds, name = ''): fc.Arbitrary<unknown> {
  const forms = formsOf(api.document, schema)
  if (forms.length > 1) return fc.oneof(...forms.map((form) => allowed(api, form, ids, name)))
  const form = forms[0] ?? {}
  const value = allowedOf(api, form, ids, name)
  return typesOf(form).includes('null') ? fc.option(value, { freq: 4 }) : value
}

function allowedOf(api: Api, form: JsonSchema, ids: KnownIds, name: string): fc.Arbitrary<unknown> {
  const { enum: words, minimum = 0, maximum = 1000, maxItems = 10 } = form
  const types = typesOf(form)
  if (words !== undefined) return fc.constantFrom(...words)
  if (types.includes('object')) {
    return allowedObject(api, form, ids)
  }
  if (types.includes('array')) {
    return fc.array(allowed(api, form.items ?? {}, ids, name), { maxLength: Math.min(maxItems, 3) })
  }
  if (types.includes('boolean')) return fc.boolean()
  if (types.includes('integer')) return fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 31 - 1) })
  if (types.includes('number')) return fc.double({ min: minimum, max: maximum, noNaN: true })
  return allowedText(form, ids, name)
}

/** Optional members are there one time in three, since some exclude each other. */
function allowedObject(api: Api, { properties = {}, required = [] }: JsonSchema, ids: KnownIds): fc.Arbitrary<object> {
  const absent = Symbol('absent')
  const members = Object.entries(properties).map(([key, member]) => {
    const value = allowed(api, member, ids, key)
    const optional = fc.oneof({ weight: 2, arbitrary: fc.constant(absent) }, { weight: 1, arbitrary: value })
    return [key, required.includes(key) ? value : optional] as const
  })
  return fc
    .record(Object.fromEntries(members))
    .map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== absent)))
}

const instant = fc
  .date({ min: new Date('1899-06-01'), max: new Date('2200-06-01'), noInvalidDate: true })
  .map((date) => date.toISOString())

function allowedText(form: JsonSchema, ids: KnownIds, name: string): fc.Arbitrary<string> {
  const { format, pattern, minLength = 0, maxLength = 100 } = form
  const good = ids.named[name]
  const usually = (other: fc.Arbitrary<string>) =>
    good === undefined
      ? other
      : fc.oneof({ weight: 15, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: other })
  if (format === 'uuid') return usually(fc.oneof(fc.constantFrom(...ids.foreign), fc.uuid()))
  if (format === 'date') return instant.map((text) => text.slice(0, 10))
  if (format === 'date-time') return instant
  // Most that the standard allows are too strange for a mailbox that we write to.
  if (format === 'email')
    return fc.oneof(
      fc.emailAddress(),
      fc.uuid().map((id) => `${id}@example.test`),
    )
  if (pattern !== undefined) return usually(fc.stringMatching(new RegExp(pattern)))
  return usually(fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, minLength + 60) }))
}

type Member = { holder: Record<string, unknown>; key: string }

function membersOf(value: unknown): Member[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...membersOf(holder[key])])
}

/** A value with a member replaced, removed or added, now and then. */
const damaged = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      value,
      fc.constantFrom('replace', 'remove', 'add', ...Array.from({ length: 5 }, () => 'none')),
      fc.nat(),
      wildValue,
      fc.constantFrom(...strangeNames),
    )
    .map(([original, act, index, wild, name]) => {
      const copy: unknown = structuredClone(original)
      const members = membersOf(copy)
      const { holder, key } = members[index % Math.max(1, members.length)] ?? {}
      if (holder === undefined || key === undefined || act === 'none') return copy
      if (act === 'remove') delete holder[key]
      else if (act === 'add' && Array.isArray(holder)) holder.push(wild)
      else
        Object.defineProperty(holder, act === 'add' ? name : key, {
          value: wild,
          enumerable: true,
          configurable: true,
          writable: true,
        })
      return copy
    })

const takesSheet = ({ documented }: Operation): boolean => documented.requestBody?.content?.['text/csv'] !== undefined

/** A sheet of posts, in which a cell now and then holds anything. */
const sheet = fc
  .array(
    fc.tuple(
      fc.constantFrom('image', 'carousel', 'reel', 'story'),
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom('Words', '"a ""b"", c"', '') }, { weight: 1, arbitrary: text }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((rows) => `kind,caption\n${rows.map((cells) => cells.join(',')).join('\n')}\n`)

function bodyOf(api: Api, operation: Operation, ids: KnownIds): fc.Arbitrary<RandomRequest['body']> {
  const { body } = operation
  const wild = fc.oneof(
    { weight: 4, arbitrary: wildValue.map(toText) },
    { weight: 1, arbitrary: nested },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
    { weight: 1, arbitrary: text },
  )
  if (takesSheet(operation)) return fc.oneof({ weight: 6, arbitrary: sheet }, { weight: 1, arbitrary: wild })
  const none = fc.constant(undefined)
  if (body === undefined) return fc.oneof({ weight: 5, arbitrary: none }, { weight: 1, arbitrary: wild })
  return fc.oneof(
    { weight: 12, arbitrary: damaged(allowed(api, body, ids)).map(toText) },
    { weight: 3, arbitrary: wild },
    { weight: 1, arbitrary: none },
  )
}

function mediaTypeOf(operation: Operation): string | undefined {
  if (takesSheet(operation)) return 'text/csv'
  return operation.body === undefined ? undefined : 'application/json'
}

function headersOf(operation: Operation, tokens: readonly string[]): fc.Arbitrary<Record<string, string>> {
  const sometimes = <T>(value: fc.Arbitrary<T>, freq = 6) =>
    fc
      .option(value, { freq: 1, nil: undefined })
      .chain((chosen) =>
        chosen === undefined
          ? fc.constant(undefined)
          : fc.integer({ min: 1, max: freq }).map((turn) => (turn === 1 ? chosen : undefined)),
      )
  const usually = <T>(value: T, other: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 12, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other })
  const token = fc.constantFrom(...tokens)
  return fc
    .record({
      Authorization: fc.oneof(
        { weight: 14, arbitrary: token.map((one) => `Bearer ${one}`) },
        { weight: 1, arbitrary: headerText },
        { weight: 1, arbitrary: token.map((one) => `Bearer ${one.slice(3)}`) },
      ),
      'Content-Type': usually<string | undefined>(mediaTypeOf(operation), headerText),
      'If-Match': takesHeader(operation, 'If-Match')
        ? fc.oneof(
            { weight: 8, arbitrary: fc.constantFrom('*', '*', '*', '"v1"', '"v2"') },
            { weight: 1, arbitrary: headerText },
            { weight: 1, arbitrary: fc.constant(undefined) },
          )
        : sometimes(headerText),
      'Idempotency-Key': takesHeader(operation, 'Idempotency-Key')
        ? fc.oneof(
            { weight: 6, arbitrary: fc.constant(undefined) },
            { weight: 2, arbitrary: fc.nat({ max: 50 }).map((key) => `k${key}`) },
            { weight: 1, arbitrary: headerText },
          )
        : sometimes(headerText),
      'If-None-Match': sometimes(headerText, 2),
      'CF-Connecting-IP': sometimes(address, 2),
      'User-Agent': sometimes(headerText, 2),
      Origin: sometimes(fc.oneof(fc.constant('https://app.test'), headerText)),
      Cookie: sometimes(headerText),
      'X-Request-Id': sometimes(headerText),
      'Content-Length': sometimes(fc.constantFrom('0', '5', '1e9', '-1', '99999999999', 'x')),
    })
    .map((headers) =>
      Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    )
}

function queryOf(api: Api, operation: Operation, ids: KnownIds): fc.Arbitrary<string> {
  const known = operation.parameters.filter((parameter) => parameter.in === 'query')
  const good = known.map(({ name, schema }) =>
    allowed(api, schema, ids, name).map((value) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`),
  )
  const names = fc.oneof(
    fc.constantFrom('limit', 'cursor', 'x', ...known.map(({ name }) => name)),
    fc.constantFrom(...strangeNames),
    text,
  )
  const cursor = fc
    .jsonValue({ maxDepth: 1 })
    .map((value) => `cursor=${Buffer.from(JSON.stringify(value)).toString('base64url')}`)
  const wild = fc
    .tuple(encoded(names), encoded(text), fc.constantFrom('=', '=', '', '==', '[]='))
    .map(([name, value, sign]) => name + sign + value)
  const part =
    good.length === 0
      ? wild
      : fc.oneof(
          { weight: 5, arbitrary: fc.oneof(...good) },
          { weight: 2, arbitrary: wild },
          { weight: 1, arbitrary: cursor },
        )
  const parts = fc.array(part, { maxLength: 4 })
  // Most requests without filters of their own carry no query, or they would all end there.
  const most = good.length === 0 ? 12 : 1
  return fc.oneof(
    { weight: most, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: parts.map((all) => `?${all.join('&')}`) },
  )
}

function pathOf(operation: Operation, ids: KnownIds): fc.Arbitrary<string> {
  if (!operation.path.includes('{')) return fc.constant(operation.path)
  const known = ids.inPath(operation)
  const id = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.constantFrom(...ids.foreign) },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 2, arbitrary: encoded(text) },
  )
  return id.map((value) => operation.path.replace(/\{\w+\}/, () => value))
}

/** One request for the operation. */
export function requestFor(
  api: Api,
  operation: Operation,
  ids: KnownIds,
  tokens: readonly string[],
): fc.Arbitrary<RandomRequest> {
  const method = fc.oneof(
    { weight: 30, arbitrary: fc.constant(operation.method) },
    { weight: 1, arbitrary: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE', 'PURGE') },
  )
  return fc
    .tuple(
      method,
      pathOf(operation, ids),
      queryOf(api, operation, ids),
      headersOf(operation, tokens),
      bodyOf(api, operation, ids),
    )
    .map(([verb, path, query, headers, body]) => ({
      operation: operation.name,
      method: verb,
      path: path + query,
      headers,
      body: verb === 'GET' || verb === 'HEAD' ? undefined : body,
    }))
}
