import type { MemberEnv } from '../http/env.ts'
import { answerResource, versionsToMatch } from '../http/etag.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, noContent, page, resource, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { Campaign, CampaignChange, CampaignPage, CampaignQuery, NewCampaign } from './schema.ts'
import { changeCampaign, createCampaign, getCampaign, listCampaignsPage, removeCampaign } from './service.ts'

const tag = 'campaigns'
const params = pathId('campaign/not-found')
const answer = resource(Campaign, 'The campaign')

const create = route({
  method: 'post',
  path: '/campaigns',
  tag,
  summary: 'Plan a campaign',
  access: 'campaigns:write',
  isIdempotent: true,
  body: NewCampaign,
  responses: { 201: answer },
})
const list = route({
  method: 'get',
  path: '/campaigns',
  tag,
  summary: 'Campaigns, newest first',
  access: 'campaigns:read',
  query: CampaignQuery,
  responses: { 200: page(CampaignPage) },
})
const read = route({
  method: 'get',
  path: '/campaigns/{id}',
  tag,
  summary: 'One campaign',
  access: 'campaigns:read',
  params,
  responses: { 200: answer },
  problems: ['campaign/not-found'],
})
const change = route({
  method: 'patch',
  path: '/campaigns/{id}',
  tag,
  summary: 'Change a campaign',
  access: 'campaigns:write',
  isVersioned: true,
  params,
  body: CampaignChange,
  responses: { 200: answer },
  problems: ['campaign/not-found', 'campaign/budget-without-currency', 'campaign/ends-before-start'],
})
const remove = route({
  method: 'delete',
  path: '/campaigns/{id}',
  tag,
  summary: 'Delete a campaign without posts',
  access: 'campaigns:write',
  isVersioned: true,
  params,
  responses: { 204: noContent },
  problems: ['campaign/not-found', 'campaign/in-use'],
})

export const campaignRoutes = createRouter<MemberEnv>()
  .openapi(create, async (c) => answerResource(c, await createCampaign(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(list, async (c) => answerPage(c, 'campaigns', await listCampaignsPage(c.get('ctx'), c.req.valid('query'))))
  .openapi(read, async (c) => answerResource(c, await getCampaign(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(change, async (c) => {
    const { id } = c.req.valid('param')
    return answerResource(c, await changeCampaign(c.get('ctx'), id, c.req.valid('json'), versionsToMatch(c)), 200)
  })
  .openapi(remove, async (c) => {
    await removeCampaign(c.get('ctx'), c.req.valid('param').id, versionsToMatch(c))
    return c.body(null, 204)
  })
