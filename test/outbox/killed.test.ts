import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { waitFor } from '../../scripts/local/process.ts'
import type { KeptMail } from '../../src/cache/mailbox.ts'
import { outboxHandlers } from '../../src/jobs/crons.ts'
import { drainOutbox } from '../../src/outbox/service.ts'
import { newPassword, reset, verify } from '../support/accounts.ts'
import { expectRefusal, type Refusal } from '../support/answers.ts'
import { type Answer, registerUser } from '../support/client.ts'
import { type OutboxWorld, startOutboxWorld } from '../support/outbox-process.ts'
import { type Step, steps } from '../support/outbox-steps.ts'
import { insertOutbox, insertRecipient, outboxRow } from '../support/recipients.ts'
import { verifyEmail } from '../support/tenants.ts'

/**
 * A worker is killed at each step of sending a mail; a second one finds the row when the lease has ended. Whoever gets
 * the mails presents their tokens, the older ones first.
 */

type Expected = {
  /** Its row in the outbox. */
  id: string
  to: string
  present: (token: string) => Promise<Answer>
  refusal: Refusal
  askAnew?: () => Promise<Answer>
}

const tokenInvalid = { status: 422, code: 'auth/token-invalid' }

/** The mails that bring a token, asked for as people do, each with nothing else in the outbox. */
const mails = {
  'a new password': async ({ app }: OutboxWorld): Promise<Expected> => {
    const { id: userId, email } = await insertRecipient(app)
    const id = await insertOutbox(app, { kind: 'mail/reset-password', userId })
    const present = (token: string) => reset(app, { token, newPassword: newPassword() })
    return { id, to: email, present, refusal: tokenInvalid }
  },
  'an address': async ({ app }: OutboxWorld): Promise<Expected> => {
    const { email, password, call } = await registerUser(app)
    const id = await onlyRow(app, 'mail/verify-email')
    const askAnew = () => call('POST', '/v1/auth/email/resend')
    return { id, to: email, present: (token) => verify(app, { token, password }), refusal: tokenInvalid, askAnew }
  },
  'another address': async ({ app }: OutboxWorld): Promise<Expected> => {
    const { id: userId, call, password } = await registerUser(app)
    await verifyEmail(app, userId)
    const newEmail = `${randomUUID()}@example.test`
    expect((await call('POST', '/v1/auth/email/change', { password, newEmail })).status).toBe(202)
    const id = await onlyRow(app, 'mail/change-email')
    return { id, to: newEmail, present: (token) => verify(app, { token, password }), refusal: tokenInvalid }
  },
  'an invitation': async ({ app }: OutboxWorld): Promise<Expected> => {
    const [ada, guest] = [await registerUser(app), await registerUser(app)]
    await verifyEmail(app, guest.id)
    const body = { email: guest.email, role: 'editor' }
    expect((await ada.call('POST', '/v1/workspace/invitations', body)).status).toBe(201)
    const id = await onlyRow(app, 'mail/invitation')
    const present = (token: string) => guest.call('POST', '/v1/invitations/accept', { token })
    return { id, to: guest.email, present, refusal: { status: 422, code: 'invitation/token-invalid' } }
  },
}

/** Takes all others out of the outbox. */
async function onlyRow({ owner }: OutboxWorld['app'], kind: string): Promise<string> {
  await owner`delete from outbox where kind <> ${kind}`
  const rows = await owner<{ id: string }[]>`select id from outbox where kind = ${kind}`
  expect(rows).toHaveLength(1)
  return rows[0]?.id ?? ''
}

async function killAt({ startWorker }: OutboxWorld, step: Step): Promise<void> {
  const worker = await startWorker(step)
  await worker.stopped
  await worker.kill()
}

/** Lets the worker in this process do what is left, and answers the mails, newest first. */
async function finish({ app, context, mailbox }: OutboxWorld, { id, to }: Expected): Promise<KeptMail[]> {
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

/** The older tokens open nothing, before and after; the latest opens what it is for, once. */
async function expectLatestGood(arrived: readonly KeptMail[], { present, refusal }: Expected): Promise<void> {
  const [latest = '', ...older] = arrived.map(({ token }) => token ?? '')
  expect(new Set([latest, ...older]).size).toBe(arrived.length)
  for (const token of older) expectRefusal(await present(token), refusal)
  expect([200, 204]).toContain((await present(latest)).status)
  for (const token of [latest, ...older]) expectRefusal(await present(token), refusal)
}

const killedAt: Readonly<Record<keyof typeof mails, readonly Step[]>> = {
  'a new password': steps,
  'an address': ['sent'],
  'another address': ['sent'],
  'an invitation': ['minted', 'sent'],
}
const cases = Object.entries(mails).flatMap(([what, ask]) =>
  killedAt[what as keyof typeof mails].map((step) => [what, step, ask] as const),
)

describe.concurrent('a worker killed at a step loses no mail, and only the token of the latest is good', () => {
  test.each(cases)('of %s: %s', { timeout: 60_000 }, async (_, step, ask) => {
    const world = await startOutboxWorld()
    const expected = await ask(world)
    await killAt(world, step)
    const arrived = await finish(world, expected)
    expect(arrived).toHaveLength(mailsAfter(step))
    // A slow machine may lose a lease before the step, and then the first worker has claimed more than once.
    expect((await outboxRow(world.app, expected.id)).attempts).toBeGreaterThanOrEqual(step === 'finished' ? 1 : 2)
    await expectLatestGood(arrived, expected)
  })

  test.each(['minted', 'sent'] as const)(
    'of a mail that is asked for anew meanwhile: %s',
    {
      timeout: 60_000,
    },
    async (step) => {
      const world = await startOutboxWorld()
      const expected = await mails['an address'](world)
      await killAt(world, step)
      expect((await expected.askAnew?.())?.status).toBe(202)
      expect((await outboxRow(world.app, expected.id)).status).toBe('superseded')
      const [newer] = await world.app.owner<{ id: string }[]>`select id from outbox where status = 'pending'`
      const arrived = await finish(world, { ...expected, id: newer?.id ?? '' })
      expect(arrived).toHaveLength(mailsAfter(step))
      await expectLatestGood(arrived, expected)
    },
  )
})
