import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { permissionsOf, type Role, roles } from '../src/auth/permissions.ts'
import { type Api, formsOf, type JsonSchema, queryNames, readApi, takesHeader, typesOf } from './support/openapi.ts'
import { callRoute, methodOf, routeNames, routeOf, startWorld, type World } from './support/routes.ts'

let world: World
let api: Api
beforeAll(async () => {
  world = await startWorld()
  api = await readApi(world.app)
})

test('the document is OpenAPI 3.1 and names exactly the routes that these tests know', () => {
  expect(api.document.openapi).toBe('3.1.0')
  expect(api.operations.map(({ name }) => name).sort()).toEqual([...routeNames].sort())
})

test('the document and the page that shows it are served from one origin without credentials', async () => {
  const [document, page] = await Promise.all(
    ['/openapi.json', '/docs'].map((path) => world.app.fetch(new Request(`https://api.test${path}`))),
  )
  expect(document?.headers.get('Content-Type')).toBe('application/json')
  expect(page?.headers.get('Content-Type')).toMatch(/^text\/html/)
  expect(page?.headers.get('Content-Security-Policy')).toContain("script-src 'self'")
  const references = [...((await page?.text()) ?? '').matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path)
  expect(references.length).toBeGreaterThan(2)
  for (const path of references) expect(path).toMatch(/^\/docs\//)
})

test('every operation says what it does, who may call it and that it may fail with a problem', () => {
  for (const { name, documented } of api.operations) {
    expect(documented.summary, name).toMatch(/./)
    expect(documented.tags, name).toHaveLength(1)
    const { mayCall } = routeOf(name)
    const statuses = Object.keys(documented.responses)
    expect(statuses, name).toEqual(expect.arrayContaining(['422', '500', '503']))
    if (mayCall !== 'anybody') expect(statuses, name).toContain('401')
    for (const status of statuses.filter((code) => code >= '400')) {
      expect(documented.responses[status]?.content, name).toHaveProperty('application/problem+json')
    }
    const scopes = documented.security?.[0]?.['bearer']
    expect(scopes === undefined, name).toBe(mayCall === 'anybody')
    if (typeof mayCall !== 'string') {
      const mayHold = (role: Role) => scopes?.every((scope) => new Set<string>(permissionsOf[role]).has(scope))
      expect(roles.filter(mayHold), name).toEqual(roles.filter((role) => mayCall.includes(role)))
    }
  }
})

test('the headers for versions, keys and pages stand where they belong', () => {
  for (const operation of api.operations) {
    const { name, method } = operation
    const isResource = /^\/v1\/(campaigns|posts|me|workspace|workspace\/members)(\/\{id\})?$/.test(operation.path)
    // What is only held against rules takes no effect.
    const isExempt = /^\/v1\/(auth|api-keys|posts\/validate)(\/|$)/.test(operation.path)
    expect(takesHeader(operation, 'If-Match'), name).toBe(isResource && (method === 'PATCH' || method === 'DELETE'))
    expect(takesHeader(operation, 'Idempotency-Key'), name).toBe(method === 'POST' && !isExempt)
    expect(queryNames(operation).includes('limit'), name).toBe(queryNames(operation).includes('cursor'))
  }
})

test('every schema is one that a JSON Schema validator understands', () => {
  const check = (schema: JsonSchema, place: string): void => {
    if (schema.pattern !== undefined) {
      // JSON Schema's patterns have no flags and no delimiters.
      expect(schema.pattern, place).not.toMatch(/\$\/[a-z]+$/)
      expect(() => new RegExp(schema.pattern ?? '', 'u'), place).not.toThrow()
    }
    for (const [key, member] of Object.entries(schema.properties ?? {})) check(member, `${place}/${key}`)
    if (schema.items !== undefined) check(schema.items, `${place}/items`)
    for (const form of [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) check(form, place)
  }
  for (const [name, schema] of Object.entries(api.document.components.schemas)) check(schema, name)
  for (const { name, parameters } of api.operations) for (const { schema } of parameters) check(schema, name)
})

test('every body is closed: a validator that trusts the document refuses unknown members too', () => {
  for (const { name, body } of api.operations) {
    if (body === undefined) continue
    for (const form of formsOf(api.document, body)) {
      expect(typesOf(form), name).toEqual(['object'])
      expect(form.additionalProperties, name).toBe(false)
    }
  }
})

test("a post's lists are bounded in the document; what a kind takes of them is told by its rules", () => {
  const [{ properties } = {}, ...others] = formsOf(api.document, { $ref: '#/components/schemas/NewPost' })
  expect(others).toEqual([])
  expect(properties?.['kind']?.enum).toEqual(['image', 'carousel', 'reel', 'story'])
  for (const list of ['media', 'mediaIds']) expect(properties?.[list]?.maxItems, list).toBe(100)
})

describe('an answer has the documented status and form', () => {
  test.each(routeNames)('%s', async (name) => {
    const { status } = routeOf(name)
    const operation = api.operations.find((candidate) => candidate.name === name)
    const answer = await callRoute(world, name)
    expect(answer.status, JSON.stringify(answer.body)).toBe(status)
    expect(Object.keys(operation?.responses ?? {})).toContain(String(status))
    const schema = operation?.responses[status]?.content?.['application/json']?.schema
    const [other] = Object.keys(operation?.responses[status]?.content ?? {})
    if (other !== undefined && schema === undefined) {
      expect(answer.headers.get('Content-Type')).toBe(other)
      return
    }
    if (schema === undefined) {
      expect(answer.body).toBe('')
      return
    }
    expect(answer.headers.get('Content-Type')).toBe('application/json')
    expect(documentSchema(schema).safeParse(answer.body).error).toBeUndefined()
    expect(unknownMembers(schema, answer.body)).toEqual([])
  })
})

test('a problem has the documented form', async () => {
  const answer = await callRoute(world, 'POST /v1/campaigns', { body: { name: '' } })
  const schema = { $ref: '#/components/schemas/Problem' }
  expect(documentSchema(schema).safeParse(answer.body).error).toBeUndefined()
  expect(unknownMembers(schema, answer.body)).toEqual([])
})

/** A validator of a schema of the document. */
function documentSchema(schema: JsonSchema): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: api.document.components.schemas })
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')))
}

/** Members that an answer has and its schema does not tell of. */
function unknownMembers(schema: JsonSchema, value: unknown, place = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => itemMembers(schema, item, `${place}/${index}`))
  if (typeof value !== 'object' || value === null) return []
  const forms = formsOf(api.document, schema)
  if (forms.some(({ properties, additionalProperties }) => properties === undefined || additionalProperties === true))
    return []
  return Object.entries(value).flatMap(([key, member]) => {
    const known = forms.map(({ properties }) => properties?.[key]).find((found) => found !== undefined)
    return known === undefined ? [`${place}/${key}`] : unknownMembers(known, member, `${place}/${key}`)
  })
}

function itemMembers(schema: JsonSchema, item: unknown, place: string): string[] {
  return formsOf(api.document, schema).flatMap(({ items = {} }) => unknownMembers(items, item, place))
}

test('the table of routes spells each name as the document does', () => {
  for (const name of routeNames) expect(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).toContain(methodOf(name))
})
