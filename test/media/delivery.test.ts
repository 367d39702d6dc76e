import { beforeAll, describe, expect, test } from 'vitest'
import { rangeIn } from '../../src/http/ranged-file.ts'
import { runWaking } from '../../src/jobs/run.ts'
import { login } from '../support/accounts.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { noteSecret } from '../support/leaks.ts'
import { film, jpeg, readyFile, sha256Of } from '../support/media-files.ts'

/** Links to bytes, as Meta and browsers fetch them: without credentials. */

const hourMs = 60 * 60 * 1000

let app: TestApp
let ada: SignedInUser
let content: Uint8Array<ArrayBuffer>
let id: string
let url: string
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
  const file = film('h264.mp4')
  content = file.content
  id = (await readyFile(app, ada, file)).id
  url = await linkOf(id)
})

async function linkOf(mediaId: string): Promise<string> {
  const { body } = await ada.call('GET', `/v1/media/${mediaId}`)
  noteSecret('link', new URL(body.url).pathname.split('/').at(-1))
  return body.url
}

const ask = async (headers: Record<string, string> = {}, method = 'GET', link = url) =>
  await app.fetch(new Request(link, { method, headers }))
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())
const shown = ({ status, headers }: Response) => {
  const names = ['Content-Type', 'Content-Length', 'Content-Range', 'Accept-Ranges', 'ETag', 'Cache-Control']
  return { status, ...Object.fromEntries(names.map((name) => [name, headers.get(name)])) }
}

describe('a link', () => {
  test('is ASCII, short, without an extension, and names when it ends', async () => {
    const { body } = await ada.call('GET', `/v1/media/${id}`)
    expect(body.url).toMatch(/^https:\/\/api\.test\/media\/[\w-]+\.[\w-]+$/)
    expect(body.url.length).toBeLessThan(350)
    const leftMs = Date.parse(body.urlExpiresAt) - app.now().getTime()
    expect(leftMs).toBeGreaterThan(24 * hourMs)
    expect(leftMs).toBeLessThanOrEqual(36 * hourMs)
  })

  test('is the same in a list and the next time, and made for a ready file alone', async () => {
    const { body: pending } = await ada.call('POST', '/v1/media', {
      fileName: 'a.jpg',
      contentType: 'image/jpeg',
      bytes: 10,
      sha256: '0'.repeat(64),
    })
    const { body } = await ada.call('GET', '/v1/media')
    const of = (mediaId: string) => body.data.find((file: { id: string }) => file.id === mediaId)
    expect(of(id)).toEqual((await ada.call('GET', `/v1/media/${id}`)).body)
    expect([pending.url, of(pending.id).url, of(pending.id).urlExpiresAt]).toEqual([null, null, null])
  })

  test('asks neither the database nor for a credential', async () => {
    app.logs.length = 0
    expect((await ask()).status).toBe(200)
    expect(app.logs).toMatchObject([{ message: 'request', route: '/media/:token', status: 200, statements: 0 }])
  })
})

test('the whole: type, length, tag, and how long it may be kept', async () => {
  const response = await ask()
  expect(shown(response)).toEqual({
    status: 200,
    'Content-Type': 'video/mp4',
    'Content-Length': String(content.byteLength),
    'Content-Range': null,
    'Accept-Ranges': 'bytes',
    ETag: `"${sha256Of(content).slice(0, 32)}"`,
    'Cache-Control': 'public, max-age=3600',
  })
  expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(response.headers.get('Content-Disposition')).toBe('inline')
  expect(response.headers.get('Content-Security-Policy')).toContain('sandbox')
  expect(response.headers.get('Set-Cookie')).toBeNull()
  expect(await bytesOf(response)).toEqual(content)
})

test('HEAD is the same without the bytes, whatever range it names', async () => {
  const [whole, head, ranged] = [await ask(), await ask({}, 'HEAD'), await ask({ Range: 'bytes=0-1' }, 'HEAD')]
  expect(shown(head)).toEqual(shown(whole))
  expect(shown(ranged)).toEqual(shown(whole))
  expect((await bytesOf(head)).byteLength).toBe(0)
  await whole.body?.cancel()
})

describe('ranges', () => {
  const last = () => content.byteLength - 1
  test.each<[string, () => [from: number, to: number]]>([
    ['bytes=0-0', () => [0, 0]],
    ['bytes=0-99', () => [0, 99]],
    ['bytes=100-199', () => [100, 199]],
    ['bytes=8000-', () => [8000, last()]],
    ['bytes=-1', () => [last(), last()]],
    ['bytes=-500', () => [last() - 499, last()]],
    ['bytes=-999999', () => [0, last()]],
    ['bytes=0-999999', () => [0, last()]],
    ['bytes=0-', () => [0, last()]],
    ['Bytes=5-9', () => [5, 9]],
  ])('%s', async (header, bounds) => {
    const [from, to] = bounds()
    const response = await ask({ Range: header })
    expect(shown(response)).toMatchObject({
      status: 206,
      'Content-Length': String(to - from + 1),
      'Content-Range': `bytes ${from}-${to}/${content.byteLength}`,
      'Content-Type': 'video/mp4',
    })
    expect(await bytesOf(response)).toEqual(content.slice(from, to + 1))
  })

  test.each([
    'bytes=0-1,3-4',
    'bytes=0-1, -1',
    'bytes=5-4',
    'bytes=-',
    'bytes=a-b',
    'bytes=1',
    'bytes=+1-2',
    'lines=0-1',
    'bytes',
    '0-1',
  ])('%s is answered with the whole', async (header) => {
    const response = await ask({ Range: header })
    expect(shown(response)).toMatchObject({ status: 200, 'Content-Range': null })
    expect(await bytesOf(response)).toEqual(content)
  })

  test.each(['bytes=8481-', 'bytes=99999-100000', 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s lies outside',
    async (header) => {
      const response = await ask({ Range: header })
      expect(response.status).toBe(416)
      expect(response.headers.get('Content-Range')).toBe(`bytes */${content.byteLength}`)
      expect(response.headers.get('Cache-Control')).toBe('no-store')
      expect(await response.json()).toMatchObject({ code: 'request/range-not-satisfiable' })
    },
  )

  test('nothing can be asked of an empty file', () => {
    expect(() => rangeIn('bytes=0-', 0)).toThrow('request/range-not-satisfiable')
    expect(() => rangeIn('bytes=-1', 0)).toThrow('request/range-not-satisfiable')
  })

  test('If-Range holds for the very tag alone', async () => {
    const tag = (await ask({}, 'HEAD')).headers.get('ETag') ?? ''
    const statusWith = async (condition: string) => {
      const response = await ask({ Range: 'bytes=0-1', 'If-Range': condition })
      await response.body?.cancel()
      return response.status
    }
    expect(await statusWith(tag)).toBe(206)
    for (const other of [`W/${tag}`, '"other"', 'Thu, 26 Nov 2026 09:00:00 GMT'])
      expect(await statusWith(other)).toBe(200)
  })
})

test('who has the bytes is told so', async () => {
  const tag = (await ask({}, 'HEAD')).headers.get('ETag') ?? ''
  for (const known of [tag, `"other", ${tag}`, '*']) {
    const response = await ask({ 'If-None-Match': known, Range: 'bytes=0-1' })
    expect(shown(response)).toMatchObject({ status: 304, ETag: tag, 'Cache-Control': 'public, max-age=3600' })
    expect((await bytesOf(response)).byteLength).toBe(0)
  }
  const response = await ask({ 'If-None-Match': '"other"' })
  expect(response.status).toBe(200)
  await response.body?.cancel()
})

describe('all that is no link answers alike', () => {
  const refusalOf = async (link: string, headers: Record<string, string> = {}) => {
    const response = await ask(headers, 'GET', link)
    const { requestId: _id, ...body } = (await response.json()) as Record<string, unknown>
    return { status: response.status, cache: response.headers.get('Cache-Control'), body }
  }
  const notFound = {
    status: 404,
    cache: 'no-store',
    body: expect.objectContaining({ code: 'media/not-found' }),
  }

  test('made up, changed, and of another purpose', async () => {
    const token = new URL(url).pathname.split('/').at(-1) ?? ''
    const [text = '', mac = ''] = token.split('.')
    const forged = Buffer.from(Buffer.from(text, 'base64url').toString().replace(/\d+$/, '9999999999')).toString(
      'base64url',
    )
    const flipped = (part: string, at: number) =>
      part.slice(0, at) + (part[at] === 'A' ? 'B' : 'A') + part.slice(at + 1)
    const unknown = await refusalOf('https://api.test/media/unknown')
    expect(unknown).toEqual(notFound)
    const changed = [
      text,
      `${text}.`,
      `.${mac}`,
      `${forged}.${mac}`,
      `${flipped(text, 10)}.${mac}`,
      ...[0, 20, 40].map((at) => `${text}.${flipped(mac, at)}`),
      `${token}.`,
      `${token}.${mac}`,
      'a'.repeat(300),
      'a'.repeat(400),
      '%00',
      '..%2f..%2fetc',
    ]
    for (const one of changed) expect([one, await refusalOf(`https://api.test/media/${one}`)]).toEqual([one, unknown])
  })

  test('and nothing is listed', async () => {
    for (const path of ['/media', '/media/']) {
      const response = await ask({}, 'GET', `https://api.test${path}`)
      expect([path, response.status]).toEqual([path, 404])
      await response.body?.cancel()
    }
  })

  test('whose file is gone: whole, range, HEAD and what was known', async () => {
    const file = await jpeg()
    const { id: mediaId } = await readyFile(app, ada, file)
    const link = await linkOf(mediaId)
    const tag = (await ask({}, 'HEAD', link)).headers.get('ETag') ?? ''
    await ada.call('DELETE', `/v1/media/${mediaId}`)
    await runWaking(app.jobs)
    for (const headers of [{}, { Range: 'bytes=0-1' }, { 'If-None-Match': tag }]) {
      expect(await refusalOf(link, headers)).toEqual(notFound)
    }
    expect((await ask({}, 'HEAD', link)).status).toBe(404)
  })

  test('whose time is over; until then it is kept no longer than it is good', async () => {
    const { body } = await ada.call('GET', `/v1/media/${id}`)
    const untilMs = Date.parse(body.urlExpiresAt) - app.now().getTime()
    app.advance(untilMs - 20_000)
    const last = await ask({}, 'HEAD', body.url)
    expect(last.status).toBe(200)
    const maxAge = Number(/max-age=(\d+)/.exec(last.headers.get('Cache-Control') ?? '')?.[1])
    expect(maxAge).toBeLessThanOrEqual(20)
    app.advance(20_000)
    expect(await refusalOf(body.url)).toEqual(notFound)
    const { accessToken: token } = (await login(app, ada)).body
    const next = (await send(app, 'GET', `/v1/media/${id}`, { token })).body.url
    expect(next).not.toBe(body.url)
    expect((await ask({}, 'HEAD', next)).status).toBe(200)
  })
})
