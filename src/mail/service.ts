import type { JobContext } from '../context.ts'
import type { OutboxHandlers, OutboxRow } from '../outbox/service.ts'
import { sendInvitation } from './invitation-mail.ts'
import { notices } from './notices.ts'
import { findRecipientOf, sendFor } from './recipient.ts'
import { templates } from './templates.ts'
import { tokenMails } from './token-mails.ts'

/** The handlers of all mails, by the kind of the outbox row. */
export const mailHandlers: OutboxHandlers = { ...tokenMails, ...notices, 'mail/invitation': sendInvitation }

type MailedLink = { readonly url: string; readonly token: string; readonly expiresAt: string }

/**
 * Tells a person that the archive of their data is there, and until when. The link is as good as the data: it is not stored.
 * Without one the person signs in for it.
 */
export async function sendExportReady(
  ctx: JobContext,
  row: OutboxRow,
  { link, expiresAt }: { readonly link: MailedLink | undefined; readonly expiresAt: string },
): Promise<void> {
  const recipient = await findRecipientOf(ctx, row)
  if (recipient === undefined) return
  const { to, name, moment } = recipient
  const message =
    link === undefined
      ? templates.exportWaiting({ name, link: `${ctx.appUrl}/account`, expires: moment(expiresAt) })
      : templates.exportReady({ name, link: link.url, expires: moment(link.expiresAt) })
  await sendFor(ctx, row, to, message, link?.token)
}
