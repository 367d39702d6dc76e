/* Makes the partitions of the coming months; answers how many were missing. */
/* @name ensurePartitions */
select ensure_all_partitions(3) as "made!";

/*
Deletes idempotency records past their time, a batch at once so that no lock is held for long. By the place of the row:
a record outside any workspace has no key that an index finds by equality.
*/
/* @name deleteExpiredIdempotencyRecords */
delete from idempotency_keys i
where
  i.ctid = any(
    array(
      select e.ctid
      from idempotency_keys e
      where e.expires_at < :now!
      order by e.expires_at
      limit :limit!
    )
  )
returning i.key;

/* Deletes rows of the outbox done or superseded before `doneBefore`, or dead before `deadBefore`. */
/* @name deleteFinishedOutbox */
delete from outbox o
where o.id in (
  select f.id
  from outbox f
  where
    f.status <> 'pending'
    and f.finished_at < :doneBefore!
    and (f.status <> 'dead' or f.finished_at < :deadBefore!)
  order by f.finished_at
  limit :limit!
)
returning o.id;

/* Deletes tokens of mails past their time. */
/* @name deleteExpiredAccountTokens */
delete from account_tokens t
where (t.user_id, t.purpose) in (
  select e.user_id, e.purpose
  from account_tokens e
  where e.expires_at < :now!
  order by e.expires_at
  limit :limit!
)
and t.expires_at < :now!
returning t.user_id as "userId";

/* Deletes questions that nobody answered in time. */
/* @name deleteExpiredAuthChallenges */
delete from auth_challenges c
where c.id in (
  select e.id
  from auth_challenges e
  where e.expires_at < :now!
  order by e.expires_at
  limit :limit!
)
returning c.id;

/* Deletes counters of attempts whose time is over; one that counts again meanwhile stays. */
/* @name deleteExpiredAuthThrottles */
delete from auth_throttles t
where t.subject in (
  select e.subject
  from auth_throttles e
  where e.expires_at < :now!
  order by e.expires_at
  limit :limit!
)
and t.expires_at < :now!
returning t.expires_at as "expiresAt";

/* Withdraws invitations past their time: the addresses of strangers are not kept, and can be invited again. */
/* @name revokeExpiredInvitations */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  expired_invitation as (
    select e.workspace_id, e.id
    from workspace_invitations e
    where
      e.accepted_at is null
      and e.revoked_at is null
      and e.expires_at <= :now!
    order by e.expires_at
    limit :limit!
    for update skip locked
  )
update workspace_invitations i
set revoked_at = :now!
from
  actor
  cross join expired_invitation e
where
  i.workspace_id = e.workspace_id
  and i.id = e.id
returning i.id;

/*
Deletes sessions that ended, early or by themselves, before `endedBefore`. That is at least the longest life of a
session ago, so all of them are past their absolute end, by which they are found.
*/
/* @name deleteEndedSessions */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  ended_session as (
    select e.id
    from user_sessions e
    where
      e.absolute_expires_at < :now!
      and least(e.revoked_at, e.idle_expires_at, e.absolute_expires_at) < :endedBefore!
    order by e.absolute_expires_at
    limit :limit!
  )
delete from user_sessions s
using
  actor
  cross join ended_session e
where s.id = e.id
returning s.id;
