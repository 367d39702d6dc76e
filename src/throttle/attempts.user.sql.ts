// Generated from sql/throttle/attempts.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type ClaimAttemptParams = {
  subject: string
  blockedUntilByFirst: string
  expiresAt: string
  quietSince: string
  free: number
  noWaitUntil: string
  now: string
  longestSeconds: number
  firstSeconds: number
}

export type ClaimAttemptResult = {
  isCounted: boolean
  waitMs: number | null
}

/**
 * Counts an attempt before it is made, unless its subject has to wait: then nothing is counted. Of many at once each sees
 * the counts of those before it, since the row that conflicts is locked and read anew. A subject of which nothing was
 * heard since :quietSince! begins at one. From the attempt that uses up what is free on, each makes the next one wait,
 * twice as long each time. A wait that is none ends at :noWaitUntil!, well in the past: of two at once the one with the
 * earlier clock may come second.
 */
export const claimAttempt = new PreparedQuery<ClaimAttemptParams, ClaimAttemptResult>({
  params: [
    { name: 'subject', required: true, locs: [{ a: 129, b: 137 }, { a: 1037, b: 1045 }] },
    { name: 'blockedUntilByFirst', required: true, locs: [{ a: 159, b: 179 }] },
    { name: 'expiresAt', required: true, locs: [{ a: 199, b: 209 }, { a: 755, b: 765 }] },
    { name: 'quietSince', required: true, locs: [{ a: 299, b: 310 }, { a: 399, b: 410 }] },
    { name: 'free', required: true, locs: [{ a: 468, b: 473 }, { a: 689, b: 694 }] },
    { name: 'noWaitUntil', required: true, locs: [{ a: 489, b: 501 }] },
    { name: 'now', required: true, locs: [{ a: 527, b: 531 }, { a: 794, b: 798 }, { a: 945, b: 949 }] },
    { name: 'longestSeconds', required: true, locs: [{ a: 596, b: 611 }] },
    { name: 'firstSeconds', required: true, locs: [{ a: 632, b: 645 }] },
  ],
  statement: `with counted_attempt as (
  insert into auth_throttles as t (subject, attempts, blocked_until, expires_at)
  values (
    decode(:subject!, 'hex'),
    1,
    :blockedUntilByFirst!::timestamptz,
    :expiresAt!
  )
  on conflict (subject) do update
  set
    attempts = case when t.blocked_until <= :quietSince! then 1 else t.attempts + 1 end,
    blocked_until = case
      when t.blocked_until <= :quietSince! then excluded.blocked_until
      when t.attempts + 1 < :free!::integer then :noWaitUntil!::timestamptz
      else :now!::timestamptz + make_interval(
        secs => least(
          :longestSeconds!::float8,
          :firstSeconds!::float8 * power(2, least(t.attempts + 1 - :free!::integer, 30))
        )
      )
    end,
    expires_at = :expiresAt!
  where t.blocked_until <= :now!
  returning t.subject
)
select
  exists (select 1 from counted_attempt) as "isCounted",
  (
    select ceil(extract(epoch from t.blocked_until - :now!::timestamptz) * 1000)::integer
    from auth_throttles t
    where t.subject = decode(:subject!, 'hex')
  ) as "waitMs"`,
})

export type ReleaseAttemptParams = {
  noWaitUntil: string
  subject: string
}

export type ReleaseAttemptResult = {
  attempts: number
}

/** Takes one attempt back, with the wait that it made. What was counted before it stays, and makes the next wait as long. */
export const releaseAttempt = new PreparedQuery<ReleaseAttemptParams, ReleaseAttemptResult>({
  params: [
    { name: 'noWaitUntil', required: true, locs: [{ a: 88, b: 100 }] },
    { name: 'subject', required: true, locs: [{ a: 127, b: 135 }] },
  ],
  statement: `update auth_throttles t
set
  attempts = greatest(t.attempts - 1, 1),
  blocked_until = :noWaitUntil!
where t.subject = decode(:subject!, 'hex')
returning t.attempts`,
})

export type DeleteAttemptsParams = {
  subject: string
}

export type DeleteAttemptsResult = {
  attempts: number
}

/** Forgets the attempts of a subject. */
export const deleteAttempts = new PreparedQuery<DeleteAttemptsParams, DeleteAttemptsResult>({
  params: [
    { name: 'subject', required: true, locs: [{ a: 54, b: 62 }] },
  ],
  statement: `delete from auth_throttles t
where t.subject = decode(:subject!, 'hex')
returning t.attempts`,
})
