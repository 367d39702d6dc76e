import { createHash, randomBytes } from 'node:crypto'
import type { Role } from '../../src/auth/permissions.ts'
import type { TestApp } from './app.ts'
import type { SignedInUser } from './client.ts'
import { asOwner } from './tenants.ts'

type OwnerApp = Pick<TestApp, 'owner'>

/** The token of an invitation, as its mail would bring it. */
export async function tokenOf(app: OwnerApp, invitationId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const digest = createHash('sha256').update(token).digest()
  await asOwner(app, (tx) => tx`update workspace_invitations set token_digest = ${digest} where id = ${invitationId}`)
  return token
}

/** As whoever has followed the link in the mail. */
export async function verifyEmail(app: OwnerApp, { id }: Pick<SignedInUser, 'id'>): Promise<void> {
  await asOwner(app, (tx) => tx`update users set email_verified_at = now() where id = ${id}`)
}

/** Invites a user, whose address counts as proved from then on; answers the token of the mail. */
export async function inviteByToken(
  app: OwnerApp,
  inviter: SignedInUser,
  guest: SignedInUser,
  role: Role,
): Promise<string> {
  await verifyEmail(app, guest)
  const { status, body } = await inviter.call('POST', '/v1/workspace/invitations', { email: guest.email, role })
  if (status !== 201) throw new Error(`invite answered ${status}: ${JSON.stringify(body)}`)
  return await tokenOf(app, body.id)
}
