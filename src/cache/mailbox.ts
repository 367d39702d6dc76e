import { Redis } from '@upstash/redis/cloudflare'
import { z } from 'zod'
import { cacheKeys } from './keys.ts'

/** A mailbox on the developer's own machine: what would be sent, kept in Redis. Never in production. */

const KeptMail = z.object({
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  token: z.string().nullable(),
  sentAt: z.string(),
})

export type KeptMail = z.infer<typeof KeptMail>

export type Mailbox = {
  readonly send: (mail: Omit<KeptMail, 'sentAt'>, key: string) => Promise<void>
  /** The latest mails, newest first. */
  readonly list: () => Promise<KeptMail[]>
}

type MailboxOptions = { readonly url: string; readonly token: string; readonly now: () => Date; readonly name?: string }

const maxMails = 1_000
const timeoutMs = 5_000

/** `name` keeps the mailboxes of several applications over one Redis apart. */
export function connectMailbox({ url, token, now, name = 'local' }: MailboxOptions): Mailbox {
  const redis = new Redis({
    url,
    token,
    retry: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    automaticDeserialization: false,
    signal: () => AbortSignal.timeout(timeoutMs),
  })
  const key = cacheKeys.mailbox.key(name)
  return {
    send: async ({ to, subject, text, token: inLink }) => {
      const kept: KeptMail = { to, subject, text, token: inLink, sentAt: now().toISOString() }
      const pipeline = redis.multi()
      pipeline.lpush(key, JSON.stringify(kept))
      pipeline.ltrim(key, 0, maxMails - 1)
      pipeline.pexpire(key, cacheKeys.mailbox.ttlMs)
      await pipeline.exec()
    },
    list: async () =>
      (await redis.lrange<string>(key, 0, maxMails - 1)).map((text) => KeptMail.parse(JSON.parse(text))),
  }
}
