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

export async function removeMember(app: OwnerApp, workspaceId: string, userId: string): Promise<void> {
  await asOwner(
    app,
    (tx) => tx`delete from workspace_members where workspace_id = ${workspaceId} and user_id = ${userId}`,
  )
}

export async function setUserStatus(app: OwnerApp, userId: string, status: 'active' | 'suspended'): Promise<void> {
  await asOwner(app, (tx) => tx`update users set status = ${status} where id = ${userId}`)
}
