import { createHash } from 'node:crypto'
import { get, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectRefusal } from '../support/answers.ts'
import { publicUrl } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { jpeg, sha256Of, type Upload } from '../support/media-files.ts'
import { publicAddress, redirectTo } from '../support/outbound.ts'
import { startWorker, type TestWorker } from '../support/worker.ts'

/** Imports and deliveries through the bundle as it is deployed, in workerd; other hosts are answered for in this process. */

let picture: Upload
let database: TestDatabase
let worker: TestWorker
let ada: SignedInUser
beforeAll(async () => {
  picture = await jpeg()
  database = await createTestDatabase()
  worker = await startWorker({ database, outbound })
  ada = await registerUser(worker)
})
afterAll(() => database.drop())

/** DNS and two hosts: one with files, and one whose name leads inwards. */
function outbound({ host, pathname, searchParams }: URL): Response | undefined {
  if (host === 'cloudflare-dns.com') return dnsAnswer(searchParams)
  if (host !== 'files.shop.com') return undefined
  if (pathname === '/inwards.jpg') return redirectTo('https://inside.shop.com/a.jpg')
  if (pathname === '/moved.jpg') return redirectTo('/a.jpg')
  return new Response(picture.content)
}

function dnsAnswer(question: URLSearchParams): Response {
  const data = question.get('name') === 'inside.shop.com' ? '10.0.0.1' : publicAddress
  const isIpv4 = question.get('type') === 'A'
  return Response.json({ Status: 0, ...(isIpv4 && { Answer: [{ name: 'x', type: 1, TTL: 60, data }] }) })
}

const importing = async (path: string) =>
  await ada.call('POST', '/v1/media/import', { url: `https://files.shop.com${path}` })
const within = (url: string): string => url.replace(publicUrl, worker.url)

async function open(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    get(within(url), { headers, method }, resolve).on('error', reject)
  })
}

async function drained(response: IncomingMessage): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.byteLength
    hash.update(chunk)
  }
  return { bytes, sha256: hash.digest('hex') }
}

test('a picture is imported through a redirect, and delivered: whole, HEAD, range, and as it was', async () => {
  const { status, body } = await importing('/moved.jpg')
  expect([status, body.sha256]).toEqual([201, sha256Of(picture.content)])
  const whole = await open(body.url)
  expect(whole.headers).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': String(picture.content.byteLength),
    'accept-ranges': 'bytes',
  })
  expect(await drained(whole)).toEqual({ bytes: picture.content.byteLength, sha256: body.sha256 })

  const head = await open(body.url, {}, 'HEAD')
  head.resume()
  const compared = ['content-type', 'content-length', 'accept-ranges', 'etag', 'cache-control', 'content-disposition']
  for (const name of compared) expect([name, head.headers[name]]).toEqual([name, whole.headers[name]])

  const range = await open(body.url, { Range: 'bytes=-100' })
  expect(range.statusCode).toBe(206)
  expect(await drained(range)).toEqual({ bytes: 100, sha256: sha256Of(picture.content.slice(-100)) })

  const known = await open(body.url, { 'If-None-Match': String(whole.headers.etag) })
  known.resume()
  expect(known.statusCode).toBe(304)
})

test('a redirect to a host that is not public is not followed', async () => {
  expectRefusal(await importing('/inwards.jpg'), { status: 422, code: 'media/import-address-refused' })
})

test('no line of the log holds a link or the URL of an import', () => {
  const lines = worker.lines.join('\n')
  expect(lines).toContain('/media/:token')
  expect(lines).not.toContain('files.shop.com')
  expect(lines).not.toMatch(/\/media\/[\w-]{40}/)
})
