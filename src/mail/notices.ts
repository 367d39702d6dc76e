import type { JobContext } from '../context.ts'
import type { OutboxHandler, OutboxRow } from '../outbox/service.ts'
import { countRecoveryCodes, findClosingWorkspace, findMailedSession } from './mail.jobs.sql.ts'
import { findRecipientOf, type Recipient, sendFor } from './recipient.ts'
import { type Message, templates } from './templates.ts'
import { deviceInMail, nameInMail, placeInMail } from './words.ts'

/** Mails that tell a person what has happened; nobody needs to do anything with them. */

type Compose = (
  ctx: JobContext,
  recipient: Recipient,
  row: OutboxRow,
) => Message | undefined | Promise<Message | undefined>

/** Sends what `compose` makes for the person that the row concerns; none of both, and nothing is sent. */
const notice =
  (compose: Compose): OutboxHandler =>
  async (ctx, row) => {
    const recipient = await findRecipientOf(ctx, row)
    const message = recipient && (await compose(ctx, recipient, row))
    if (recipient !== undefined && message !== undefined) await sendFor(ctx, row, recipient.to, message)
  }

const graceDays = 30
const dayMs = 24 * 60 * 60 * 1000

export const notices: Readonly<Record<string, OutboxHandler>> = {
  // The claim of the outbox keeps the token of the new address back until this is sent. A worker that has slept since may
  // come too late all the same: then the address is the new one, and has been told enough.
  'mail/email-change-requested': notice((ctx, recipient, row) =>
    isChangedSince(recipient, row) ? undefined : templates.emailChangeRequested(dated(ctx, recipient, row, 'security')),
  ),
  'mail/password-changed': notice((ctx, recipient, row) =>
    templates.passwordChanged(dated(ctx, recipient, row, 'forgot-password')),
  ),
  'mail/address-registered': notice(({ appUrl }, { name }) =>
    templates.addressRegistered({ name, link: `${appUrl}/login`, resetLink: `${appUrl}/forgot-password` }),
  ),
  'mail/session-reused': notice(async (ctx, recipient, row) =>
    templates.sessionReused(await ofSession(ctx, recipient, row)),
  ),
  'mail/new-device': notice(async (ctx, recipient, row) => templates.newDevice(await ofSession(ctx, recipient, row))),
  'mail/factor-added': notice((ctx, recipient, row) => templates.factorAdded(dated(ctx, recipient, row, 'security'))),
  'mail/factor-removed': notice((ctx, recipient, row) =>
    templates.factorRemoved(dated(ctx, recipient, row, 'security')),
  ),
  'mail/recovery-code-used': notice(async (ctx, recipient, row) => {
    const { left } = await ctx.db.one(countRecoveryCodes, { userId: recipient.row.id })
    return templates.recoveryCodeUsed({ ...dated(ctx, recipient, row, 'security'), left })
  }),
  'mail/workspace-closing': notice(async (ctx, { name, moment }, { workspaceId }) => {
    const closing = workspaceId === null ? undefined : await ctx.db.with({ workspaceId }).maybeOne(findClosingWorkspace)
    if (closing === undefined) return undefined
    const closesAt = new Date(new Date(closing.closingAt).getTime() + graceDays * dayMs).toISOString()
    const link = `${ctx.appUrl}/workspace`
    return templates.workspaceClosing({ name, link, workspace: nameInMail(closing.name), closes: moment(closesAt) })
  }),
}

/** Whether an address may have been proved after the row was written, and none waits any more. */
const isChangedSince = ({ row: { pendingEmailCiphertext, emailVerifiedAt } }: Recipient, { createdAt }: OutboxRow) =>
  pendingEmailCiphertext === null && emailVerifiedAt !== null && Date.parse(emailVerifiedAt) > Date.parse(createdAt)

const dated = ({ appUrl }: JobContext, { name, moment }: Recipient, { createdAt }: OutboxRow, page: string) => ({
  name,
  link: `${appUrl}/${page}`,
  when: moment(createdAt),
})

/** A session that is gone meanwhile is unknown, and told of all the same. */
async function ofSession(ctx: JobContext, recipient: Recipient, row: OutboxRow) {
  const { id: userId } = recipient.row
  const { subjectId: sessionId } = row
  const session = sessionId === null ? undefined : await ctx.db.maybeOne(findMailedSession, { sessionId, userId })
  return {
    ...dated(ctx, recipient, row, 'security'),
    device: deviceInMail(session?.device ?? null),
    place: placeInMail(session?.place ?? null),
  }
}
