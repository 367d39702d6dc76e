/*
Takes rows that are due for `leaseSeconds`, oldest first. Rows that another worker has are passed over; one whose
worker died comes back when its lease ends. Each claim raises the fence, so that whoever had the row before can no
longer finish it. An attempt counts when it begins: a row that kills its worker ends as dead too.

Who reads the new address of an account can take it over, so the present one hears of the change first: the mail with
the token waits, and no attempt counts, until no such notice is pending for the person, since it was sent or is dead.
*/
/* @name claimOutbox */
with due as (
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
  o.created_at as "createdAt";

/* Says that the work is done; no row when the lease has ended, or the row was claimed or superseded meanwhile. */
/* @name finishOutbox */
update outbox o
set
  status = 'done',
  finished_at = :now!,
  leased_until = null
where
  o.id = :id!
  and o.fence = :fence!
  and o.status = 'pending'
  and o.leased_until >= now()
returning o.id;

/*
Gives a row back after a failure: due again at `dueAt`, or dead when that was the last attempt or none can succeed. No
row when the lease has ended, or the row was claimed or superseded meanwhile.
*/
/* @name releaseOutbox */
update outbox o
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
  o.status;

/* Ends rows whose last attempt was never reported back, because its worker died. */
/* @name finishAbandonedOutbox */
update outbox o
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
  o.kind;
