/* Makes the partitions of the coming months; answers how many were missing. */
/* @name ensurePartitions */
select ensure_all_partitions(3) as "made!";

/* Deletes idempotency records past their time, a batch at once so that no lock is held for long. */
/* @name deleteExpiredIdempotencyRecords */
delete from idempotency_keys i
where (i.workspace_id, i.principal_id, i.key) in (
  select e.workspace_id, e.principal_id, e.key
  from idempotency_keys e
  where e.expires_at < :now!
  order by e.expires_at
  limit :limit!
)
returning i.key;
