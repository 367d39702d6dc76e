import { send } from './client.ts'

/** The OpenAPI document as the tests walk it, so that what they cover grows with the routes. */

export type JsonSchema = {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

type Parameter = { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: JsonSchema }
type Content = { content?: Record<string, { schema: JsonSchema }> }
type DocumentedOperation = {
  summary?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: Content & { required?: boolean }
  responses: Record<string, Content>
}

export type OpenApiDocument = {
  openapi: string
  paths: Record<string, Record<string, DocumentedOperation>>
  components: { schemas: Record<string, JsonSchema> }
}

export type Operation = {
  /** Method and path template, such as `GET /v1/posts/{id}`. */
  readonly name: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: JsonSchema | undefined
  readonly responses: Readonly<Record<string, Content>>
  readonly documented: DocumentedOperation
}

export type Api = { readonly document: OpenApiDocument; readonly operations: readonly Operation[] }

/** The document that an application serves, and its operations. */
export async function readApi(app: Parameters<typeof send>[0]): Promise<Api> {
  const answer = await send(app, 'GET', '/openapi.json')
  const document: OpenApiDocument = answer.body
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters: documented.parameters ?? [],
      body: documented.requestBody?.content?.['application/json']?.schema,
      responses: documented.responses,
      documented,
    })),
  )
  return { document, operations }
}

export const queryNames = ({ parameters }: Operation): string[] =>
  parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)

export const takesHeader = ({ parameters }: Operation, name: string): boolean =>
  parameters.some((parameter) => parameter.in === 'header' && parameter.name === name)

export const isList = (operation: Operation): boolean => queryNames(operation).includes('cursor')

/** Follows a reference into the document's components. */
function resolve({ components }: OpenApiDocument, schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema
  const found = components.schemas[schema.$ref.replace('#/components/schemas/', '')]
  if (found === undefined) throw new Error(`${schema.$ref} is not in the document`)
  return resolve({ components } as OpenApiDocument, found)
}

export const typesOf = ({ type }: JsonSchema): readonly string[] => (typeof type === 'string' ? [type] : (type ?? []))

/** A schema that allows one of several forms, as that list; any other as itself alone. */
export function formsOf(document: OpenApiDocument, schema: JsonSchema): JsonSchema[] {
  const resolved = resolve(document, schema)
  const forms = resolved.oneOf ?? resolved.anyOf
  return forms === undefined ? [resolved] : forms.flatMap((form) => formsOf(document, form))
}

const sampleTexts = [
  'A text, long enough',
  'EUR',
  '12345',
  '123456',
  'brand',
  'ab'.repeat(32),
  '0190a6bc-5e7a-7000-8000-000000000001',
  '09:30',
  '2026-11-23T09:30',
]

function sampleText({ enum: words, format, pattern }: JsonSchema): unknown {
  if (words !== undefined) return words[0]
  if (format === 'email') return 'someone@example.test'
  if (format === 'date') return '2026-11-23'
  if (format === 'date-time') return '2026-11-23T09:30:00Z'
  const found = sampleTexts.find((text) => pattern === undefined || new RegExp(pattern).test(text))
  if (found === undefined) throw new Error(`no sample fits ${pattern}: add one`)
  return found
}

/** Values that hold every member a schema knows: one for each form that any part of it may have. */
export function fullSamples(document: OpenApiDocument, schema: JsonSchema): unknown[] {
  return formsOf(document, schema).flatMap((form) => {
    const types = typesOf(form)
    if (types.includes('object')) return objectSamples(document, form)
    if (types.includes('array')) return fullSamples(document, form.items ?? {}).map((item) => [item])
    if (types.includes('string')) return [sampleText(form)]
    if (types.includes('boolean')) return [true]
    return [form.minimum ?? 0]
  })
}

function objectSamples(document: OpenApiDocument, { properties = {} }: JsonSchema): unknown[] {
  const members = Object.entries(properties).map(([name, schema]) => [name, fullSamples(document, schema)] as const)
  // The n-th sample takes the n-th form of every member.
  const count = Math.max(1, ...members.map(([, forms]) => forms.length))
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(members.map(([name, forms]) => [name, forms[index % forms.length]])),
  )
}

/** JSON Pointers (RFC 6901) of all texts within a value. */
export function textPointers(value: unknown, pointer = ''): string[] {
  if (typeof value === 'string') return [pointer]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => textPointers(member, `${pointer}/${key}`))
}

/** What a pointer names within a value; undefined when there is nothing. */
export function valueAt(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((within, key) => (isObject(within) ? Reflect.get(within, key) : undefined), value)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A copy of a value with what a pointer names replaced. */
export function replaced(value: unknown, pointer: string, replacement: unknown): unknown {
  if (pointer === '') return replacement
  const [, head = '', ...rest] = pointer.split('/')
  const inner = replaced(valueAt(value, `/${head}`), rest.map((part) => `/${part}`).join(''), replacement)
  if (Array.isArray(value)) return value.with(Number(head), inner)
  return { ...(value as object), [head]: inner }
}
