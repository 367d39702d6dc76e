import type { MemberEnv } from '../http/env.ts'
import { answerResource, versionsToMatch } from '../http/etag.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, noContent, page, resource, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import {
  Campaign,
  CampaignChange,
  CampaignPage,
  CampaignQuery,
  NewCampaign,
  NewSpend,
  Spend,
  SpendPage,
  SpendQuery,
} from './schema.ts'
import {
  changeCampaign,
  closeCampaign,
  createCampaign,
  getCampaign,
  listCampaignsPage,
  removeCampaign,
} from './service.ts'
import { enterSpend, listSpendPage } from './spend.ts'

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
  problems: [
    'campaign/not-found',
    'campaign/archived',
    'campaign/budget-without-currency',
    'campaign/goal-without-currency',
    'campaign/ends-before-start',
  ],
})
const remove = route({
  method: 'delete',
  path: '/campaigns/{id}',
  tag,
  summary: 'Delete a campaign without posts and spend',
  access: 'campaigns:write',
  isVersioned: true,
  params,
  responses: { 204: noContent },
  problems: ['campaign/not-found', 'campaign/in-use'],
})
const archive = route({
  method: 'post',
  path: '/campaigns/{id}/archive',
  tag,
  summary: 'Archive a campaign for good',
  access: 'campaigns:write',
  isIdempotent: true,
  params,
  responses: { 200: answer },
  problems: ['campaign/not-found', 'campaign/archived'],
})
const spend = route({
  method: 'post',
  path: '/campaigns/{id}/spend',
  tag,
  summary: 'Enter what was spent, or correct an entry',
  access: 'campaigns:write',
  isIdempotent: true,
  params,
  body: NewSpend,
  responses: { 201: resource(Spend, 'The entry') },
  problems: [
    'campaign/not-found',
    'campaign/archived',
    'reference/not-found',
    'spend/is-correction',
    'spend/other-currency',
    'spend/below-zero',
    'spend/too-much',
  ],
})
const listSpend = route({
  method: 'get',
  path: '/campaigns/{id}/spend',
  tag,
  summary: 'What was spent, the latest day first, and the totals by currency',
  access: 'campaigns:read',
  params,
  query: SpendQuery,
  responses: { 200: page(SpendPage) },
  problems: ['campaign/not-found'],
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
  .openapi(archive, async (c) => answerResource(c, await closeCampaign(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(spend, async (c) =>
    c.json(await enterSpend(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 201),
  )
  .openapi(listSpend, async (c) => {
    const { totals, ...entries } = await listSpendPage(c.get('ctx'), c.req.valid('param').id, c.req.valid('query'))
    return answerPage(c, 'spend', entries, { totals })
  })
