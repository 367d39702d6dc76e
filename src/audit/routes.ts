import type { MemberEnv } from '../http/env.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, page, route } from '../http/route.ts'
import { AuditLogPage, AuditLogQuery } from './schema.ts'
import { listAuditLogsPage } from './service.ts'

const list = route({
  method: 'get',
  path: '/audit-logs',
  tag: 'audit',
  summary: 'Who did what, latest first',
  access: 'audit:read',
  query: AuditLogQuery,
  responses: { 200: page(AuditLogPage) },
})

export const auditRoutes = createRouter<MemberEnv>().openapi(list, async (c) =>
  answerPage(c, 'audit-logs', await listAuditLogsPage(c.get('ctx'), c.req.valid('query'))),
)
