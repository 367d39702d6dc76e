import { fromBase64Url, toBase64Url, utf8 } from './encoding.ts'

/**
 * Texts that leave and must come back unchanged: `<text>.<HMAC-SHA-256>`, both base64url. The text can be read by whoever
 * has it; the purpose keeps what was signed for one use from being taken for another's.
 */

const message = (purpose: string, text: string) => utf8(`${purpose}\0${text}`)

export async function signText(key: CryptoKey, purpose: string, text: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', key, message(purpose, text))
  return `${toBase64Url(utf8(text))}.${toBase64Url(mac)}`
}

/** The text, when one of the keys has signed it for this purpose; undefined for everything else. */
export async function openSignedText(
  keys: readonly CryptoKey[],
  purpose: string,
  signed: string,
): Promise<string | undefined> {
  const [encoded = '', mac = '', ...rest] = signed.split('.')
  const [textBytes, macBytes] = [fromBase64Url(encoded), fromBase64Url(mac)]
  if (textBytes === undefined || macBytes === undefined || rest.length > 0) return undefined
  const text = new TextDecoder().decode(textBytes)
  const checks = keys.map((key) => crypto.subtle.verify('HMAC', key, macBytes, message(purpose, text)))
  return (await Promise.all(checks)).includes(true) ? text : undefined
}
