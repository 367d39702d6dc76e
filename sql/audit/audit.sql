/*
The workspace's trail, latest first; a filter that is null does not filter. To is exclusive. The bound on the time
alone, which the comparison of the pair implies, is what lets the planner leave later months out.
*/
/* @name listAuditLogs */
select
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
limit :limit!;
