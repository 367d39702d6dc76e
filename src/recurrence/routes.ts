import type { MemberEnv } from '../http/env.ts'
import { createRouter, json, noContent, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { NewPostRecurrence, PostRecurrence } from './schema.ts'
import { getRecurrence, removeRecurrence, replaceRecurrence } from './service.ts'

const tag = 'posts'
const path = '/posts/{id}/recurrence'
const params = pathId('post/not-found')
const responses = { 200: json(PostRecurrence, 'The rule, and what comes of it') }

const read = route({
  method: 'get',
  path,
  tag,
  summary: 'By which rule a post repeats',
  access: 'posts:read',
  params,
  responses,
  problems: ['post/not-found', 'recurrence/not-found'],
})
const replace = route({
  method: 'put',
  path,
  tag,
  summary: 'Repeat a post by the wall clock: copies of it are scheduled some days ahead',
  access: 'posts:publish',
  params,
  body: NewPostRecurrence,
  responses,
  problems: ['post/not-found', 'post/not-editable', 'post/not-ready', 'post/approval-required', 'campaign/archived'],
})
const remove = route({
  method: 'delete',
  path,
  tag,
  summary: 'Repeat a post no more, and take back its coming copies that nobody has touched',
  access: 'posts:publish',
  params,
  responses: { 204: noContent },
  problems: ['post/not-found', 'recurrence/not-found'],
})

export const recurrenceRoutes = createRouter<MemberEnv>()
  .openapi(read, async (c) => c.json(await getRecurrence(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(replace, async (c) => {
    return c.json(await replaceRecurrence(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200)
  })
  .openapi(remove, async (c) => {
    await removeRecurrence(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
