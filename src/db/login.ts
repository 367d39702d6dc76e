import { createHash } from 'node:crypto'
import { ConnectionError, Outgoing } from './protocol.ts'

/**
 * How a client proves who it is: without a password, by MD5 (PostgreSQL 15, 55.2.1) or by SCRAM-SHA-256 (RFC 5802, RFC
 * 7677). A password in clear is not given: whoever asks for it is not the server that was meant.
 */

export type Credentials = { readonly user: string; readonly password: string }

type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Answers the server's questions, one after another, until it is satisfied. */
export class Login {
  readonly #credentials: Credentials
  #scram: Scram | undefined

  constructor(credentials: Credentials) {
    this.#credentials = credentials
  }

  /**
   * What to send in answer to an Authentication message (its kind and what follows it), if anything. Throws
   * ConnectionError where the server asks for what this client does not do, or does not prove itself.
   */
  async answer(kind: number, body: Uint8Array): Promise<Bytes | undefined> {
    if (kind === 0) return this.#accept()
    if (kind === 5) return md5Password(this.#credentials, body.subarray(0, 4))
    if (kind === 10) return this.#begin(decoder.decode(body))
    if (kind === 11) return await this.#scramOf().prove(decoder.decode(body))
    if (kind === 12) return this.#scramOf().verify(decoder.decode(body))
    throw new ConnectionError(`the server asks for a kind of login that is not supported (${kind})`)
  }

  #begin(mechanisms: string): Bytes {
    if (!mechanisms.split('\0').includes('SCRAM-SHA-256'))
      throw new ConnectionError('the server offers no SCRAM-SHA-256')
    this.#scram = new Scram(this.#credentials.password)
    const first = this.#scram.first
    return new Outgoing(128).begin('p').cstring('SCRAM-SHA-256').value(first).finish().bytes
  }

  /** Without a question, or after one that was answered; within SCRAM the server must have proved itself first. */
  #accept(): undefined {
    if (this.#scram?.isVerified === false) throw new ConnectionError('the server did not prove itself')
  }

  #scramOf(): Scram {
    if (this.#scram === undefined) throw new ConnectionError('the server continues a login that it did not begin')
    return this.#scram
  }
}

/** `md5` and the MD5, in hexadecimal, of (the MD5 of password and user) and salt. */
function md5Password({ user, password }: Credentials, salt: Uint8Array): Bytes {
  const inner = createHash('md5')
    .update(password + user)
    .digest('hex')
  const outer = createHash('md5').update(inner).update(salt).digest('hex')
  return new Outgoing(64).begin('p').cstring(`md5${outer}`).finish().bytes
}

/** The client's side of one exchange. */
class Scram {
  readonly #password: string
  readonly #nonce = base64(crypto.getRandomValues(new Uint8Array(18)))
  #serverSignature = ''
  isVerified = false

  constructor(password: string) {
    this.#password = password
  }

  // No channel binding; the server takes the user from the startup message.
  get first(): string {
    return `n,,n=,r=${this.#nonce}`
  }

  async prove(challenge: string): Promise<Bytes> {
    const { r: nonce = '', s: salt = '', i: iterations = '' } = attributesOf(challenge)
    if (!nonce.startsWith(this.#nonce)) throw new ConnectionError('the server answers another login than this one')
    const password = await crypto.subtle.importKey('raw', encoder.encode(this.#password), 'PBKDF2', false, [
      'deriveBits',
    ])
    const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt: fromBase64(salt), iterations: Number(iterations) }
    const salted = await crypto.subtle.deriveBits(derivation, password, 256)
    const withoutProof = `c=biws,r=${nonce}`
    const message = `n=,r=${this.#nonce},${challenge},${withoutProof}`
    const clientKey = await hmac(salted, 'Client Key')
    const signature = await hmac(await crypto.subtle.digest('SHA-256', clientKey), message)
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0))
    this.#serverSignature = base64(await hmac(await hmac(salted, 'Server Key'), message))
    return new Outgoing(256)
      .begin('p')
      .raw(encoder.encode(`${withoutProof},p=${base64(proof)}`))
      .finish().bytes
  }

  verify(outcome: string): undefined {
    const { v: signature } = attributesOf(outcome)
    if (this.#serverSignature === '' || signature !== this.#serverSignature) {
      throw new ConnectionError('the server does not know the password')
    }
    this.isVerified = true
  }
}

async function hmac(key: BufferSource, message: string): Promise<Bytes> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode(message)))
}

/** `r=...,s=...,i=...`; a value may contain `=`. */
const attributesOf = (message: string): Partial<Record<string, string>> =>
  Object.fromEntries(message.split(',').map((attribute) => [attribute.charAt(0), attribute.slice(2)]))

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
