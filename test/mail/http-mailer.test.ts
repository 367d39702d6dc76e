import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../../scripts/local/process.ts'
import { connectMailApi } from '../../src/mail/http-mailer.ts'
import { OutboxError } from '../../src/outbox/service.ts'

/** The adapter over HTTP, against a server that answers as mail services do. */

type Seen = { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string }
type Reply = { status: number; headers?: Record<string, string>; body?: string } | 'hang' | 'cut' | 'half'

let server: Server
let origin: string
let reply: Reply
let seen: Seen[]
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    seen.push({ method: request.method, url: request.url, headers: request.headers, body })
    if (reply === 'hang') return
    if (reply === 'cut') return void request.socket.destroy()
    if (reply === 'half') return void response.writeHead(422, { 'Content-Type': 'application/json' }).write('{"na')
    response.writeHead(reply.status, { 'Content-Type': 'application/json', ...reply.headers }).end(reply.body ?? '{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen = []
})

const apiKey = 're_0123456789abcdef'
const from = 'Defeah <no-reply@example.com>'
const mail = { to: 'ada@example.test', subject: 'Grüße ✨', text: 'Hällo\n\nöffne', token: 'a-token-that-stays-here' }
const mailer = (options: { url?: string; timeoutMs?: number } = {}) =>
  connectMailApi({
    url: `${origin}/emails`,
    apiKey,
    from,
    request: (url, init) => fetch(url, init),
    ...options,
  })

async function failure(options: Parameters<typeof mailer>[0] = {}): Promise<OutboxError> {
  const error = await mailer(options)
    .send(mail, 'row.1')
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  if (!(error instanceof OutboxError)) throw new Error(`expected an OutboxError, got ${String(error)}`)
  return error
}

test('a mail is posted as JSON, under its key, with the bearer key, and without its token apart', async () => {
  reply = { status: 200, body: '{"id": "1"}' }
  await mailer().send(mail, 'row.7')
  const [request] = seen
  expect(seen).toHaveLength(1)
  expect([request?.method, request?.url]).toEqual(['POST', '/emails'])
  expect(request?.headers).toMatchObject({
    authorization: `Bearer ${apiKey}`,
    'content-type': 'application/json',
    'idempotency-key': 'row.7',
  })
  const { to, subject, text } = mail
  expect(JSON.parse(request?.body ?? '')).toEqual({ from, to: [to], subject, text })
})

describe('what the service answers', () => {
  test.each([
    [422, { name: 'validation_error' }, 'refused', true],
    [400, { name: 'validation_error' }, 'refused', true],
    [422, { name: 'invalid_from_address' }, 'refused', false],
    [401, { name: 'missing_api_key' }, 'refused', false],
    [403, { name: 'invalid_api_key' }, 'refused', false],
    [409, { name: 'concurrent_idempotent_requests' }, 'refused', false],
    [500, { name: 'application_error' }, 'unreachable', false],
    [503, {}, 'unreachable', false],
  ])('%i %j is %s, for good: %s', async (status, body, code, isPermanent) => {
    reply = { status, body: JSON.stringify({ ...body, message: `${mail.to} is not right` }) }
    const error = await failure()
    expect([error.code, error.isPermanent]).toEqual([code, isPermanent])
    expect(JSON.stringify([error.message, String(error.cause)])).not.toContain(mail.to)
  })

  test.each([
    ['7', 7_000],
    ['', 0],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 0],
    ['-5', 0],
  ])('429 with Retry-After %j waits %i ms at least', async (value, retryAfterMs) => {
    reply = { status: 429, headers: value === '' ? {} : { 'Retry-After': value } }
    expect(await failure()).toMatchObject({ code: 'rate-limited', isPermanent: false, retryAfterMs })
  })

  test('another place is not followed: the key would go there', async () => {
    reply = { status: 307, headers: { Location: `${origin}/elsewhere` } }
    expect(await failure()).toMatchObject({ code: 'unreachable', isPermanent: false })
    expect(seen).toHaveLength(1)
  })

  test('nothing readable is judged by its status', async () => {
    reply = { status: 422, body: '<html>' }
    expect(await failure()).toMatchObject({ code: 'refused', isPermanent: true })
  })
})

describe('a service that does not answer', () => {
  test.each([
    ['hang', 'unreachable', false],
    ['half', 'refused', true],
  ] as const)('in time, or not to the end (%s), is not waited for: %s', async (given, code, isPermanent) => {
    reply = given
    const startedAt = performance.now()
    expect(await failure({ timeoutMs: 200 })).toMatchObject({ code, isPermanent })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  test('but cuts the connection is unreachable', async () => {
    reply = 'cut'
    expect(await failure()).toMatchObject({ code: 'unreachable', isPermanent: false })
  })

  test('because nobody listens is unreachable', async () => {
    const error = await failure({ url: `http://127.0.0.1:${await freePort()}/emails` })
    expect(error).toMatchObject({ code: 'unreachable', isPermanent: false })
  })
})
