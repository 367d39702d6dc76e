import type { MemberContext } from '../context.ts'
import { type Page, pageOf } from '../paging.ts'
import { listAuditLogs } from './audit.sql.ts'
import type { AuditLog, AuditLogQuery } from './schema.ts'

/** The workspace's audit trail, latest first, as its triggers wrote it. */
export async function listAuditLogsPage(ctx: MemberContext, query: AuditLogQuery): Promise<Page<AuditLog>> {
  const { limit, cursor, ...filters } = query
  const [beforeTimestamp, beforeId] = cursor === undefined ? [null, null] : [cursor[0], Number(cursor[1])]
  const rows = await ctx.db.many(listAuditLogs, { ...filters, beforeTimestamp, beforeId, limit: limit + 1 })
  return pageOf(rows.map(asAuditLog), limit, ({ timestamp, id }) => [timestamp, String(id)])
}

/** CHECK constraints hold old and new values to objects or NULL. */
const asAuditLog = (
  row: Omit<AuditLog, 'oldValues' | 'newValues'> & { oldValues: unknown; newValues: unknown },
): AuditLog => row as AuditLog
