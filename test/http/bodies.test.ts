import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectConventions, expectRefusal, invalid, pointersOf, readAnswer } from '../support/answers.ts'
import { type Answer, send } from '../support/client.ts'
import { dumpTenant } from '../support/dump.ts'
import { type Api, fullSamples, readApi, replaced, textPointers, valueAt } from '../support/openapi.ts'
import { callRoute, methodOf, pathWithin, routeNames, routeOf, startWorld, type World } from '../support/routes.ts'

const mebibyte = 1024 * 1024
const bodiless = [
  'POST /v1/auth/logout',
  'POST /v1/auth/email/resend',
  'POST /v1/auth/totp',
  'POST /v1/auth/passkeys/options',
  'POST /v1/api-keys/{id}/rotate',
  'POST /v1/campaigns/{id}/archive',
  'POST /v1/me/export',
  'POST /v1/media/{id}/complete',
  'POST /v1/posts/{id}/archive',
  'POST /v1/posts/{id}/duplicate',
  'POST /v1/posts/{id}/unschedule',
]
/** Their bodies may be left out, and nothing but that. */
const optional = ['POST /v1/posts/{id}/submit', 'POST /v1/posts/{id}/approve']
/** Its body is text, see test/posts/import.test.ts. */
const textRoutes = ['POST /v1/posts/import']
/** Its body is bytes of any type. */
const byteRoutes = ['PUT /v1/media/{id}/content']
const bodyRoutes = routeNames.filter(
  (name) =>
    (/^(POST|PUT|PATCH) /.test(name) && ![...bodiless, ...textRoutes, ...byteRoutes].includes(name)) ||
    /^DELETE \/v1\/(me|auth\/totp)$/.test(name),
)

let world: World
let api: Api
beforeAll(async () => {
  world = await startWorld()
  api = await readApi(world.app)
})

test('the routes that take a body are exactly those of the document', () => {
  const documented = api.operations.filter(({ body }) => body !== undefined).map(({ name }) => name)
  expect(documented.sort()).toEqual([...bodyRoutes].sort())
})

/** Sends bytes as they are. */
async function sendRaw(name: string, body: BodyInit | undefined, headers: Record<string, string>): Promise<Answer> {
  const { accessToken } = world.home.user
  const all = { Authorization: `Bearer ${accessToken}`, 'If-Match': '*', ...headers }
  // A stream needs to say that it is sent while the answer may already come.
  const init = { method: methodOf(name), headers: all, ...(body !== undefined && { body, duplex: 'half' }) }
  return await readAnswer(await world.app.fetch(new Request(`https://api.test${pathWithin(name, world.home)}`, init)))
}

const json = { 'Content-Type': 'application/json' }
const bytes = (...values: number[]) => new Uint8Array(values)

/** Chunks of spaces that add up to `length`, without a Content-Length. */
function stream(length: number): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(64 * 1024).fill(0x20)
  let left = length
  return new ReadableStream({
    pull: (controller) => {
      if (left === 0) return controller.close()
      controller.enqueue(chunk.subarray(0, Math.min(left, chunk.length)))
      left -= Math.min(left, chunk.length)
    },
  })
}

describe('a body that cannot be read is refused and changes nothing', () => {
  let before: unknown
  beforeAll(async () => {
    before = await dumpTenant(world.app, world.home.user)
  })
  afterAll(async () => {
    expect(await dumpTenant(world.app, world.home.user)).toEqual(before)
  })

  const unreadable = { status: 400, code: 'request/malformed-json' }
  test.each<[string, BodyInit | undefined]>([
    ['no body', undefined],
    ['an empty body', ''],
    ['a half object', '{"name": "x"'],
    ['two values', '{} {}'],
    ['a trailing comma', '{"name": "x",}'],
    ['single quotes', "{'name': 'x'}"],
    ['a bare word', 'undefined'],
    ['NaN', '{"name": NaN}'],
    ['a raw U+0000', '{"name": "a\0b"}'],
    ['a raw line break in a text', '{"name": "a\nb"}'],
    ['a form', 'name=x&objective=sales'],
    ['bytes that are no UTF-8', bytes(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d)],
    ['a surrogate as UTF-8 bytes', bytes(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['a cut-off character', bytes(0x22, 0xe2, 0x82)],
    ['UTF-16', bytes(0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00)],
  ])('%s: 400', async (_, body) => {
    for (const name of bodyRoutes) {
      if (!body && optional.includes(name)) continue
      expectRefusal(await sendRaw(name, body, json), unreadable)
    }
  })

  const wrongType = { status: 415, code: 'request/unsupported-media-type' }
  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['text', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['a file form', 'multipart/form-data; boundary=x'],
    ['a dialect of JSON', 'application/merge-patch+json'],
    ['a problem', 'application/problem+json'],
    ['JSON lines', 'application/jsonl'],
    ['nonsense', 'json'],
    ['JSON as a parameter', 'text/plain; a=application/json'],
  ])('media type %s: 415', async (_, type) => {
    for (const name of bodyRoutes) {
      // Bytes, since a text would bring a media type of its own.
      const answer = await sendRaw(
        name,
        new TextEncoder().encode('{}'),
        type === undefined ? {} : { 'Content-Type': type },
      )
      expectRefusal(answer, wrongType)
    }
  })

  const tooLarge = { status: 413, code: 'request/too-large' }
  test('over 1 MiB: 413, by Content-Length, in chunks, and with a Content-Length that lies', async () => {
    const large = ' '.repeat(mebibyte + 1)
    for (const name of bodyRoutes) {
      expectRefusal(await sendRaw(name, large, { ...json, 'Content-Length': String(large.length) }), tooLarge)
      expectRefusal(await sendRaw(name, stream(mebibyte + 1), json), tooLarge)
      expectRefusal(await sendRaw(name, stream(mebibyte + 1), { ...json, 'Content-Length': '2' }), tooLarge)
      expectRefusal(await sendRaw(name, '{}', { ...json, 'Content-Length': String(mebibyte + 1) }), tooLarge)
    }
  })

  test('a body without end is not read to its end', async () => {
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += mebibyte / 4
        controller.enqueue(new Uint8Array(mebibyte / 4))
      },
    })
    expectRefusal(await sendRaw('POST /v1/posts', endless, json), tooLarge)
    expect(sent).toBeLessThan(3 * mebibyte)
  })

  test.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a text', 'x'],
    ['a number', 1],
    ['a truth value', true],
  ])('%s instead of an object: 422 at the root', async (_, body) => {
    for (const name of bodyRoutes) {
      const answer = await sendRaw(name, JSON.stringify(body), json)
      expectRefusal(answer, invalid(''))
    }
  })
})

test('exactly 1 MiB is read', async () => {
  const body = `{"kind": "image"}${' '.repeat(mebibyte - 17)}`
  expect((await sendRaw('POST /v1/posts', body, json)).status).toBe(201)
  expect((await sendRaw('POST /v1/posts', `${body} `, json)).status).toBe(413)
})

test('what JSON allows is read: parameters of the media type, its case, a byte order mark, white space, escapes', async () => {
  const read = async (body: BodyInit, type = 'application/json') =>
    (await sendRaw('POST /v1/campaigns', body, { 'Content-Type': type })).status
  const text = '{"name": "x", "objective": "sales"}'
  expect(await read(text, 'application/json; charset=utf-8')).toBe(201)
  expect(await read(text, 'Application/JSON;charset="UTF-8"')).toBe(201)
  expect(await read(` \r\n\t${text}\n`)).toBe(201)
  expect(await read('{"n\\u0061me": "\\ud83d\\ude00 \\u00fc", "objective": "sales"}')).toBe(201)
  expect(await read(`\u{feff}${text}`)).toBe(201)
})

test('whatever follows the media type, a body is read or refused, never taken as absent', async () => {
  for (const parameters of [
    '',
    ';',
    ' ;',
    '; charset',
    ' ; charset=utf-8',
    '; a="b;c"',
    ',text/plain',
    '; =',
    ';;a=b',
  ]) {
    const type = { 'Content-Type': `application/json${parameters}` }
    const answer = await sendRaw('PATCH /v1/campaigns/{id}', '{"name": ""}', type)
    expectConventions(answer)
    expect([415, 422], parameters).toContain(answer.status)
  }
})

test('of a member named twice the last one counts, as JSON.parse has it', async () => {
  const answer = await sendRaw('POST /v1/campaigns', '{"name": "one", "name": "two", "objective": "sales"}', json)
  expect([answer.status, answer.body.name]).toEqual([201, 'two'])
})

describe('unknown members are refused with their pointer', () => {
  test.each(bodyRoutes)('%s', async (name) => {
    const { body = {} } = await routeOf(name).request(world)
    for (const [member, pointer] of [
      ['unknown', '/unknown'],
      ['', '/'],
      ['a/b~c', '/a~1b~0c'],
      ['constructor', '/constructor'],
      ['toString', '/toString'],
    ] as const) {
      const text = JSON.stringify({ ...(body as object), [member]: 1 })
      expectRefusal(await sendRaw(name, text, json), invalid(pointer))
    }
    const polluting = JSON.stringify(body).replace('{', `{"__proto__": {"role": "owner"}${body === '{}' ? '' : ','}`)
    expectRefusal(await sendRaw(name, polluting, json), invalid('/__proto__'))
  })

  test('at any depth', async () => {
    const [mediaId] = world.home.media
    for (const [body, pointer] of [
      [{ kind: 'reel', options: { unknown: 1 } }, '/options/unknown'],
      [{ kind: 'reel', options: { trial: { graduationStrategy: 'manual', extra: 1 } } }, '/options/trial/extra'],
      [{ kind: 'image', media: [{ mediaId, extra: 1 }] }, '/media/0/extra'],
      [{ kind: 'image', media: [{ mediaId, userTags: [{ username: 'a', z: 1 }] }] }, '/media/0/userTags/0/z'],
    ] as const) {
      expectRefusal(await callRoute(world, 'POST /v1/posts', { body }), invalid(pointer))
    }
    const utm = { name: 'x', objective: 'sales', utm: { source: 'a', id: 'b' } }
    expectRefusal(await callRoute(world, 'POST /v1/campaigns', { body: utm }), invalid('/utm/id'))
  })

  test('however many there are, the answer stays small', async () => {
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`m${index}`, 0]))
    const answer = await callRoute(world, 'PATCH /v1/me', { body: many })
    expectConventions(answer)
    expect(answer.status).toBe(422)
    expect(JSON.stringify(answer.body).length).toBeLessThan(20_000)
  })
})

test('several faults are told at once, each with its pointer', async () => {
  const body = {
    name: '',
    objective: 'fame',
    budgetMinor: -1,
    currency: 'euro',
    startsOn: '2026-02-30',
    utm: { source: 1 },
  }
  const answer = await callRoute(world, 'POST /v1/campaigns', { body })
  expectRefusal(answer, invalid('/name', '/objective', '/budgetMinor', '/currency', '/startsOn', '/utm/source'))
})

describe('U+0000 and lone surrogates are refused in every text of every body', () => {
  const badTexts: [string, string][] = [
    ['U+0000', 'a\\u0000b'],
    ['a lone high surrogate', 'a\\ud83db'],
    ['a lone low surrogate', '\\ude00'],
    ['surrogates in the wrong order', '\\ude00\\ud83d'],
  ]
  // Hashing a password for the control of each would take longer than all the rest.
  const bodies = (name: string) => {
    const schema = api.operations.find((operation) => operation.name === name)?.body ?? {}
    return fullSamples(api.document, schema).flatMap((sample) =>
      valueAt(sample, '/mediaIds') !== undefined ? [without(sample, 'mediaIds'), without(sample, 'media')] : [sample],
    )
  }

  test.each(bodyRoutes)('%s', async (name) => {
    const samples = bodies(name)
    const pointers = samples.map((sample) => textPointers(sample))
    expect(pointers.flat().length).toBeGreaterThan(0)
    for (const [index, sample] of samples.entries()) {
      for (const pointer of pointers[index] ?? []) {
        for (const [what, escaped] of badTexts) {
          const text = JSON.stringify(replaced(sample, pointer, 'REPLACED')).replace('REPLACED', escaped)
          const answer = await sendRaw(name, text, json)
          expectConventions(answer)
          expect([answer.status, answer.body.code], `${pointer} ${what}`).toEqual([422, 'request/invalid'])
          expect(
            pointersOf(answer).some((told) => pointer === told || pointer.startsWith(`${told}/`)),
            pointer,
          ).toBe(true)
        }
      }
    }
  })

  test('and in the names of members', async () => {
    for (const name of bodyRoutes) {
      for (const [, escaped] of badTexts) {
        const answer = await sendRaw(name, `{"${escaped}": 1}`, json)
        expectConventions(answer)
        expect([answer.status, answer.body.code]).toEqual([422, 'request/invalid'])
      }
    }
  })

  test('while every other character comes back as it was sent', async () => {
    const text = 'ä 😀 \u{10ffff} \u200d \u202e \ufffd \ufffe \u0001 \u007f \\ " \' %00 \u2028 e\u0301 ﷽'
    const campaign = await callRoute(world, 'POST /v1/campaigns', {
      body: { name: text, objective: 'sales', utm: { source: text } },
    })
    expect(campaign.body).toMatchObject({ name: text, utm: { source: text } })
    expect((await world.home.user.call('GET', `/v1/campaigns/${campaign.body.id}`)).body.name).toBe(text)
    const media = [{ mediaId: world.home.media[0], altText: text }]
    const post = await callRoute(world, 'POST /v1/posts', { body: { kind: 'image', caption: text, media } })
    expect(post.body).toMatchObject({ caption: text, media: [{ altText: text }] })
    expect((await world.home.user.call('GET', `/v1/posts/${post.body.id}`)).body).toEqual(post.body)
    const me = await callRoute(world, 'PATCH /v1/me', { body: { name: text } })
    expect(me.body.name).toBe(text)
  })
})

function without(sample: unknown, member: string): unknown {
  const { [member]: _, ...rest } = sample as Record<string, unknown>
  return rest
}

describe('numbers', () => {
  const amount = async (text: string): Promise<Answer> =>
    await sendRaw('POST /v1/campaigns', `{"name":"x","objective":"sales","currency":"EUR","budgetMinor":${text}}`, json)

  test.each([
    '1e400',
    '-1',
    '0.5',
    '9007199254740992',
    '9007199254740993',
    '1e21',
    '123456789012345678901234567890',
    '"1"',
    'true',
    '[1]',
  ])('%s is no amount', async (text) => expectRefusal(await amount(text), invalid('/budgetMinor')))

  test.each([
    ['0', 0],
    ['-0', 0],
    ['1e3', 1000],
    ['10.0', 10],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%s is kept exactly', async (text, value) => {
    const answer = await amount(text)
    expect(answer.status).toBe(201)
    expect(answer.body.budgetMinor + 0).toBe(value)
    const read = await world.home.user.call('GET', `/v1/campaigns/${answer.body.id}`)
    expect(read.body).toEqual(answer.body)
  })
})

describe('dates', () => {
  const startsOn = async (date: string) =>
    await callRoute(world, 'POST /v1/campaigns', { body: { name: 'x', objective: 'sales', startsOn: date } })

  test.each([
    '0000-01-01',
    '9999-12-31',
    '1899-12-31',
    '2200-01-01',
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '26-01-01',
    '-2026-01-01',
    '+02026-01-01',
    '2026-01-01T00:00:00Z',
    'today',
    'infinity',
    ' 2026-01-01',
    '２026-01-01',
  ])('%s is none', async (date) => expectRefusal(await startsOn(date), invalid('/startsOn')))

  test.each(['1900-01-01', '2024-02-29', '2199-12-31'])('%s is one', async (date) => {
    const answer = await startsOn(date)
    expect([answer.status, answer.body.startsOn]).toEqual([201, date])
  })
})

test('a body on a request that takes none is not read', async () => {
  const { accessToken: token } = world.home.user
  for (const path of ['/v1/auth/logout']) {
    const headers = { 'Content-Type': 'text/plain' }
    const answer = await send(world.app, 'POST', path, { body: '{', headers })
    expect(answer.status).toBe(401)
  }
  const [id] = world.home.campaigns
  const answer = await send(world.app, 'DELETE', `/v1/campaigns/${id}`, {
    token,
    body: '{',
    headers: { 'If-Match': '*' },
  })
  expectRefusal(answer, { status: 409, code: 'campaign/in-use' })
})
