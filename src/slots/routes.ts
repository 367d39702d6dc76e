import type { MemberEnv } from '../http/env.ts'
import { createRouter, json, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { NewPostingSlots, PostingSlots } from './schema.ts'
import { getPostingSlots, replacePostingSlots } from './service.ts'

const tag = 'instagram-accounts'
const params = pathId('instagram-account/not-found')
const responses = { 200: json(PostingSlots, 'The slots, in the order of the week') }

const read = route({
  method: 'get',
  path: '/instagram-accounts/{id}/slots',
  tag,
  summary: 'The times of the week at which an account posts',
  access: 'instagram:read',
  params,
  responses,
  problems: ['instagram-account/not-found'],
})
const replace = route({
  method: 'put',
  path: '/instagram-accounts/{id}/slots',
  tag,
  summary: 'Set the times of the week at which an account posts, instead of those it had',
  access: 'instagram:write',
  params,
  body: NewPostingSlots,
  responses,
  problems: ['instagram-account/not-found'],
})

export const slotRoutes = createRouter<MemberEnv>()
  .openapi(read, async (c) => c.json(await getPostingSlots(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(replace, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await replacePostingSlots(c.get('ctx'), id, c.req.valid('json')), 200)
  })
