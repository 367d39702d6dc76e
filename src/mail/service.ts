import type { JobContext } from '../context.ts'
import type { OutboxHandlers, OutboxRow } from '../outbox/service.ts'
import { sendInvitation } from './invitation-mail.ts'
import { notices } from './notices.ts'
import { findRecipientOf, sendFor } from './recipient.ts'
import { templates } from './templates.ts'
import { tokenMails } from './token-mails.ts'

/** The handlers of all mails, by the kind of the outbox row. */
export const mailHandlers: OutboxHandlers = { ...tokenMails, ...notices, 'mail/invitation': sendInvitation }

/** Tells a person where the archive of their data is, and until when. The link is as good as the data: it is not stored. */
export async function sendExportReady(
  ctx: JobContext,
  row: OutboxRow,
  { link, token, expiresAt }: { readonly link: string; readonly token: string; readonly expiresAt: string },
): Promise<void> {
  const recipient = await findRecipientOf(ctx, row)
  if (recipient === undefined) return
  const { to, name, moment } = recipient
  await sendFor(ctx, row, to, templates.exportReady({ name, link, expires: moment(expiresAt) }), token)
}
