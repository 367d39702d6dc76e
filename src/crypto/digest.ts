import { createHash } from 'node:crypto'
import { toHex } from './encoding.ts'

/** SHA-256 in hex, as statements take it: what is stored of a secret with enough random bits. */
export const sha256Hex = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  toHex(await crypto.subtle.digest('SHA-256', bytes))

/** SHA-256 of bytes that come in pieces. Web Crypto wants them all at once, which a file of any length is too long for. */
export function createDigest(): { readonly add: (bytes: Uint8Array) => void; readonly hex: () => string } {
  const hash = createHash('sha256')
  return { add: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') }
}
