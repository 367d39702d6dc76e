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
 * Closes workspaces for good whose grace is over: with them their data keys end, so that no ciphertext of theirs opens any
 * more, and API keys, open invitations, tokens of Instagram, what waits to be sent, recorded answers and the name.
 * Memberships and what the team made stay as they are, out of everybody's reach, since access needs an active workspace.
 */
export const closeWorkspaces = new PreparedQuery<CloseWorkspacesParams, CloseWorkspacesResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'graceStartedAt', required: true, locs: [{ a: 207, b: 222 }] },
    { name: 'limit', required: true, locs: [{ a: 260, b: 266 }] },
    { name: 'now', required: true, locs: [{ a: 406, b: 410 }, { a: 643, b: 647 }, { a: 843, b: 847 }, { a: 1034, b: 1038 }, { a: 1274, b: 1278 }, { a: 1541, b: 1545 }, { a: 1773, b: 1777 }] },
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
      closed_at = :now!,
      name = 'Closed workspace'
    from
      actor
      cross join due
    where w.id = due.id
    returning w.id
  ),
  destroyed_keys as (
    update encryption_keys k
    set
      status = 'destroyed',
      destroyed_at = :now!,
      wrapped_key = null
    from closed_workspace w
    where
      k.workspace_id = w.id
      and k.status <> 'destroyed'
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
    set revoked_at = :now!
    from closed_workspace w
    where
      i.workspace_id = w.id
      and i.accepted_at is null
      and i.revoked_at is null
  ),
  superseded_work as (
    update outbox o
    set
      status = 'superseded',
      finished_at = :now!,
      leased_until = null
    from closed_workspace w
    where
      o.workspace_id = w.id
      and o.status = 'pending'
  ),
  ended_tokens as (
    update instagram_tokens t
    set
      status = 'revoked',
      token_ciphertext = null,
      ended_at = :now!
    from closed_workspace w
    where
      t.workspace_id = w.id
      and t.status = 'current'
  ),
  disconnected_accounts as (
    update instagram_accounts a
    set
      status = 'disconnected',
      disconnected_at = :now!
    from closed_workspace w
    where
      a.workspace_id = w.id
      and a.status <> 'disconnected'
  ),
  deleted_answers as (
    delete from idempotency_keys i
    using closed_workspace w
    where i.workspace_id = w.id
  )
select c.id
from closed_workspace c`,
})
