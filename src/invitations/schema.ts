import { z } from '@hono/zod-openapi'
import { roles } from '../auth/permissions.ts'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Email, Id, Text, Timestamp } from '../http/values.ts'

const Role = z.enum(roles)

/** An invitation without its address, which is stored encrypted only. */
export const InvitationRow = z.object({
  id: Id,
  role: Role,
  invitedBy: Id,
  expiresAt: Timestamp,
  createdAt: Timestamp,
})
export type InvitationRow = z.infer<typeof InvitationRow>

export const Invitation = InvitationRow.extend({ email: z.string() }).openapi('Invitation')
export type Invitation = z.infer<typeof Invitation>

export const InvitationPage = PageOf(Invitation, 'InvitationPage')

export const InvitationQuery = z.strictObject(PageQuery('invitations', z.tuple([Id])))
export type InvitationQuery = z.infer<typeof InvitationQuery>

export const NewInvitation = z.strictObject({ email: Email, role: Role }).openapi('NewInvitation')
export type NewInvitation = z.infer<typeof NewInvitation>

export const InvitationToken = z.strictObject({ token: Text(200) }).openapi('InvitationToken')

export const JoinedWorkspace = z.object({ id: Id, name: z.string(), role: Role })

export const Joined = z.object({ workspace: JoinedWorkspace }).openapi('Joined')
export type Joined = z.infer<typeof Joined>
