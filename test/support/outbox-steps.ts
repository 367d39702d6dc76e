import type { JobContext } from '../../src/context.ts'
import type { Db } from '../../src/db/database.ts'
import {
  findOpenInvitation,
  findRecipient,
  updateInvitationToken,
  upsertAccountToken,
} from '../../src/mail/mail.jobs.sql.ts'
import { claimOutbox, finishOutbox } from '../../src/outbox/outbox.jobs.sql.ts'

/** The lines at which a worker that sends a mail can die, in their order. */
export const steps = ['claimed', 'read', 'minted', 'sending', 'sent', 'finishing', 'finished'] as const
export type Step = (typeof steps)[number]

const before = new Map<unknown, Step>([[finishOutbox, 'finishing']])
const after = new Map<unknown, Step>([
  [claimOutbox, 'claimed'],
  [findRecipient, 'read'],
  [findOpenInvitation, 'read'],
  [upsertAccountToken, 'minted'],
  [updateInvitationToken, 'minted'],
  [finishOutbox, 'finished'],
])

/** The same context, that tells of each step and goes on when it is let. */
export function watchSteps(ctx: JobContext, reach: (step: Step) => Promise<void>): JobContext {
  const at = async (step: Step | undefined) => (step === undefined ? undefined : await reach(step))
  const watched = (db: Db): Db => {
    const many: Db['many'] = async (query, ...args) => {
      await at(before.get(query))
      const rows = await db.many(query, ...args)
      if (rows.length > 0) await at(after.get(query))
      return rows
    }
    return {
      ...db,
      many,
      maybeOne: async (query, ...args) => (await many(query, ...args))[0],
      with: (filled) => watched(db.with(filled)),
    }
  }
  const send: JobContext['mailer']['send'] = async (mail, key) => {
    await at('sending')
    await ctx.mailer.send(mail, key)
    await at('sent')
  }
  return { ...ctx, db: watched(ctx.db), mailer: { send } }
}
