import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AsnParser, Certificate, ECDSASigValue } from '../../src/crypto/asn1.ts'

/** The numbers of a signature, as long as the curve's. */
function rawOf(der: Buffer, bytes: number): Buffer {
  const { r, s } = AsnParser.parse(der, ECDSASigValue)
  const padded = (number: Uint8Array) => {
    const digits = Buffer.from(number).subarray(number.length > bytes ? number.length - bytes : 0)
    return Buffer.concat([Buffer.alloc(bytes - digits.length), digits])
  }
  return Buffer.concat([padded(r), padded(s)])
}

describe('an ECDSA signature in DER', () => {
  // That of P-521 is longer than a short length can say.
  test.each([
    ['P-256', 32, 2_000],
    ['P-384', 48, 60],
    ['P-521', 66, 60],
  ] as const)('of %s is read whatever its numbers begin with', (namedCurve, bytes, count) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve })
    const lengths = new Set<number>()
    for (let turn = 0; turn < count; turn += 1) {
      const message = Buffer.from(`message ${turn}`)
      const der = sign('sha256', message, privateKey)
      lengths.add(der.length)
      const raw = rawOf(der, bytes)
      expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, raw)).toBe(true)
    }
    expect(lengths.size).toBeGreaterThan(2)
  })

  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const good = sign('sha256', Buffer.from('message'), privateKey)
  const changed = (at: number, value: number) => {
    const copy = Buffer.from(good)
    copy.writeUInt8(value, at)
    return copy
  }
  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['another type', changed(0, 0x31)],
    ['a number of another type', changed(2, 0x03)],
    ['a length beyond the end', changed(1, 0x7f)],
    ['a first number that takes all', changed(3, good.length - 4)],
    ['an empty number', changed(3, 0)],
    ['something after it', Buffer.concat([good, Buffer.from([0])])],
    ['a long form where the short one serves', Buffer.concat([Buffer.from([0x30, 0x81]), good.subarray(1)])],
    ['a length of unknown length', changed(1, 0x80)],
  ])('is not %s', (_, der) => {
    expect(() => AsnParser.parse(der, ECDSASigValue)).toThrow()
  })

  test('nor any part of one', () => {
    for (let length = 0; length < good.length; length += 1) {
      expect(() => AsnParser.parse(good.subarray(0, length), ECDSASigValue)).toThrow()
    }
  })
})

test('nothing else is read', () => {
  expect(() => AsnParser.parse(Buffer.from('3000', 'hex'), Certificate)).toThrow()
})
