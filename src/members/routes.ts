import type { MemberEnv } from '../http/env.ts'
import { answerResource, versionsToMatch } from '../http/etag.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, noContent, page, resource, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { Member, MemberChange, MemberPage, MemberQuery } from './schema.ts'
import { changeMember, listMembersPage, removeMember } from './service.ts'

const tag = 'members'
const params = pathId('member/not-found')

const list = route({
  method: 'get',
  path: '/workspace/members',
  tag,
  summary: 'Who belongs to the workspace',
  access: 'members:read',
  query: MemberQuery,
  responses: { 200: page(MemberPage) },
})
const change = route({
  method: 'patch',
  path: '/workspace/members/{id}',
  tag,
  summary: "Change a member's role; only owners make or change owners",
  access: 'members:write',
  isGrant: true,
  isVersioned: true,
  params,
  body: MemberChange,
  responses: { 200: resource(Member, 'The member') },
  problems: ['member/not-found', 'member/last-owner'],
})
const remove = route({
  method: 'delete',
  path: '/workspace/members/{id}',
  tag,
  summary: 'Remove a member, or leave: that, every member may',
  access: 'members:write',
  isGrant: true,
  isOpenToSelf: true,
  isVersioned: true,
  params,
  responses: { 204: noContent },
  problems: ['member/not-found', 'member/last-owner'],
})
export const memberRoutes = createRouter<MemberEnv>()
  .openapi(list, async (c) => answerPage(c, 'members', await listMembersPage(c.get('ctx'), c.req.valid('query'))))
  .openapi(change, async (c) => {
    const { id } = c.req.valid('param')
    return answerResource(c, await changeMember(c.get('ctx'), id, c.req.valid('json'), versionsToMatch(c)), 200)
  })
  .openapi(remove, async (c) => {
    await removeMember(c.get('ctx'), c.req.valid('param').id, versionsToMatch(c))
    return c.body(null, 204)
  })
