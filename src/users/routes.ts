import type { UserEnv } from '../http/env.ts'
import { answerResource, versionsToMatch } from '../http/etag.ts'
import { createRouter, resource, route } from '../http/route.ts'
import { Me, UserChange } from './schema.ts'
import { getMe, updateMe } from './service.ts'

const tag = 'me'
const answer = resource(Me, 'The signed-in user, and what may be done in the workspace')

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
  .openapi(read, async (c) => {
    // The answer depends on the token's workspace too.
    c.header('Vary', 'Authorization', { append: true })
    return answerResource(c, await getMe(c.get('ctx')), 200)
  })
  .openapi(change, async (c) =>
    answerResource(c, await updateMe(c.get('ctx'), c.req.valid('json'), versionsToMatch(c)), 200),
  )
