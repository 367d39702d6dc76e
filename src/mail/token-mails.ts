import type { JobContext } from '../context.ts'
import type { OutboxHandler, OutboxRow } from '../outbox/service.ts'
import { openUserField } from '../users/service.ts'
import { type UpsertAccountTokenParams, upsertAccountToken } from './mail.jobs.sql.ts'
import { findRecipientOf, type Recipient, sendFor } from './recipient.ts'
import { templates } from './templates.ts'
import { makeToken } from './token.ts'

/** Mails that prove an address, and open an account, by a token. */

type Purpose = UpsertAccountTokenParams['purpose']

const hourMs = 60 * 60 * 1000
const lifeMs: Readonly<Record<Purpose, number>> = {
  email_verification: 24 * hourMs,
  email_change: 24 * hourMs,
  password_reset: hourMs,
}

export const tokenMails: Readonly<Record<string, OutboxHandler>> = {
  // Not to prove an address that is proved.
  'mail/verify-email': async (ctx, row) => {
    const recipient = await findRecipientOf(ctx, row)
    if (recipient === undefined || recipient.row.emailVerifiedAt !== null) return
    await sendToken(ctx, row, { ...recipient, purpose: 'email_verification', page: 'verify-email' })
  },
  // To the address that waits to be proved; not for a change that was withdrawn, or has been made.
  'mail/change-email': async (ctx, row) => {
    const recipient = await findRecipientOf(ctx, row)
    const pending = recipient?.row.pendingEmailCiphertext ?? null
    if (recipient === undefined || pending === null) return
    const to = await openUserField(ctx, recipient.row, 'pending_email_ciphertext', pending)
    await sendToken(ctx, row, { ...recipient, to, purpose: 'email_change', page: 'change-email' })
  },
  'mail/reset-password': async (ctx, row) => {
    const recipient = await findRecipientOf(ctx, row)
    if (recipient === undefined) return
    await sendToken(ctx, row, { ...recipient, purpose: 'password_reset', page: 'reset-password' })
  },
}

const templateOf = {
  email_verification: templates.verifyEmail,
  email_change: templates.changeEmail,
  password_reset: templates.resetPassword,
} as const

type TokenMail = Pick<Recipient, 'to' | 'name'> & { readonly purpose: Purpose; readonly page: string }

/**
 * Mints the token, stores its hash, sends it. Should this die after any of the three, the next attempt mints another one:
 * the token of the latest mail is the one that is good.
 */
async function sendToken(ctx: JobContext, row: OutboxRow, { to, name, purpose, page }: TokenMail): Promise<void> {
  const { token, tokenDigest } = await makeToken()
  const expiresAt = new Date(ctx.now().getTime() + lifeMs[purpose]).toISOString()
  const { id: outboxId, fence } = row
  const minted = await ctx.db.maybeOne(upsertAccountToken, { outboxId, fence, purpose, tokenDigest, expiresAt })
  if (minted === undefined) return
  const link = `${ctx.appUrl}/${page}?token=${token}`
  await sendFor(ctx, row, to, templateOf[purpose]({ name, link }), token)
}
