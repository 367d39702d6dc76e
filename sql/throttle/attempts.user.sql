/*
Counts an attempt before it is made, unless its subject has to wait: then nothing is counted. Of many at once each sees
the counts of those before it, since the row that conflicts is locked and read anew. A subject of which nothing was
heard since :quietSince! begins at one. From the attempt that uses up what is free on, each makes the next one wait,
twice as long each time. A wait that is none ends at :noWaitUntil!, well in the past: of two at once the one with the
earlier clock may come second.
*/
/* @name claimAttempt */
with counted_attempt as (
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
  exists (select 1 from counted_attempt) as "isCounted!",
  (
    select ceil(extract(epoch from t.blocked_until - :now!::timestamptz) * 1000)::integer
    from auth_throttles t
    where t.subject = decode(:subject!, 'hex')
  ) as "waitMs";

/*
Takes one attempt back, with the wait that it made. What was counted before it stays, and makes the next wait as long.
*/
/* @name releaseAttempt */
update auth_throttles t
set
  attempts = greatest(t.attempts - 1, 1),
  blocked_until = :noWaitUntil!
where t.subject = decode(:subject!, 'hex')
returning t.attempts;

/* Forgets the attempts of a subject. */
/* @name deleteAttempts */
delete from auth_throttles t
where t.subject = decode(:subject!, 'hex')
returning t.attempts;
