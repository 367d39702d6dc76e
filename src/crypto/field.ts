import { fromBase64Url, toBase64Url, utf8 } from './encoding.ts'

/**
 * Field encryption: AES-256-GCM with a random 96-bit IV (NIST SP 800-38D). The additional data names the place that a
 * value belongs to, so a ciphertext moved to another row, column or tenant does not open.
 *
 * Form: `v1.<key id>.<iv>.<ciphertext and tag>`, base64url.
 */

/** Where an encrypted value lives. `owner` is the tenant, or the user for rows that belong to no workspace. */
export type FieldPlace = {
  readonly table: string
  readonly column: string
  readonly rowId: string
  readonly owner: string
}

/** An unwrapped data key: its id in `encryption_keys` and the key itself, not extractable. */
export type DataKey = { readonly id: string; readonly key: CryptoKey }

/** The stored form of a plain text. */
export async function encryptField(dataKey: DataKey, place: FieldPlace, plain: string): Promise<string> {
  return await seal(dataKey, additionalData(place, dataKey.id), utf8(plain))
}

/** The plain text; throws when the key, the place or the ciphertext is not the one it was made with. */
export async function decryptField(dataKey: DataKey, place: FieldPlace, stored: string): Promise<string> {
  return new TextDecoder().decode(await unseal(dataKey, additionalData(place, dataKey.id), stored))
}

/** Encrypts bytes under a key; `context` is authenticated with them. */
export async function seal(dataKey: DataKey, context: string, plain: Uint8Array<ArrayBuffer>): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(context) }, dataKey.key, plain)
  return `v1.${dataKey.id}.${toBase64Url(iv)}.${toBase64Url(sealed)}`
}

/** Reverses `seal`; throws when anything differs. */
export async function unseal(dataKey: DataKey, context: string, stored: string): Promise<ArrayBuffer> {
  const [version, keyId, iv, sealed] = stored.split('.')
  const ivBytes = fromBase64Url(iv ?? '')
  const sealedBytes = fromBase64Url(sealed ?? '')
  if (version !== 'v1' || keyId !== dataKey.id || ivBytes?.length !== 12 || sealedBytes === undefined) {
    throw new Error('the ciphertext has another form or key')
  }
  const algorithm = { name: 'AES-GCM', iv: ivBytes, additionalData: utf8(context) }
  return await crypto.subtle.decrypt(algorithm, dataKey.key, sealedBytes)
}

const additionalData = (place: FieldPlace, keyId: string): string =>
  [place.table, place.column, place.rowId, place.owner, keyId].join('|')
