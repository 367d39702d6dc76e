import { randomUUID } from 'node:crypto'
import type { Role } from '../../src/auth/permissions.ts'
import type { TestApp } from './app.ts'
import { asOwner } from './tenants.ts'

/** What has no route yet, done as the database's owner. */

type OwnerApp = Pick<TestApp, 'owner'>

/** A further workspace of a user; `joinedAt` orders memberships. */
export async function addWorkspace(
  app: OwnerApp,
  userId: string,
  { role = 'owner', joinedAt = new Date().toISOString() }: { role?: Role; joinedAt?: string } = {},
): Promise<string> {
  const id = randomUUID()
  await asOwner(app, async (tx) => {
    await tx`insert into workspaces (id, name, created_by) values (${id}, 'Another workspace', ${userId})`
    await tx`
      insert into workspace_members (workspace_id, user_id, role, joined_at)
      values (${id}, ${userId}, ${role}, ${joinedAt})`
  })
  return id
}

/** A further workspace of a user, in its grace before it closes. */
export async function addClosingWorkspace(app: OwnerApp, userId: string): Promise<string> {
  const id = await addWorkspace(app, userId)
  await asOwner(app, (tx) => tx`update workspaces set status = 'closing', closing_at = now() where id = ${id}`)
  return id
}

/** An API key of a member's in a workspace, without a secret that anybody holds. */
export async function insertApiKey(
  app: OwnerApp,
  { id: userId, workspaceId }: { id: string; workspaceId: string },
): Promise<string> {
  const id = randomUUID()
  await asOwner(
    app,
    (tx) => tx`
      insert into api_keys (workspace_id, id, user_id, name, hint, scopes)
      values (${workspaceId}, ${id}, ${userId}, 'Key', 'x', '{posts:read}')`,
  )
  return id
}

export async function removeMember(app: OwnerApp, workspaceId: string, userId: string): Promise<void> {
  await asOwner(
    app,
    (tx) => tx`delete from workspace_members where workspace_id = ${workspaceId} and user_id = ${userId}`,
  )
}

export async function setUserStatus(app: OwnerApp, userId: string, status: 'active' | 'suspended'): Promise<void> {
  await asOwner(app, (tx) => tx`update users set status = ${status} where id = ${userId}`)
}
