import { toBase64Url, toHex, utf8 } from '../crypto/encoding.ts'

/** 256 random bits, base64url, and the SHA-256 in hex that is stored of them. */
export async function makeToken(): Promise<{ token: string; tokenDigest: string }> {
  const token = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  return { token, tokenDigest: toHex(await crypto.subtle.digest('SHA-256', utf8(token))) }
}
