import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { fetchPublic } from '../../src/outbound/public-fetch.ts'
import { OutboundRefusal } from '../../src/outbound/refusal.ts'
import { ResolverError } from '../../src/outbound/resolver.ts'
import { endless, type FakeHosts, fakeHosts, publicAddress, redirectTo } from '../support/outbound.ts'

const publicUrl = 'https://api.shop.com'
const limits = { maxBytes: 1_000_000, timeoutMs: 5_000 }
const file = 'https://files.shop.com/a.jpg'
const answer = () => new Response('abc')

async function read(hosts: FakeHosts, url: string, within: Partial<typeof limits> = {}): Promise<string> {
  const { body, close } = await fetchPublic({ ...hosts, publicUrl }, url, { ...limits, ...within })
  try {
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk.slice())
    return Buffer.concat(chunks).toString()
  } finally {
    close()
  }
}

const reasonOf = async (hosts: FakeHosts, url: string, within: Partial<typeof limits> = {}): Promise<string> => {
  const error = await read(hosts, url, within).catch((refusal: unknown) => refusal)
  return error instanceof OutboundRefusal ? error.reason : `not refused: ${String(error)}`
}

test('a public host is asked for the URL, and for nothing of ours', async () => {
  const hosts = fakeHosts()
  hosts.answers[`${file}?size=1`] = answer
  expect(await read(hosts, `${file}?size=1#part`)).toBe('abc')
  expect(hosts.lookups).toEqual(['files.shop.com'])
  const [{ url, init }] = hosts.requests as [FakeHosts['requests'][0]]
  expect(url).toBe(`${file}?size=1`)
  expect(init).toMatchObject({ method: 'GET', redirect: 'manual' })
  expect(Object.keys(init.headers as object).sort()).toEqual(['Accept', 'Accept-Encoding', 'User-Agent'])
  expect(init.body).toBeUndefined()
})

const refusedUrls = [
  'http://files.shop.com/a.jpg',
  'ftp://files.shop.com/a.jpg',
  'file:///etc/passwd',
  'data:image/png;base64,AAAA',
  'javascript:alert(1)',
  'https://user@files.shop.com/',
  'https://user:secret@files.shop.com/',
  'https://files.shop.com:8443/',
  'https://files.shop.com:80/',
  'https://127.0.0.1/',
  'https://8.8.8.8/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://127.1/',
  'https://127.0.0.1./',
  'https://１２７.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2606:4700:4700::1111]/',
  'https://localhost/',
  'https://LOCALHOST./',
  'https://a.localhost/',
  'https://printer.local/',
  'https://metadata.google.internal/',
  'https://metadata.google.internal./',
  'https://router/',
  'https://router./',
  'https://nas.home.arpa/',
  'https://1.0.0.127.in-addr.arpa/',
  'https://hidden.onion/',
  `${publicUrl}/v1/me`,
  `${publicUrl.toUpperCase()}/`,
  `${publicUrl}./`,
  'https://',
  'files.shop.com/a.jpg',
  '//files.shop.com/a.jpg',
  '',
  `https://files.shop.com/${'a'.repeat(5_000)}`,
]

describe('a URL that is refused is neither looked up nor asked', () => {
  test.each(refusedUrls.map((url) => [url.slice(0, 60), url]))('%s', async (_shown, url) => {
    const hosts = fakeHosts()
    expect(await reasonOf(hosts, url)).toBe('url')
    expect([hosts.lookups, hosts.requests]).toEqual([[], []])
  })

  const absolute = refusedUrls.filter((url) => /^[a-z]+:/i.test(url))
  test.each(absolute.map((url) => [url.slice(0, 60), url]))('nor after a redirect: %s', async (_shown, url) => {
    const hosts = fakeHosts()
    hosts.answers[file] = () => redirectTo(encodeURI(url))
    expect(await reasonOf(hosts, file)).toBe('url')
    expect(hosts.requests.map((request) => request.url)).toEqual([file])
  })
})

describe('a host is asked only when each of its addresses is public', () => {
  test.each<[string, readonly string[] | undefined, string]>([
    ['none', [], 'unresolved'],
    ['no answer of DNS', undefined, 'unresolved'],
    ['a private one', ['10.0.0.1'], 'address'],
    ['one that names the metadata of a cloud', ['169.254.169.254'], 'address'],
    ['a public and a private one', [publicAddress, '192.168.1.1'], 'address'],
    ['a private and a public one', ['192.168.1.1', publicAddress], 'address'],
    ['a public IPv4 and a local IPv6 one', [publicAddress, 'fd00::1'], 'address'],
    ['a public IPv4 and a mapped private one', [publicAddress, '::ffff:10.0.0.1'], 'address'],
    ['loopback of IPv6', ['::1'], 'address'],
    ['NAT64 of a private one', ['64:ff9b::a00:1'], 'address'],
    ['something that is no address', ['internal.shop.com'], 'address'],
  ])('%s', async (_what, addresses, reason) => {
    const hosts = fakeHosts()
    hosts.answers[file] = answer
    hosts.names['files.shop.com'] = addresses
    expect(await reasonOf(hosts, file)).toBe(reason)
    expect(hosts.requests).toEqual([])

    const first = 'https://first.shop.com/'
    hosts.answers[first] = () => redirectTo(file)
    expect(await reasonOf(hosts, first)).toBe(reason)
    expect(hosts.requests.map(({ url }) => url)).toEqual([first])
  })

  test('and a name that changes between two redirects is looked up each time', async () => {
    const hosts = fakeHosts()
    hosts.answers[file] = () => {
      hosts.names['files.shop.com'] = ['127.0.0.1']
      return redirectTo('/b.jpg')
    }
    hosts.answers['https://files.shop.com/b.jpg'] = answer
    expect(await reasonOf(hosts, file)).toBe('address')
    expect(hosts.requests).toHaveLength(1)
  })
})

test.each([301, 302, 303, 307, 308])('three redirects by %i are followed, a fourth is not', async (status) => {
  const hosts = fakeHosts()
  const at = (step: number) => `https://step${step}.shop.com/`
  for (const step of [0, 1, 2, 3]) hosts.answers[at(step)] = () => redirectTo(at(step + 1), status)
  hosts.answers[at(4)] = answer
  expect(await read(hosts, at(1))).toBe('abc')
  hosts.requests.length = 0
  expect(await reasonOf(hosts, at(0))).toBe('too-many-redirects')
  expect(hosts.requests.map(({ url }) => url)).toEqual([0, 1, 2, 3].map(at))
})

test('a relative redirect leads on within the host', async () => {
  const hosts = fakeHosts()
  hosts.answers[file] = () => redirectTo('../b.jpg?x=1')
  hosts.answers['https://files.shop.com/b.jpg?x=1'] = answer
  expect(await read(hosts, file)).toBe('abc')
})

test.each([201, 204, 206, 304, 400, 401, 404, 500, 503])('a host that answers %i gives no file', async (status) => {
  const hosts = fakeHosts()
  hosts.answers[file] = () => new Response(null, { status })
  expect(await reasonOf(hosts, file)).toBe('status')
})

test('a redirect without a place is no file', async () => {
  const hosts = fakeHosts()
  hosts.answers[file] = () => new Response(null, { status: 302 })
  expect(await reasonOf(hosts, file)).toBe('status')
})

test('a host that cannot be reached is said to be so', async () => {
  expect(await reasonOf(fakeHosts(), file)).toBe('unreachable')
})

test('where names cannot be looked up, it is nobody’s refusal', async () => {
  const hosts = { ...fakeHosts(), resolve: () => Promise.reject(new ResolverError('away')) }
  await expect(read(hosts, file)).rejects.toBeInstanceOf(ResolverError)
})

describe('sizes', () => {
  test('one that is announced as too large is not read', async () => {
    const hosts = fakeHosts()
    const { body, sent } = endless()
    hosts.answers[file] = () => new Response(body, { headers: { 'Content-Length': '1000001' } })
    expect(await reasonOf(hosts, file)).toBe('too-large')
    expect(sent()).toBe(0)
  })

  test.each<[string, Record<string, string>]>([
    ['that says nothing', {}],
    ['that says less', { 'Content-Length': '3' }],
    ['that says nonsense', { 'Content-Length': '-1' }],
  ])('a body without an end is cut off at the limit, of a host %s', async (_what, headers) => {
    const hosts = fakeHosts()
    const { body, sent, isCancelled } = endless()
    hosts.answers[file] = () => new Response(body, { headers })
    expect(await reasonOf(hosts, file)).toBe('too-large')
    expect(sent()).toBeLessThan(limits.maxBytes + 200_000)
    expect(isCancelled()).toBe(true)
  })

  test('exactly as much as the limit is taken', async () => {
    const hosts = fakeHosts()
    hosts.answers[file] = () => new Response('x'.repeat(100))
    expect(await read(hosts, file, { maxBytes: 100 })).toHaveLength(100)
    expect(await reasonOf(hosts, file, { maxBytes: 99 })).toBe('too-large')
  })

  test('less than was announced is broken off', async () => {
    const hosts = fakeHosts()
    hosts.answers[file] = () => new Response('abc', { headers: { 'Content-Length': '4' } })
    expect(await reasonOf(hosts, file)).toBe('broken-off')
  })

  test('a compressed body counts as unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(2_000_000, 'x'))
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': packed.byteLength }).end(packed)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const hosts = fakeHosts()
    hosts.answers[file] = async (init) => await fetch(`http://127.0.0.1:${port}/`, init)
    expect(packed.byteLength).toBeLessThan(10_000)
    expect(await reasonOf(hosts, file)).toBe('too-large')
    expect(await read(hosts, file, { maxBytes: 3_000_000 })).toHaveLength(2_000_000)
    const { bytes, close } = await fetchPublic({ ...hosts, publicUrl }, file, limits)
    expect(bytes).toBeUndefined()
    close()
    server.close()
    server.closeAllConnections()
  })
})

describe('one time limit for the whole', () => {
  const within = { timeoutMs: 300 }
  const never = () => new Promise<never>(() => undefined)

  test('a resolver that hangs', async () => {
    expect(await reasonOf({ ...fakeHosts(), resolve: never }, file, within)).toBe('too-late')
  })

  test('a host that answers nothing, whose request is aborted', async () => {
    const hosts = fakeHosts()
    hosts.answers[file] = never
    expect(await reasonOf(hosts, file, within)).toBe('too-late')
    expect(hosts.requests[0]?.init.signal?.aborted).toBe(true)
  })

  test('a body that comes byte by byte', async () => {
    const hosts = fakeHosts()
    const { body, isCancelled } = endless(50)
    hosts.answers[file] = () => new Response(body)
    expect(await reasonOf(hosts, file, within)).toBe('too-late')
    expect(isCancelled()).toBe(true)
  })

  test('redirects that take a while each', async () => {
    const hosts = fakeHosts()
    const at = (step: number) => `https://step${step}.shop.com/`
    for (const step of [0, 1, 2])
      hosts.answers[at(step)] = async () => {
        await new Promise((resolve) => setTimeout(resolve, 140))
        return redirectTo(at(step + 1))
      }
    hosts.answers[at(3)] = answer
    expect(await reasonOf(hosts, at(0), within)).toBe('too-late')
  })
})
