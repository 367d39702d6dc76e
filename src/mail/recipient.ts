import type { JobContext } from '../context.ts'
import type { OutboxRow } from '../outbox/service.ts'
import { openUser } from '../users/service.ts'
import { type FindRecipientResult, findRecipient } from './mail.jobs.sql.ts'
import type { Message } from './templates.ts'
import { momentInMail, nameInMail } from './words.ts'

/** The person that a row concerns, opened. */
export type Recipient = {
  readonly row: FindRecipientResult
  readonly to: string
  readonly name: string | undefined
  /** An instant in the person's time zone. */
  readonly moment: (instant: string) => string
}

/** None for a person who was erased or suspended: nothing is sent then. */
export async function findRecipientOf(ctx: JobContext, { userId }: OutboxRow): Promise<Recipient | undefined> {
  const row = userId === null ? undefined : await ctx.db.maybeOne(findRecipient, { userId })
  if (row === undefined) return undefined
  const { email, name, timeZone } = await openUser(ctx, row)
  return { row, to: email, name: nameInMail(name), moment: (instant) => momentInMail(instant, timeZone) }
}

/** Sends for a row; each claim of it is an attempt of its own for the mail service, since its token is another. */
export async function sendFor(
  ctx: JobContext,
  { id, fence }: OutboxRow,
  to: string,
  message: Message,
  token: string | null = null,
): Promise<void> {
  await ctx.mailer.send({ to, ...message, token }, `${id}.${fence}`)
}
