// Generated from sql/outbox/outbox.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type OutboxStatus = 'dead' | 'done' | 'pending' | 'superseded'

export type ClaimOutboxParams = {
  now: string
  maxAttempts: number
  limit: number
  leaseSeconds: number
}

export type ClaimOutboxResult = {
  id: string
  kind: string
  userId: string | null
  workspaceId: string | null
  subjectId: string | null
  fence: number
  attempts: number
  createdAt: string
}

/**
 * Takes rows that are due for `leaseSeconds`, oldest first. Rows that another worker has are passed over; one whose
 * worker died comes back when its lease ends. Each claim raises the fence, so that whoever had the row before can no
 * longer finish it. An attempt counts when it begins: a row that kills its worker ends as dead too.
 *
 * Who reads the new address of an account can take it over, so the present one hears of the change first: the mail with
 * the token waits, and no attempt counts, until no such notice is pending for the person, since it was sent or is dead.
 */
export const claimOutbox = new PreparedQuery<ClaimOutboxParams, ClaimOutboxResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 97, b: 101 }] },
    { name: 'maxAttempts', required: true, locs: [{ a: 124, b: 136 }] },
    { name: 'limit', required: true, locs: [{ a: 484, b: 490 }] },
    { name: 'leaseSeconds', required: true, locs: [{ a: 638, b: 651 }] },
  ],
  statement: `with due as (
  select o.id
  from outbox o
  where
    o.status = 'pending'
    and o.due_at <= :now!
    and o.attempts < :maxAttempts!
    and (o.leased_until is null or o.leased_until < now())
    and not (
      o.kind = 'mail/change-email'
      and exists (
        select
        from outbox n
        where
          n.user_id = o.user_id
          and n.kind = 'mail/email-change-requested'
          and n.status = 'pending'
      )
    )
  order by o.due_at, o.id
  limit :limit!
  for update skip locked
)
update outbox o
set
  fence = o.fence + 1,
  attempts = o.attempts + 1,
  leased_until = now() + make_interval(secs => :leaseSeconds!::integer)
from due
where o.id = due.id
returning
  o.id,
  o.kind,
  o.user_id as "userId",
  o.workspace_id as "workspaceId",
  o.subject_id as "subjectId",
  o.fence,
  o.attempts,
  o.created_at as "createdAt"`,
})

export type FinishOutboxParams = {
  now: string
  id: string
  fence: number
}

export type FinishOutboxResult = {
  id: string
}

/** Says that the work is done; no row when the lease has ended, or the row was claimed or superseded meanwhile. */
export const finishOutbox = new PreparedQuery<FinishOutboxParams, FinishOutboxResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 55, b: 59 }] },
    { name: 'id', required: true, locs: [{ a: 99, b: 102 }] },
    { name: 'fence', required: true, locs: [{ a: 120, b: 126 }] },
  ],
  statement: `update outbox o
set
  status = 'done',
  finished_at = :now!,
  leased_until = null
where
  o.id = :id!
  and o.fence = :fence!
  and o.status = 'pending'
  and o.leased_until >= now()
returning o.id`,
})

export type ReleaseOutboxParams = {
  maxAttempts: number
  isPermanent: boolean
  now: string
  dueAt: string
  error: string
  id: string
  fence: number
}

export type ReleaseOutboxResult = {
  id: string
  status: OutboxStatus
}

/**
 * Gives a row back after a failure: due again at `dueAt`, or dead when that was the last attempt or none can succeed. No
 * row when the lease has ended, or the row was claimed or superseded meanwhile.
 */
export const releaseOutbox = new PreparedQuery<ReleaseOutboxParams, ReleaseOutboxResult>({
  params: [
    { name: 'maxAttempts', required: true, locs: [{ a: 55, b: 67 }, { a: 166, b: 178 }] },
    { name: 'isPermanent', required: true, locs: [{ a: 72, b: 84 }, { a: 183, b: 195 }] },
    { name: 'now', required: true, locs: [{ a: 211, b: 215 }] },
    { name: 'dueAt', required: true, locs: [{ a: 246, b: 252 }] },
    { name: 'error', required: true, locs: [{ a: 270, b: 276 }] },
    { name: 'id', required: true, locs: [{ a: 316, b: 319 }] },
    { name: 'fence', required: true, locs: [{ a: 337, b: 343 }] },
  ],
  statement: `update outbox o
set
  status = case when o.attempts >= :maxAttempts! or :isPermanent!::boolean then 'dead' else o.status end,
  finished_at = case when o.attempts >= :maxAttempts! or :isPermanent!::boolean then :now!::timestamptz end,
  due_at = :dueAt!,
  last_error = :error!,
  leased_until = null
where
  o.id = :id!
  and o.fence = :fence!
  and o.status = 'pending'
  and o.leased_until >= now()
returning
  o.id,
  o.status`,
})

export type FinishAbandonedOutboxParams = {
  now: string
  maxAttempts: number
}

export type FinishAbandonedOutboxResult = {
  id: string
  kind: string
}

/** Ends rows whose last attempt was never reported back, because its worker died. */
export const finishAbandonedOutbox = new PreparedQuery<FinishAbandonedOutboxParams, FinishAbandonedOutboxResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 55, b: 59 }] },
    { name: 'maxAttempts', required: true, locs: [{ a: 161, b: 173 }] },
  ],
  statement: `update outbox o
set
  status = 'dead',
  finished_at = :now!,
  last_error = 'abandoned',
  leased_until = null
where
  o.status = 'pending'
  and o.attempts >= :maxAttempts!
  and o.leased_until < now()
returning
  o.id,
  o.kind`,
})
