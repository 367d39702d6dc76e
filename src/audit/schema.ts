import { z } from '@hono/zod-openapi'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Id, Instant, Text, Timestamp } from '../http/values.ts'

const Values = z.record(z.string(), z.unknown()).nullable()

export const AuditLog = z
  .object({
    id: z.int(),
    tableName: z.string(),
    operation: z.enum(['INSERT', 'UPDATE', 'DELETE']),
    rowId: z.string(),
    userId: Id.nullable(),
    actorKind: z.enum(['user', 'api_key', 'job', 'webhook', 'anonymous', 'migration']),
    actorId: z.string().nullable(),
    sessionId: Id.nullable(),
    requestId: z.string().nullable(),
    address: z.string().nullable().openapi({ description: 'Truncated: /24 or /48' }),
    oldValues: Values,
    newValues: Values,
    timestamp: Timestamp,
  })
  .openapi('AuditLog')
export type AuditLog = z.infer<typeof AuditLog>

export const AuditLogPage = PageOf(AuditLog, 'AuditLogPage')

const CursorTimestamp = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/)
  .and(Instant)
const CursorId = z.string().regex(/^[1-9][0-9]{0,15}$/)

export const AuditLogQuery = z.strictObject({
  ...PageQuery('audit-logs', z.tuple([CursorTimestamp, CursorId])),
  table: Text(63).optional(),
  rowId: Text(200).optional(),
  userId: Id.optional(),
  operation: z.enum(['INSERT', 'UPDATE', 'DELETE']).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
})
export type AuditLogQuery = z.infer<typeof AuditLogQuery>
