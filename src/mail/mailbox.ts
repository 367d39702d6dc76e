import type { KeptMail, Mailbox } from '../cache/mailbox.ts'
import { ProblemError } from '../problem.ts'

/** The kept mails, newest first; 503 while Redis, which keeps them, does not answer. */
export async function listMailbox(mailbox: Mailbox): Promise<KeptMail[]> {
  try {
    return await mailbox.list()
  } catch (cause) {
    throw new ProblemError('service/unavailable', { cause, headers: { 'Retry-After': '2' } })
  }
}
