/* Invitations that wait for an answer, newest first, with the keys that open their addresses. */
/* @name listInvitations */
select
  i.id,
  i.role,
  i.user_id as "invitedBy",
  i.expires_at as "expiresAt",
  i.created_at as "createdAt",
  i.email_ciphertext as "emailCiphertext!",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey!"
from
  workspace_invitations i
  join encryption_keys k on k.id = i.data_key_id
where
  i.workspace_id = :workspaceId!
  and i.accepted_at is null
  and i.revoked_at is null
  and i.expires_at > :now!
  and (:beforeId::uuid is null or i.id < :beforeId)
order by i.id desc
limit :limit!;

/*
An invitation, the row of the outbox that sends it and, when the request has an Idempotency-Key, the record of its
answer, in which the address does not stand. An earlier one to the same address that has run out gives way. The
first of :keyVersions and :digests is the index key that the invitation is found by; all of them are asked for
members and open invitations, so that a rotation of that key hides nobody.

No row when the caller's role, which is held, may not. Else always one; its id is null when nothing was made, and the
rest says why: the address is a member's or has been invited, the workspace has :maxOpen open ones, has sent :maxMails
mails today (:maxUnprovedMails while no owner has proved an address) or :maxOwnMails to this one, or else the caller,
who is no owner, invites one. Of two at once the index workspace_invitations_open_key refuses the second.

Those that all workspaces ask for go out :maxAddressMails at once, and then one as often as that is in a day; the answer
is the same, for none may learn what others do. Mails are counted by rows that the next one waits for, so many at once
are no more than one after the other: :workspaceSubject stands for the workspace today, :ownSubject for it and the
address today, :subject for the address.
*/
/* @name insertInvitation */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_caller as materialized (
    select c.user_id, c.role
    from workspace_members c
    where
      c.workspace_id = :workspaceId!
      and c.user_id = :userId!
      and c.role::text = any(:permittedRoles!::text[])
    for share
  ),
  asked_address as (
    select d.key_version, decode(d.digest, 'hex') as digest
    from unnest(:keyVersions!::int[], :digests!::text[]) d (key_version, digest)
  ),
  open_invitations as (
    select
      count(*)::int as invitations,
      count(a.digest) > 0 as has_address
    from
      workspace_invitations i
      left join asked_address a on a.key_version = i.index_key_version
        and a.digest = i.email_digest
    where
      i.workspace_id = :workspaceId!
      and i.accepted_at is null
      and i.revoked_at is null
      and i.expires_at > :now!
  ),
  proof as (
    select
      exists (
        select 1
        from
          workspace_members m
          join users u on u.id = m.user_id
        where
          m.workspace_id = :workspaceId!
          and m.role = 'owner'
          and u.email_verified_at is not null
      ) as is_proved
  ),
  inviter as materialized (
    select
      c.role,
      (
        o.invitations >= :maxOpen!::int
        or exists (
          select 1
          from auth_throttles t
          where
            t.subject = decode(:ownSubject!, 'hex')
            and t.attempts >= :maxOwnMails!::int
        )
      ) as is_full,
      o.has_address as is_invited,
      exists (
        select 1
        from
          workspace_members m
          join user_email_index e on e.user_id = m.user_id
          join asked_address a on a.key_version = e.key_version
            and a.digest = e.digest
        where m.workspace_id = :workspaceId!
      ) as is_member
    from
      held_caller c
      cross join open_invitations o
  ),
  counted_mail as (
    insert into auth_throttles as t (subject, attempts, blocked_until, expires_at)
    select decode(:workspaceSubject!, 'hex'), 1, :now!, :countedUntil!
    from inviter v
    where
      not (v.is_full or v.is_invited or v.is_member)
      and (v.role = 'owner' or :role!::workspace_role <> 'owner')
    on conflict (subject) do update
    set attempts = t.attempts + 1
    where
      t.attempts < (
        select case when p.is_proved then :maxMails!::int else :maxUnprovedMails!::int end
        from proof p
      )
    returning t.attempts
  ),
  counted_own_mail as (
    insert into auth_throttles as t (subject, attempts, blocked_until, expires_at)
    select decode(:ownSubject!, 'hex'), 1, :now!, :countedUntil!
    from counted_mail
    on conflict (subject) do update
    set attempts = t.attempts + 1
    where t.attempts < :maxOwnMails!::int
    returning t.attempts
  ),
  superseded_invitations as (
    update workspace_invitations i
    set revoked_at = :now!
    from
      actor
      cross join held_caller
      cross join asked_address a
    where
      i.workspace_id = :workspaceId!
      and i.index_key_version = a.key_version
      and i.email_digest = a.digest
      and i.accepted_at is null
      and i.revoked_at is null
      and i.expires_at <= :now!
    returning i.id
  ),
  inserted_invitation as (
    insert into workspace_invitations (
      workspace_id, id, user_id, role, data_key_id, email_ciphertext, index_key_version, email_digest, expires_at
    )
    select
      :workspaceId!, :id!, :userId!, :role!::workspace_role, :dataKeyId!, :emailCiphertext!, (:keyVersions!::int[])[1],
      decode((:digests!::text[])[1], 'hex'), :expiresAt!
    from
      actor
      cross join counted_own_mail
    -- Read, so that the one it replaces has given way before.
    where (select count(*) from superseded_invitations) >= 0
    returning
      id,
      role,
      user_id as "invitedBy",
      expires_at as "expiresAt",
      created_at as "createdAt"
  ),
  counted_address_mail as (
    insert into auth_throttles as t (subject, attempts, blocked_until, expires_at)
    select
      decode(:subject!, 'hex'), 1, :now!::timestamptz + interval '1 day' / :maxAddressMails!::int,
      :now!::timestamptz + interval '1 day' / :maxAddressMails!::int
    from inserted_invitation i
    on conflict (subject) do update
    set
      attempts = t.attempts + 1,
      blocked_until = greatest(t.blocked_until, :now!) + interval '1 day' / :maxAddressMails!::int,
      expires_at = greatest(t.blocked_until, :now!) + interval '1 day' / :maxAddressMails!::int
    returning t.blocked_until
  ),
  mail as (
    insert into outbox (id, kind, workspace_id, subject_id, due_at)
    select
      :outboxId!, 'mail/invitation', :workspaceId!, i.id,
      greatest(:now!, c.blocked_until - interval '1 day')
    from
      inserted_invitation i
      cross join counted_address_mail c
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201,
      to_jsonb(made), :now!, :now!::timestamptz + interval '24 hours'
    from inserted_invitation made
    where :idempotencyKey::text is not null
  )
select
  i.id as "id?",
  i.role as "role?",
  i."invitedBy" as "invitedBy?",
  i."expiresAt" as "expiresAt?",
  i."createdAt" as "createdAt?",
  v.is_full
  or (
    not (v.is_invited or v.is_member)
    and (v.role = 'owner' or :role!::workspace_role <> 'owner')
    and not exists (select 1 from counted_own_mail)
  ) as "isFull!",
  v.is_invited as "isInvited!",
  v.is_member as "isMember!"
from
  inviter v
  left join inserted_invitation i on true;

/*
Withdraws an open invitation, and the mail that has not gone yet. No row when the caller's role, which is held, may not,
or there is no such invitation.
*/
/* @name revokeInvitation */
with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  held_caller as materialized (
    select c.user_id
    from workspace_members c
    where
      c.workspace_id = :workspaceId!
      and c.user_id = :userId!
      and c.role::text = any(:permittedRoles!::text[])
    for share
  ),
  revoked_invitation as (
    update workspace_invitations i
    set revoked_at = :now!
    from
      actor
      cross join held_caller
    where
      i.workspace_id = :workspaceId!
      and i.id = :id!
      and i.accepted_at is null
      and i.revoked_at is null
    returning i.id
  ),
  superseded_mail as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from revoked_invitation i
    where
      o.workspace_id = :workspaceId!
      and o.kind = 'mail/invitation'
      and o.subject_id = i.id
      and o.status = 'pending'
  )
select i.id
from revoked_invitation i;
