/*
What was answered to this principal's earlier request with the same key, as long as it is kept; or that its effect is
still under way, and for how long whoever began it has it.
*/
/* @name findIdempotencyRecord */
select
  i.fingerprint,
  i.response,
  (i.status is null) as "isUnderWay!",
  ceil(extract(epoch from i.leased_until - now()))::integer as "leaseLeftSeconds"
from idempotency_keys i
where
  i.workspace_id = :workspaceId!
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.expires_at > :now!;

/*
Takes the request for `leaseSeconds`, by the clock of the database: first of all, or from one who began the same request
and whose lease has run out. Each one who takes it raises the fence. No row when there is an answer already, when the
lease of another lives, or when the key belongs to another request.
*/
/* @name claimIdempotencyRecord */
insert into idempotency_keys (
  workspace_id, principal_id, key, route, fingerprint, leased_until, fence, created_at, expires_at
)
select
  :workspaceId!, :idempotencyPrincipal!, :idempotencyKey!, :idempotencyRoute!, :idempotencyFingerprint!,
  now() + make_interval(secs => :leaseSeconds!::integer), 1, :now!, :now!::timestamptz + interval '24 hours'
on conflict (workspace_id, principal_id, key) do update
set
  leased_until = excluded.leased_until,
  fence = idempotency_keys.fence + 1
where
  idempotency_keys.status is null
  and idempotency_keys.leased_until < now()
  and idempotency_keys.fingerprint = any(:idempotencyFingerprints!::text[])
returning fence;

/* Stores the answer; no row when another one has taken the request over since. */
/* @name finishIdempotencyRecord */
update idempotency_keys i
set
  status = :answerStatus!,
  response = :answer!,
  leased_until = null
where
  i.workspace_id = :workspaceId!
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.fence = :fence!
  and i.status is null
returning i.fence;

/* Gives the key back after a refusal; nothing when another one has taken the request over since. */
/* @name releaseIdempotencyRecord */
delete from idempotency_keys i
where
  i.workspace_id = :workspaceId!
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.fence = :fence!
  and i.status is null
returning i.fence;
