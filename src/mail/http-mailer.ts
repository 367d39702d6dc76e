import { z } from 'zod'
import { OutboxError } from '../outbox/service.ts'
import type { Mail, Mailer } from './mailer.ts'

/**
 * Mails over the HTTP API of a mail service, in the form of Resend's (https://resend.com/docs/api-reference/emails):
 * POST of JSON with a bearer key; a second request with the same Idempotency-Key sends nothing.
 */

type MailApiOptions = {
  readonly url: string
  readonly apiKey: string
  /** `address` or `Name <address>`; the service must know its domain. */
  readonly from: string
  /** The platform's fetch. */
  readonly request: (url: string, init: RequestInit) => Promise<Response>
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 10_000

/** The answers that no second attempt changes, unless it is the sender that they complain of: that is ours to mend. */
const permanentStatuses = new Set([400, 422])
const Refusal = z.object({ name: z.string() })
const ownFaults = new Set(['invalid_from_address', 'invalid_idempotency_key'])

/**
 * Rejects with an `OutboxError`: `rate-limited` with the wait that the service asks for; `refused`, which is permanent
 * where the mail itself is at fault; `unreachable` for everything else, the timeout included, after which the mail may
 * have been sent.
 */
export function connectMailApi({ url, apiKey, from, request, timeoutMs = defaultTimeoutMs }: MailApiOptions): Mailer {
  const post = async ({ to, subject, text }: Mail, key: string): Promise<Response> =>
    await request(url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify({ from, to: [to], subject, text }),
      // The key goes to this address and to no other.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
  return {
    send: async (mail, key) => {
      try {
        const response = await post(mail, key)
        if (!response.ok) throw await refusalOf(response)
        await response.body?.cancel()
      } catch (error) {
        throw error instanceof OutboxError ? error : new OutboxError('unreachable', { cause: error })
      }
    },
  }
}

async function refusalOf(response: Response): Promise<OutboxError> {
  const { status, headers } = response
  if (status < 400 || status >= 500) {
    await response.body?.cancel()
    return new OutboxError('unreachable')
  }
  const refusal = Refusal.safeParse(await response.json().catch(() => undefined))
  if (status === 429) return new OutboxError('rate-limited', { retryAfterMs: retryAfterMs(headers) })
  const isOwnFault = refusal.success && ownFaults.has(refusal.data.name)
  return new OutboxError('refused', { isPermanent: permanentStatuses.has(status) && !isOwnFault })
}

/** Seconds, as mail services write it (RFC 9110, 10.2.3); anything else is left to the caller's own delay. */
function retryAfterMs(headers: Headers): number | undefined {
  const seconds = headers.get('Retry-After') ?? ''
  return /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined
}
