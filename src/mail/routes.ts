import type { Mailbox } from '../cache/mailbox.ts'
import type { PublicEnv } from '../http/env.ts'
import { createRouter } from '../http/route.ts'
import { listMailbox } from './mailbox.ts'
import { mailboxPage, mailboxPolicy } from './mailbox-page.ts'

/** What was sent on this machine; mounted only where mails are kept instead of sent, and in no document. */
export function mailboxRoutes(mailbox: Mailbox) {
  const routes = createRouter<PublicEnv>()
  routes.get('/dev/mailbox', async (c) => {
    const mails = await listMailbox(mailbox)
    c.header('Vary', 'Accept', { append: true })
    if (c.req.header('Accept')?.includes('application/json')) return c.json({ data: mails }, 200)
    c.header('Content-Security-Policy', mailboxPolicy)
    return c.html(mailboxPage(mails))
  })
  return routes
}
