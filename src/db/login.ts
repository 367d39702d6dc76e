import { createHash } from 'node:crypto'
import { ConnectionError } from './errors.ts'
import { Outgoing } from './outgoing.ts'

/**
 * How a client proves who it is: without a password, by MD5 (PostgreSQL 15, 55.2.1) or by SCRAM-SHA-256 (RFC 5802, RFC
 * 7677). A password in clear is not given: whoever asks for it is not the server that was meant.
 */

export type Credentials = { readonly user: string; readonly password: string }

type Bytes = Uint8Array<ArrayBuffer>

// RFC 7677 demands the one, which is PostgreSQL's own; above the other workerd refuses to derive.
const minIterations = 4_096
const maxIterations = 100_000

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** What logins with the same credentials share, since a hash of the password costs more than the rest of a statement. */
export type Secrets = { readonly passwordMd5: () => string; readonly saltedPassword: SaltPassword }

type SaltPassword = (salt: string, iterations: number) => Promise<ArrayBuffer>

/** Makes the part that is computed once per isolate: at the first login that needs it. */
export function createSecrets({ user, password }: Credentials): Secrets {
  let md5: string | undefined
  let salted: { readonly salt: string; readonly iterations: number; readonly bits: ArrayBuffer } | undefined
  return {
    passwordMd5: () => {
      md5 ??= md5Of(password + user)
      return md5
    },
    saltedPassword: async (salt, iterations) => {
      // A server has one salt for a role, a pooler another for each login.
      if (salted?.salt !== salt || salted.iterations !== iterations) {
        salted = { salt, iterations, bits: await saltPassword(password, salt, iterations) }
      }
      return salted.bits
    },
  }
}

async function saltPassword(password: string, salt: string, iterations: number): Promise<ArrayBuffer> {
  // Others would have to be prepared by RFC 4013, which may change them.
  if (!/^[\x20-\x7e]*$/.test(password)) throw new ConnectionError('a database password must be of ASCII characters')
  const key = await crypto.subtle.importKey('raw', encoder.encode(password), 'PBKDF2', false, ['deriveBits'])
  return await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt: fromBase64(salt), iterations },
    key,
    256,
  )
}

/** Answers the server's questions, one after another, until it is satisfied. */
export class Login {
  readonly #secrets: Secrets
  #scram: Scram | undefined
  /** Whether the server has said that all is well, after what it had to prove. */
  isAccepted = false

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /**
   * What to send in answer to an Authentication message (its kind and what follows it), if anything. Throws
   * ConnectionError where the server asks for what this client does not do, or does not prove itself.
   */
  async answer(kind: number, body: Uint8Array): Promise<Bytes | undefined> {
    if (kind === 0) return this.#accept()
    if (kind === 5) return this.#md5Password(body.subarray(0, 4))
    if (kind === 10) return this.#begin(decoder.decode(body))
    if (kind === 11) return await this.#scramOf().prove(decoder.decode(body))
    if (kind === 12) return this.#scramOf().verify(decoder.decode(body))
    throw new ConnectionError(`the server asks for a kind of login that is not supported (${kind})`)
  }

  /** Without a question, or after one that was answered; within SCRAM the server must have proved itself first. */
  #accept(): undefined {
    if (this.#scram?.isVerified === false) throw new ConnectionError('the server did not prove itself')
    this.isAccepted = true
  }

  /** `md5` and the MD5, in hexadecimal, of (the MD5 of password and user) and salt. */
  #md5Password(salt: Uint8Array): Bytes {
    if (this.#scram !== undefined) throw new ConnectionError('the server goes back to a weaker login')
    return new Outgoing(64)
      .begin('p')
      .cstring(`md5${md5Of(this.#secrets.passwordMd5(), salt)}`)
      .finish().bytes
  }

  #begin(mechanisms: string): Bytes {
    if (!mechanisms.split('\0').includes('SCRAM-SHA-256'))
      throw new ConnectionError('the server offers no SCRAM-SHA-256')
    this.#scram = new Scram(this.#secrets.saltedPassword)
    return new Outgoing(128).begin('p').cstring('SCRAM-SHA-256').value(this.#scram.first).finish().bytes
  }

  #scramOf(): Scram {
    if (this.#scram === undefined) throw new ConnectionError('the server continues a login that it did not begin')
    return this.#scram
  }
}

function md5Of(text: string, salt: Uint8Array = new Uint8Array(0)): string {
  return createHash('md5').update(text).update(salt).digest('hex')
}

/** The client's side of one exchange. */
class Scram {
  readonly #saltedPassword: SaltPassword
  readonly #nonce = base64(crypto.getRandomValues(new Uint8Array(18)))
  #serverSignature = ''
  isVerified = false

  constructor(saltedPassword: SaltPassword) {
    this.#saltedPassword = saltedPassword
  }

  // No channel binding; the server takes the user from the startup message.
  get first(): string {
    return `n,,n=,r=${this.#nonce}`
  }

  async prove(challenge: string): Promise<Bytes> {
    const { r: nonce = '', s: salt = '', i: given = '', m: extension, e: refusal } = attributesOf(challenge)
    if (refusal !== undefined) throw new ConnectionError(`the server refuses the login: ${refusal}`)
    if (extension !== undefined) throw new ConnectionError('the server demands an extension of SCRAM')
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length || salt === '') {
      throw new ConnectionError('the server answers another login than this one')
    }
    const iterations = /^[1-9]\d{3,5}$/.test(given) ? Number(given) : 0
    if (iterations < minIterations || iterations > maxIterations) {
      throw new ConnectionError('the server asks for too little or too much work')
    }
    const salted = await this.#saltedPassword(salt, iterations)
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
    const { v: signature, e: refusal } = attributesOf(outcome)
    if (refusal !== undefined) throw new ConnectionError(`the server refuses the login: ${refusal}`)
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
