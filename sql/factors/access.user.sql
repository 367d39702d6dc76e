/*
What decides whether this session may change its user's factors: how lately it was proved, with a second factor or
without, and which factors there are. With the columns of the account that setting one up needs. No row for a session
that is over: an isolate goes on believing one for some seconds, and a factor stays for good.
*/
/* @name findFactorAccess */
select
  u.id,
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey",
  (s.proved_at > :provedSince!) as "isFresh!",
  (s.second_factor_at is not null) as "hasSecondFactor!",
  exists (select 1 from user_totp t where t.user_id = u.id and t.confirmed_at is not null) as "hasTotp!",
  exists (select 1 from user_passkeys p where p.user_id = u.id) as "hasPasskey!"
from
  user_sessions s
  join users u on u.id = s.user_id
    and u.status = 'active'
  join encryption_keys k on k.id = u.data_key_id
where
  s.id = :sessionId!
  and s.user_id = :userId!
  and s.revoked_at is null
  and s.idle_expires_at > :now!
  and s.absolute_expires_at > :now!;
