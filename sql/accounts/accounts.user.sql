/* The signed-in user's account, with what a password is checked against. */
/* @name findAccount */
select
  u.id,
  u.password_hash as "passwordHash",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.pending_email_ciphertext as "pendingEmailCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  users u
  join encryption_keys k on k.id = u.data_key_id
where
  u.id = :userId!
  and u.status = 'active';

/* The account that the token of a mail opens, and what the token is good for; nothing is used up. */
/* @name findAccountByToken */
select
  t.purpose,
  u.id,
  u.password_hash as "passwordHash",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.pending_email_ciphertext as "pendingEmailCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  account_tokens t
  join users u on u.id = t.user_id
    and u.status = 'active'
  join encryption_keys k on k.id = u.data_key_id
where
  t.digest = decode(:tokenDigest!, 'hex')
  and t.expires_at > :now!
  and not exists (
    select 1
    from outbox o
    where
      o.id = t.outbox_id
      and o.user_id = t.user_id
      and o.status = 'superseded'
  );

/* Another mail to confirm the address, in place of one that has not left; not past so many since :countedSince!. */
/* @name insertVerificationMail */
with
  recent_mails as (
    select count(*) as number
    from outbox o
    where
      o.user_id = :userId!
      and o.kind = 'mail/verify-email'
      and o.due_at > :countedSince!
  ),
  superseded_mails as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from recent_mails m
    where
      o.user_id = :userId!
      and o.kind = 'mail/verify-email'
      and o.status = 'pending'
      and m.number < :maxMails!::integer
  )
insert into outbox (id, kind, user_id, due_at)
select :outboxId!, 'mail/verify-email', :userId!, :now!
from recent_mails m
where m.number < :maxMails!::integer;

/*
A mail to reset the password. One row is written whether the address is known or not, and whether a mail may go out
(:mayMail!) or not: a row without a user is a mail to nobody. So neither the answer nor the work tells.
*/
/* @name insertResetMail */
with
  known_account as (
    select u.id
    from users u
    where
      :mayMail!::boolean
      and u.status = 'active'
      and u.id = (
        select e.user_id
        from
          user_email_index e
          join unnest(:keyVersions!::int[], :digests!::text[]) d (key_version, digest)
            on e.key_version = d.key_version
            and e.digest = decode(d.digest, 'hex')
        limit 1
      )
  ),
  superseded_mails as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from known_account a
    where
      o.user_id = a.id
      and o.kind = 'mail/reset-password'
      and o.status = 'pending'
  )
insert into outbox (id, kind, user_id, due_at)
select :outboxId!, 'mail/reset-password', a.id, :now!
from
  (select 1) one
  left join known_account a on true;

/*
Sets the address that the account is to have, and asks its mailbox; the current one is told. Mails and tokens of an
earlier wish end here: a token is good for the address that it was sent to alone.
*/
/* @name updatePendingEmail */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  changed_user as (
    update users u
    set pending_email_ciphertext = :pendingEmailCiphertext!
    from actor
    where
      u.id = :userId!
      and u.status = 'active'
      and u.password_hash = :passwordHash!
    returning u.id
  ),
  superseded_mails as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from changed_user u
    where
      o.user_id = u.id
      and o.kind = 'mail/change-email'
      and o.status = 'pending'
  ),
  ended_tokens as (
    delete from account_tokens t
    using changed_user u
    where
      t.user_id = u.id
      and t.purpose = 'email_change'
  ),
  requested_mails as (
    insert into outbox (id, kind, user_id, due_at)
    select m.id, m.kind, u.id, :now!
    from
      changed_user u
      cross join (
        values (:outboxId!::uuid, 'mail/change-email'), (:noticeId!::uuid, 'mail/email-change-requested')
      ) m (id, kind)
  )
select u.id
from changed_user u;

/*
Takes the account for a change of what opens it, until the transaction ends, if its password hash is still the one that
was checked. Sessions that others are opening at this moment come before it, and are seen by the statement that follows.
*/
/* @name lockAccount */
select u.id
from users u
where
  u.id = :userId!
  and u.status = 'active'
  and u.password_hash = :passwordHash!
for update;
