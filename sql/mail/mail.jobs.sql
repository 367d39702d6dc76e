/* The person a mail goes to; none for an erased or suspended one. */
/* @name findRecipient */
select
  u.id,
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.pending_email_ciphertext as "pendingEmailCiphertext",
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

/* The session that a mail is about, when it is the recipient's own. */
/* @name findMailedSession */
select
  s.device,
  s.place
from user_sessions s
where
  s.id = :sessionId!
  and s.user_id = :userId!;

/* A workspace that is being closed; none once somebody has saved it. */
/* @name findClosingWorkspace */
select
  w.name,
  w.closing_at as "closingAt!"
from workspaces w
where
  w.id = :workspaceId!
  and w.status = 'closing';

/*
What the mail of an invitation says, with the keys that open the invited address and the inviter's name. None when it
has been answered, withdrawn or has run out, or when its workspace is closing. The inviter may be gone: then without a
name.
*/
/* @name findOpenInvitation */
select
  i.id,
  i.workspace_id as "workspaceId",
  i.role,
  i.email_ciphertext as "emailCiphertext!",
  i.expires_at as "expiresAt",
  w.name as "workspaceName",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey",
  u.id as "inviterId",
  u.name_ciphertext as "inviterNameCiphertext",
  uk.id as "inviterDataKeyId",
  uk.kek_version as "inviterKekVersion",
  uk.wrapped_key as "inviterWrappedKey"
from
  workspace_invitations i
  join workspaces w on w.id = i.workspace_id
  join encryption_keys k on k.id = i.data_key_id
  join users u on u.id = i.user_id
  join encryption_keys uk on uk.id = u.data_key_id
where
  i.workspace_id = :workspaceId!
  and i.id = :invitationId!
  and i.accepted_at is null
  and i.revoked_at is null
  and i.expires_at > :now!
  and w.status = 'active';

/* How many recovery codes a person has left. */
/* @name countRecoveryCodes */
select count(*)::int as "left!"
from user_recovery_codes c
where
  c.user_id = :userId!
  and c.used_at is null;

/*
A token for the mail of an outbox row, in place of the one that an earlier mail of this purpose had. Only whoever has
the row's lease may make one, and the lock keeps a newer row from superseding this one in between: its token always
comes later. No row when the lease has ended, the row is superseded, or a newer one of its kind is waiting: two requests
at once do not see each other's rows to supersede, and the mail that arrives last must be the one whose token is good.
The digest is not taken from `excluded`, which would need the right to read the column.
*/
/* @name upsertAccountToken */
with leased_mail as (
  select o.id, o.user_id
  from outbox o
  where
    o.id = :outboxId!
    and o.fence = :fence!
    and o.status = 'pending'
    and o.leased_until >= now()
    and o.user_id is not null
    and not exists (
      select from outbox n
      where
        n.user_id = o.user_id
        and n.kind = o.kind
        and n.id > o.id
        and n.status = 'pending'
    )
  for no key update
)
insert into account_tokens (user_id, purpose, digest, outbox_id, expires_at)
select m.user_id, :purpose!, decode(:tokenDigest!, 'hex'), m.id, :expiresAt!
from leased_mail m
on conflict (user_id, purpose) do update
set
  digest = decode(:tokenDigest!, 'hex'),
  outbox_id = excluded.outbox_id,
  expires_at = excluded.expires_at
returning user_id as "userId";

/*
The token of an open invitation, in place of the one that an earlier mail had, on the terms of upsertAccountToken. No
row when the invitation has been answered, withdrawn or has run out.
*/
/* @name updateInvitationToken */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  leased_mail as (
    select o.id, o.workspace_id, o.subject_id
    from outbox o
    where
      o.id = :outboxId!
      and o.fence = :fence!
      and o.status = 'pending'
      and o.leased_until >= now()
    for no key update
  )
update workspace_invitations i
set token_digest = decode(:tokenDigest!, 'hex')
from
  actor
  cross join leased_mail m
where
  i.workspace_id = m.workspace_id
  and i.id = m.subject_id
  and i.accepted_at is null
  and i.revoked_at is null
  and i.expires_at > :now!
returning i.id;
