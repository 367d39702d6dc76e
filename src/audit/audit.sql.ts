// Generated from sql/audit/audit.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type ActorKind = 'anonymous' | 'api_key' | 'job' | 'migration' | 'user' | 'webhook'

type AuditOperation = 'DELETE' | 'INSERT' | 'UPDATE'

export type ListAuditLogsParams = {
  workspaceId: string
  table?: string | null | undefined
  rowId?: string | null | undefined
  userId?: string | null | undefined
  operation?: AuditOperation | null | undefined
  from?: string | null | undefined
  to?: string | null | undefined
  beforeTimestamp?: string | null | undefined
  beforeId?: number | null | undefined
  limit: number
}

export type ListAuditLogsResult = {
  id: number
  tableName: string
  operation: AuditOperation
  rowId: string
  userId: string | null
  actorKind: ActorKind
  actorId: string | null
  sessionId: string | null
  requestId: string | null
  address: string | null
  oldValues: unknown
  newValues: unknown
  timestamp: string
}

/**
 * The workspace's trail, latest first; a filter that is null does not filter. To is exclusive. The bound on the time
 * alone, which the comparison of the pair implies, is what lets the planner leave later months out.
 */
export const listAuditLogs = new PreparedQuery<ListAuditLogsParams, ListAuditLogsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 361, b: 373 }] },
    { name: 'table', required: false, locs: [{ a: 382, b: 387 }, { a: 421, b: 426 }] },
    { name: 'rowId', required: false, locs: [{ a: 436, b: 441 }, { a: 471, b: 476 }] },
    { name: 'userId', required: false, locs: [{ a: 486, b: 492 }, { a: 523, b: 529 }] },
    { name: 'operation', required: false, locs: [{ a: 539, b: 548 }, { a: 592, b: 601 }] },
    { name: 'from', required: false, locs: [{ a: 611, b: 615 }, { a: 656, b: 660 }] },
    { name: 'to', required: false, locs: [{ a: 670, b: 672 }, { a: 712, b: 714 }] },
    { name: 'beforeTimestamp', required: false, locs: [{ a: 724, b: 739 }, { a: 780, b: 795 }, { a: 810, b: 825 }, { a: 878, b: 893 }] },
    { name: 'beforeId', required: false, locs: [{ a: 909, b: 917 }] },
    { name: 'limit', required: true, locs: [{ a: 975, b: 981 }] },
  ],
  statement: `select
  a.id,
  a.table_name as "tableName",
  a.operation,
  a.row_id as "rowId",
  a.user_id as "userId",
  a.actor_kind as "actorKind",
  a.actor_id as "actorId",
  a.session_id as "sessionId",
  a.request_id as "requestId",
  a.address,
  a.old_values as "oldValues",
  a.new_values as "newValues",
  a.timestamp
from audit_logs a
where
  a.workspace_id = :workspaceId!
  and (:table::text is null or a.table_name = :table)
  and (:rowId::text is null or a.row_id = :rowId)
  and (:userId::uuid is null or a.user_id = :userId)
  and (:operation::audit_operation is null or a.operation = :operation)
  and (:from::timestamptz is null or a.timestamp >= :from)
  and (:to::timestamptz is null or a.timestamp < :to)
  and (:beforeTimestamp::timestamptz is null or a.timestamp <= :beforeTimestamp)
  and (
    :beforeTimestamp::timestamptz is null
    or (a.timestamp, a.id) < (:beforeTimestamp::timestamptz, :beforeId::bigint)
  )
order by a.timestamp desc, a.id desc
limit :limit!`,
})
