import { randomUUID, scryptSync } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { hashPassword, type Peppers, verifyPassword } from '../../src/crypto/password.ts'
import { login } from '../support/accounts.ts'
import { makeSecrets, startApp, type TestApp } from '../support/app.ts'
import { registerUser } from '../support/client.ts'
import { openGlobalKeys, weakPasswordHash } from '../support/keys.ts'
import { asOwner } from '../support/tenants.ts'

const now = () => new Date()
const secretOf = (fill: number) => new Uint8Array(32).fill(fill)
const importHmac = (fill: number) =>
  crypto.subtle.importKey('raw', secretOf(fill), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])

let old: Peppers
let current: Peppers
beforeAll(async () => {
  const [first, second] = await Promise.all([importHmac(1), importHmac(2)])
  old = { current: 1, keys: new Map([[1, first]]) }
  current = {
    current: 2,
    keys: new Map([
      [1, first],
      [2, second],
    ]),
  }
})

/** A PHC string made by Node's scrypt from the documented parts alone. */
async function phc(password: string, { ln = 15, r = 8, p = 3, pepper = 1 } = {}): Promise<string> {
  const peppered = await crypto.subtle.sign(
    'HMAC',
    await importHmac(pepper),
    new TextEncoder().encode(password.normalize('NFKC')),
  )
  const salt = Buffer.from('sixteen byte salt'.slice(0, 16))
  const hash = scryptSync(Buffer.from(peppered), salt, 32, { N: 2 ** ln, r, p, maxmem: 128 * 2 ** 20 })
  return `$scrypt$ln=${ln},r=${r},p=${p},keyid=${pepper}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

describe('a password hash', () => {
  test('is a PHC string with its parameters and the pepper version, salted anew each time', async () => {
    const [one, two] = [
      await hashPassword(current, 'pass phrase', now),
      await hashPassword(current, 'pass phrase', now),
    ]
    for (const hash of [one, two]) expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3,keyid=2\$[\w-]{22}\$[\w-]{43}$/)
    expect(one.split('$')[3]).not.toBe(two.split('$')[3])
    expect(one.split('$')[4]).not.toBe(two.split('$')[4])
    expect(await verifyPassword(current, 'pass phrase', one, now)).toEqual({ matches: true, outdated: false })
    expect(await verifyPassword(current, 'pass phrasE', one, now)).toEqual({ matches: false, outdated: false })
  })

  test('is what any scrypt over the peppered password makes', async () => {
    expect(await verifyPassword(old, 'pass phrase', await phc('pass phrase'), now)).toEqual({
      matches: true,
      outdated: false,
    })
  })

  test('meets the same password typed in another form of Unicode', async () => {
    const stored = await phc('pa\u00dfwort \u00fc', { ln: 4, p: 1 })
    expect((await verifyPassword(old, 'pa\u00dfwort u\u0308', stored, now)).matches).toBe(true)
  })

  test.each([
    ['weaker parameters', { ln: 14 }],
    ['fewer rounds', { ln: 10, p: 1 }],
    ['an older pepper', { pepper: 1 }],
  ])('under %s still matches, and asks for a new one', async (_name, parts) => {
    const stored = await phc('pass phrase', { pepper: 2, ...parts })
    expect(await verifyPassword(current, 'pass phrase', stored, now)).toEqual({ matches: true, outdated: true })
  })

  test('that does not match never asks for a new one', async () => {
    expect(await verifyPassword(current, 'wrong', await phc('pass phrase', { ln: 10, p: 1 }), now)).toEqual({
      matches: false,
      outdated: false,
    })
  })

  test('under a pepper that is gone is an error, not a wrong password', async () => {
    await expect(
      verifyPassword(old, 'pass phrase', await phc('pass phrase', { ln: 4, pepper: 2 }), now),
    ).rejects.toThrow('pepper version 2')
  })

  test.each([
    '',
    'plain',
    '$2b$12$abcdefghijklmnopqrstuv',
    '$scrypt$ln=15,r=8,p=3$c2FsdA$aGFzaA',
    '$scrypt$ln=15,r=8,p=3,keyid=1$c2FsdA$aGFzaA',
    '$scrypt$ln=15,r=8,p=3,keyid=1$not*base64$aGFzaA',
  ])('of the form %j is an error, not a wrong password', async (stored) => {
    await expect(verifyPassword(old, 'pass phrase', stored, now)).rejects.toThrow('unknown form')
  })

  test('that does not exist costs the same work and matches nothing', async () => {
    const work = async (stored: string | undefined) => {
      const startedAt = performance.now()
      const check = await verifyPassword(current, '', stored, now)
      return { check, ms: performance.now() - startedAt }
    }
    const stored = await hashPassword(current, 'pass phrase', now)
    const [known, unknown] = [await work(stored), await work(undefined)]
    expect(unknown.check).toEqual({ matches: false, outdated: false })
    // Far apart only if the hash were left out: that takes less than a hundredth.
    expect(unknown.ms).toBeGreaterThan(known.ms / 10)
  })
})

describe('the queue', () => {
  test('is full at 16; a place that its holder does not come back to for 2 s is free again', async () => {
    const stored = await phc('pass phrase', { ln: 4, p: 1 })
    const startedAt = Date.now()
    const check = (laterMs: number) => verifyPassword(old, 'pass phrase', stored, () => new Date(startedAt + laterMs))
    const waiting = Array.from({ length: 16 }, () => check(0))
    await expect(check(2_000)).rejects.toMatchObject({ code: 'service/busy' })
    expect((await check(2_001)).matches).toBe(true)
    for (const each of await Promise.all(waiting)) expect(each.matches).toBe(true)
  })
})

describe('many sign-ins at once', () => {
  const secrets = makeSecrets()
  let app: TestApp
  beforeAll(async () => {
    app = await startApp({ secrets })
  })

  test('wait in a short queue; those that find it full get 503 with Retry-After at once, and it works on', async () => {
    // Five attempts at one account are free: the sixth would be turned away before it cost a hash.
    const [ada, ...users] = await Promise.all(Array.from({ length: 7 }, () => registerUser(app)))
    if (ada === undefined) throw new Error('nobody has registered')
    // A cheaper hash than today's, so that this test does not cost seconds.
    const hash = await weakPasswordHash(await openGlobalKeys(app, secrets), ada.password, 13)
    await asOwner(app, (tx) => tx`update users set password_hash = ${hash}`)
    const startedAt = performance.now()
    const timed = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const answer = await login(app, { email: users[index % 6]?.email ?? '', password: randomUUID() })
        return { ...answer, ms: performance.now() - startedAt }
      }),
    )
    const busy = timed.filter(({ status }) => status === 503)
    const served = timed.filter(({ status }) => status === 401)
    // A few more than 16 when the first are done before the last have asked.
    expect(served.length).toBeGreaterThanOrEqual(16)
    expect(busy.length).toBeGreaterThan(0)
    expect(served.length + busy.length).toBe(30)
    for (const { headers, body } of busy) {
      expect([body.code, headers.get('Retry-After')]).toEqual(['service/busy', '2'])
    }
    // Who is sent away has not stood in the queue.
    const lastServed = Math.max(...served.map(({ ms }) => ms))
    for (const { ms } of busy) expect(ms).toBeLessThan(lastServed / 2)
    expect((await login(app, ada)).status).toBe(200)
  })
})
