import type { MemberEnv } from '../http/env.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, json, noContent, page, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { ApiKeyPage, ApiKeyQuery, ApiKeyWithSecret, NewApiKey, Rotation } from './schema.ts'
import { createApiKey, listKeys, revokeKey, rotateKey } from './service.ts'

const tag = 'api-keys'
const params = pathId('api-key/not-found')

const list = route({
  method: 'get',
  path: '/api-keys',
  tag,
  summary: 'API keys, newest first',
  access: 'api-keys:read',
  query: ApiKeyQuery,
  responses: { 200: page(ApiKeyPage) },
})
const create = route({
  method: 'post',
  path: '/api-keys',
  tag,
  summary: 'Make an API key; the answer is the only one that shows it',
  access: 'api-keys:write',
  isGrant: true,
  body: NewApiKey,
  responses: { 201: json(ApiKeyWithSecret, 'The key') },
  problems: ['auth/email-unverified', 'reference/not-found'],
})
const rotate = route({
  method: 'post',
  path: '/api-keys/{id}/rotate',
  tag,
  summary: 'Give a key another secret; the old one works on for a while',
  access: 'api-keys:write',
  isGrant: true,
  params,
  query: Rotation,
  responses: { 200: json(ApiKeyWithSecret, 'The key with its new secret') },
  problems: ['api-key/not-found'],
})
const revoke = route({
  method: 'delete',
  path: '/api-keys/{id}',
  tag,
  summary: 'End an API key',
  access: 'api-keys:write',
  isGrant: true,
  params,
  responses: { 204: noContent },
  problems: ['api-key/not-found'],
})

export const apiKeyRoutes = createRouter<MemberEnv>()
  .openapi(list, async (c) => answerPage(c, 'api-keys', await listKeys(c.get('ctx'), c.req.valid('query'))))
  .openapi(create, async (c) => c.json(await createApiKey(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(rotate, async (c) =>
    c.json(await rotateKey(c.get('ctx'), c.req.valid('param').id, c.req.valid('query')), 200),
  )
  .openapi(revoke, async (c) => {
    await revokeKey(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
