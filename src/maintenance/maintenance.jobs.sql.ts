// Generated from sql/maintenance/maintenance.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type EnsurePartitionsParams = void

export type EnsurePartitionsResult = {
  made: number
}

/** Makes the partitions of the coming months; answers how many were missing. */
export const ensurePartitions = new PreparedQuery<EnsurePartitionsParams, EnsurePartitionsResult>({
  params: [],
  statement: `select ensure_all_partitions(3) as "made"`,
})

export type DeleteExpiredIdempotencyRecordsParams = {
  now: string
  limit: number
}

export type DeleteExpiredIdempotencyRecordsResult = {
  key: string
}

/**
 * Deletes idempotency records past their time, a batch at once so that no lock is held for long. By the place of the row:
 * a record outside any workspace has no key that an index finds by equality.
 */
export const deleteExpiredIdempotencyRecords = new PreparedQuery<DeleteExpiredIdempotencyRecordsParams, DeleteExpiredIdempotencyRecordsResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 141, b: 145 }] },
    { name: 'limit', required: true, locs: [{ a: 187, b: 193 }] },
  ],
  statement: `delete from idempotency_keys i
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
returning i.key`,
})

export type DeleteFinishedOutboxParams = {
  doneBefore: string
  deadBefore: string
  limit: number
}

export type DeleteFinishedOutboxResult = {
  id: string
}

/** Deletes rows of the outbox done or superseded before `doneBefore`, or dead before `deadBefore`. */
export const deleteFinishedOutbox = new PreparedQuery<DeleteFinishedOutboxParams, DeleteFinishedOutboxResult>({
  params: [
    { name: 'doneBefore', required: true, locs: [{ a: 125, b: 136 }] },
    { name: 'deadBefore', required: true, locs: [{ a: 185, b: 196 }] },
    { name: 'limit', required: true, locs: [{ a: 232, b: 238 }] },
  ],
  statement: `delete from outbox o
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
returning o.id`,
})

export type DeleteExpiredAccountTokensParams = {
  now: string
  limit: number
}

export type DeleteExpiredAccountTokensResult = {
  userId: string
}

/** Deletes tokens of mails past their time. */
export const deleteExpiredAccountTokens = new PreparedQuery<DeleteExpiredAccountTokensParams, DeleteExpiredAccountTokensResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 140, b: 144 }, { a: 207, b: 211 }] },
    { name: 'limit', required: true, locs: [{ a: 178, b: 184 }] },
  ],
  statement: `delete from account_tokens t
where (t.user_id, t.purpose) in (
  select e.user_id, e.purpose
  from account_tokens e
  where e.expires_at < :now!
  order by e.expires_at
  limit :limit!
)
and t.expires_at < :now!
returning t.user_id as "userId"`,
})

export type DeleteExpiredAuthChallengesParams = {
  now: string
  limit: number
}

export type DeleteExpiredAuthChallengesResult = {
  id: string
}

/** Deletes questions that nobody answered in time. */
export const deleteExpiredAuthChallenges = new PreparedQuery<DeleteExpiredAuthChallengesParams, DeleteExpiredAuthChallengesResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 108, b: 112 }] },
    { name: 'limit', required: true, locs: [{ a: 146, b: 152 }] },
  ],
  statement: `delete from auth_challenges c
where c.id in (
  select e.id
  from auth_challenges e
  where e.expires_at < :now!
  order by e.expires_at
  limit :limit!
)
returning c.id`,
})

export type DeleteExpiredAuthThrottlesParams = {
  now: string
  limit: number
}

export type DeleteExpiredAuthThrottlesResult = {
  expiresAt: string
}

/** Deletes counters of attempts whose time is over; one that counts again meanwhile stays. */
export const deleteExpiredAuthThrottles = new PreparedQuery<DeleteExpiredAuthThrottlesParams, DeleteExpiredAuthThrottlesResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 116, b: 120 }, { a: 183, b: 187 }] },
    { name: 'limit', required: true, locs: [{ a: 154, b: 160 }] },
  ],
  statement: `delete from auth_throttles t
where t.subject in (
  select e.subject
  from auth_throttles e
  where e.expires_at < :now!
  order by e.expires_at
  limit :limit!
)
and t.expires_at < :now!
returning t.expires_at as "expiresAt"`,
})

export type RevokeExpiredInvitationsParams = {
  actor: string
  now: string
  limit: number
}

export type RevokeExpiredInvitationsResult = {
  id: string
}

/** Withdraws invitations past their time: the addresses of strangers are not kept, and can be invited again. */
export const revokeExpiredInvitations = new PreparedQuery<RevokeExpiredInvitationsParams, RevokeExpiredInvitationsResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 281, b: 285 }, { a: 410, b: 414 }] },
    { name: 'limit', required: true, locs: [{ a: 323, b: 329 }] },
  ],
  statement: `with
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
returning i.id`,
})

export type DeleteEndedSessionsParams = {
  actor: string
  now: string
  endedBefore: string
  limit: number
}

export type DeleteEndedSessionsResult = {
  id: string
}

/**
 * Deletes sessions that ended, early or by themselves, before `endedBefore`. That is at least the longest life of a
 * session ago, so all of them are past their absolute end, by which they are found.
 */
export const deleteEndedSessions = new PreparedQuery<DeleteEndedSessionsParams, DeleteEndedSessionsResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 197, b: 201 }] },
    { name: 'endedBefore', required: true, locs: [{ a: 277, b: 289 }] },
    { name: 'limit', required: true, locs: [{ a: 336, b: 342 }] },
  ],
  statement: `with
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
returning s.id`,
})
