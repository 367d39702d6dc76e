// Generated from sql/keys/keys.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindWorkspaceKeyParams = {
  workspaceId: string
}

export type FindWorkspaceKeyResult = {
  id: string
  kekVersion: number
  wrappedKey: string
}

/** The key that encrypts new values of the workspace. */
export const findWorkspaceKey = new PreparedQuery<FindWorkspaceKeyParams, FindWorkspaceKeyResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 128, b: 140 }] },
  ],
  statement: `select
  k.id,
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from encryption_keys k
where
  k.workspace_id = :workspaceId!
  and k.status = 'active'`,
})

export type InsertWorkspaceKeyParams = {
  actor: string
  id: string
  workspaceId: string
  kekVersion: number
  wrappedKey: string
  now: string
}

export type InsertWorkspaceKeyResult = void

/** The workspace's first key. Of two requests that need it at once one makes it; both then read the same. */
export const insertWorkspaceKey = new PreparedQuery<InsertWorkspaceKeyParams, InsertWorkspaceKeyResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'id', required: true, locs: [{ a: 208, b: 211 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 235, b: 247 }] },
    { name: 'kekVersion', required: true, locs: [{ a: 250, b: 261 }] },
    { name: 'wrappedKey', required: true, locs: [{ a: 264, b: 275 }] },
    { name: 'now', required: true, locs: [{ a: 278, b: 282 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
insert into encryption_keys (id, purpose, key_version, workspace_id, kek_version, wrapped_key, not_before)
select :id!, 'workspace_data', 1, :workspaceId!, :kekVersion!, :wrappedKey!, :now!
from actor
on conflict do nothing`,
})
