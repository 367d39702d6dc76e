import type { JobContext } from '../context.ts'
import { decryptField } from '../crypto/field.ts'
import type { OutboxRow } from '../outbox/service.ts'
import { openUserField } from '../users/service.ts'
import { type FindOpenInvitationResult, findOpenInvitation, updateInvitationToken } from './mail.jobs.sql.ts'
import { sendFor } from './recipient.ts'
import { templates } from './templates.ts'
import { makeToken } from './token.ts'
import { momentInMail, nameInMail } from './words.ts'

/**
 * Mints the token of an open invitation, stores its hash, sends it. Nothing is sent for one that was answered or withdrawn,
 * or has run out.
 */
export async function sendInvitation(ctx: JobContext, row: OutboxRow): Promise<void> {
  const { id: outboxId, fence, workspaceId, subjectId: invitationId } = row
  if (workspaceId === null || invitationId === null) return
  const now = ctx.now().toISOString()
  const invitation = await ctx.db.with({ workspaceId }).maybeOne(findOpenInvitation, { invitationId, now })
  if (invitation === undefined) return
  const to = await openAddress(ctx, invitation)
  const inviter = await openInviterName(ctx, invitation)
  const { token, tokenDigest } = await makeToken()
  if ((await ctx.db.maybeOne(updateInvitationToken, { outboxId, fence, tokenDigest, now })) === undefined) return
  const message = templates.invitation({
    inviter: nameInMail(inviter),
    workspace: nameInMail(invitation.workspaceName),
    role: invitation.role,
    expires: momentInMail(invitation.expiresAt, 'UTC'),
    link: `${ctx.appUrl}/invitation?token=${token}`,
  })
  await sendFor(ctx, row, to, message, token)
}

async function openAddress({ keyring }: JobContext, invitation: FindOpenInvitationResult): Promise<string> {
  const { id: rowId, workspaceId: owner, dataKeyId, kekVersion, wrappedKey, emailCiphertext } = invitation
  if (wrappedKey === null) throw new Error('the data key of an active workspace is gone')
  const dataKey = await keyring.openDataKey({ id: dataKeyId, owner, kekVersion, wrappedKey })
  const place = { table: 'workspace_invitations', column: 'email_ciphertext', rowId, owner }
  return await decryptField(dataKey, place, emailCiphertext)
}

/** Empty for an inviter who has been erased meanwhile. */
async function openInviterName(ctx: JobContext, invitation: FindOpenInvitationResult): Promise<string> {
  const { inviterNameCiphertext, inviterWrappedKey: wrappedKey } = invitation
  if (inviterNameCiphertext === null || wrappedKey === null) return ''
  const { inviterId: id, inviterDataKeyId: dataKeyId, inviterKekVersion: kekVersion } = invitation
  return await openUserField(ctx, { id, dataKeyId, kekVersion, wrappedKey }, 'name_ciphertext', inviterNameCiphertext)
}
