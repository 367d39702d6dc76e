import type { UserEnv } from '../http/env.ts'
import { answerResource, versionsToMatch } from '../http/etag.ts'
import { createRouter, resource, route } from '../http/route.ts'
import { User, UserChange } from './schema.ts'
import { getMe, updateMe } from './service.ts'

const tag = 'me'
const answer = resource(User, 'The signed-in user')

const read = route({
  method: 'get',
  path: '/me',
  tag,
  summary: 'The signed-in user',
  access: 'user',
  responses: { 200: answer },
})
const change = route({
  method: 'patch',
  path: '/me',
  tag,
  summary: 'Change name, language or time zone',
  access: 'user',
  isVersioned: true,
  body: UserChange,
  responses: { 200: answer },
})

export const userRoutes = createRouter<UserEnv>()
  .openapi(read, async (c) => answerResource(c, await getMe(c.get('ctx')), 200))
  .openapi(change, async (c) =>
    answerResource(c, await updateMe(c.get('ctx'), c.req.valid('json'), versionsToMatch(c)), 200),
  )
