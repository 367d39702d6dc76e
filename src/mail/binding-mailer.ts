import { OutboxError } from '../outbox/service.ts'
import type { Mailer } from './mailer.ts'

/**
 * Mails by Cloudflare's `send_email` binding (https://developers.cloudflare.com/email-service/api/send-emails/workers-api/),
 * which makes the message, text/plain in UTF-8, of its parts. It knows no idempotency key.
 */

/** What is used of the binding. */
export type SendEmailBinding = {
  readonly send: (message: {
    readonly from: string | { readonly email: string; readonly name: string }
    readonly to: string
    readonly subject: string
    readonly text: string
  }) => Promise<unknown>
}

type MailBindingOptions = {
  readonly binding: SendEmailBinding
  /** `address` or `Name <address>`, of a domain that is set up for sending. */
  readonly from: string
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 10_000

/** The binding's codes that are about the recipient or the mail itself. */
const permanentCodes = new Set([
  'E_VALIDATION_ERROR',
  'E_RECIPIENT_NOT_ALLOWED',
  'E_RECIPIENT_SUPPRESSED',
  'E_CONTENT_TOO_LARGE',
])
const limitCodes = new Set(['E_RATE_LIMIT_EXCEEDED', 'E_DAILY_LIMIT_EXCEEDED'])
/** The sender is not set up: no attempt helps until it is, and then all do. */
const senderCodes = new Set(['E_SENDER_NOT_VERIFIED', 'E_SENDER_DOMAIN_NOT_AVAILABLE'])

/** Rejects with an `OutboxError`, by the codes of `connectMailApi`. */
export function connectMailBinding({ binding, from, timeoutMs = defaultTimeoutMs }: MailBindingOptions): Mailer {
  const sender = senderOf(from)
  return {
    send: async ({ to, subject, text }) => {
      try {
        await inTime(binding.send({ from: sender, to, subject, text }), timeoutMs)
      } catch (error) {
        throw refusalOf(error)
      }
    },
  }
}

function refusalOf(error: unknown): OutboxError {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  if (typeof code === 'string') {
    if (limitCodes.has(code)) return new OutboxError('rate-limited', { cause: error })
    if (senderCodes.has(code)) return new OutboxError('refused', { cause: error })
    if (permanentCodes.has(code)) return new OutboxError('refused', { cause: error, isPermanent: true })
  }
  return new OutboxError('unreachable', { cause: error })
}

/** The binding takes no signal; what it does after the time is up nobody waits for. */
async function inTime(sending: Promise<unknown>, timeoutMs: number): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs)
  const late = new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
  await Promise.race([sending, late])
}

function senderOf(from: string): string | { email: string; name: string } {
  const [, name, email] = /^(.+?) <(.+)>$/.exec(from) ?? []
  return name === undefined || email === undefined ? from : { email, name }
}
