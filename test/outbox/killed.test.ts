import { createHash, randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { waitFor } from '../../scripts/local/process.ts'
import type { KeptMail } from '../../src/cache/mailbox.ts'
import { outboxHandlers } from '../../src/jobs/crons.ts'
import { drainOutbox } from '../../src/outbox/service.ts'
import { registerUser } from '../support/client.ts'
import { type OutboxWorld, startOutboxWorld } from '../support/outbox-process.ts'
import { type Step, steps } from '../support/outbox-steps.ts'
import { insertInvitation, insertOutbox, insertRecipient, outboxRow, tokenDigest } from '../support/recipients.ts'

/** A worker is killed at each step of sending a mail; a second one finds the row when the lease has ended. */

const sha256 = (text: string | null) =>
  createHash('sha256')
    .update(text ?? '')
    .digest('hex')

/** Kills a worker at the step, lets another one do what is left, and answers the mails, newest first. */
async function killAt(world: OutboxWorld, step: Step, id: string, to: string): Promise<KeptMail[]> {
  const { app, context, mailbox, startWorker } = world
  const worker = await startWorker(step)
  await worker.stopped
  await worker.kill()
  const isDone = async () => {
    await drainOutbox(context, outboxHandlers)
    return (await outboxRow(app, id)).status === 'done' ? true : undefined
  }
  // The dead worker's lease lasts a second, and nobody may shorten it.
  expect(await waitFor(isDone, { timeoutMs: 10_000, everyMs: 100 })).toBe(true)
  return (await mailbox.list()).filter((mail) => mail.to === to)
}

/** How many mails there are: the second worker's, and the first one's where it had sent. */
const mailsAfter = (step: Step): number => (['sent', 'finishing'].includes(step) ? 2 : 1)

describe.concurrent.each(steps)('a worker killed when it has come to "%s"', (step) => {
  test('loses no mail, and only the token of the latest is good', async () => {
    const world = await startOutboxWorld()
    const recipient = await insertRecipient(world.app)
    const id = await insertOutbox(world.app, { kind: 'mail/reset-password', userId: recipient.id })
    const mails = await killAt(world, step, id, recipient.email)
    expect(mails).toHaveLength(mailsAfter(step))
    // A slow machine may lose a lease before the step, and then the first worker has claimed more than once.
    expect((await outboxRow(world.app, id)).attempts).toBeGreaterThanOrEqual(step === 'finished' ? 1 : 2)
    const [latest, ...earlier] = mails.map(({ token }) => sha256(token))
    expect(await tokenDigest(world.app, recipient.id, 'password_reset')).toBe(latest)
    expect(earlier).not.toContain(latest)
  })
})

describe.concurrent.each(['minted', 'sent'] as const)('killed at "%s" of an invitation', (step) => {
  test('loses no mail, and only the token of the latest is good', async () => {
    const world = await startOutboxWorld()
    const { workspaceId, id: userId } = await registerUser(world.app)
    // Rows of the account itself are not what is looked at.
    await world.app.owner`delete from outbox`
    const email = `${randomUUID()}@guest.test`
    const expiresAt = new Date(Date.now() + 60_000).toISOString()
    const subjectId = await insertInvitation(world.app, { workspaceId, userId, email, expiresAt })
    const id = await insertOutbox(world.app, { kind: 'mail/invitation', workspaceId, subjectId })
    const mails = await killAt(world, step, id, email)
    expect(mails).toHaveLength(mailsAfter(step))
    const [row] = await world.app.owner`
      select encode(token_digest, 'hex') as digest from workspace_invitations where id = ${subjectId}`
    expect(row?.['digest']).toBe(sha256(mails[0]?.token ?? null))
  })
})
