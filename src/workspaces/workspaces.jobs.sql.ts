// Generated from sql/workspaces/workspaces.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type CloseWorkspacesParams = {
  actor: string
  graceStartedAt: string
  limit: number
  now: string
}

export type CloseWorkspacesResult = {
  id: string
}

/**
 * Closes workspaces for good whose grace is over: their API keys and open invitations end with it. Memberships and
 * what the team made stay as they are, out of everybody's reach, since access needs an active workspace.
 */
export const closeWorkspaces = new PreparedQuery<CloseWorkspacesParams, CloseWorkspacesResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'graceStartedAt', required: true, locs: [{ a: 207, b: 222 }] },
    { name: 'limit', required: true, locs: [{ a: 260, b: 266 }] },
    { name: 'now', required: true, locs: [{ a: 406, b: 410 }, { a: 565, b: 569 }, { a: 762, b: 766 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  due as (
    select w.id
    from workspaces w
    where
      w.status = 'closing'
      and w.closing_at <= :graceStartedAt!
    order by w.closing_at
    limit :limit!
    for no key update skip locked
  ),
  closed_workspace as (
    update workspaces w
    set
      status = 'closed',
      closed_at = :now!
    from
      actor
      cross join due
    where w.id = due.id
    returning w.id
  ),
  revoked_keys as (
    update api_keys k
    set revoked_at = :now!
    from closed_workspace w
    where
      k.workspace_id = w.id
      and k.revoked_at is null
  ),
  revoked_invitations as (
    update workspace_invitations i
    set
      revoked_at = :now!,
      data_key_id = null,
      email_ciphertext = null,
      index_key_version = null,
      email_digest = null,
      token_digest = null
    from closed_workspace w
    where
      i.workspace_id = w.id
      and i.accepted_at is null
      and i.revoked_at is null
  )
select c.id
from closed_workspace c`,
})
