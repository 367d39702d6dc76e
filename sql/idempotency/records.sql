/* What was answered to this principal's earlier request with the same key, as long as it is kept. */
/* @name findIdempotencyRecord */
select
  i.fingerprint,
  i.response
from idempotency_keys i
where
  i.workspace_id = :workspaceId!
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.expires_at > :now!;
