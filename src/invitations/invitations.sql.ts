// Generated from sql/invitations/invitations.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type WorkspaceRole = 'admin' | 'analyst' | 'client' | 'editor' | 'owner'

export type ListInvitationsParams = {
  workspaceId: string
  now: string
  beforeId?: string | null | undefined
  limit: number
}

export type ListInvitationsResult = {
  id: string
  role: WorkspaceRole
  invitedBy: string
  expiresAt: string
  createdAt: string
  emailCiphertext: string
  dataKeyId: string
  kekVersion: number
  wrappedKey: string
}

/** Invitations that wait for an answer, newest first, with the keys that open their addresses. */
export const listInvitations = new PreparedQuery<ListInvitationsParams, ListInvitationsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 351, b: 363 }] },
    { name: 'now', required: true, locs: [{ a: 441, b: 445 }] },
    { name: 'beforeId', required: false, locs: [{ a: 454, b: 462 }, { a: 488, b: 496 }] },
    { name: 'limit', required: true, locs: [{ a: 524, b: 530 }] },
  ],
  statement: `select
  i.id,
  i.role,
  i.user_id as "invitedBy",
  i.expires_at as "expiresAt",
  i.created_at as "createdAt",
  i.email_ciphertext as "emailCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
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
limit :limit!`,
})

export type InsertInvitationParams = {
  actor: string
  workspaceId: string
  userId: string
  permittedRoles: readonly string[]
  keyVersions: readonly number[]
  digests: readonly string[]
  now: string
  maxOpen: number
  ownSubject: string
  maxOwnMails: number
  workspaceSubject: string
  countedUntil: string
  role: WorkspaceRole
  maxMails: number
  maxUnprovedMails: number
  id: string
  dataKeyId: string
  emailCiphertext: string
  expiresAt: string
  subject: string
  maxAddressMails: number
  outboxId: string
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
}

export type InsertInvitationResult = {
  id: string | null
  role: WorkspaceRole | null
  invitedBy: string | null
  expiresAt: string | null
  createdAt: string | null
  isFull: boolean
  isInvited: boolean
  isMember: boolean
}

/**
 * An invitation, the row of the outbox that sends it and, when the request has an Idempotency-Key, the record of its
 * answer, in which the address does not stand. An earlier one to the same address that has run out gives way. The
 * first of :keyVersions and :digests is the index key that the invitation is found by; all of them are asked for
 * members and open invitations, so that a rotation of that key hides nobody.
 *
 * No row when the caller's role, which is held, may not. Else always one; its id is null when nothing was made, and the
 * rest says why: the address is a member's or has been invited, the workspace has :maxOpen open ones, has sent :maxMails
 * mails today (:maxUnprovedMails while no owner has proved an address) or :maxOwnMails to this one, or else the caller,
 * who is no owner, invites one. Of two at once the index workspace_invitations_open_key refuses the second.
 *
 * Those that all workspaces ask for go out :maxAddressMails at once, and then one as often as that is in a day; the answer
 * is the same, for none may learn what others do. Mails are counted by rows that the next one waits for, so many at once
 * are no more than one after the other: :workspaceSubject stands for the workspace today, :ownSubject for it and the
 * address today, :subject for the address.
 */
export const insertInvitation = new PreparedQuery<InsertInvitationParams, InsertInvitationResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 218, b: 230 }, { a: 797, b: 809 }, { a: 1093, b: 1105 }, { a: 1829, b: 1841 }, { a: 3051, b: 3063 }, { a: 3470, b: 3482 }, { a: 4650, b: 4662 }, { a: 4992, b: 5004 }] },
    { name: 'userId', required: true, locs: [{ a: 254, b: 261 }, { a: 3491, b: 3498 }] },
    { name: 'permittedRoles', required: true, locs: [{ a: 292, b: 307 }] },
    { name: 'keyVersions', required: true, locs: [{ a: 434, b: 446 }, { a: 3558, b: 3570 }] },
    { name: 'digests', required: true, locs: [{ a: 456, b: 464 }, { a: 3598, b: 3606 }] },
    { name: 'now', required: true, locs: [{ a: 899, b: 903 }, { a: 2086, b: 2090 }, { a: 2657, b: 2661 }, { a: 2929, b: 2933 }, { a: 3236, b: 3240 }, { a: 4050, b: 4054 }, { a: 4120, b: 4124 }, { a: 4339, b: 4343 }, { a: 4436, b: 4440 }, { a: 4686, b: 4690 }, { a: 5118, b: 5122 }, { a: 5125, b: 5129 }] },
    { name: 'maxOpen', required: true, locs: [{ a: 1296, b: 1304 }] },
    { name: 'ownSubject', required: true, locs: [{ a: 1429, b: 1440 }, { a: 2632, b: 2643 }] },
    { name: 'maxOwnMails', required: true, locs: [{ a: 1480, b: 1492 }, { a: 2794, b: 2806 }] },
    { name: 'workspaceSubject', required: true, locs: [{ a: 2055, b: 2072 }] },
    { name: 'countedUntil', required: true, locs: [{ a: 2093, b: 2106 }, { a: 2664, b: 2677 }] },
    { name: 'role', required: true, locs: [{ a: 2221, b: 2226 }, { a: 3501, b: 3506 }, { a: 5473, b: 5478 }] },
    { name: 'maxMails', required: true, locs: [{ a: 2399, b: 2408 }] },
    { name: 'maxUnprovedMails', required: true, locs: [{ a: 2420, b: 2437 }] },
    { name: 'id', required: true, locs: [{ a: 3485, b: 3488 }] },
    { name: 'dataKeyId', required: true, locs: [{ a: 3525, b: 3535 }] },
    { name: 'emailCiphertext', required: true, locs: [{ a: 3538, b: 3554 }] },
    { name: 'expiresAt', required: true, locs: [{ a: 3629, b: 3639 }] },
    { name: 'subject', required: true, locs: [{ a: 4028, b: 4036 }] },
    { name: 'maxAddressMails', required: true, locs: [{ a: 4090, b: 4106 }, { a: 4160, b: 4176 }, { a: 4367, b: 4383 }, { a: 4464, b: 4480 }] },
    { name: 'outboxId', required: true, locs: [{ a: 4619, b: 4628 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 5007, b: 5027 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 5030, b: 5044 }, { a: 5210, b: 5224 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 5047, b: 5063 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 5066, b: 5088 }] },
  ],
  statement: `with
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
  i.id as "id",
  i.role as "role",
  i."invitedBy" as "invitedBy",
  i."expiresAt" as "expiresAt",
  i."createdAt" as "createdAt",
  v.is_full
  or (
    not (v.is_invited or v.is_member)
    and (v.role = 'owner' or :role!::workspace_role <> 'owner')
    and not exists (select 1 from counted_own_mail)
  ) as "isFull",
  v.is_invited as "isInvited",
  v.is_member as "isMember"
from
  inviter v
  left join inserted_invitation i on true`,
})

export type RevokeInvitationParams = {
  actor: string
  workspaceId: string
  userId: string
  permittedRoles: readonly string[]
  now: string
  id: string
}

export type RevokeInvitationResult = {
  id: string
}

/**
 * Withdraws an open invitation, and the mail that has not gone yet. No row when the caller's role, which is held, may not,
 * or there is no such invitation.
 */
export const revokeInvitation = new PreparedQuery<RevokeInvitationParams, RevokeInvitationResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 210, b: 222 }, { a: 500, b: 512 }, { a: 819, b: 831 }] },
    { name: 'userId', required: true, locs: [{ a: 246, b: 253 }] },
    { name: 'permittedRoles', required: true, locs: [{ a: 284, b: 299 }] },
    { name: 'now', required: true, locs: [{ a: 411, b: 415 }, { a: 723, b: 727 }] },
    { name: 'id', required: true, locs: [{ a: 531, b: 534 }] },
  ],
  statement: `with
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
from revoked_invitation i`,
})
