import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blindIndex, normaliseEmail } from '../../src/crypto/blind-index.ts'
import { fromBase64Url, toBase64Url, toHex } from '../../src/crypto/encoding.ts'
import { type DataKey, decryptField, encryptField, type FieldPlace } from '../../src/crypto/field.ts'

async function makeKey(id: string = randomUUID()): Promise<DataKey> {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  return { id, key: await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt']) }
}
const makePlace = (): FieldPlace => ({
  table: 'users',
  column: 'email_ciphertext',
  rowId: randomUUID(),
  owner: randomUUID(),
})

describe('an encrypted field', () => {
  test('opens where it belongs, whatever text it is', async () => {
    const [key, place] = [await makeKey(), makePlace()]
    const texts = ['', 'ada@example.test', '👩‍👩‍👧 Ürümqi', 'a|b.c', 'x'.repeat(10_000)]
    texts.push(...fc.sample(fc.string({ unit: 'grapheme' }), 50))
    for (const text of texts) expect(await decryptField(key, place, await encryptField(key, place, text))).toBe(text)
  })

  test('has the form v1.<key>.<iv>.<ciphertext>, and never twice the same IV or ciphertext', async () => {
    const [key, place] = [await makeKey(), makePlace()]
    const made = await Promise.all(Array.from({ length: 200 }, () => encryptField(key, place, 'the same')))
    for (const each of made) expect(each).toMatch(new RegExp(`^v1\\.${key.id}\\.[\\w-]{16}\\.[\\w-]{32}$`))
    expect(new Set(made.map((each) => each.split('.')[2])).size).toBe(200)
    expect(new Set(made.map((each) => each.split('.')[3])).size).toBe(200)
  })

  test.each(['table', 'column', 'rowId', 'owner'] as const)('moved to another %s does not open', async (part) => {
    const [key, place] = [await makeKey(), makePlace()]
    const stored = await encryptField(key, place, 'secret')
    await expect(decryptField(key, { ...place, [part]: randomUUID() }, stored)).rejects.toThrow()
  })

  test('does not open where parts of its place have changed sides', async () => {
    const key = await makeKey()
    const place = { table: 'users', column: 'name', rowId: 'a', owner: 'b' }
    const stored = await encryptField(key, place, 'secret')
    await expect(
      decryptField(key, { ...place, table: 'users|name', column: 'a', rowId: 'b', owner: '' }, stored),
    ).rejects.toThrow()
    await expect(decryptField(key, { ...place, rowId: 'b', owner: 'a' }, stored)).rejects.toThrow()
  })

  test('does not open under another key, also when that one bears its id', async () => {
    const [key, place] = [await makeKey(), makePlace()]
    const stored = await encryptField(key, place, 'secret')
    const other = await makeKey()
    await expect(decryptField(other, place, stored)).rejects.toThrow('another form or key')
    await expect(decryptField(await makeKey(key.id), place, stored)).rejects.toThrow()
    await expect(decryptField(other, place, stored.replace(key.id, other.id))).rejects.toThrow()
  })

  test('that was changed anywhere does not open', async () => {
    const [key, place] = [await makeKey(), makePlace()]
    const stored = await encryptField(key, place, 'secret')
    const from = stored.length - stored.split('.').slice(2).join('.').length
    for (let at = from; at < stored.length - 1; at += 1) {
      if (stored[at] === '.') continue
      const changed = stored.slice(0, at) + (stored[at] === 'A' ? 'B' : 'A') + stored.slice(at + 1)
      await expect(decryptField(key, place, changed), `character ${at}`).rejects.toThrow()
    }
    for (const other of ['', 'v1', stored.replace('v1.', 'v2.'), stored.slice(0, -4), 'plain text']) {
      await expect(decryptField(key, place, other), other).rejects.toThrow()
    }
  })
})

describe('the blind index', () => {
  const importHmac = (secret: Uint8Array<ArrayBuffer>) =>
    crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])

  test.each([
    ['Ada@Example.Test', 'ada@example.test'],
    [' ada@example.test\n', 'ada@example.test'],
    ['ada@example.test', 'ada@example.test'],
    // Full-width letters, a ligature, and an accent of its own.
    ['ａｄａ@example.test', 'ada@example.test'],
    ['ﬁona@example.test', 'fiona@example.test'],
    ['ju\u0308rgen@example.test', 'j\u00fcrgen@example.test'],
  ])('reads %j as %j', (written, read) => {
    expect(normaliseEmail(written)).toBe(read)
  })

  test.each(['ada.l@example.test', 'ada+x@example.test', 'ada@example.tests'])('keeps %j apart', (other) => {
    expect(normaliseEmail(other)).not.toBe(normaliseEmail('ada@example.test'))
  })

  test('is 64 hex digits that hang on key, column and value', async () => {
    const [key, other] = await Promise.all([1, 2].map((fill) => importHmac(new Uint8Array(32).fill(fill))))
    const digests = [
      await blindIndex(key as CryptoKey, 'users.email', 'a@b'),
      await blindIndex(other as CryptoKey, 'users.email', 'a@b'),
      await blindIndex(key as CryptoKey, 'users.phone', 'a@b'),
      await blindIndex(key as CryptoKey, 'users.email', 'a@c'),
      await blindIndex(key as CryptoKey, 'users.emaila', '@b'),
    ]
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(digests).size).toBe(digests.length)
    expect(await blindIndex(key as CryptoKey, 'users.email', 'a@b')).toBe(digests[0])
  })
})

describe('text forms of bytes', () => {
  test('are those of every other implementation, and come back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
        expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(new Uint8Array(bytes))
      }),
    )
  })

  test.each(['a', 'abcde', 'a+b/', 'ab==', 'a b', 'ü'])('%j is no base64url', (text) => {
    expect(fromBase64Url(text)).toBeUndefined()
  })
})
