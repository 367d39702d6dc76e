/* Some of them, by id. The owner is the person or workspace whose data the key opens; NULL: the whole system's. */
/* @name listKeysUnderOtherKek */
select
  k.id,
  coalesce(k.user_id, k.workspace_id) as "owner?",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey!"
from encryption_keys k
where
  k.wrapped_key is not null
  and k.kek_version <> :kekVersion!
  and (:afterId::uuid is null or k.id > :afterId)
order by k.id
limit :limit!;

/* Keys that another key-encryption key than the current one wraps. */
/* @name countKeysUnderOtherKek */
select count(*)::int as "count!"
from encryption_keys k
where
  k.wrapped_key is not null
  and k.kek_version <> :kekVersion!;

/* Puts the keys under the current key-encryption key, but for those that somebody else has wrapped anew meanwhile. */
/* @name updateWrappedKeys */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  locked_key as (
    select k.id, w.new_wrapped_key
    from
      actor
      cross join unnest(:ids!::uuid[], :oldWrappedKeys!::text[], :newWrappedKeys!::text[]) w (
        id, old_wrapped_key, new_wrapped_key
      )
      join encryption_keys k on k.id = w.id
    where k.wrapped_key = w.old_wrapped_key
    order by k.id
    for no key update of k
  )
update encryption_keys k
set
  kek_version = :kekVersion!,
  wrapped_key = l.new_wrapped_key
from locked_key l
where k.id = l.id
returning k.id;
