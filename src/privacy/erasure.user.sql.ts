// Generated from sql/privacy/erasure.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindErasableParams = {
  sessionId: string
  userId: string
}

export type FindErasableResult = {
  passwordHash: string
  version: number
  owesSecondFactor: boolean
  orphanedWorkspaces: string[]
}

/**
 * What decides whether the person may be erased: the password, whether a second factor is owed by this session, and the
 * active workspaces that would be left without an owner while others are in them.
 */
export const findErasable = new PreparedQuery<FindErasableParams, FindErasableResult>({
  params: [
    { name: 'sessionId', required: true, locs: [{ a: 1072, b: 1082 }] },
    { name: 'userId', required: true, locs: [{ a: 1099, b: 1106 }] },
  ],
  statement: `select
  u.password_hash as "passwordHash",
  u.version,
  (
    s.second_factor_at is null
    and (
      exists (
        select
        from user_totp t
        where
          t.user_id = u.id
          and t.confirmed_at is not null
      )
      or exists (
        select
        from user_passkeys p
        where p.user_id = u.id
      )
    )
  ) as "owesSecondFactor",
  array(
    select w.id
    from
      workspace_members m
      join workspaces w on w.id = m.workspace_id
        and w.status = 'active'
    where
      m.user_id = u.id
      and m.role = 'owner'
      and exists (
        select
        from workspace_members o
        where
          o.workspace_id = m.workspace_id
          and o.user_id <> m.user_id
      )
      and not exists (
        select
        from workspace_members o
        where
          o.workspace_id = m.workspace_id
          and o.user_id <> m.user_id
          and o.role = 'owner'
      )
    order by w.id
  ) as "orphanedWorkspaces"
from
  users u
  join user_sessions s on s.user_id = u.id
    and s.id = :sessionId!
where
  u.id = :userId!
  and u.status = 'active'`,
})

export type LockWorkspacesOfPersonParams = {
  userId: string
}

export type LockWorkspacesOfPersonResult = {
  id: string
}

/**
 * Holds the person's workspaces until the transaction ends, each before anything in it, as around a change of members: who
 * joins or leaves at the same moment comes before or after the erasure, which so knows who is left.
 */
export const lockWorkspacesOfPerson = new PreparedQuery<LockWorkspacesOfPersonParams, LockWorkspacesOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 102, b: 109 }] },
  ],
  statement: `select w.id
from
  workspaces w
  join workspace_members m on m.workspace_id = w.id
where m.user_id = :userId!
order by w.id
for no key update of w`,
})

export type LockPersonParams = {
  userId: string
}

export type LockPersonResult = {
  id: string
}

/**
 * Holds the person until the transaction ends, after lockWorkspacesOfPerson: what was under way for them has been
 * committed by then, and the next statement sees it.
 */
export const lockPerson = new PreparedQuery<LockPersonParams, LockPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 38, b: 45 }] },
  ],
  statement: `select u.id
from users u
where u.id = :userId!
for update`,
})

export type ErasePersonParams = {
  actor: string
  now: string
  userId: string
  versions?: readonly number[] | null | undefined
  erasureId: string
  newReceiptDigest: string
  requestedAt: string
  backupsExpireAt: string
  outboxId: string
}

export type ErasePersonResult = {
  userId: string
  sessionId: string | null
  workspaceId: string | null
}

/**
 * Forgets a person, in one step or not at all, after lockWorkspacesOfPerson and lockPerson:
 *
 * - the user's row keeps its id alone; the data keys are destroyed, so that no ciphertext of theirs opens any more;
 * - what they are found by, sign in with or were sent goes; sessions end and lose device, place and address;
 * - memberships end. A workspace with nobody else in it closes: its keys and API keys end, its Instagram accounts are let
 * go, its open invitations are withdrawn, its name becomes a word that is the same for all. A last owner with others
 * violates workspace_members_last_owner;
 * - API keys that the person made end everywhere, and so do the invitations they sent;
 * - what waits to be sent or made for them is given up, recorded answers are deleted;
 * - the request is on record, and a worker is told to finish outside the database.
 *
 * What they made in workspaces that go on stays, with their id; what they noted for the team is deleted. An invitation to
 * their address is another workspace's, and ends by itself. No row when none of :versions (NULL: any) is current, or they
 * are erased already; else one for each session that was still open, and at least one.
 */
export const erasePerson = new PreparedQuery<ErasePersonParams, ErasePersonResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 184, b: 188 }, { a: 680, b: 684 }, { a: 1088, b: 1092 }, { a: 1931, b: 1935 }, { a: 2251, b: 2255 }, { a: 2670, b: 2674 }, { a: 2855, b: 2859 }, { a: 3516, b: 3520 }, { a: 3795, b: 3799 }, { a: 4010, b: 4014 }, { a: 4246, b: 4250 }, { a: 4529, b: 4533 }, { a: 4853, b: 4857 }, { a: 5086, b: 5090 }, { a: 5551, b: 5555 }, { a: 5758, b: 5762 }] },
    { name: 'userId', required: true, locs: [{ a: 434, b: 441 }, { a: 2576, b: 2583 }, { a: 2725, b: 2732 }, { a: 4106, b: 4113 }, { a: 4342, b: 4349 }, { a: 4666, b: 4673 }, { a: 5491, b: 5498 }, { a: 5735, b: 5742 }] },
    { name: 'versions', required: false, locs: [{ a: 485, b: 493 }, { a: 529, b: 537 }] },
    { name: 'erasureId', required: true, locs: [{ a: 5478, b: 5488 }, { a: 5745, b: 5755 }] },
    { name: 'newReceiptDigest', required: true, locs: [{ a: 5508, b: 5525 }] },
    { name: 'requestedAt', required: true, locs: [{ a: 5536, b: 5548 }] },
    { name: 'backupsExpireAt', required: true, locs: [{ a: 5558, b: 5574 }] },
    { name: 'outboxId', required: true, locs: [{ a: 5697, b: 5706 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  erased_user as (
    update users u
    set
      status = 'erased',
      erased_at = :now!,
      email_ciphertext = null,
      name_ciphertext = null,
      pending_email_ciphertext = null,
      password_hash = null,
      email_verified_at = null,
      locale = 'en',
      time_zone = 'UTC'
    from actor
    where
      u.id = :userId!
      and u.status <> 'erased'
      and (:versions::int[] is null or u.version = any(:versions::int[]))
    returning u.id
  ),
  destroyed_keys as (
    update encryption_keys k
    set
      status = 'destroyed',
      destroyed_at = :now!,
      wrapped_key = null
    from erased_user e
    where
      k.user_id = e.id
      and k.status <> 'destroyed'
  ),
  deleted_index as (
    delete from user_email_index i
    using erased_user e
    where i.user_id = e.id
  ),
  ended_sessions as (
    update user_sessions s
    set
      device = null,
      place = null,
      address_prefix = null,
      revoked_at = coalesce(s.revoked_at, :now!),
      revoked_reason = coalesce(s.revoked_reason, 'erased')
    from erased_user e
    where s.user_id = e.id
    returning s.id, s.workspace_id, s.revoked_reason
  ),
  deleted_totp as (
    delete from user_totp t
    using erased_user e
    where t.user_id = e.id
  ),
  deleted_recovery_codes as (
    delete from user_recovery_codes c
    using erased_user e
    where c.user_id = e.id
  ),
  deleted_passkeys as (
    delete from user_passkeys p
    using erased_user e
    where p.user_id = e.id
  ),
  deleted_tokens as (
    delete from account_tokens t
    using erased_user e
    where t.user_id = e.id
  ),
  deleted_challenges as (
    delete from auth_challenges c
    using erased_user e
    where c.user_id = e.id
  ),
  superseded_work as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from erased_user e
    where
      o.user_id = e.id
      and o.status = 'pending'
  ),
  ended_exports as (
    update data_exports x
    set
      status = case x.status when 'ready' then 'expired'::data_export_status else 'failed' end,
      finished_at = coalesce(x.finished_at, :now!)
    from erased_user e
    where
      x.user_id = e.id
      and x.status in ('pending', 'ready')
  ),
  deleted_notes as (
    delete from post_notes n
    using erased_user e
    where n.user_id = e.id
  ),
  deleted_answers as (
    delete from idempotency_keys i
    using erased_user
    where i.principal_id = (:userId!::uuid)::text
  ),
  revoked_api_keys as (
    update api_keys k
    set revoked_at = :now!
    from erased_user
    where
      k.user_id = :userId!
      and k.revoked_at is null
  ),
  withdrawn_invitations as (
    update workspace_invitations i
    set revoked_at = :now!
    from erased_user e
    where
      i.user_id = e.id
      and i.accepted_at is null
      and i.revoked_at is null
  ),
  lonely_workspaces as (
    select m.workspace_id
    from
      erased_user e
      join workspace_members m on m.user_id = e.id
    where
      not exists (
        select
        from workspace_members o
        where
          o.workspace_id = m.workspace_id
          and o.user_id <> m.user_id
      )
  ),
  ended_memberships as (
    delete from workspace_members m
    using erased_user e
    where m.user_id = e.id
  ),
  closed_workspaces as (
    update workspaces w
    set
      status = 'closed',
      closed_at = :now!,
      name = 'Closed workspace'
    from lonely_workspaces l
    where
      w.id = l.workspace_id
      and w.status <> 'closed'
    returning w.id
  ),
  destroyed_workspace_keys as (
    update encryption_keys k
    set
      status = 'destroyed',
      destroyed_at = :now!,
      wrapped_key = null
    from closed_workspaces c
    where
      k.workspace_id = c.id
      and k.status <> 'destroyed'
  ),
  revoked_workspace_api_keys as (
    update api_keys k
    set revoked_at = :now!
    from closed_workspaces c
    where
      k.workspace_id = c.id
      and k.user_id <> :userId!
      and k.revoked_at is null
  ),
  withdrawn_workspace_invitations as (
    update workspace_invitations i
    set revoked_at = :now!
    from closed_workspaces c
    where
      i.workspace_id = c.id
      and i.user_id <> :userId!
      and i.accepted_at is null
      and i.revoked_at is null
  ),
  superseded_workspace_work as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from closed_workspaces c
    where
      o.workspace_id = c.id
      and o.user_id is distinct from :userId!
      and o.status = 'pending'
  ),
  ended_instagram_tokens as (
    update instagram_tokens t
    set
      status = 'revoked',
      token_ciphertext = null,
      ended_at = :now!
    from closed_workspaces c
    where
      t.workspace_id = c.id
      and t.status = 'current'
  ),
  disconnected_accounts as (
    update instagram_accounts a
    set
      status = 'disconnected',
      disconnected_at = :now!
    from closed_workspaces c
    where
      a.workspace_id = c.id
      and a.status <> 'disconnected'
  ),
  deleted_workspace_answers as (
    delete from idempotency_keys i
    using closed_workspaces c
    where i.workspace_id = c.id
  ),
  inserted_request as (
    insert into erasure_requests (id, user_id, receipt_digest, requested_at, erased_at, backups_expire_at)
    select :erasureId!, :userId!, decode(:newReceiptDigest!, 'hex'), :requestedAt!, :now!, :backupsExpireAt!
    from erased_user
  ),
  inserted_work as (
    insert into outbox (id, kind, user_id, subject_id, due_at)
    select :outboxId!, 'privacy/record-erasure', :userId!, :erasureId!, :now!
    from erased_user
  )
select
  e.id as "userId",
  s.id as "sessionId",
  s.workspace_id as "workspaceId"
from
  erased_user e
  left join ended_sessions s on s.revoked_reason = 'erased'`,
})

export type FindErasureParams = {
  receiptDigest: string
}

export type FindErasureResult = {
  erasedAt: string
  recordedAt: string | null
  backupsExpireAt: string
}

/** What a receipt says; the receipt alone finds it. */
export const findErasure = new PreparedQuery<FindErasureParams, FindErasureResult>({
  params: [
    { name: 'receiptDigest', required: true, locs: [{ a: 170, b: 184 }] },
  ],
  statement: `select
  r.erased_at as "erasedAt",
  r.recorded_at as "recordedAt",
  r.backups_expire_at as "backupsExpireAt"
from erasure_requests r
where
  r.receipt_digest = decode(:receiptDigest!, 'hex')
  and r.erased_at is not null`,
})
