import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { connectMailbox, type Mailbox } from '../../src/cache/mailbox.ts'
import { createApp } from '../../src/http/app.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { send } from '../support/client.ts'
import { noImages, noOutbound } from '../support/no-objects.ts'
import { insertOutbox, insertRecipient } from '../support/recipients.ts'
import { sharedRedis, startRedis } from '../support/redis.ts'

/** The page that shows a developer what would have been sent. */

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const json = { Accept: 'application/json' }
const look = (headers: Record<string, string> = {}, path = '/dev/mailbox') => send(app, 'GET', path, { headers })

describe('the mailbox', () => {
  test('is empty, then has what was sent, newest first, with the token apart', async () => {
    expect((await look(json)).body).toEqual({ data: [] })
    expect((await look()).body).toContain('Nothing yet.')
    const recipient = await insertRecipient(app)
    for (const kind of ['mail/reset-password', 'mail/password-changed']) {
      await insertOutbox(app, { kind, userId: recipient.id })
      // Looking sends nothing.
      await look(json)
      await app.mailTo(recipient.email)
    }
    const { status, headers, body } = await look(json)
    expect([status, headers.get('Content-Type')]).toEqual([200, 'application/json'])
    expect(body.data).toEqual([
      {
        to: recipient.email,
        subject: 'Your password was changed',
        text: expect.any(String),
        token: null,
        sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
      {
        to: recipient.email,
        subject: 'Reset your password',
        text: expect.stringContaining('https://app.test/reset-password?token='),
        token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        sentAt: expect.any(String),
      },
    ])
    const page = await look({ Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
    const [newer, older] = ['Your password was changed', 'Reset your password'].map((text) => page.body.indexOf(text))
    expect(newer).toBeGreaterThan(0)
    expect(older).toBeGreaterThan(newer as number)
    expect(page.body).toContain(`token <code>${body.data[1].token}</code>`)
  })

  test('shows what a mail holds as text, and lets a browser load and run nothing', async () => {
    const place = { url: sharedRedis().restUrl, token: sharedRedis().token, now: app.now, name: randomUUID() }
    const mailbox = connectMailbox(place)
    const hostile = '<img src=x onerror="alert(1)"> & \'</pre><script>'
    await mailbox.send({ to: hostile, subject: hostile, text: hostile, token: hostile }, 'row.1')
    const { body, headers } = await send(withMailbox(mailbox), 'GET', '/dev/mailbox')
    expect(body).not.toContain('<img')
    expect(body).not.toContain('<script')
    expect(
      body.split('&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &#39;&lt;/pre&gt;&lt;script&gt;'),
    ).toHaveLength(5)
    expect(body).not.toMatch(/(src|href)=["']?(https?:|\/\/)/)
    const policy = headers.get('Content-Security-Policy') ?? ''
    expect(policy).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  test('is in no document, and takes no other method', async () => {
    expect(Object.keys((await look({}, '/openapi.json')).body.paths).join()).not.toContain('mailbox')
    const { status, headers } = await send(app, 'POST', '/dev/mailbox')
    expect([status, headers.get('Allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('that cannot be read is unavailable for a while', async () => {
    const redis = await startRedis()
    const mailbox = connectMailbox({ url: redis.restUrl, token: redis.token, now: app.now })
    await redis.refuse()
    const { status, body, headers } = await send(withMailbox(mailbox), 'GET', '/dev/mailbox', { headers: json })
    expect([status, body.code, headers.get('Retry-After')]).toEqual([503, 'service/unavailable', '2'])
    await redis.end()
  })
})

test('where mails are sent there is no mailbox: the path answers as any that never was', async () => {
  const production = withMailbox(undefined)
  for (const method of ['GET', 'POST']) {
    const [mailbox, unknown] = [
      await send(production, method, '/dev/mailbox', { headers: json }),
      await send(production, method, '/dev/nothing', { headers: json }),
    ]
    expect([mailbox.status, mailbox.body.code]).toEqual([404, 'request/not-found'])
    expect({ ...mailbox.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' })
  }
})

/** The application over another mailbox, or none; what it shows needs nothing else. */
function withMailbox(mailbox: Mailbox | undefined): Pick<TestApp, 'fetch'> {
  const unused = () => {
    throw new Error('not for the mailbox')
  }
  const other = createApp({
    publicUrl: 'https://api.test',
    corsOrigins: [],
    relyingParty: { id: 'app.test', origins: [] },
    connect: unused,
    cache: { get: unused, set: unused, delete: unused, draw: async () => undefined, ping: unused },
    objects: app.jobs.objects,
    media: app.jobs.media,
    images: noImages,
    ...noOutbound,
    throttle: { attempt: unused, succeed: unused } as never,
    rateLimitFactor: 1,
    shield: undefined,
    keyring: app.jobs.keyring,
    now: app.now,
    monotonic: app.jobs.monotonic,
    makeId: app.jobs.makeId,
    log: app.jobs.log,
    wakeOutbox: unused,
    mailbox,
  })
  return { fetch: async (request) => await other.fetch(request) }
}
