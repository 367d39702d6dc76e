// Generated from sql/invitations/invitations.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type WorkspaceRole = 'admin' | 'analyst' | 'client' | 'editor' | 'owner'

type WorkspaceStatus = 'active' | 'closed' | 'closing'

export type AcceptInvitationParams = {
  actor: string
  tokenDigest: string
  now: string
  userId: string
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
}

export type AcceptInvitationResult = {
  id: string
  name: string
  role: WorkspaceRole
}

/**
 * Takes the invitation whose token the user holds, which makes the user a member: once, for the address that was
 * invited, when that is proved, while the workspace is active. Whoever is a member keeps the role; then the update
 * changes nothing and tells it. Of several at once the first one wins, since the token is gone when the others get to
 * the row. The workspace is held, so that it does not lose its last member meanwhile.
 */
export const acceptInvitation = new PreparedQuery<AcceptInvitationParams, AcceptInvitationResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'tokenDigest', required: true, locs: [{ a: 273, b: 285 }, { a: 595, b: 607 }] },
    { name: 'now', required: true, locs: [{ a: 439, b: 443 }, { a: 737, b: 741 }, { a: 1783, b: 1787 }, { a: 1796, b: 1800 }] },
    { name: 'userId', required: true, locs: [{ a: 760, b: 767 }, { a: 945, b: 952 }, { a: 1214, b: 1221 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 1676, b: 1696 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 1699, b: 1713 }, { a: 1880, b: 1894 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 1716, b: 1732 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 1735, b: 1757 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inviting_workspace as (
    select w.id, w.name
    from
      workspace_invitations i
      join workspaces w on w.id = i.workspace_id
    where
      i.token_digest = decode(:tokenDigest!, 'hex')
      and w.status = 'active'
    for share of w
  ),
  accepted_invitation as (
    update workspace_invitations i
    set
      accepted_at = :now!,
      accepted_by = u.id
    from
      actor
      cross join inviting_workspace w
      cross join users u
    where
      i.token_digest = decode(:tokenDigest!, 'hex')
      and i.workspace_id = w.id
      and i.accepted_at is null
      and i.revoked_at is null
      and i.expires_at > :now!
      and u.id = :userId!
      and u.status = 'active'
      and u.email_verified_at is not null
      and exists (
        select 1
        from user_email_index e
        where
          e.user_id = :userId!
          and e.key_version = i.index_key_version
          and e.digest = i.email_digest
      )
    returning i.workspace_id, i.role, w.name
  ),
  joined_member as (
    insert into workspace_members (workspace_id, user_id, role)
    select i.workspace_id, :userId!, i.role
    from accepted_invitation i
    on conflict (workspace_id, user_id) do update
    set role = workspace_members.role
    returning role
  ),
  joined_workspace as (
    select i.workspace_id as id, i.name, m.role
    from
      accepted_invitation i
      cross join joined_member m
  ),
  recorded_answer as (
    insert into idempotency_keys (principal_id, key, route, fingerprint, status, response, created_at, expires_at)
    select
      :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 200, to_jsonb(joined), :now!,
      :now!::timestamptz + interval '24 hours'
    from joined_workspace joined
    where :idempotencyKey::text is not null
  )
select
  w.id as "id",
  w.name as "name",
  w.role as "role"
from joined_workspace w`,
})

export type FindInvitationByTokenParams = {
  now: string
  userId: string
  tokenDigest: string
}

export type FindInvitationByTokenResult = {
  isExpired: boolean
  workspaceStatus: WorkspaceStatus
  isVerified: boolean
  isAddressed: boolean
}

/** What keeps the user from accepting the invitation of this token. */
export const findInvitationByToken = new PreparedQuery<FindInvitationByTokenParams, FindInvitationByTokenResult>({
  params: [
    { name: 'now', required: true, locs: [{ a: 25, b: 29 }] },
    { name: 'userId', required: true, locs: [{ a: 211, b: 218 }, { a: 487, b: 494 }] },
    { name: 'tokenDigest', required: true, locs: [{ a: 452, b: 464 }] },
  ],
  statement: `select
  i.expires_at <= :now! as "isExpired",
  w.status as "workspaceStatus",
  u.email_verified_at is not null as "isVerified",
  exists (
    select 1
    from user_email_index e
    where
      e.user_id = :userId!
      and e.key_version = i.index_key_version
      and e.digest = i.email_digest
  ) as "isAddressed"
from
  workspace_invitations i
  join workspaces w on w.id = i.workspace_id
  cross join users u
where
  i.token_digest = decode(:tokenDigest!, 'hex')
  and u.id = :userId!`,
})
