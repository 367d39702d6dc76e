import { describe, expect, test } from 'vitest'
import { connectMailBinding } from '../../src/mail/binding-mailer.ts'

/** The adapter over the platform's binding. Its answers are given by hand: none of them can be had without an account. */

const mail = { to: 'ada@example.test', subject: 'Grüße', text: 'Hällo', token: 'a-token-that-stays-here' }

test('the binding is handed the parts of a plain text, and the sender apart from its name', async () => {
  const sent: object[] = []
  const binding = { send: async (message: object) => void sent.push(message) }
  await connectMailBinding({ binding, from: 'Defeah <no-reply@example.com>' }).send(mail, 'row.1')
  await connectMailBinding({ binding, from: 'no-reply@example.com' }).send(mail, 'row.2')
  const parts = { to: mail.to, subject: mail.subject, text: mail.text }
  expect(sent).toEqual([
    { ...parts, from: { email: 'no-reply@example.com', name: 'Defeah' } },
    { ...parts, from: 'no-reply@example.com' },
  ])
})

describe('a refusal', () => {
  const failing = (error: unknown) =>
    connectMailBinding({ binding: { send: () => Promise.reject(error) }, from: 'a@example.com' }).send(mail, 'row.1')

  test.each([
    ['E_RECIPIENT_SUPPRESSED', 'refused', true],
    ['E_RECIPIENT_NOT_ALLOWED', 'refused', true],
    ['E_SENDER_NOT_VERIFIED', 'refused', false],
    ['E_RATE_LIMIT_EXCEEDED', 'rate-limited', false],
    ['E_DAILY_LIMIT_EXCEEDED', 'rate-limited', false],
    ['E_INTERNAL_SERVER_ERROR', 'unreachable', false],
    ['E_SOMETHING_NEW', 'unreachable', false],
  ])('%s is %s, for good: %s', async (code, known, isPermanent) => {
    const error = Object.assign(new Error(`${mail.to} is not right`), { code })
    await expect(failing(error)).rejects.toMatchObject({ code: known, message: known, isPermanent })
  })

  test('without a code is unreachable', async () => {
    await expect(failing('no error at all')).rejects.toMatchObject({ code: 'unreachable', isPermanent: false })
  })

  test('that never comes is unreachable when the time is up', async () => {
    const binding = { send: () => new Promise<never>(() => undefined) }
    const sending = connectMailBinding({ binding, from: 'a@example.com', timeoutMs: 20 }).send(mail, 'row.1')
    await expect(sending).rejects.toMatchObject({ code: 'unreachable' })
  })
})
