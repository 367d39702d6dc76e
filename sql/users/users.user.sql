/* @name findUser */
select
  u.id,
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.email_verified_at as "emailVerifiedAt",
  u.locale,
  u.time_zone as "timeZone",
  u.version,
  u.created_at as "createdAt",
  u.updated_at as "updatedAt",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  users u
  join encryption_keys k on k.id = u.data_key_id
where
  u.id = :userId!
  and u.status = 'active';

/* Parameters that are null leave their column as it is. No row when none of the versions is the current one. */
/* @name updateUser */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  updated_user as (
    update users u
    set
      name_ciphertext = coalesce(:nameCiphertext, u.name_ciphertext),
      locale = coalesce(:locale, u.locale),
      time_zone = coalesce(:timeZone, u.time_zone)
    from actor
    where
      u.id = :userId!
      and u.status = 'active'
      and (:versions::int[] is null or u.version = any(:versions::int[]))
    returning
      u.id, u.email_ciphertext, u.name_ciphertext, u.email_verified_at, u.locale, u.time_zone, u.version,
      u.created_at, u.updated_at, u.data_key_id
  )
select
  u.id as "id!",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.email_verified_at as "emailVerifiedAt",
  u.locale as "locale!",
  u.time_zone as "timeZone!",
  u.version as "version!",
  u.created_at as "createdAt!",
  u.updated_at as "updatedAt!",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  updated_user u
  join encryption_keys k on k.id = u.data_key_id;
