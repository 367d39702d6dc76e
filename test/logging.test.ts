import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from './support/app.ts'
import { type Answer, type SignedInUser, send } from './support/client.ts'
import { asOwner } from './support/tenants.ts'

/** A person whose every datum can be told from all other text, and all that an API can be made to do with them. */
const mark = randomUUID().slice(0, 8)
const person = {
  email: `Ada.Byron.${mark}@mail.example`,
  name: `Augusta ${mark} Byron`,
  newName: `Countess ${mark} Lovelace`,
  password: `analytical-${mark}-engine`,
  wrongPassword: `difference-${mark}-engine`,
}
const addresses = ['203.0.113.77', '2001:db8:1234:5678:9abc:def0:1234:5678']
const tokens = new Set<string>()

let app: TestApp
let answers: Answer[]
let ada: Pick<SignedInUser, 'id'> & { token: string }
beforeAll(async () => {
  app = await startApp()
  answers = []
  const registered = await ask('POST', '/v1/auth/register', { body: credentials({ name: person.name }) })
  ada = { id: registered.body.user.id, token: registered.body.accessToken }
  await useIdentity(registered)
  await useResources()
  await sendNonsense()
  await breakThings()
})

const credentials = (more: object = {}) => ({ email: person.email, password: person.password, ...more })

async function ask(method: string, path: string, options: Parameters<typeof send>[3] = {}): Promise<Answer> {
  const address = addresses[answers.length % addresses.length] as string
  const answer = await send(app, method, path, {
    ...options,
    headers: { 'CF-Connecting-IP': address, ...options.headers },
  })
  answers.push(answer)
  for (const name of ['accessToken', 'refreshToken']) {
    const token = answer.body?.[name]
    if (typeof token === 'string') for (const part of [token, token.split('.')[2] as string]) tokens.add(part)
  }
  return answer
}
const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  ask(method, path, { token: ada.token, body, headers })

async function useIdentity({ body }: Answer): Promise<void> {
  await ask('POST', '/v1/auth/register', { body: credentials({ name: person.name }) })
  const login = await ask('POST', '/v1/auth/login', { body: credentials() })
  await ask('POST', '/v1/auth/login', { body: credentials({ password: person.wrongPassword }) })
  const refresh = (refreshToken: string) => ask('POST', '/v1/auth/refresh', { body: { refreshToken } })
  const next = await refresh(login.body.refreshToken)
  await refresh(next.body.refreshToken)
  await refresh(login.body.refreshToken)
  await refresh(`${body.refreshToken.slice(0, -1)}x`)
  const me = await call('GET', '/v1/me')
  await call(
    'PATCH',
    '/v1/me',
    { name: person.newName, timeZone: 'Europe/London' },
    { 'If-Match': me.headers.get('ETag') ?? '' },
  )
  await call('GET', '/v1/auth/sessions')
  await call('DELETE', '/v1/auth/sessions')
  await ask('GET', '/.well-known/jwks.json')
}

async function useResources(): Promise<void> {
  const key = { 'Idempotency-Key': randomUUID() }
  const plan = { name: 'Spring', objective: 'sales', budgetMinor: 100, currency: 'EUR' }
  const campaign = await call('POST', '/v1/campaigns', plan, key)
  await call('POST', '/v1/campaigns', plan, key)
  await call('POST', '/v1/campaigns', { ...plan, name: 'Summer' }, key)
  const post = await call('POST', '/v1/posts', { kind: 'image', caption: 'Words', campaignId: campaign.body.id })
  const paths = [`/v1/campaigns/${campaign.body.id}`, `/v1/posts/${post.body.id}`]
  for (const path of paths) {
    await call('GET', path)
    await call('PATCH', path, path.includes('posts') ? { caption: 'More' } : { name: 'Autumn' }, { 'If-Match': '*' })
    await call('PATCH', path, {}, { 'If-Match': '"v99"' })
  }
  await call('DELETE', paths[0] as string, undefined, { 'If-Match': '*' })
  await call('DELETE', paths[1] as string, undefined, { 'If-Match': '*' })
  for (const path of ['/v1/campaigns', '/v1/posts', '/v1/audit-logs', `${paths[0]}/posts`]) await call('GET', path)
}

/** Personal data where none belongs. */
async function sendNonsense(): Promise<void> {
  const { email, name, password } = person
  await ask('POST', '/v1/auth/login', { body: `{"email": "${email}", "password": "${password}"` })
  await ask('POST', '/v1/auth/login', { body: { [email]: name, password: { [password]: 1 } } })
  await ask('POST', '/v1/auth/register', { body: { ...credentials({ name: `${name}\0` }), timeZone: email } })
  await ask('POST', '/v1/auth/register', {
    body: credentials(),
    headers: { 'Content-Type': `text/plain; name=${mark}${password}` },
  })
  for (const path of [`/v1/users/${email}`, `/v1/campaigns/${email}`, `/${encodeURIComponent(name)}`])
    await call('GET', path)
  for (const query of [`cursor=${email}`, `email=${email}`, `status=${password}`, `limit=${password}`]) {
    await call('GET', `/v1/posts?${query}`)
  }
  await call('GET', '/v1/campaigns', undefined, { 'If-None-Match': email })
  await call('POST', '/v1/campaigns', { name: 'x', objective: 'sales' }, { 'Idempotency-Key': `"${email}` })
  await ask('GET', '/v1/me', { headers: { Authorization: `Basic ${btoa(`${email}:${password}`)}` } })
  await ask('GET', '/v1/me', { headers: { Authorization: `Bearer ${email}` } })
  await call('PUT', `/v1/posts?${email}`)
}

/** Failures of the inside, whose messages might quote what they failed over. */
async function breakThings(): Promise<void> {
  await asOwner(app, (tx) => tx`update users set email_ciphertext = name_ciphertext where id = ${ada.id}`)
  await call('GET', '/v1/me')
  await ask('POST', '/v1/auth/login', { body: credentials() })
  await app.owner`alter table users add constraint users_no_more check (false) not valid`
  await ask('POST', '/v1/auth/register', { body: credentials({ email: `new.${person.email}`, name: person.name }) })
  await app.owner`alter table users drop constraint users_no_more`
  await app.owner`revoke select on campaigns from defeah_api`
  await call('GET', '/v1/campaigns')
  await app.owner`grant select on campaigns to defeah_api`
}

/** Every way in which a datum might have been written down. */
function traces(): string[] {
  const texts = [
    ...Object.values(person),
    person.email.toLowerCase(),
    `new.${person.email}`,
    mark,
    ...addresses,
    ...tokens,
  ]
  const bytes = texts.filter((text) => text !== mark).map((text) => Buffer.from(text))
  return [...texts, ...bytes.flatMap((each) => [each.toString('hex'), each.toString('base64').replace(/=+$/, '')])]
}

test('the run has done everything: each kind of answer, from good to broken', () => {
  const statuses = new Set(answers.map(({ status }) => status))
  expect([...statuses].sort()).toEqual([200, 201, 204, 400, 401, 404, 405, 409, 412, 415, 422, 500])
  expect(tokens.size).toBeGreaterThan(6)
})

describe('the log', () => {
  test('has one line for each request, with what is needed to follow it', () => {
    const lines = app.logs.filter(({ message }) => message === 'request')
    expect(lines).toHaveLength(answers.length)
    const others = app.logs.filter(({ message }) => message !== 'request' && message !== 'cache unavailable')
    expect(others).toEqual([])
    for (const [index, { status, headers }] of answers.entries()) {
      const line = lines[index]
      expect(line).toMatchObject({
        requestId: headers.get('X-Request-Id'),
        status,
        level: status >= 500 ? 'error' : 'info',
        method: expect.stringMatching(/^(GET|POST|PUT|PATCH|DELETE)$/),
        route: expect.stringMatching(/^\/(v1\/[a-z-/:]+|\.well-known\/jwks\.json|\*)$/),
        durationMs: expect.any(Number),
        databaseMs: expect.any(Number),
        statements: expect.any(Number),
      })
      expect(line?.['databaseMs']).toBeLessThanOrEqual((line?.['durationMs'] as number) + 0.1)
      if (status >= 400) expect(line?.['code']).toMatch(/^[a-z]+\/[a-z-]+$/)
      if (status >= 500) expect(line).toMatchObject({ error: expect.any(String), stack: expect.any(String) })
    }
  })

  test('names routes by their template, and who asked by id', () => {
    const routes = new Set(app.logs.map((line) => line['route']))
    for (const route of ['/v1/campaigns/:id', '/v1/posts/:id', '/v1/auth/login', '/v1/me', '/*'])
      expect(routes).toContain(route)
    expect(app.logs).toContainEqual(expect.objectContaining({ route: '/v1/me', userId: ada.id }))
  })

  test('holds no address, name, password or token', () => {
    const text = app.logs.map((line) => JSON.stringify(line)).join('\n')
    for (const trace of traces()) expect(text, trace).not.toContain(trace)
  })
})

test('no answer to a failure holds more than the caller sent, and none quotes the database', () => {
  for (const { status, body } of answers.filter(({ status }) => status >= 500)) {
    expect(Object.keys(body).sort()).toEqual(['code', 'requestId', 'status', 'title', 'type'])
    expect([status, body.code]).toEqual([500, 'internal/error'])
  }
})

test('a copy of every table holds no address, name, password or token in clear', async () => {
  const tables = await app.owner<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'partitions') and c.relkind = 'r' order by 1`
  expect(tables.length).toBeGreaterThan(20)
  let rows = 0
  for (const { name } of tables) {
    const copy = await app.owner.unsafe(`copy ${name} to stdout`).readable()
    const text = Buffer.concat(await copy.toArray()).toString()
    rows += text.split('\n').length - 1
    for (const trace of traces()) expect(text.includes(trace), `${trace} in ${name}`).toBe(false)
  }
  expect(rows).toBeGreaterThan(30)
})
