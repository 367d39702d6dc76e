import { toHex, utf8 } from './encoding.ts'

/** An e-mail address as it is compared: NFKC, trimmed, lower case. */
export const normaliseEmail = (email: string): string => email.normalize('NFKC').trim().toLowerCase()

/** HMAC-SHA-256 of a normalised value, as 64 hex digits: equal values meet, nothing else can be read from it. */
export async function blindIndex(key: CryptoKey, column: string, normalised: string): Promise<string> {
  return toHex(await crypto.subtle.sign('HMAC', key, utf8(`${column}\0${normalised}`)))
}

/** An e-mail address under every live index key, so that a rotation of that key loses nobody. */
export async function emailDigests(
  keys: readonly { readonly version: number; readonly key: CryptoKey }[],
  email: string,
): Promise<{ keyVersions: number[]; digests: string[] }> {
  const normalised = normaliseEmail(email)
  const digests = await Promise.all(keys.map(async ({ key }) => await blindIndex(key, 'users.email', normalised)))
  return { keyVersions: keys.map(({ version }) => version), digests }
}
