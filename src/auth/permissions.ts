import { ProblemError } from '../problem.ts'

/** Who may do what: one table, role x action. Middleware, `GET /v1/me` and API key scopes read it. */

export const roles = ['owner', 'admin', 'editor', 'analyst', 'client'] as const
export type Role = (typeof roles)[number]

const editorReads = [
  'workspace:read',
  'instagram:read',
  'campaigns:read',
  'posts:read',
  'media:read',
  'ai:read',
  'links:read',
  'analytics:read',
] as const

const editorWrites = [
  'campaigns:write',
  'posts:write',
  'media:write',
  'ai:write',
  'links:write',
  'events:write',
  'posts:publish',
] as const

const adminActions = [
  'workspace:write',
  'members:read',
  'members:write',
  'api-keys:read',
  'api-keys:write',
  'instagram:write',
  'webhooks:read',
  'webhooks:write',
  'audit:read',
  'posts:approve',
] as const

export type Permission = (typeof editorReads | typeof editorWrites | typeof adminActions)[number]

const all: readonly Permission[] = [...editorReads, ...editorWrites, ...adminActions]

/** What an API key may never hold: it does not make keys, members or settings. */
const personal = ['members:read', 'members:write', 'api-keys:read', 'api-keys:write', 'workspace:write'] as const
type Scope = Exclude<Permission, (typeof personal)[number]>

/** What an API key may hold. */
export const apiKeyScopes: readonly Scope[] = all.filter(
  (permission): permission is Scope => !(personal as readonly Permission[]).includes(permission),
)

/** An admin may do all that an owner may, but close the workspace and change owners; the services hold those rules. */
export const permissionsOf: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(all),
  admin: new Set(all),
  editor: new Set([...editorReads, ...editorWrites]),
  analyst: new Set(editorReads),
  client: new Set<Permission>(['posts:read', 'media:read', 'posts:approve']),
}

/** What whoever lacks a permission is answered with. */
export const lacking = (permission: Permission): ProblemError =>
  new ProblemError('permission/denied', { detail: `This needs ${permission}.` })

export const rolesThatMay = (permission: Permission): Role[] =>
  roles.filter((role) => permissionsOf[role].has(permission))
