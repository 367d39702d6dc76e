/* Keys of the whole system that are still good for anything: to sign, to verify, to pepper, to index. */
/* @name listGlobalKeys */
select
  k.id,
  k.purpose,
  k.key_version as "keyVersion",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey!",
  k.public_jwk as "publicJwk",
  k.status,
  k.not_before as "notBefore"
from encryption_keys k
where
  k.user_id is null
  and k.workspace_id is null
  and k.status in ('active', 'retiring')
  and k.wrapped_key is not null
order by k.purpose, k.key_version desc;

/* The first key of a purpose. Of two isolates that start at once, one makes it; both then read the same. */
/* @name insertGlobalKey */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
insert into encryption_keys (id, purpose, key_version, kek_version, wrapped_key, public_jwk, status, not_before)
select :id!, :purpose!, 1, :kekVersion!, :wrappedKey!, :publicJwk, 'active', :now!
from actor
on conflict do nothing;
