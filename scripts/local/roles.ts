import { runScript } from './migrate.ts'

/** The users that log in; what they may do comes from the role groups that migrations make. */
export const loginRoles = ['api', 'jobs', 'readonly', 'auditor', 'monitor', 'backup', 'migrator'] as const

export type LoginRole = (typeof loginRoles)[number]
export type LoginPasswords = Record<LoginRole, string>

/** Makes the login roles of the cluster with these passwords; needs the migrations' role groups. */
export async function createRoles(ownerUrl: string, passwords: LoginPasswords): Promise<void> {
  const settings = loginRoles.map((role) => [`roles.${role}_password`, passwords[role]])
  await runScript(ownerUrl, 'create_roles.sql', Object.fromEntries(settings))
}

/** What belongs to a database and is not copied with a template: CONNECT and TEMP. */
export async function grantDatabase(ownerUrl: string): Promise<void> {
  await runScript(ownerUrl, 'database_grants.sql')
}

/** The same database as seen by another user. */
export function asRole(databaseUrl: string, role: LoginRole, password: string): string {
  const url = new URL(databaseUrl)
  url.username = role
  url.password = encodeURIComponent(password)
  return url.href
}
