import { toHex, utf8 } from './encoding.ts'

/**
 * API keys: `dfk_`, 40 random characters of base62 (238 bits), and a checksum of 6, CRC-32 of all before it in base62. The
 * prefix lets scanners of leaked secrets find one; the checksum tells a mistyped key without asking the database. Only
 * SHA-256 is stored, which is enough for a random secret.
 */

const prefix = 'dfk_'
const secretLength = 40
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const form = /^dfk_[0-9A-Za-z]{46}$/
/** What may be shown of a key: enough to tell it from others, nothing to guess the rest by. */
const hintLength = prefix.length + 6

export type NewApiKey = { readonly key: string; readonly hint: string; readonly digest: string }

/** A new key, its visible beginning, and the digest that is stored (64 hex digits). */
export async function makeApiKey(): Promise<NewApiKey> {
  const body = prefix + randomText(secretLength)
  const key = body + checksum(body)
  return { key, hint: key.slice(0, hintLength), digest: await digestOf(key) }
}

/** The digest of a presented key; undefined when it has not the form of one, or its checksum is wrong. */
export async function apiKeyDigest(presented: string): Promise<string | undefined> {
  const body = presented.slice(0, prefix.length + secretLength)
  if (!form.test(presented) || checksum(body) !== presented.slice(body.length)) return undefined
  return await digestOf(presented)
}

const digestOf = async (key: string): Promise<string> => toHex(await crypto.subtle.digest('SHA-256', utf8(key)))

/** Whether a credential claims to be an API key; an access token has dots and no such prefix. */
export const isApiKey = (credential: string): boolean => credential.startsWith(prefix)

/** Bytes above the largest multiple of 62 are thrown away, so that each character is equally likely. */
function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < 248 && text.length < length) text += alphabet[byte % 62]
    }
  }
  return text
}

function checksum(text: string): string {
  let rest = crc32(utf8(text))
  let digits = ''
  for (let place = 0; place < 6; place += 1) {
    digits = alphabet[rest % 62] + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}

/** CRC-32 (ISO 3309), bit by bit: 44 bytes need no table. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}
