import type { MemberEnv, UserEnv } from '../http/env.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, json, noContent, page, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { Invitation, InvitationPage, InvitationQuery, InvitationToken, Joined, NewInvitation } from './schema.ts'
import { invite, joinByInvitation, listOpenInvitations, withdrawInvitation } from './service.ts'

const tag = 'members'

const list = route({
  method: 'get',
  path: '/workspace/invitations',
  tag,
  summary: 'Open invitations, newest first',
  access: 'members:read',
  query: InvitationQuery,
  responses: { 200: page(InvitationPage) },
})
const create = route({
  method: 'post',
  path: '/workspace/invitations',
  tag,
  summary: 'Invite an address by mail; only owners invite owners',
  access: 'members:write',
  isGrant: true,
  isIdempotent: true,
  body: NewInvitation,
  responses: { 201: json(Invitation, 'The invitation') },
  problems: ['member/exists', 'invitation/exists', 'invitation/too-many'],
})
const remove = route({
  method: 'delete',
  path: '/workspace/invitations/{id}',
  tag,
  summary: 'Withdraw an invitation',
  access: 'members:write',
  isGrant: true,
  params: pathId('invitation/not-found'),
  responses: { 204: noContent },
  problems: ['invitation/not-found'],
})
const accept = route({
  method: 'post',
  path: '/invitations/accept',
  tag,
  summary: 'Join the workspace of an invitation',
  access: 'user',
  isGrant: true,
  isIdempotent: true,
  body: InvitationToken,
  responses: { 200: json(Joined, 'The workspace, and what the caller is there') },
  problems: ['invitation/token-invalid', 'auth/email-unverified', 'invitation/other-address', 'workspace/closed'],
})

export const invitationRoutes = createRouter<MemberEnv>()
  .openapi(list, async (c) =>
    answerPage(c, 'invitations', await listOpenInvitations(c.get('ctx'), c.req.valid('query'))),
  )
  .openapi(create, async (c) => c.json(await invite(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(remove, async (c) => {
    await withdrawInvitation(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })

export const joiningRoutes = createRouter<UserEnv>().openapi(accept, async (c) =>
  c.json(await joinByInvitation(c.get('ctx'), c.req.valid('json').token), 200),
)
