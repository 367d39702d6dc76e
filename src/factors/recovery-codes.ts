import { sha256Hex } from '../crypto/digest.ts'
import { utf8 } from '../crypto/encoding.ts'

/** Codes for the day the phone is lost: 80 random bits each, so a plain SHA-256 is all that is stored of one. */

const codes = 10
const codeLength = 16
/** Base32 (RFC 4648) in lower case, which has neither zero nor one to be misread. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

export type RecoverySet = { readonly recoveryCodes: string[]; readonly digests: string[] }

/** Ten codes as they are shown, and what is stored of them. */
export async function makeRecoverySet(): Promise<RecoverySet> {
  const recoveryCodes = Array.from({ length: codes }, makeCode)
  return { recoveryCodes, digests: await Promise.all(recoveryCodes.map(recoveryDigest)) }
}

/** SHA-256 in hex of a code in any spelling: hyphens, spaces and case do not count. */
export async function recoveryDigest(code: string): Promise<string> {
  return await sha256Hex(utf8(code.toLowerCase().replaceAll(/[\s-]/g, '')))
}

/** Five bits of each byte: 32 divides 256, so every letter is as likely. */
function makeCode(): string {
  const random = crypto.getRandomValues(new Uint8Array(codeLength))
  const letters = Array.from(random, (byte) => alphabet.charAt(byte & 31)).join('')
  return letters.replaceAll(/(.{4})(?=.)/g, '$1-')
}
