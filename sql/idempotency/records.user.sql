/*
What was answered to this principal's earlier request with the same key outside any workspace. A statement of this class
that makes such a record leaves workspace_id out:

  recorded_answer as (
    insert into idempotency_keys (principal_id, key, route, fingerprint, status, response, created_at, expires_at)
    select
      :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201, to_jsonb(c), :now!,
      :now!::timestamptz + interval '24 hours'
    from inserted_thing c
    where :idempotencyKey::text is not null
  )
*/
/* @name findUserIdempotencyRecord */
select
  i.fingerprint,
  i.response,
  (i.status is null) as "isUnderWay!",
  ceil(extract(epoch from i.leased_until - now()))::integer as "leaseLeftSeconds"
from idempotency_keys i
where
  i.workspace_id is null
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.expires_at > :now!;

/*
Takes the request for `leaseSeconds`, by the clock of the database: first of all, or from one who began the same request
and whose lease has run out. Each one who takes it raises the fence. No row when there is an answer already, when the
lease of another lives, or when the key belongs to another request.
*/
/* @name claimUserIdempotencyRecord */
insert into idempotency_keys (
  principal_id, key, route, fingerprint, leased_until, fence, created_at, expires_at
)
select
  :idempotencyPrincipal!, :idempotencyKey!, :idempotencyRoute!, :idempotencyFingerprint!,
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
/* @name finishUserIdempotencyRecord */
update idempotency_keys i
set
  status = :answerStatus!,
  response = :answer!,
  leased_until = null
where
  i.workspace_id is null
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.fence = :fence!
  and i.status is null
returning i.fence;

/* Gives the key back after a refusal; nothing when another one has taken the request over since. */
/* @name releaseUserIdempotencyRecord */
delete from idempotency_keys i
where
  i.workspace_id is null
  and i.principal_id = :idempotencyPrincipal!
  and i.key = :idempotencyKey!
  and i.fence = :fence!
  and i.status is null
returning i.fence;
